"""The central queue (集中处理): the work of all stores and channels, what is due first on top."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext
from django.views.decorators.http import require_safe

from datong.access.types import Action
from datong.channels.console import words
from datong.channels.console.board import Names
from datong.channels.console.export import line
from datong.channels.console.service.words import OUTCOME, PHASE, STATE, STATE_HUE, reason_name
from datong.channels.console.shell import desk, page
from datong.channels.console.who import Who
from datong.channels.design.formats import number
from datong.customers import api as customers
from datong.kernel import clock
from datong.kernel.money import Money
from datong.service import api as service
from datong.service.types import Case, CaseFilter, CaseState, Reason, Summary

MOST_ROWS = 100_000
MINE, NOBODYS = "mine", "-"


def filter_of(request: HttpRequest, who: Who, names: Names) -> CaseFilter:
    """What the address asks for; what it cannot mean narrows nothing."""
    get = request.GET
    state, agent, channel = get.get("state", ""), get.get("agent", ""), names.channel(get.get("channel", ""))
    text = get.get("q", "").replace("\x00", "").strip()[:20]
    return CaseFilter(
        live=state not in (CaseState.DONE, "all") and not text,
        state=state if state in set(CaseState) else "",
        team=get.get("team", "")[:40].replace("\x00", ""),
        agent=who.staff.username if agent == MINE else NOBODYS if agent == NOBODYS else "",
        reason=get.get("reason", "")[:40].replace("\x00", ""),
        channel_id=channel.id if channel else None,
        stores=own_stores(who),
        overdue=bool(get.get("overdue")),
        partners=bool(get.get("partners")),
        text=text,
    )


def own_stores(who: Who) -> tuple[UUID, ...] | None:
    """People of some stores see their stores' cases."""
    return None if who.stores is None else tuple(sorted(who.stores))


@require_safe
@desk(Action.SERVICE_VIEW)
def queue(request: HttpRequest, who: Who) -> HttpResponse:
    names, reasons = Names.of(who), service.reasons(who.brand.id)
    wanted = filter_of(request, who, names)
    found = service.list_cases(who.brand.id, wanted, cursor=request.GET.get("cursor", ""))
    older = request.GET.copy()
    older["cursor"] = found.next
    plain = request.GET.copy()
    plain.pop("cursor", None)
    teams = service.teams(who.brand.id)
    given = {
        "lead": sentence(service.summary(who.brand.id, stores=wanted.stores)),
        "rows": rows_of(who, found.cases, names, reasons),
        "older": f"?{older.urlencode()}" if found.next else "",
        "query": plain.urlencode(),
        "params": request.GET,
        "filtered": any(request.GET.get(name) for name in ("q", "state", "team", "agent", "reason", "channel",
                                                           "overdue", "partners")),
        "states": [("", pgettext("case", "to do")), *((s.value, words.word(STATE, s)) for s in CaseState),
                   ("all", pgettext("cases", "all"))],
        "agents": [("", _("Anybody’s")), (MINE, _("Mine")), (NOBODYS, _("Nobody’s"))],
        "reasons": [("", _("Any reason")), *((code, reason_name(r, code)) for code, r in reasons.items())],
        "channels": [("", _("Any channel")), *((c.code, c.name) for c in names.channels.values())],
        "teams": [("", _("Any team")), *((team.code, team.name) for team in teams)] if teams else [],
        "may": who.sees(Action.SERVICE_ACT),
    }  # fmt: skip
    return page(request, who, "service/queue", given)


def sentence(count: Summary) -> str:
    """'7 open, 2 waiting · 1 overdue · 3 are nobody's'."""
    if not count.open + count.waiting:
        return _("Nothing is waiting for an answer.")
    said = [
        _("%(open)s open, %(waiting)s waiting") % {"open": number(count.open), "waiting": number(count.waiting)},
        _("%(n)s overdue") % {"n": number(count.overdue)},
        ngettext("%(n)s is nobody’s", "%(n)s are nobody’s", count.nobodys) % {"n": number(count.nobodys)},
    ]
    return " · ".join(said)


def rows_of(who: Who, cases: Sequence[Case], names: Names, reasons: dict[str, Reason]) -> list[dict[str, Any]]:
    people = {case.customer_id for case in cases if case.customer_id}
    known = customers.customers_by_id(who.brand.id, people) if people else {}
    now = clock.now()
    found = []
    for case in cases:
        person = known.get(case.customer_id) if case.customer_id else None
        found.append({
            "c": case,
            "reason": reason_name(reasons.get(case.reason), case.reason),
            "phase": words.word(PHASE, case.phase),
            "state": words.word(STATE, case.state),
            "hue": STATE_HUE[case.state],
            "outcome": words.word(OUTCOME, case.outcome) if case.outcome else "",
            "late": case.state is not CaseState.DONE and case.due_at < now,
            "channel": names.channels[case.channel_id].name if case.channel_id in names.channels else "",
            "store": names.stores[case.store_id].name if case.store_id in names.stores else "",
            "customer": person.name if person and who.stores is None else "",
        })  # fmt: skip
    return found


@require_safe
@desk(Action.SERVICE_VIEW)
def export(request: HttpRequest, who: Who) -> StreamingHttpResponse:
    """The same list as CSV."""
    names = Names.of(who)
    wanted = replace(filter_of(request, who, names))
    response = StreamingHttpResponse((line(row) for row in _lines(who, wanted, names)), content_type="text/csv")
    response["Content-Disposition"] = f'attachment; filename="cases-{who.brand.slug}.csv"'
    return response


def _lines(who: Who, wanted: CaseFilter, names: Names) -> Iterator[list[Any]]:
    reasons, cursor, sent = service.reasons(who.brand.id), "", 0
    yield ["\ufeff" + _("Case"), _("Reason"), _("Phase"), _("Subject"), _("State"), _("Outcome"), _("Channel"),
           _("Store"), _("Team"), _("Agent"), _("Opened"), _("Due"), _("Answered"), _("Closed"), _("Given"),
           _("Currency")]  # fmt: skip
    while sent < MOST_ROWS:
        found = service.list_cases(who.brand.id, wanted, cursor=cursor, limit=200)
        for row in rows_of(who, found.cases, names, reasons):
            c = row["c"]
            times = [at.isoformat() if at else "" for at in (c.opened_at, c.due_at, c.answered_at, c.closed_at)]
            given = Money(c.given_minor, c.currency).decimal if c.currency else ""
            yield [c.number, row["reason"], row["phase"], c.subject, row["state"], row["outcome"], row["channel"],
                   row["store"], c.team, c.agent, *times, given, c.currency]  # fmt: skip
        sent += len(found.cases)
        if not (cursor := found.next):
            return
