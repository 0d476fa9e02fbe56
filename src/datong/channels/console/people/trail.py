"""The audit trail: who did what to what, when, why; what it was before and after."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from datong.access.types import Action
from datong.channels.console.export import line
from datong.channels.console.places import stores_of
from datong.channels.console.shell import desk, page
from datong.channels.console.who import Who
from datong.kernel import audit
from datong.kernel.audit import Entry
from datong.kernel.errors import BadValue

MOST_ROWS = 50_000


@require_safe
@desk(Action.AUDIT_VIEW)
def trail(request: HttpRequest, who: Who) -> HttpResponse:
    """A page of the trail, narrowed by who, what, subject, store and time."""
    stores = {s.id: s for s in stores_of(who)}
    try:
        found = audit.page(who.brand.id, cursor=request.GET.get("before", ""), **_wanted(request, who))
    except BadValue:
        found = audit.page(who.brand.id, **_wanted(request, who))
    params = request.GET.copy()
    params.pop("before", None)
    query = params.urlencode()
    given = {
        "rows": [{"it": e, "store": stores.get(e.store_id) if e.store_id else None, "diff": diff(e)}
                 for e in found.entries],
        "params": request.GET,
        "older": f"{reverse('audit')}?{query}{'&' if query else ''}before={found.next}" if found.next else "",
        "newer": f"{reverse('audit')}?{query}" if request.GET.get("before") else "",
        "query": query,
        "filtered": any(request.GET.get(k) for k in ("who", "what", "subject", "store", "from", "to")),
    }  # fmt: skip
    return page(request, who, "people/audit", given)


@require_safe
@desk(Action.AUDIT_VIEW)
def export(request: HttpRequest, who: Who) -> StreamingHttpResponse:
    """The same as CSV, row by row."""
    wanted = _wanted(request, who)
    codes = {s.id: s.code for s in stores_of(who)}
    header = [
        _("Time"),
        _("Who"),
        _("What"),
        _("Subject"),
        _("Store"),
        _("Before"),
        _("After"),
        _("Reason"),
        _("Trace"),
    ]

    def rows() -> Iterator[str]:
        yield "\ufeff" + line(header)
        cursor, sent = "", 0
        while sent < MOST_ROWS:
            found = audit.page(who.brand.id, cursor=cursor, limit=200, **wanted)
            for e in found.entries:
                store = codes.get(e.store_id, "") if e.store_id else ""
                yield line([
                    e.at.isoformat(timespec="seconds"), e.actor, e.verb, e.subject, store,
                    _json(e.before), _json(e.after), e.reason, e.trace,
                ])  # fmt: skip
            sent += len(found.entries)
            cursor = found.next
            if not cursor:
                return

    response = StreamingHttpResponse(rows(), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="audit-{who.brand.slug}.csv"'
    return response


def diff(entry: Entry) -> list[tuple[str, str, str]]:
    """(what, before, after) of each thing that differs."""
    before, after = entry.before or {}, entry.after or {}
    return [(key, _said(before.get(key)), _said(after.get(key))) for key in {**before, **after}]


def _said(value: Any) -> str:
    if value is None:
        return ""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _json(value: Any) -> str:
    return "" if value is None else json.dumps(value, ensure_ascii=False)


def _wanted(request: HttpRequest, who: Who) -> dict[str, Any]:
    code = request.GET.get("store", "").strip()
    chosen = [s.id for s in stores_of(who) if s.code == code] if code else None
    return {
        "actor": request.GET.get("who", "")[:120],
        "verb": request.GET.get("what", "")[:80],
        "subject": request.GET.get("subject", "")[:200],
        "stores": chosen if chosen is not None else who.stores,
        "since": _day(request.GET.get("from", "")),
        "until": _day(request.GET.get("to", ""), after=True),
    }


def _day(text: str, *, after: bool = False) -> datetime | None:
    """The beginning of a day in the brand's zone, or of the day after; None for what is no day."""
    try:
        day = date.fromisoformat(text)
        return timezone.make_aware(datetime.combine(day + timedelta(days=int(after)), time.min))
    except (ValueError, OverflowError):
        return None
