"""Every channel that is told our stock, prices and orders: what waits, what failed, how long it takes."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from datong.access.types import Action
from datong.brand import api as brands
from datong.brand.types import ChannelKind
from datong.channels.console.shell import desk, page
from datong.channels.console.sync import words
from datong.channels.console.who import Who
from datong.channels.design.formats import number
from datong.sync import api as sync
from datong.sync.api import Figures

OURS = {ChannelKind.STORE, ChannelKind.FILE, ChannelKind.SERVICE_CENTRE}


@require_safe
@desk(Action.CHANNELS_VIEW)
def overview(request: HttpRequest, who: Who) -> HttpResponse:
    channels = {c.id: c for c in brands.list_channels(who.brand.id)}
    known = sync.figures(who.brand.id)
    rows = []
    for link in sync.list_links(who.brand.id):
        if link.channel_id not in channels:
            continue
        now = known.get(link.channel_id, Figures())
        word, status = words.condition(link, now)
        rows.append(
            {
                "channel": channels[link.channel_id],
                "link": link,
                "platform": words.PLATFORM[link.platform],
                "now": now,
                "word": word,
                "status": status,
                "p50": words.seconds(now.lag_p50_ms),
                "p95": words.seconds(now.lag_p95_ms),
            }
        )
    rows.sort(key=lambda row: str(row["channel"].name))  # type: ignore[attr-defined]
    linked = {row["channel"].id for row in rows}  # type: ignore[attr-defined]
    given = {
        "rows": rows,
        "lead": _sentence([row["now"] for row in rows]),  # type: ignore[misc]
        "others": [c for c in channels.values() if c.id not in linked and c.kind not in OURS],
        "may_edit": who.may(Action.CHANNELS_EDIT),
    }
    return page(request, who, "sync/overview", given)


def _sentence(figures: list[Figures]) -> str:
    """'4 channels are told; 12 messages wait, 1 failed'."""
    said = {
        "channels": ngettext("%(n)s channel is told", "%(n)s channels are told", len(figures))
        % {"n": number(len(figures))},
        "waiting": number(sum(one.waiting for one in figures)),
        "failed": number(sum(one.failed for one in figures)),
    }
    return _("%(channels)s; %(waiting)s messages wait, %(failed)s failed") % said
