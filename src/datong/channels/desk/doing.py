"""What can be done about an order from the desk now, and what it takes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from datong.access.types import Action
from datong.brand import api as brands
from datong.brand.types import Channel, ChannelKind
from datong.channels.console.service.words import reason_name
from datong.channels.console.who import Who
from datong.channels.design.formats import money, number
from datong.channels.shop.door import Shopper, shop_channel
from datong.channels.shop.status import status_url
from datong.fulfilment import api as fulfilment
from datong.fulfilment.types import FulfilmentKind, Task, TaskState
from datong.kernel.ids import uuid7
from datong.orders import api as orders
from datong.orders.api import OrderView
from datong.payments import api as payments
from datong.service import api as service
from datong.service.types import Give
from datong.wallet import api as wallet

OPEN = ("assigned", "backorder", "review")
FRESH = (TaskState.NEW, TaskState.CANCELLED, TaskState.REFUSED)


def desk_channel(who: Who) -> Channel | None:
    """The call centre's own channel: orders taken here are counted there."""
    kind = ChannelKind.SERVICE_CENTRE
    return next((c for c in brands.list_channels(who.brand.id) if c.kind is kind and c.open), None)


def reasons_of(who: Who) -> list[tuple[str, Any]]:
    known = service.reasons(who.brand.id)
    return [("", _("typed below")), *((code, reason_name(r, code)) for code, r in known.items() if r.active)]


def doing_of(request: HttpRequest, who: Who, found: OrderView, tasks: Sequence[Task]) -> dict[str, Any]:
    """Each thing that can be done in this state; what cannot is not offered."""
    may = who.may(Action.ORDERS_ACT, found.store_id)
    left = any(task.state in fulfilment.LEFT for task in tasks)
    fresh = all(task.state in FRESH for task in tasks)
    back = sum(made.amount_minor for made in payments.refunds_of(who.brand.id, [found.id]))
    is_open = found.state in OPEN
    given = service.given_for(who.brand.id, found.id)
    shop = shop_channel(who.brand.id)
    offers = [(o.code, o.name) for o in wallet.offers(who.brand.id) if o.active and not o.price_minor]
    gives = [(Give.STORED_VALUE.value, _("stored value"))]
    if any(one.active for one in wallet.programmes(who.brand.id)):
        gives.append((Give.POINTS.value, _("points")))
    if offers:
        gives.append((Give.VOUCHER.value, _("a voucher")))
    return {
        "key": uuid7().hex,
        "reasons": reasons_of(who),
        "cancel": may and is_open and not left,
        "move": may and is_open and fresh and found.fulfilment == FulfilmentKind.DELIVERY,
        "time": may and is_open and fresh,
        "refund": may and found.paid and found.state != "cancelled" and back < found.total_minor,
        "left": money(found.total_minor - back, found.currency),
        "back": may and found.state != "cancelled" and (left or found.state == "completed"),
        "give": found.customer_id is not None and who.sees(Action.REWARDS_GIVE),
        "gives": gives,
        "offers": offers,
        "again": may and desk_channel(who) is not None and who.sees(Action.REWARDS_GIVE) and found.state != "cancelled",
        "lines": [(f"units-{line.line_no}", line.title or line.sku, _("at most %s") % number(line.units))
                  for line in found.lines],
        "given": [(one.what, money(one.amount_minor, one.currency), one.by) for one in given],
        "returns": len(orders.returns_of(who.brand.id, [found.id])),
        "status_url": request.build_absolute_uri(status_url(Shopper(who.brand, shop), found.id)) if shop else "",
        "act_url": reverse("desk-act", args=[found.number]),
    }  # fmt: skip
