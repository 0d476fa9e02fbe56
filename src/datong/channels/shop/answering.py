"""What the customer decides about what a store cannot give, on the order's page."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from datong.channels.shop.door import Shopper, door, page
from datong.channels.shop.fetching import opened
from datong.fulfilment import api as fulfilment
from datong.kernel.errors import BadInput, Conflict
from datong.orders import api as orders
from datong.orders.api import OrderView
from datong.orders.types import Answer


def asked(brand_id: UUID, order: OrderView) -> list[dict[str, Any]]:
    """What is still to be decided, with what goes back for it."""
    each = {line.line_no: line for line in order.lines}
    worth = orders.worth_by_line(order)
    found = []
    for one in orders.questions_of(brand_id, [order.id]):
        line = each.get(one.line_no)
        if one.answer is not None or line is None or order.state != "assigned":
            continue
        left = max(line.units - line.withdrawn, 1)
        found.append({"one": one, "back_minor": worth.get(one.line_no, 0) * one.units // left, "order": order})
    return found


@door("POST", private=True)
def answer(request: HttpRequest, shopper: Shopper, token: str) -> HttpResponse:
    """Without it, what the store proposes instead, or nothing at all."""
    order_id = opened(shopper, token)
    mine = {str(one.id): one for one in orders.questions_of(shopper.brand.id, [order_id])}
    question = mine.get(request.POST.get("question", ""))
    said = request.POST.get("answer", "")
    if question is None or said not in (Answer.WITHOUT, Answer.SUBSTITUTE, Answer.CANCEL):
        return redirect(shopper.url("order", token))
    try:
        orders.answer_short(question.id, Answer(said), brand=shopper.brand.id, who="customer")
    except (BadInput, Conflict):
        given = {"said": _("Meanwhile something has changed: look at the order again, then decide.")}
        return page(request, shopper, "trouble", given, status=409)
    return redirect(shopper.url("order", token))


@door("POST", private=True)
def arrived(request: HttpRequest, shopper: Shopper, token: str) -> HttpResponse:
    """The customer is in the store: whoever makes the order sees it."""
    fulfilment.arrive(opened(shopper, token), brand=shopper.brand.id)
    return redirect(shopper.url("order", token))
