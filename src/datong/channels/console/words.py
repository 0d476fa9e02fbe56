"""The console's words for what the modules name with codes, each with the hue of its status."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from datong.access.types import Role
from datong.brand.types import ChannelKind, StoreKind
from datong.catalog.types import ItemKind
from datong.fulfilment.types import FulfilmentKind, TaskState
from datong.integration.types import InboxState
from datong.orders.types import BusinessModel, ExceptionKind, OrderState
from datong.payments.types import PaymentMethod, PaymentState
from datong.risk.types import Decision

Words = Mapping[str, Any]

GOOD, WAITING, PROBLEM, NEWS, NEUTRAL = "good", "waiting", "problem", "information", "neutral"

ROLE: Words = {
    Role.OWNER: pgettext_lazy("role", "Owner"),
    Role.HQ: _("Headquarters"),
    Role.REGION: _("Region manager"),
    Role.MERCHANDISER: _("Merchandiser"),
    Role.MANAGER: _("Store manager"),
    Role.CASHIER: _("Cashier"),
    Role.STORE: pgettext_lazy("role", "Store"),
    Role.AGENT: _("Agent"),
    Role.FINANCE: pgettext_lazy("role", "Finance"),
    Role.AUDITOR: _("Auditor"),
    Role.COURIER: _("Courier"),
    Role.INTEGRATOR: _("Integrator"),
}
ORDER_STATE: Words = {
    OrderState.ASSIGNED: _("assigned"),
    OrderState.BACKORDER: _("backorder"),
    OrderState.REVIEW: _("in review"),
    OrderState.COMPLETED: _("completed"),
    OrderState.CANCELLED: _("cancelled"),
}
ORDER_HUE: Words = {
    OrderState.ASSIGNED: NEWS,
    OrderState.BACKORDER: WAITING,
    OrderState.REVIEW: WAITING,
    OrderState.COMPLETED: GOOD,
    OrderState.CANCELLED: NEUTRAL,
}
EXCEPTION: Words = {
    ExceptionKind.PRICE_DIFFERS: _("price differs"),
    ExceptionKind.UNKNOWN_SKU: _("unknown product"),
    ExceptionKind.NOT_OFFERED: _("not offered like this"),
    ExceptionKind.STOCK_SHORT: _("stock short"),
    ExceptionKind.STORE_UNKNOWN: _("store unknown"),
    ExceptionKind.ADDRESS_UNKNOWN: _("address not found"),
    ExceptionKind.NO_STORE: _("no store can serve it"),
    ExceptionKind.RISK_REVIEW: _("held for review"),
    ExceptionKind.CONFLICTING_REPEAT: _("same number, different order"),
    ExceptionKind.AMOUNTS_DIFFER: _("amounts do not add up"),
    ExceptionKind.CANCELLED_ELSEWHERE: _("cancelled after the goods had left"),
}
EXCEPTION_MEANS: Words = {
    ExceptionKind.PRICE_DIFFERS: _(
        "The channel charged another price than our list. The order stands as charged; check the price on the channel."
    ),
    ExceptionKind.UNKNOWN_SKU: _(
        "The channel sold something our catalog does not have. Add the product or correct its number there."
    ),
    ExceptionKind.NOT_OFFERED: _(
        "The channel sold what is not on sale there, or with options the product does not have. Correct it there."
    ),
    ExceptionKind.STOCK_SHORT: _("More was sold at the counter than the shelf had. Count the shelf."),
    ExceptionKind.STORE_UNKNOWN: _("The channel named a store we do not know. Name the right one."),
    ExceptionKind.ADDRESS_UNKNOWN: _("The address could not be found. Ask the customer, or choose a store."),
    ExceptionKind.NO_STORE: _("No store can serve it now. It is tried again when stock arrives."),
    ExceptionKind.RISK_REVIEW: _("A rule asks for a second look. Approve it or cancel it."),
    ExceptionKind.CONFLICTING_REPEAT: _(
        "The channel sent another order under the number of this one. The first stands; ask the channel which is right."
    ),
    ExceptionKind.AMOUNTS_DIFFER: _("What the platform says was paid is not the sum of its own parts."),
    ExceptionKind.CANCELLED_ELSEWHERE: _(
        "The channel cancelled it when its goods were on their way: stop them, or take them back as a return."
    ),
}
FULFILMENT: Words = {
    FulfilmentKind.DELIVERY: _("delivery"),
    FulfilmentKind.PICKUP: _("pickup"),
    FulfilmentKind.IN_STORE: _("in the store"),
    FulfilmentKind.TILL: _("at the counter"),
}
TASK_STATE: Words = {
    TaskState.NEW: pgettext_lazy("task", "new"),
    TaskState.ACCEPTED: pgettext_lazy("task", "accepted"),
    TaskState.READY: pgettext_lazy("task", "ready"),
    TaskState.HANDED_OVER: pgettext_lazy("task", "with the courier"),
    TaskState.DONE: pgettext_lazy("task", "done"),
    TaskState.REFUSED: pgettext_lazy("task", "refused"),
    TaskState.CANCELLED: _("cancelled"),
}
PAYMENT: Words = {
    PaymentMethod.PREPAID: _("prepaid"),
    PaymentMethod.PLATFORM: _("paid on the platform"),
    PaymentMethod.TILL: _("paid at the counter"),
    PaymentMethod.PAY_AT_STORE: _("pay at the store"),
    PaymentMethod.CASH_ON_DELIVERY: _("cash on delivery"),
    PaymentMethod.STORED_VALUE: _("paid from stored value"),
}
PAYMENT_STATE: Words = {PaymentState.PENDING: _("to be paid"), PaymentState.PAID: _("paid")}
BUSINESS_MODEL: Words = {
    BusinessModel.B2C: "B2C",
    BusinessModel.B2B: "B2B",
    BusinessModel.C2C: "C2C",
    BusinessModel.O2O: "O2O",
}
STEP: Words = {
    "verify": _("check the signature"),
    "keep": _("keep it in the inbox"),
    "answer": _("answer the sender"),
    "fetch": _("ask for the details"),
    "read": _("read it"),
    "place": _("place the order"),
    "settle": _("note the outcome"),
}
"""The steps of a connection's process."""

CHANNEL_KIND: Words = {
    ChannelKind.SITE: _("Site"),
    ChannelKind.SOCIAL: _("Social"),
    ChannelKind.APP: _("App"),
    ChannelKind.STORE: _("Store"),
    ChannelKind.SERVICE_CENTRE: _("Service center"),
    ChannelKind.MARKETPLACE: _("Marketplace"),
    ChannelKind.API: _("API"),
    ChannelKind.FILE: _("File"),
    ChannelKind.TV: _("TV"),
}
CHANNEL_ICON: Words = {
    ChannelKind.SITE: "globe",
    ChannelKind.SOCIAL: "message-circle",
    ChannelKind.APP: "smartphone",
    ChannelKind.STORE: "store",
    ChannelKind.SERVICE_CENTRE: "headset",
    ChannelKind.MARKETPLACE: "shopping-bag",
    ChannelKind.API: "plug",
    ChannelKind.FILE: "file-spreadsheet",
    ChannelKind.TV: "tv",
}
STORE_KIND: Words = {
    StoreKind.OWN: _("own"),
    StoreKind.FRANCHISE: _("franchise"),
    StoreKind.PARTNER: _("partner"),
    StoreKind.ACQUIRED: _("acquired"),
}
ITEM_KIND: Words = {
    ItemKind.GOODS: _("goods"),
    ItemKind.ON_SITE: _("made on site"),
    ItemKind.SERVICE: _("service"),
}
GAP: Words = {
    "role": _("no role"),
    "owner": _("no responsible owner"),
    "price_policy_note": _("own prices without a reason"),
}
INBOX_STATE: Words = {
    InboxState.PENDING: _("waiting"),
    InboxState.PLACED: _("taken"),
    InboxState.REPEAT: _("repeat"),
    InboxState.UPDATED: _("news of an order"),
    InboxState.CONFLICT: _("conflict"),
    InboxState.REJECTED: _("not understood"),
    InboxState.FAILED: _("failed with us"),
    InboxState.SUPERSEDED: _("corrected"),
    InboxState.IGNORED: _("not an order"),
}
INBOX_HUE: Words = {
    InboxState.PENDING: WAITING,
    InboxState.PLACED: GOOD,
    InboxState.REPEAT: NEUTRAL,
    InboxState.UPDATED: GOOD,
    InboxState.CONFLICT: PROBLEM,
    InboxState.REJECTED: PROBLEM,
    InboxState.FAILED: PROBLEM,
    InboxState.SUPERSEDED: NEUTRAL,
    InboxState.IGNORED: NEUTRAL,
}
RISK: Words = {Decision.APPROVE: _("approved"), Decision.REVIEW: _("to review"), Decision.BLOCK: _("blocked")}

CONDITION: Words = {
    "closed_down": _("closed down"),
    "channel_not_allowed": _("not for this channel"),
    "not_in_assortment": _("does not sell it"),
    "stock_not_lent": _("keeps its stock for itself"),
    "not_in_store_group": _("not in this rule's group of stores"),
    "does_not_serve_address": _("does not serve this address"),
    "closed_at_promised_time": _("closed at the promised time"),
    "order_limit_reached": _("order limit reached"),
    "not_enough_stock": _("not enough stock"),
    "promised_to_waiting": _("promised to orders that wait"),
    "lower_score": _("could serve, scored lower"),
    "stock_taken_meanwhile": _("stock taken meanwhile"),
    "store_refused": _("the store refused it"),
}
REASON: Words = {
    "nearest_store_serves": _("The nearest store that can serve it."),
    "best_score": _("The best score of the stores that can serve it: nearer, less loaded or deeper in stock."),
    "split_no_store_has_all": _("No one store has all lines, so it is split."),
    "split_scores_better": _("Split: together these stores score better than any one store that has all lines."),
    "shared_out_in_batch": _("Shared out with the orders that came with it, so that as many as possible are served."),
    "stock_taken_meanwhile": _("Its stock was taken meanwhile at every store that was tried."),
    "named_store_refused": _("The named store refused it; the customer is to be asked, it is never moved."),
    "store_unknown": _("The till named a store we do not know."),
    "store_was_named": _("The customer or the channel named this store; a named store is never changed."),
    "named_store_lacks_stock": _("The named store lacks stock; the order waits there and is never moved."),
    "named_store_unknown": _("The channel named a store we do not know."),
    "address_not_located": _("The address could not be found."),
    "no_store_in_reach": _("No store within reach."),
    "sold_at_counter": _("Sold at this store's counter: it has happened."),
    "approved": _("A person approved it."),
}
RULE: Words = {
    "nearest_with_everything": _("nearest store with everything"),
    "split_over_two": _("split over two stores"),
    "far_with_everything": _("farther store with everything"),
    "parcel_from_afar": _("parcel from afar"),
    "named_store": _("the store that was named"),
}
SCORE_PART: Words = {
    "distance": _("near"),
    "load": _("free hands"),
    "depth": _("deep stock"),
    "cost": _("low cost"),
    "split": _("few stores"),
}
SERVICE: Words = {
    "pickup": _("pickup"),
    "delivery": _("delivery"),
    "curbside": _("curbside pickup"),
    "wifi": _("Wi-Fi"),
    "repair": _("repair"),
}


def word(words: Words, code: Any) -> Any:
    """The word for a code; an unknown code in readable letters, so that a new one never breaks a page."""
    return words.get(code) or str(code).replace("_", " ")
