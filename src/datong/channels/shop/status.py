"""Where is it (我的订单在哪): an order's page by a signed link, without a log-in."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from datong.brand import api as brands
from datong.catalog import api as catalog
from datong.channels.design import maps
from datong.channels.shop.after import after
from datong.channels.shop.answering import asked
from datong.channels.shop.bringing import bringing
from datong.channels.shop.door import Shopper, door, page
from datong.channels.shop.fetching import SALT, called, opened
from datong.channels.shop.words import opening, title_of
from datong.fulfilment import api as fulfilment
from datong.fulfilment.types import FulfilmentKind, Task, TaskState
from datong.kernel import clock
from datong.orders import api as orders
from datong.orders.api import BoardRow, OrderView
from datong.orders.types import OrderState
from datong.payments.types import PaymentMethod


def status_url(shopper: Shopper, order_id: UUID) -> str:
    """The address of an order's page; whoever has it sees how far the order is, and no name or contact."""
    return shopper.url("order", token_of(shopper, order_id))


def token_of(shopper: Shopper, order_id: UUID) -> str:
    """The same for an order whenever it is asked for: an address to keep."""
    return signing.Signer(salt=SALT).sign_object([str(shopper.brand.id), str(order_id)], compress=True)


@door(private=True)
def order(request: HttpRequest, shopper: Shopper, token: str) -> HttpResponse:
    """How far the order is, where, what it cost."""
    return shown(request, shopper, token)


def shown(
    request: HttpRequest,
    shopper: Shopper,
    token: str,
    *,
    typed: Mapping[str, str] | None = None,
    errors: Mapping[str, str] | None = None,
    status: int = 200,
) -> HttpResponse:
    """The page of the order, with what was typed on it and what is wrong with that."""
    found = orders.order_page(shopper.brand.id, opened(shopper, token))
    tasks = fulfilment.tasks_of(shopper.brand.id, [found.id])
    live = [task for task in tasks if task.state not in (TaskState.REFUSED, TaskState.CANCELLED)]
    wanted = {task.store_id for task in live} | ({found.store_id} if found.store_id else set())
    stores = brands.stores_by_id(shopper.brand.id, wanted)
    now = clock.now()
    items = catalog.items_by_sku(shopper.brand.id, [line.sku for line in found.lines])
    fetched = found.fulfilment != FulfilmentKind.DELIVERY
    pins = [maps.Pin(store.place, store.name, look="chosen", label=True) for store in stores.values()]
    given = {
        "order": found,
        "says": says(found, live),
        "steps": steps(found, live),
        "token": token,
        "after": after(shopper.brand.id, found, typed or {}, errors or {}),
        "asked": asked(shopper.brand.id, found),
        "called": called(shopper.brand.id, live, stores),
        "bringing": bringing(shopper.brand.id, found.id, live, stores.values()),
        "stores": [{"store": store, "said": opening(store, now)[1]} for store in stores.values()],
        "fetched": fetched,
        "map": maps.draw(pins, label=_("Stores on a map")) if pins and fetched else None,
        "lines": [
            {"line": line, "title": title_of(items[line.sku].titles, line.title) if line.sku in items else line.title}
            for line in found.lines
        ],
        "goods_minor": sum(line.total_minor for line in found.lines),
        "added_tax": found.total_minor - found.delivery_minor - sum(line.total_minor for line in found.lines),
        "pays": pays(found),
        "pay_token": token if unpaid_first(found) else "",
        "refresh": not errors and found.state not in (OrderState.COMPLETED, OrderState.CANCELLED),
    }
    return page(request, shopper, "order", given, status=status)


def furthest(tasks: list[Task]) -> TaskState | None:
    """How far the slowest part of the order is."""
    ladder = list(TaskState)
    return min((task.state for task in tasks), key=ladder.index, default=None)


def says(found: OrderView | BoardRow, tasks: list[Task]) -> str:
    """One sentence that answers the question the page is for."""
    fetched = found.fulfilment != FulfilmentKind.DELIVERY
    if found.state == OrderState.CANCELLED:
        return _("This order was cancelled.")
    if found.state == OrderState.COMPLETED:
        return _("Done. Enjoy it!")
    if unpaid_first(found):
        return _("We have your order; it waits for your payment.")
    if found.state == OrderState.REVIEW:
        return _("We have your order; somebody looks at it and calls you if need be.")
    if found.state == OrderState.BACKORDER:
        return _("We have your order; no store has everything at the moment. We keep trying and tell you.")
    told = {
        TaskState.NEW: _("We have your order; the store will start on it."),
        TaskState.ACCEPTED: _("The store is preparing your order."),
        TaskState.READY: _("Ready: come and pick it up.") if fetched else _("Ready: it leaves for you soon."),
        TaskState.HANDED_OVER: _("On its way to you."),
        TaskState.DONE: _("Done. Enjoy it!"),
    }
    return told.get(furthest(tasks) or TaskState.NEW, _("We have your order; the store will start on it."))


def unpaid_first(found: OrderView | BoardRow) -> bool:
    """Whether the store waits for the customer's payment at a provider."""
    return found.payment == PaymentMethod.PREPAID and not found.paid and found.state != OrderState.CANCELLED


def steps(found: OrderView, tasks: list[Task]) -> list[dict[str, Any]]:
    """The way of the order, with how far it has come."""
    fetched = found.fulfilment != FulfilmentKind.DELIVERY
    ladder = [TaskState.NEW, TaskState.ACCEPTED, TaskState.READY]
    names = [_("Order received"), _("Being prepared"), _("Ready for pickup") if fetched else _("Ready")]
    if not fetched:
        ladder.append(TaskState.HANDED_OVER)
        names.append(_("On its way"))
    ladder.append(TaskState.DONE)
    names.append(_("Picked up") if fetched else _("Delivered"))
    if found.state == OrderState.CANCELLED:
        return []
    at = TaskState.DONE if found.state == OrderState.COMPLETED else furthest(tasks) or TaskState.NEW
    order_of = list(TaskState)
    reached = max((n for n, state in enumerate(ladder) if order_of.index(state) <= order_of.index(at)), default=0)
    return [{"name": name, "done": n <= reached, "now": n == reached} for n, name in enumerate(names)]


def pays(found: OrderView) -> str:
    if found.paid:
        return _("paid")
    return {
        PaymentMethod.PAY_AT_STORE: _("to be paid at the store"),
        PaymentMethod.CASH_ON_DELIVERY: _("to be paid in cash on delivery"),
        PaymentMethod.STORED_VALUE: _("to be paid from your card"),
    }.get(PaymentMethod(found.payment), _("to be paid"))
