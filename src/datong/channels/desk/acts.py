"""What an agent does about an order: every act has a reason, and stands on the order's open case, too."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from datong.access.types import Action, Approval, ApprovalState
from datong.brand.types import AddressText
from datong.channels.console.order import visible
from datong.channels.console.service.words import reason_name
from datong.channels.console.shell import desk, require
from datong.channels.console.who import Who
from datong.channels.design.formats import money
from datong.channels.desk.doing import desk_channel
from datong.customers import api as customers
from datong.customers.types import TouchKind
from datong.kernel.errors import BadInput, BadValue, Conflict, NotFound
from datong.kernel.money import minor_of
from datong.orders import api as orders
from datong.orders.api import OrderView
from datong.orders.types import Destination
from datong.service import api as service
from datong.service.types import CaseFilter, CaseStepKind, Give, Giving


@require_POST
@desk(Action.SERVICE_DESK)
def act(request: HttpRequest, who: Who, number: str) -> HttpResponse:
    """Cancel, move, give back, make good, send again; back to the screen with what came of it."""
    found = visible(who, number)
    require(who, Action.ORDERS_ACT, found.store_id)
    try:
        said = _act(request, who, found)
    except (BadInput, Conflict) as error:
        messages.error(request, told(error))
    else:
        messages.success(request, said)
    query = {"c": str(found.customer_id or ""), "o": found.number}
    return redirect(f"{reverse('desk')}?{urlencode({k: v for k, v in query.items() if v})}")


def told(error: Exception) -> str:
    problems = getattr(error, "problems", ())
    said = _("Please give %(fix)s.") % {"fix": problems[0].fix} if problems else str(error)
    return f"{error}. {said}" if problems and isinstance(error, Conflict) else said


def reason_of(request: HttpRequest, who: Who) -> str:
    """From the list, typed, or both."""
    code, typed = request.POST.get("reason", ""), request.POST.get("why", "").replace("\x00", "").strip()
    known = service.reasons(who.brand.id).get(code)
    name = str(reason_name(known, code)) if known else ""
    if not name and not typed:
        raise BadValue("reason", "", _("a reason from the list, or a few words"))
    return ": ".join(filter(None, (name, typed)))[:300]


def _act(request: HttpRequest, who: Who, found: OrderView) -> str:
    reason, verb = reason_of(request, who), request.POST.get("do", "")
    brand, by = who.brand.id, who.staff.username
    if verb == "cancel":
        orders.cancel(found.id, brand=brand, who=by, reason=reason)
        said = _("Cancelled. Its stock is free again, and what was paid is to be given back.")
    elif verb == "move":
        said = _move(request, who, found, reason)
    elif verb == "refund":
        said = _refund(request, who, found, reason)
    elif verb in ("give", "again"):
        said = _give(request, who, found, reason)
    else:
        raise NotFound("nothing else can be done here")
    _on_case(who, found, f"{said} · {reason}")
    return said


def _on_case(who: Who, found: OrderView, text: str) -> None:
    cases = service.list_cases(who.brand.id, CaseFilter(order_id=found.id), limit=1).cases
    if cases:
        service.add_step(cases[0].id, CaseStepKind.ACTION, text[:2000], brand=who.brand.id, by=who.staff.username)


def _move(request: HttpRequest, who: Who, found: OrderView, reason: str) -> str:
    post = request.POST
    line, city, postcode = (" ".join(post.get(name, "").replace("\x00", "").split())[:200]
                            for name in ("line", "city", "postcode"))  # fmt: skip
    at = _moment(post.get("at", ""))
    if not line and at is None:
        raise BadValue("line", "", _("a new address, or a new time"))
    to = Destination(AddressText(line, city, "", postcode, who.brand.country)) if line else None
    after = orders.redirect(
        found.id, brand=who.brand.id, who=who.staff.username, reason=reason, destination=to, promised_at=at,
        keep_fee=bool(post.get("keep_fee")),
    )  # fmt: skip
    if after.store_id != found.store_id:
        return _("Changed: another store brings it now.")
    return _("Changed.")


def _moment(text: str) -> datetime | None:
    if not text.strip():
        return None
    try:
        found = parse_datetime(text.strip())
    except ValueError:
        found = None
    if found is None:
        raise BadValue("at", text[:40], _("a day and a time"))
    return timezone.make_aware(found) if timezone.is_naive(found) else found


def _refund(request: HttpRequest, who: Who, found: OrderView, reason: str) -> str:
    typed = request.POST.get("amount", "").replace(",", "").strip()
    asked = orders.ask_to_give_back(
        found.id,
        amount_minor=minor_of(typed or "–", found.currency),
        reason=reason,
        key=request.POST.get("key", "")[:64],
        brand=who.brand.id,
        by=who.staff,
        shown=lambda minor: money(minor, found.currency),
        href=reverse("order", args=[found.number]),
    )
    return _waits(asked) or _("The money is to be given back; it stands on the order.")


def _give(request: HttpRequest, who: Who, found: OrderView, reason: str) -> str:
    post, channel = request.POST, desk_channel(who)
    again = post.get("do") == "again"
    give = Give.GOODS if again else Give(post["give"]) if post.get("give") in set(Give) else Give.STORED_VALUE
    typed = post.get("amount", "").replace(",", "").strip()
    cases = service.list_cases(who.brand.id, CaseFilter(order_id=found.id), limit=1).cases
    giving = Giving(
        give,
        reason,
        customer_id=found.customer_id,
        order_id=found.id,
        case_id=cases[0].id if cases else None,
        amount_minor=minor_of(typed or "–", who.brand.currency) if give is Give.STORED_VALUE else 0,
        points=int(typed) if give is Give.POINTS and typed.isascii() and typed.isdigit() and len(typed) < 9 else 0,
        offer=post.get("offer", "")[:60].replace("\x00", ""),
        units=_units(post, found) if again else (),
        channel_id=channel.id if channel else None,
    )
    asked = service.ask_to_compensate(
        giving, brand=who.brand.id, by=who.staff, key=post.get("key", "")[:64],
        shown=lambda minor: money(minor, who.brand.currency), href=reverse("order", args=[found.number]),
    )  # fmt: skip
    done = _("Sent again, for nothing; its stock is held.") if again else _("Given.")
    return _waits(asked) or done


def _units(post: Any, found: OrderView) -> tuple[tuple[int, int], ...]:
    typed = ((line.line_no, post.get(f"units-{line.line_no}", "").strip()) for line in found.lines)
    return tuple((no, int(text)) for no, text in typed if text.isascii() and text.isdigit() and int(text[:8]) > 0)


def _waits(asked: Approval) -> str:
    if asked.state is ApprovalState.PENDING:
        return _("This is above your limit: it waits for a second person.")
    return ""


@require_POST
@desk(Action.SERVICE_DESK)
def write_note(request: HttpRequest, who: Who, customer_id: UUID) -> HttpResponse:
    """What was said, kept with the customer for whoever takes the next call."""
    require(who, Action.CUSTOMERS_VIEW)
    try:
        text = " ".join(request.POST.get("text", "").replace("\x00", "").split())
        customers.add_touch(customer_id, TouchKind.CONTACT, text, brand=who.brand.id, by=who.staff.username)
    except BadInput as error:
        messages.error(request, told(error))
    else:
        messages.success(request, _("Written down."))
    return redirect(f"{reverse('desk')}?c={customer_id}")
