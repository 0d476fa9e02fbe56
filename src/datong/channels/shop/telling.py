"""What a customer asks for after the sale: to give something back, to keep it after all, to be answered."""

from __future__ import annotations

from datetime import timedelta

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from datong.channels.shop.door import Shopper, door
from datong.channels.shop.fetching import opened
from datong.channels.shop.status import shown
from datong.kernel.errors import BadInput, BadValue, Conflict, NotFound
from datong.kernel.tries import check_tries, miss
from datong.orders import api as orders
from datong.orders.api import OrderView
from datong.orders.types.returns import ReturnWay
from datong.service import api as service
from datong.service.types import CaseFilter, CaseStepKind, NewCase

WITHIN, MOST = timedelta(hours=1), 20
BY = "customer"


@door("POST", private=True)
def tell(request: HttpRequest, shopper: Shopper, token: str) -> HttpResponse:
    """Back to the page of the order, where what was asked stands; what is wrong is said there and nothing is lost."""
    found = orders.order_page(shopper.brand.id, opened(shopper, token))
    key = f"after {found.id}"
    check_tries(shopper.brand.id, key, most=MOST, within=WITHIN)
    miss(shopper.brand.id, key, within=WITHIN)
    try:
        _do(request, shopper, found)
    except BadInput as error:
        errors = {problem.field.lstrip("/"): _("A few words, please.") for problem in error.problems}
        if "lines" in errors or any(name.startswith("lines/") for name in errors):
            errors = {"units": _("Say how many come back, at most as many as you have.")}
        return shown(request, shopper, token, typed=request.POST.dict(), errors=errors, status=422)
    except Conflict:
        return shown(
            request, shopper, token, typed=request.POST.dict(), status=409,
            errors={"": _("That is not possible any more: look how it stands.")},
        )  # fmt: skip
    return redirect(f"{shopper.url('order', token)}#after")


def _do(request: HttpRequest, shopper: Shopper, found: OrderView) -> None:
    post, brand = request.POST, shopper.brand.id
    text = post.get("text", "").replace("\x00", "").replace("\r\n", "\n").strip()
    key, verb = f"shop {found.id} {post.get('key', '')[:40]}", post.get("do", "")
    if verb == "return":
        units = {
            line.line_no: int(typed)
            for line in found.lines
            if (typed := post.get(f"units-{line.line_no}", "").strip()).isascii() and typed.isdigit() and int(typed[:8])
        }
        how = ReturnWay(post["how"]) if post.get("how") in set(ReturnWay) else ReturnWay.STORE
        orders.ask_return(found.id, units=units, reason=text[:300], key=key, brand=brand, who=BY, how=how)
    elif verb == "keep":
        mine = [each.id for each in orders.returns_of(brand, [found.id]) if str(each.id) == post.get("return")]
        if not mine:
            raise NotFound("no such return of this order")
        orders.withdraw_return(mine[0], brand=brand, who=BY)
    elif verb == "case":
        _write(shopper, found, post.get("reason", ""), text, key)
    else:
        raise NotFound("nothing else can be asked here")


def _write(shopper: Shopper, found: OrderView, reason: str, text: str, key: str) -> None:
    """To the case of this order that is open, else a new one."""
    if not text:
        raise BadValue("/text", "", "a few words")
    cases = service.list_cases(shopper.brand.id, CaseFilter(order_id=found.id), limit=1).cases
    if cases:
        service.add_step(cases[0].id, CaseStepKind.SAID, text[:2000], brand=shopper.brand.id, by=BY, key=key)
        return
    wanted = NewCase(
        reason, " ".join(text.split())[:120], channel_id=shopper.channel.id, text=text[:2000],
        customer_id=found.customer_id, order_ids=(found.id,), store_id=found.store_id, said=True,
    )  # fmt: skip
    service.open_case(wanted, brand=shopper.brand.id, by=BY, key=key)
