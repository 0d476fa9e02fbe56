"""The inbox: everything that came in through a door, understood or not; what was not can be corrected and replayed."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from datong.access.types import Action
from datong.brand import api as brands
from datong.channels.console import words
from datong.channels.console.payload import anchor, path_of, pretty
from datong.channels.console.shell import desk, page, require
from datong.channels.console.who import Who
from datong.channels.design.formats import number
from datong.integration import api as integration
from datong.integration.api import InboxFilter
from datong.integration.types import OPEN_STATES, InboxEntry, InboxState
from datong.kernel.errors import BadInput, BadValue

OPEN = "open"
GROUPS: dict[str, tuple[InboxState, ...]] = {
    "": (),
    OPEN: tuple(sorted(OPEN_STATES)),
    "pending": (InboxState.PENDING,),
    "placed": (InboxState.PLACED,),
    "repeat": (InboxState.REPEAT,),
    "other": (InboxState.SUPERSEDED, InboxState.IGNORED, InboxState.UPDATED),
}


@require_safe
@desk(Action.INBOX_VIEW)
def inbox(request: HttpRequest, who: Who) -> HttpResponse:
    channels = {c.id: c for c in brands.list_channels(who.brand.id)}
    counts: dict[InboxState, int] = {}
    for states in integration.inbox_counts(who.brand.id).values():
        for state, count in states.items():
            counts[state] = counts.get(state, 0) + count
    group, code = request.GET.get("state", ""), request.GET.get("channel", "")
    chosen = next((c for c in channels.values() if c.code == code), None)
    wanted = InboxFilter(GROUPS.get(group, ()), chosen.id if chosen else None, request.GET.get("q", "").strip()[:120])
    before = _uuid(request.GET.get("before", ""))
    found = integration.inbox_page(who.brand.id, wanted, before=before)
    problems = sum(counts.get(state, 0) for state in OPEN_STATES)
    total = sum(counts.values())
    came = ngettext("%(n)s delivery kept", "%(n)s deliveries kept", total) % {"n": number(total)}
    hands = ngettext("%(n)s needs a hand", "%(n)s need a hand", problems) % {"n": number(problems)}
    given = {
        "lead": _("%(taken)s, %(hands)s") % {"taken": came, "hands": hands} if problems else came,
        "tabs": _tabs(request.GET, counts),
        "rows": [_row(e, channels) for e in found.entries],
        "older": _address(request.GET, before=str(found.next)) if found.next else "",
        "newer": _address(request.GET) if before else "",
        "channels": [("", _("All channels")), *((c.code, c.name) for c in channels.values())],
        "params": request.GET,
        "empty": not total,
    }
    return page(request, who, "inbox", given)


@require_safe
@desk(Action.INBOX_VIEW)
def entry(request: HttpRequest, who: Who, entry_id: UUID) -> HttpResponse:
    return _entry_page(request, who, integration.inbox_entry(who.brand.id, entry_id))


@require_POST
@desk(Action.INBOX_VIEW, write=Action.INBOX_CORRECT)
def act(request: HttpRequest, who: Who, entry_id: UUID) -> HttpResponse:
    """Replay a delivery as it is, or a corrected copy of it; what was typed stays when it still cannot be read."""
    require(who, Action.INBOX_CORRECT)
    found = integration.inbox_entry(who.brand.id, entry_id)
    by, body = who.staff.username, request.POST.get("body", "")
    corrects = request.POST.get("do") == "correct"
    try:
        if corrects and body.replace("\r\n", "\n") != found.body.replace("\r\n", "\n"):
            after = integration.correct(who.brand.id, entry_id, body, who=by)
        elif corrects:
            raise BadValue("body", "", _("Nothing was changed yet. Correct the marked fields, then replay."))
        else:
            after = integration.replay(who.brand.id, entry_id, who=by)
    except BadInput as error:
        return _entry_page(request, who, found, typed=body, error=str(error), status=422)
    _say(request, after)
    return redirect("inbox-entry", entry_id=after.id)


def _say(request: HttpRequest, after: InboxEntry) -> None:
    order = after.outcome.get("number")
    if after.state in (InboxState.PLACED, InboxState.REPEAT) and order:
        messages.success(request, _("Replayed: order %(number)s was taken.") % {"number": order})
    elif after.state == InboxState.PENDING:
        messages.success(request, _("In the queue; it is read again in a moment."))
    elif after.state in OPEN_STATES:
        messages.error(request, _("Replayed, but something is still wrong. The fields are marked."))
    else:
        messages.success(request, _("Replayed."))


def _entry_page(
    request: HttpRequest, who: Who, found: InboxEntry, *, typed: str = "", error: str = "", status: int = 200
) -> HttpResponse:
    channel = next((c for c in brands.list_channels(who.brand.id) if c.id == found.channel_id), None)
    orders = found.outcome.get("orders") or ([found.outcome] if found.outcome.get("number") else [])
    given = {
        "entry": found,
        "channel": channel,
        "state": words.word(words.INBOX_STATE, found.state),
        "hue": words.INBOX_HUE.get(found.state, ""),
        "problems": [(p, anchor(path_of(p.field))) for p in found.problems],
        "payload": pretty(found.body, [p.field for p in found.problems]),
        "typed": typed or found.body,
        "error": error,
        "orders": orders,
        "headers": sorted(found.headers.items()),
        "history": [_past(h) for h in reversed(found.history)],
        "may_correct": who.may(Action.INBOX_CORRECT) and found.state in OPEN_STATES,
        "editing": bool(typed) or request.GET.get("edit") == "1",
    }
    return page(request, who, "inbox_entry", given, status=status)


def _row(found: InboxEntry, channels: dict[UUID, Any]) -> dict[str, Any]:
    channel = channels.get(found.channel_id)
    return {
        "entry": found,
        "channel": channel.name if channel else "",
        "icon": words.CHANNEL_ICON[channel.kind] if channel else "plug",
        "state": words.word(words.INBOX_STATE, found.state),
        "hue": words.INBOX_HUE.get(found.state, ""),
        "order": found.outcome.get("number", ""),
        "problem": found.problems[0] if found.problems else None,
        "more": max(len(found.problems) - 1, 0),
    }


def _past(past: Any) -> dict[str, Any]:
    """An earlier try as an item of the timeline."""
    state = past.get("state", "")
    return {
        "what": words.word(words.INBOX_STATE, state) if state else past.get("what", ""),
        "why": ", ".join(past.get("codes") or ()) or (past.get("what", "") if state else ""),
        "who": past.get("who", ""),
        "at": datetime.fromisoformat(past["at"]) if isinstance(past.get("at"), str) else past.get("at"),
        "status": words.INBOX_HUE.get(state, ""),
    }


def _tabs(params: QueryDict, counts: dict[InboxState, int]) -> list[dict[str, Any]]:
    names = {
        "": _("All"), OPEN: _("Need a hand"), "pending": _("Waiting"), "placed": _("Taken"), "repeat": _("Repeats"),
        "other": _("Set aside"),
    }  # fmt: skip
    tabs = []
    for group, states in GROUPS.items():
        count = sum(counts.get(s, 0) for s in states) if states else sum(counts.values())
        current = params.get("state", "") == group
        tabs.append(
            {"text": names[group], "href": _address(params, state=group), "current": current, "count": number(count)}
        )
    return tabs


def _address(params: QueryDict, **changes: str) -> str:
    copy = params.copy()
    for key in (*changes, "before"):
        copy.pop(key, None)
    for key, value in changes.items():
        if value:
            copy[key] = value
    return reverse("inbox") + (f"?{copy.urlencode()}" if copy else "")


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text) if text else None
    except ValueError:
        return None
