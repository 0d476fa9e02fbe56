"""What people do with an order at work: the store's steps, cancelling it, giving money back."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from datong.access.types import Action, ApprovalState
from datong.channels.console import words
from datong.channels.console.order import visible
from datong.channels.console.shell import desk, require
from datong.channels.console.who import Who
from datong.channels.console.worklist import STEPS
from datong.channels.design.formats import money, number
from datong.fulfilment import api as fulfilment
from datong.fulfilment.types import TaskState
from datong.kernel.errors import BadInput, BadValue, Conflict, NotFound
from datong.kernel.ids import uuid7
from datong.kernel.money import minor_of
from datong.orders import api as orders
from datong.orders.api import OrderView
from datong.payments import api as payments


@require_POST
@desk(Action.ORDERS_VIEW, write=Action.ORDERS_ACT)
def step(request: HttpRequest, who: Who, number: str) -> HttpResponse:
    """Take a step with one store's share of the order."""
    found = visible(who, number)
    task = _one(fulfilment.tasks_of(who.brand.id, [found.id]), request.POST.get("task", ""))
    require(who, Action.ORDERS_ACT, task.store_id)
    wanted = request.POST.get("to", "")
    if wanted not in {step.value for step in STEPS}:
        raise BadValue("to", wanted, "one of the steps on the page")
    reason, carrier, tracking = (request.POST.get(name, "").strip() for name in ("reason", "carrier", "tracking"))
    try:
        fulfilment.advance(
            [task.id],
            TaskState(wanted),
            brand=who.brand.id,
            by=who.staff.username,
            reason=reason,
            carrier=carrier,
            tracking=tracking,
        )
    except (BadInput, Conflict) as error:
        messages.error(request, _told(error))
    else:
        state = words.word(words.TASK_STATE, TaskState(wanted))
        messages.success(request, _("The store's share is now: %(state)s.") % {"state": state})
    return redirect("order", number=number)


@require_POST
@desk(Action.ORDERS_VIEW, write=Action.ORDERS_ACT)
def cancel(request: HttpRequest, who: Who, number: str) -> HttpResponse:
    """Cancel the whole order, with the reason its customer may be told."""
    found = visible(who, number)
    require(who, Action.ORDERS_ACT, found.store_id)
    try:
        orders.cancel(
            found.id, brand=who.brand.id, who=who.staff.username, reason=request.POST.get("reason", "").strip()
        )
    except (BadInput, Conflict) as error:
        messages.error(request, _told(error))
    else:
        messages.success(request, _("Cancelled. Its stock is free again, and what was paid is to be given back."))
    return redirect("order", number=number)


@require_POST
@desk(Action.ORDERS_VIEW, write=Action.ORDERS_ACT)
def refund(request: HttpRequest, who: Who, number: str) -> HttpResponse:
    """Give money back, at once or after a second person's word; or note that what was due has been paid out."""
    found = visible(who, number)
    require(who, Action.ORDERS_ACT, found.store_id)
    try:
        if request.POST.get("refund"):
            due = _one(payments.refunds_of(who.brand.id, [found.id]), request.POST["refund"])
            payments.refund_done(due.id, provider_ref=request.POST.get("ref", "").strip(), brand=who.brand.id)
            messages.success(request, _("Noted: the money is back with the customer."))
        else:
            _ask(request, who, found)
    except (BadInput, Conflict) as error:
        messages.error(request, _told(error))
    return redirect("order", number=number)


def _ask(request: HttpRequest, who: Who, found: OrderView) -> None:
    units, typed = _units(request, found), request.POST.get("amount", "").replace(",", "").strip()
    amount = minor_of(typed or "–", found.currency) if typed or not units else None
    left = found.total_minor - sum(r.amount_minor for r in payments.refunds_of(who.brand.id, [found.id]))
    if amount is not None and not (0 if units else 1) <= amount <= left:
        raise BadValue("amount", request.POST.get("amount", ""), _("an amount up to %s") % money(left, found.currency))
    if not (reason := request.POST.get("reason", "").strip()):
        raise BadValue("reason", "", _("a few words on why"))
    made = orders.ask_to_give_back(
        found.id,
        amount_minor=amount,
        units=units,
        reason=reason,
        key=request.POST.get("key", "")[:64] or uuid7().hex,
        brand=who.brand.id,
        by=who.staff,
        shown=lambda minor: money(minor, found.currency),
        href=reverse("order", args=[found.number]),
    )
    if made.state is ApprovalState.APPROVED and units:
        given = money(made.facts["refund_minor"], found.currency)
        said = _("Taken out of the order: the stock is free again, and %(amount)s is to be given back.")
        messages.success(request, said % {"amount": given})
    elif made.state is ApprovalState.APPROVED:
        messages.success(request, _("The money is to be given back; it stands on the order."))
    else:
        messages.success(request, _("This is above your limit: it waits for a second person."))


def _units(request: HttpRequest, found: OrderView) -> dict[int, int]:
    """What was typed beside the lines, by line number; nothing is none."""
    units = {}
    for line in found.lines:
        typed = request.POST.get(f"units-{line.line_no}", "").strip()
        if not typed:
            continue
        # What was taken out before is the verb's to reckon: the same form sent twice is one request.
        if not (typed.isascii() and typed.isdigit() and len(typed) < 10 and int(typed) <= line.units):
            fix = _("0 to %(n)s units of %(title)s") % {"n": number(line.units), "title": line.title or line.sku}
            raise BadValue(f"units-{line.line_no}", typed, fix)
        if int(typed):
            units[line.line_no] = int(typed)
    return units


def _told(error: Exception) -> str:
    problems = getattr(error, "problems", ())
    return _("Please give %(fix)s.") % {"fix": problems[0].fix} if problems else str(error)


def _one(found: Sequence[Any], wanted: str) -> Any:
    """The one with this id, or NotFound: somebody else's does not exist here."""
    for each in found:
        if str(each.id) == wanted:
            return each
    raise NotFound("nothing of this order has that id")
