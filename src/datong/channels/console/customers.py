"""Customers at work: who they are, what they bought through which door, what is to be done for them (S-97)."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.http import require_POST, require_safe

from datong.access import api as access
from datong.access.types import Action
from datong.channels.console import words
from datong.channels.console.contacts import narrowed, opened, orders_of, whole_brand
from datong.channels.console.shell import desk, page
from datong.channels.console.who import Who
from datong.customers import api as customers
from datong.customers.types import IdentityKind, Stage, TouchKind
from datong.kernel.errors import BadInput, NotFound
from datong.orders import api as orders
from datong.orders.api import BoardRow

SHOWN = 50
IDENTITY: words.Words = {
    IdentityKind.PHONE: gettext_lazy("phone"),
    IdentityKind.EMAIL: gettext_lazy("e-mail"),
    IdentityKind.WECHAT_OPENID: "WeChat openid",
    IdentityKind.WECHAT_UNIONID: "WeChat unionid",
    IdentityKind.APP_USER: gettext_lazy("app user"),
    IdentityKind.BUYER: gettext_lazy("buyer of a channel"),
    IdentityKind.CARD: gettext_lazy("member card"),
    IdentityKind.DEVICE: gettext_lazy("device"),
    IdentityKind.MEMBER: gettext_lazy("member number"),
}
TOUCH: words.Words = {
    TouchKind.CONTACT: gettext_lazy("contact"),
    TouchKind.OFFER: gettext_lazy("offer"),
    TouchKind.FOLLOW_UP: gettext_lazy("to do"),
    TouchKind.NOTE: gettext_lazy("note"),
}
STAGE: words.Words = {
    Stage.DISCOVER: gettext_lazy("Found us"),
    Stage.BUY: pgettext_lazy("stage of a way", "Bought"),
    Stage.USE: gettext_lazy("Had it"),
    Stage.AGAIN: gettext_lazy("Again, or told others"),
}
_MASKS = {IdentityKind.PHONE: access.mask_phone, IdentityKind.EMAIL: access.mask_email}


@require_safe
@desk(Action.CUSTOMERS_VIEW)
def listing(request: HttpRequest, who: Who) -> HttpResponse:
    """Search by name, phone, e-mail or number; nothing typed: the newest, and what is to be done today."""
    text, before = request.GET.get("q", "").strip()[:80], _uuid(request.GET.get("before", ""))
    if text:
        found = customers.search_customers(who.brand.id, text, limit=SHOWN)
    else:
        found = customers.latest_customers(who.brand.id, before=before, limit=SHOWN)
    last = orders.latest_bought(who.brand.id, [hit.id for hit in found], **narrowed(who))
    rows = [_row(who, hit.id, hit.name, last.get(hit.id)) for hit in found]
    due = customers.due_touches(who.brand.id, timezone.localdate()) if who.stores is None else []
    known = customers.customers_by_id(who.brand.id, [touch.customer_id for touch in due])
    given = {
        "q": text,
        "rows": [row for row in rows if row],
        "same": customers.count_proposals(who.brand.id) if who.sees(Action.CUSTOMERS_MERGE) else 0,
        "older": f"?before={found[-1].id}" if not text and len(found) == SHOWN else "",
        "sees_value": whole_brand(who),
        "may_data": who.sees(Action.CUSTOMERS_DATA),
        "may_move": who.may(Action.CUSTOMERS_MOVE),
        "due": [(touch, known[touch.customer_id].name or _("customer")) for touch in due],
    }
    return page(request, who, "customers", given)


def _row(who: Who, customer_id: UUID, name: str, last: BoardRow | None) -> dict[str, Any] | None:
    """A line of the list; None for somebody who bought where this person has no say."""
    if not last and not whole_brand(who):
        return None
    open_name = opened(who, [last] if last else [])
    return {
        "id": customer_id,
        "name": (name if open_name else access.mask_name(name)) or _("customer"),
        "last": last,
    }


@require_POST
@desk(Action.CUSTOMERS_VIEW, write=Action.ORDERS_ACT)
def act(request: HttpRequest, who: Who, customer_id: UUID) -> HttpResponse:
    """Note a contact or an offer, plan something, or say that it is done."""
    if not opened(who, orders_of(who, customer_id, SHOWN)):
        raise NotFound("no such customer")
    by = who.staff.username
    if done := _uuid(request.POST.get("done", "")):
        customers.finish_touch(done, customer_id, brand=who.brand.id, by=by)
        messages.success(request, _("Done."))
        return redirect("customer", customer_id)
    try:
        kind = TouchKind(request.POST.get("kind", ""))
        due = date.fromisoformat(request.POST.get("due", "")) if kind is TouchKind.FOLLOW_UP else None
        doer = request.POST.get("doer", "") if due else ""
        customers.add_touch(
            customer_id, kind, request.POST.get("text", ""), brand=who.brand.id, by=by, due=due, doer=doer
        )
    except BadInput as error:
        messages.error(request, _("Please give %(fix)s.") % {"fix": error.problems[0].fix})
    except ValueError:
        messages.error(request, _("Please give a kind, and a day for what is to be done."))
    else:
        messages.success(request, _("Noted."))
    return redirect("customer", customer_id)


def managers(who: Who) -> list[tuple[str, str]]:
    """Who can look after customers: everybody who may act for them."""
    staff = {each.username: each.name for each in access.list_staff(who.brand.id)}
    return [("", _("nobody")), *sorted(((name, said or name) for name, said in staff.items()), key=lambda one: one[1])]


def identity_value(kind: IdentityKind, value: str, *, full: bool) -> str:
    """An identity as it is shown: in full, or masked in the way of its kind."""
    return value if full else _MASKS.get(kind, access.mask_name)(value)


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
