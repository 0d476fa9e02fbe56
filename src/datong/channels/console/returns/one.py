"""The returns of an order: what comes back, where it went, how its money went back. No contact is shown here: goods of
another store's order are taken back as well."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from datong.access import api as access
from datong.access.types import Action, ApprovalState
from datong.channels.console import words
from datong.channels.console.places import stores_of
from datong.channels.console.returns.words import STATE, STATE_HUE, WAY
from datong.channels.console.shell import desk, page, require
from datong.channels.console.who import Who
from datong.channels.design.formats import money, number
from datong.kernel.errors import BadInput, BadValue, Conflict, NotFound
from datong.kernel.ids import uuid7
from datong.orders import api as orders
from datong.orders.api import OrderView
from datong.orders.types.returns import Return, ReturnState, ReturnWay


@require_http_methods(["GET", "HEAD", "POST"])
@desk(Action.ORDERS_ACT)
def one(request: HttpRequest, who: Who, number: str) -> HttpResponse:
    """POST begins a return, decides it, takes the goods, gives the money back."""
    found = orders.order_page(who.brand.id, _key(number))
    errors: dict[str, str] = {}
    if request.method == "POST":
        try:
            messages.success(request, _act(request, who, found))
            return redirect("order-returns", found.number)
        except BadInput as error:
            errors = {p.field.lstrip("/"): p.fix for p in error.problems}
        except Conflict as error:
            errors = {"": str(error)}
    given = _given(request, who, found) | {"errors": errors, "said": next(iter(errors.values()), "")}
    return page(request, who, "returns/one", given, status=422 if errors else 200)


def _key(number: str) -> UUID | str:
    try:
        return UUID(number)
    except ValueError:
        return number.upper()


def _given(request: HttpRequest, who: Who, found: OrderView) -> dict[str, Any]:
    made = orders.returns_of(who.brand.id, [found.id])
    back = orders.returned_units(who.brand.id, found.id)
    titles = {line.line_no: line.title or line.sku for line in found.lines}
    named = {s.id: s.name for s in stores_of(who)}
    lines = [
        {"line": line, "title": titles[line.line_no], "name": f"units-{line.line_no}", "left": left,
         "help": _("at most %s") % number(left), "typed": request.POST.get(f"units-{line.line_no}", "")}
        for line in found.lines
        if (left := line.units - line.withdrawn - back.get(line.line_no, 0)) > 0
    ]  # fmt: skip
    return {
        "order": found,
        "crumbs": [(_("Returns"), reverse("returns"))],
        "lead": _lead(found, made),
        "rows": [_row(who, each, titles, named) for each in reversed(made)],
        "lines": lines if found.state != "cancelled" else [],
        "ways": [(way.value, words.word(WAY, way)) for way in ReturnWay],
        "stores": sorted(((str(key), name) for key, name in named.items()), key=lambda each: each[1]),
        "mine": str(found.store_id) if found.store_id in named else "",
        "sees_order": who.may(Action.ORDERS_VIEW, found.store_id),
        "key": request.POST.get("key") or uuid7().hex,
        "typed": request.POST,
    }


def _lead(found: OrderView, made: list[Return]) -> str:
    total = money(found.total_minor, found.currency)
    if not made:
        return _("Bought for %(total)s; nothing has come back yet.") % {"total": total}
    back = money(sum(each.back_minor for each in made), found.currency)
    return _("Bought for %(total)s; %(back)s went back for returned goods.") % {"total": total, "back": back}


def _row(who: Who, each: Return, titles: dict[int, str], named: dict[UUID, str]) -> dict[str, Any]:
    asked = access.approval(who.brand.id, each.approval_id) if each.approval_id else None
    waits = asked is not None and asked.state is ApprovalState.PENDING
    return {
        "r": each,
        "key": each.id.hex,
        "state": words.word(STATE, each.state),
        "hue": STATE_HUE[each.state],
        "how": words.word(WAY, each.how),
        "goods": [
            {"x": x, "title": titles[x.line_no], "name": f"shelf-{x.line_no}", "id": f"{each.id.hex}-{x.line_no}"}
            for x in each.lines
        ],
        "store": named.get(each.store_id, _("another store")) if each.store_id else "",
        "money": money(each.back_minor, each.currency) if each.back_minor else "",
        "waits": waits,
        "worth": money(each.amount_minor, each.currency),
        "may_decide": each.state is ReturnState.REQUESTED,
        "may_receive": each.state is ReturnState.APPROVED,
        "may_refund": each.state is ReturnState.RECEIVED and asked is None,
    }


def _act(request: HttpRequest, who: Who, found: OrderView) -> str:
    post, brand, by = request.POST, who.brand.id, who.staff.username
    verb = post.get("do", "")
    if verb == "ask":
        how = ReturnWay(post["how"]) if post.get("how") in set(ReturnWay) else ReturnWay.STORE
        units = _counts(request, "units-", [line.line_no for line in found.lines])
        orders.ask_return(found.id, units=units, reason=post.get("reason", ""), key=post.get("key", "")[:64],
                          brand=brand, who=by, how=how, approved=True)  # fmt: skip
        return _("The return is approved: take the goods when they come.")
    made = next((r for r in orders.returns_of(brand, [found.id]) if str(r.id) == post.get("return")), None)
    if made is None:
        raise NotFound("no such return of this order")
    if verb in ("approve", "refuse"):
        orders.decide_return(made.id, approve=verb == "approve", brand=brand, who=by, why=post.get("why", ""))
        return _("Noted.")
    if verb == "receive":
        store = next((s for s in stores_of(who) if str(s.id) == post.get("store")), None)
        if store is None:
            raise BadValue("store", post.get("store", "")[:40], _("the store that has the goods"))
        require(who, Action.ORDERS_ACT, store.id)
        shelf = _counts(request, "shelf-", [line.line_no for line in made.lines])
        orders.receive_return(made.id, store_id=store.id, shelf=shelf, brand=brand, who=by)
        if not post.get("refund"):
            return _("The goods are here.")
    asked = orders.refund_return(made.id, brand=brand, by=who.staff, shown=lambda minor: money(minor, found.currency),
                                 href=reverse("order-returns", args=[found.number]))  # fmt: skip
    if asked.state is ApprovalState.PENDING:
        return _("This is above your limit: it waits for a second person.")
    return _("The money is to be given back; it stands on the order.")


def _counts(request: HttpRequest, prefix: str, line_nos: list[int]) -> dict[int, int]:
    """What was typed beside the lines; nothing is none."""
    found = {}
    for line_no in line_nos:
        typed = request.POST.get(f"{prefix}{line_no}", "").strip()
        if not typed:
            continue
        if not (typed.isascii() and typed.isdigit() and len(typed) < 8):
            raise BadValue(f"{prefix}{line_no}", typed, _("a number of units"))
        if int(typed):
            found[line_no] = int(typed)
    return found
