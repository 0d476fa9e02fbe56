"""Requests: what waits for me, what I asked for, what was decided."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from datong.access import api as access
from datong.access.types import Action, Approval, ApprovalState
from datong.brand import api as brands
from datong.channels.console.people import words
from datong.channels.console.shell import desk, page
from datong.channels.console.who import Who
from datong.channels.design.formats import number
from datong.kernel.errors import Conflict, NotFound

DECIDED = (ApprovalState.APPROVED, ApprovalState.REFUSED, ApprovalState.WITHDRAWN)

INNER = ("href", "key", "refund_minor", "lines")
"""Facts that are for the program: where the thing is, what makes a request the same one."""


@require_safe
@desk(Action.APPROVALS_VIEW)
def approvals(request: HttpRequest, who: Who) -> HttpResponse:
    """Three lists: waiting for me, mine, decided."""
    shown = request.GET.get("show", "")
    cursor = request.GET.get("before", "")
    waiting = access.waiting_for(who.staff)
    if shown == "mine":
        found = access.list_approvals(who.brand.id, asked_by=who.staff.user_id, cursor=cursor)
        listed, more = found.approvals, found.next
    elif shown in ("decided", "all"):
        states = DECIDED if shown == "decided" else [ApprovalState.PENDING]
        found = access.list_approvals(who.brand.id, state=states, cursor=cursor, stores=who.stores)
        listed, more = found.approvals, found.next
    else:
        listed, more = waiting, ""
    count = len(waiting)
    lead = ngettext("%(n)s request waits for you", "%(n)s requests wait for you", count) % {"n": number(count)}
    given = {
        "lead": lead if count else _("Nothing waits for you."),
        "rows": [row(who, each) for each in listed],
        "tabs": _tabs(shown, count),
        "shown": shown,
        "older": f"{reverse('approvals')}?show={shown}&before={more}" if more else "",
        "sees_policy": who.sees(Action.POLICY_VIEW),
    }
    return page(request, who, "people/approvals", given)


def _tabs(shown: str, count: int) -> list[dict[str, Any]]:
    said = (
        ("", _("For me"), count),
        ("all", _("All that wait"), ""),
        ("mine", _("My requests"), ""),
        ("decided", _("Decided"), ""),
    )
    at = reverse("approvals")
    return [
        {"text": text, "href": f"{at}?show={code}" if code else at, "current": code == shown, "count": n}
        for code, text, n in said
    ]


def row(who: Who, found: Approval) -> dict[str, Any]:
    """A request in words."""
    obstacle = access.why_not(who.staff, found, access.limits(who.brand.id, found.kind))
    stores = {s.id: s for s in brands.list_stores(who.brand.id)} if found.store_id else {}
    return {
        "it": found,
        "title": words.kind_title(found.kind),
        "amount": words.amount(found, who.brand),
        "state": words.STATE[found.state],
        "hue": words.STATE_HUE[found.state],
        "store": stores.get(found.store_id) if found.store_id else None,
        "facts": [(label, value) for label, value in found.facts.items() if label not in INNER],
        "href": _here(found.facts.get("href")),
        "pending": found.state is ApprovalState.PENDING,
        "may_decide": found.state is ApprovalState.PENDING and not obstacle,
        "why_not": words.WHY_NOT.get(obstacle, "") if found.state is ApprovalState.PENDING else "",
        "mine": who.staff.user_id in (found.asked_by_id, found.held_by_id),
    }


def _here(href: Any) -> str:
    """A link that stays in the console."""
    text = str(href or "")
    return text if text.startswith("/") and not text.startswith("//") else ""


def _find(who: Who, approval_id: UUID) -> Approval:
    """A request this person may look at: of their stores, or their own."""
    found = access.approval(who.brand.id, approval_id)
    mine = who.staff.user_id in (found.asked_by_id, found.held_by_id)
    if not mine and who.stores is not None and found.store_id not in who.stores:
        raise NotFound("no such request")
    return found


@require_http_methods(["GET", "HEAD", "POST"])
@desk(Action.APPROVALS_VIEW, write=Action.APPROVALS_DECIDE)
def approval(request: HttpRequest, who: Who, approval_id: UUID) -> HttpResponse:
    """One request with its facts, and the decision."""
    found = _find(who, approval_id)
    if request.method == "POST":
        yes = request.POST.get("do") == "approve"
        try:
            access.decide(found.id, brand=who.brand.id, by=who.staff, approve=yes, note=request.POST.get("note", ""))
        except Conflict as error:
            messages.error(request, _("Not done: %(why)s") % {"why": error})
            return redirect("approval", approval_id=found.id)
        messages.success(request, _("Approved and done.") if yes else _("Refused. The asker sees why."))
        return redirect("approvals")
    return page(request, who, "people/approval", {"row": row(who, found)})


@require_POST
@desk(Action.APPROVALS_VIEW)
def withdraw(request: HttpRequest, who: Who, approval_id: UUID) -> HttpResponse:
    """Take one's own request back."""
    try:
        access.withdraw(_find(who, approval_id).id, brand=who.brand.id, by=who.staff)
        messages.success(request, _("Withdrawn. Nothing was changed."))
    except Conflict as error:
        messages.error(request, _("Not done: %(why)s") % {"why": error})
    return redirect(f"{reverse('approvals')}?show=mine")
