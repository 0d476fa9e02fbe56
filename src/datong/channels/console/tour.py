"""The guided tour: five things only one hub can show, each told on a real record of this brand."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from datong.access.types import Action
from datong.channels.console.contacts import narrowed
from datong.channels.console.shell import desk
from datong.channels.console.tourcard import COOKIE, STEPS
from datong.channels.console.who import Who
from datong.integration import api as integration
from datong.integration.api import InboxFilter
from datong.integration.types import InboxState
from datong.orders import api as orders
from datong.orders.api import BoardFilter, BoardRow
from datong.orders.types import ExceptionKind, OrderState

LOOK_AT = 400


def one_customer(who: Who) -> str:
    """The orders of the customer who came through the most doors of late."""
    doors: dict[UUID, set[UUID]] = {}
    for row in _latest(who):
        if row.customer_id:
            doors.setdefault(row.customer_id, set()).add(row.channel_id)
    if not doors:
        return reverse("board")
    return f"{reverse('board')}?customer={max(doors, key=lambda c: len(doors[c]))}"


def last_unit(who: Who) -> str:
    """An order that wanted what another door had just taken."""
    for kind in (ExceptionKind.STOCK_SHORT, ExceptionKind.NO_STORE):
        found = _page(who, exception=kind.value)
        if found:
            return reverse("order", args=[found[0].number])
    waiting = _page(who, state=OrderState.BACKORDER.value)
    return reverse("order", args=[waiting[0].number]) if waiting else reverse("board") + "?state=backorder"


def why_this_store(who: Who) -> str:
    """A delivered order that travels: there were nearer stores, and they were refused."""
    delivered = [r for r in _latest(who) if r.distance_m and r.state == OrderState.ASSIGNED]
    for row in sorted(delivered, key=lambda r: -(r.distance_m or 0))[:20]:
        seen = orders.order_page(who.brand.id, row.id)
        if seen.decisions and len(seen.decisions[-1].refused) >= 3:
            return reverse("order", args=[row.number]) + "#decision"
    return reverse("order", args=[delivered[0].number]) if delivered else reverse("board")


def change_a_price(who: Who) -> str:
    """What sells best of late."""
    for row in _latest(who)[:5]:
        for line in orders.order_page(who.brand.id, row.id).lines:
            if line.item_id:
                return reverse("product", args=[line.sku])
    return reverse("products")


def repair_an_order(who: Who) -> str:
    """A payload that could not be understood."""
    found = integration.inbox_page(who.brand.id, InboxFilter((InboxState.REJECTED,)), limit=1).entries
    return reverse("inbox-entry", args=[found[0].id]) if found else reverse("inbox")


FINDERS: tuple[Callable[[Who], str], ...] = (one_customer, last_unit, why_this_store, change_a_price, repair_an_order)


@require_safe
@desk(Action.ORDERS_VIEW)
def begin(request: HttpRequest, who: Who) -> HttpResponse:
    return _go(who, 1)


@require_safe
@desk(Action.ORDERS_VIEW)
def step(request: HttpRequest, who: Who, number: int) -> HttpResponse:
    """To the record of a step; the card that explains it goes with the reader."""
    return _go(who, min(max(number, 1), len(STEPS)))


@require_POST
@desk(Action.ORDERS_VIEW)
def end(request: HttpRequest, who: Who) -> HttpResponse:
    response = redirect(request.META.get("HTTP_REFERER") or "board")
    response.delete_cookie(COOKIE)
    return response


def _go(who: Who, number: int) -> HttpResponse:
    response = redirect(FINDERS[number - 1](who))
    response.set_cookie(COOKIE, str(number), max_age=3600, samesite="Lax", httponly=True)
    return response


def _latest(who: Who) -> tuple[BoardRow, ...]:
    return _page(who, limit=LOOK_AT)


def _page(who: Who, *, limit: int = 1, **wanted: Any) -> tuple[BoardRow, ...]:
    return orders.board(who.brand.id, BoardFilter(limit=limit, **narrowed(who), **wanted)).rows
