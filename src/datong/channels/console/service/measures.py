"""Whether customers get the same everywhere: for each reason what each channel gave, with what differs flagged."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from datong.access.types import Action
from datong.channels.console import words
from datong.channels.console.board import Names
from datong.channels.console.service.words import DIFFERS, reason_name, span
from datong.channels.console.shell import desk, page
from datong.channels.console.who import Who
from datong.channels.design.formats import money, number
from datong.kernel import clock
from datong.service import api as service
from datong.service.types import Measure

DAYS = (7, 30, 90)


@require_safe
@desk(Action.SERVICE_VIEW)
def measures(request: HttpRequest, who: Who) -> HttpResponse:
    days = next((d for d in DAYS if str(d) == request.GET.get("days")), 30)
    now = clock.now()
    found = service.measures(who.brand.id, now - timedelta(days=days), now, stores=who.stores)
    names, reasons = Names.of(who), service.reasons(who.brand.id)
    groups: dict[str, list[dict[str, Any]]] = {}
    for each in found:
        groups.setdefault(str(reason_name(reasons.get(each.reason), each.reason)), []).append(_row(each, names))
    far = sum(bool(each.differs) for each in found)
    given = {
        "lead": _lead(len(found), far),
        "crumbs": [(_("Service"), reverse("service"))],
        "groups": groups.items(),
        "days": days,
        "spans": [(d, ngettext("%(n)s day", "%(n)s days", d) % {"n": number(d)}) for d in DAYS],
    }
    return page(request, who, "service/measures", given)


def _lead(count: int, far: int) -> str:
    if not count:
        return _("No case in this time.")
    if not far:
        return _("Customers get much the same through every channel, for the same reason.")
    said = ngettext("%(n)s channel treats customers differently", "%(n)s channels treat customers differently", far)
    return said % {"n": number(far)} + _(" from the others for the same reason.")


def _row(each: Measure, names: Names) -> dict[str, Any]:
    channel = names.channels.get(each.channel_id) if each.channel_id else None
    return {
        "m": each,
        "channel": channel.name if channel else _("not said"),
        "answer": span(each.answer_minutes),
        "closing": span(each.close_minutes),
        "solved": f"{round(100 * each.solved / each.done)} %" if each.done else "–",
        "given": money(each.given_each_minor, each.currency) if each.currency else "–",
        "differs": [words.word(DIFFERS, code) for code in each.differs],
    }
