"""Each channel's day against ours: count and sum of both, and every order that makes the difference."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from datong.access.types import Action
from datong.brand import api as brands
from datong.brand.types import Channel
from datong.channels.console import words as common
from datong.channels.console.export import line
from datong.channels.console.shell import desk, page, require
from datong.channels.console.twoway import words
from datong.channels.console.who import Who
from datong.channels.design.formats import number
from datong.kernel import clock
from datong.kernel.errors import BadInput, Conflict, NotFound, Unavailable
from datong.kernel.money import Money
from datong.sync import api as sync

SHOWN = 60
BAD = frozenset({"differs"})


@require_safe
@desk(Action.CHANNELS_VIEW)
def days(request: HttpRequest, who: Who) -> HttpResponse:
    """Days of all channels, newest first."""
    channels = {c.id: c for c in brands.list_channels(who.brand.id)}
    chosen = next((c for c in channels.values() if c.code == request.GET.get("channel", "")), None)
    found = sync.reports(
        who.brand.id, channel_id=chosen.id if chosen else None, before=_before(request, channels), limit=SHOWN + 1
    )
    shown = [r for r in found[:SHOWN] if r.channel_id in channels]
    bad = sum(r.verdict in BAD for r in shown)
    open_count = sum(r.open for r in shown)
    said = ngettext("%(n)s channel day", "%(n)s channel days", len(shown)) % {"n": number(len(shown))}
    hands = ngettext("%(n)s difference is open", "%(n)s differences are open", open_count) % {"n": number(open_count)}
    lead = _("%(taken)s, %(hands)s") % {"taken": said, "hands": hands if bad else _("none differs")}
    pulls = sync.pull_states(who.brand.id)
    last = shown[-1] if len(found) > SHOWN else None
    given = {
        "lead": lead if shown else _("No day has been compared yet."),
        "rows": [_row(r, channels[r.channel_id]) for r in shown],
        "channels": [("", _("All channels")), *((c.code, c.name) for c in channels.values())],
        "params": request.GET,
        "older": _address(request, before=f"{last.day}.{channels[last.channel_id].code}") if last else "",
        "newer": _address(request) if request.GET.get("before") else "",
        "pulls": [_pull(state, channels) for state in pulls.values() if state.channel_id in channels],
        "unlisted": [channels[id_] for id_ in sync.without_list(who.brand.id) if id_ in channels],
        "may_edit": who.may(Action.INBOX_CORRECT),
        "currency": who.brand.currency,
    }
    return page(request, who, "twoway/days", given)


@require_safe
@desk(Action.CHANNELS_VIEW)
def day(request: HttpRequest, who: Who, code: str, day: str) -> HttpResponse:
    """One channel's day: the sums, and what differs line by line."""
    return _day_page(request, who, _channel(who, code), _day(day))


def _day_page(
    request: HttpRequest,
    who: Who,
    channel: Channel,
    day: date,
    *,
    typed: Any = None,
    error: str = "",
    status: int = 200,
) -> HttpResponse:
    made = _report(who, channel, day)
    after = request.GET.get("after") or None
    found = sync.differences(who.brand.id, channel.id, day, after=after)
    given = {
        "channel": channel,
        "r": made,
        "word": common.word(words.VERDICT, made.verdict),
        "status": words.VERDICT_HUE[made.verdict],
        "lead": _lead(made, channel),
        "rows": [_line(d) for d in found],
        "older": f"?after={found[-1].difference.external_id}" if len(found) == 200 else "",
        "may_edit": who.may(Action.INBOX_CORRECT),
        "typed": typed,
        "error": error,
        "day_before": (day - timedelta(days=1)).isoformat(),
        "day_after": (day + timedelta(days=1)).isoformat(),
        "delta": made.delta_minor,
    }
    return page(request, who, "twoway/day", given, status=status)


@require_POST
@desk(Action.CHANNELS_VIEW)
def again(request: HttpRequest, who: Who, code: str, day: str) -> HttpResponse:
    """Read the channel's list and compute the day again."""
    require(who, Action.INBOX_CORRECT)
    channel, wanted = _channel(who, code), _day(day)
    if channel.id in sync.pull_states(who.brand.id):
        done = sync.pull(who.brand.id, channel.id, full=True)
        if done.problem:
            messages.error(request, _("The channel’s list could not be read: %(why)s") % {"why": done.problem})
    sync.make_report(who.brand.id, channel.id, wanted)
    messages.success(request, _("Compared again."))
    return redirect("reconciliation-day", code=code, day=day)


@require_POST
@desk(Action.CHANNELS_VIEW)
def act(request: HttpRequest, who: Who, difference_id: UUID) -> HttpResponse:
    """Take the order now, accept the difference with a reason, or ask about it."""
    require(who, Action.INBOX_CORRECT)
    channel_id, wanted, external_id, *_rest = sync.difference_of(who.brand.id, difference_id)
    channel = next(c for c in brands.list_channels(who.brand.id) if c.id == channel_id)
    by, said, do = who.staff.username, request.POST.get("reason", ""), request.POST.get("do", "")
    try:
        if do == "take":
            sync.take_now(who.brand.id, difference_id, by=by)
            messages.success(request, _("Order %(number)s was taken.") % {"number": external_id})
        elif do == "ask":
            sync.ask(who.brand.id, difference_id, question=said, by=by)
            messages.success(request, _("Noted as asked. It stays open until it is explained or gone."))
        else:
            sync.accept(who.brand.id, difference_id, reason=said, by=by)
            messages.success(request, _("Accepted."))
    except BadInput:
        error = _("Write why, in up to 500 characters.")
        return _day_page(request, who, channel, wanted, typed=(difference_id, said), error=error, status=422)
    except (Conflict, Unavailable) as failure:
        messages.error(request, "; ".join([str(failure), *(p.fix for p in failure.problems)]))
    return redirect("reconciliation-day", code=channel.code, day=wanted.isoformat())


@require_safe
@desk(Action.CHANNELS_VIEW)
def export(request: HttpRequest, who: Who, code: str, day: str) -> StreamingHttpResponse:
    """The differences of a day as a CSV file."""
    channel, wanted = _channel(who, code), _day(day)
    made = _report(who, channel, wanted)
    response = StreamingHttpResponse(
        (line(row) for row in _csv(who, channel, wanted, made.currency)), content_type="text/csv; charset=utf-8"
    )
    response["Content-Disposition"] = f'attachment; filename="reconciliation-{channel.code}-{wanted}.csv"'
    return response


def _csv(who: Who, channel: Channel, wanted: date, currency: str) -> Iterator[list[Any]]:
    yield [
        "\ufeff" + _("Number at the channel"), _("What differs"), _("Theirs"), _("Ours"), _("Difference"),
        _("Currency"), _("Order"), _("State"), _("Reason"), _("By"),
    ]  # fmt: skip
    after: str | None = None
    for _page in range(500):
        found = sync.differences(who.brand.id, channel.id, wanted, after=after)
        for d in found:
            theirs, ours = d.difference.their_minor, d.difference.our_minor
            yield [
                d.difference.external_id, common.word(words.DIFFERENCE, d.difference.kind), _decimal(theirs, currency),
                _decimal(ours, currency), _decimal(d.difference.delta_minor, currency), currency, d.number,
                common.word(words.DIFFERENCE_STATE, d.state), d.reason, d.by,
            ]  # fmt: skip
        if len(found) < 200:
            return
        after = found[-1].difference.external_id


def _decimal(minor: int | None, currency: str) -> str:
    return "" if minor is None else str(Money(minor, currency).decimal)


def _lead(made: Any, channel: Channel) -> str:
    if made.their_count is None:
        return _("%(name)s has told nothing about this day. Upload its totals, or connect it.") % {"name": channel.name}
    if not made.differences:
        return _("Both sides have the same orders at the same amounts.")
    return ngettext("%(n)s line makes the difference.", "%(n)s lines make the difference.", made.differences) % {
        "n": number(made.differences)
    }


def _row(r: Any, channel: Channel) -> dict[str, Any]:
    return {
        "r": r,
        "channel": channel,
        "icon": common.CHANNEL_ICON[channel.kind],
        "word": common.word(words.VERDICT, r.verdict),
        "status": words.VERDICT_HUE[r.verdict],
    }


def _line(d: Any) -> dict[str, Any]:
    return {
        "d": d,
        "x": d.difference,
        "word": common.word(words.DIFFERENCE, d.difference.kind),
        "means": words.DIFFERENCE_MEANS[d.difference.kind],
        "state": common.word(words.DIFFERENCE_STATE, d.state),
        "status": words.STATE_HUE[d.state],
        "takeable": d.difference.kind == "missing_here",
        "settled": d.state == "accepted",
    }


def _pull(state: Any, channels: dict[UUID, Channel]) -> dict[str, Any]:
    return {"state": state, "channel": channels[state.channel_id], "platform": words.PLATFORM.get(state.platform, "")}


def _report(who: Who, channel: Channel, wanted: date) -> Any:
    try:
        return sync.report(who.brand.id, channel.id, wanted)
    except NotFound:
        if wanted > clock.now().date() + timedelta(days=1):
            raise
        return sync.make_report(who.brand.id, channel.id, wanted)


def _channel(who: Who, code: str) -> Channel:
    found = next((c for c in brands.list_channels(who.brand.id) if c.code == code), None)
    if found is None:
        raise NotFound(f"no channel {code}")
    return found


def _day(text: str) -> date:
    try:
        found = date.fromisoformat(text)
    except ValueError:
        found = None
    if found is None or not date(2000, 1, 1) <= found <= date(2100, 1, 1):
        raise NotFound(f"no day {text}")
    return found


def _before(request: HttpRequest, channels: dict[UUID, Channel]) -> tuple[date, UUID] | None:
    day, _dot, code = request.GET.get("before", "").partition(".")
    found = next((c.id for c in channels.values() if c.code == code), None)
    try:
        return (date.fromisoformat(day), found) if found else None
    except ValueError:
        return None


def _address(request: HttpRequest, **changes: str) -> str:
    copy = request.GET.copy()
    copy.pop("before", None)
    for key, value in changes.items():
        copy[key] = value
    return reverse("reconciliation") + (f"?{copy.urlencode()}" if copy else "")


def today(who: Who) -> date:
    return timezone.localtime(clock.now(), ZoneInfo(who.brand.timezone)).date()
