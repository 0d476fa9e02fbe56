"""Do both sides of a channel's connection fit? Each mismatch with its fix; what blocks keeps it from going live."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from datong.access.types import Action
from datong.brand import api as brands
from datong.channels.console.shell import desk, page, require
from datong.channels.console.twoway import words
from datong.channels.console.who import Who
from datong.channels.design.formats import number
from datong.kernel.errors import Conflict, NotFound
from datong.sync import api as sync


@require_http_methods(["GET", "HEAD", "POST"])
@desk(Action.CHANNELS_VIEW, write=Action.CHANNELS_EDIT)
def channel(request: HttpRequest, who: Who, code: str) -> HttpResponse:
    found = next((c for c in brands.list_channels(who.brand.id) if c.code == code), None)
    if found is None:
        raise NotFound(f"no channel {code}")
    link = next((one for one in sync.list_links(who.brand.id) if one.channel_id == found.id), None)
    if request.method == "POST":
        require(who, Action.CHANNELS_EDIT)
        _act(request, who, found.id)
        return redirect("channel-check", code=code)
    checked = sync.last_check(who.brand.id, found.id, found.code)
    given = {
        "channel": found,
        "link": link,
        "checked": checked,
        "rows": rows_of(checked),
        "lead": sentence(checked, live=link is not None and link.paused_at is None),
        "may_edit": who.may(Action.CHANNELS_EDIT),
    }
    return page(request, who, "twoway/check", given)


def _act(request: HttpRequest, who: Who, channel_id: Any) -> None:
    by = who.staff.username
    checked = sync.check_channel(who.brand.id, channel_id, by=by)
    if request.POST.get("do") != "live":
        messages.success(request, _("Checked."))
        return
    try:
        sync.resume(who.brand.id, channel_id, by=by)
        messages.success(request, _("It is live: what changes is told within seconds."))
    except (Conflict, NotFound):
        blocked = len(checked.blocking)
        said = ngettext("%(n)s mismatch keeps it dry.", "%(n)s mismatches keep it dry.", blocked)
        messages.error(request, said % {"n": number(blocked)})


def sentence(checked: Any, *, live: bool = False) -> str:
    """The question people come with: may it go live?"""
    if checked is None:
        return _("Not checked yet. A check asks both sides and changes nothing.")
    if checked.blocking and live:
        said = ngettext("%(n)s mismatch must be mended.", "%(n)s mismatches must be mended.", len(checked.blocking))
        return said % {"n": number(len(checked.blocking))}
    if checked.blocking:
        said = ngettext(
            "%(n)s mismatch keeps it from going live.",
            "%(n)s mismatches keep it from going live.",
            len(checked.blocking),
        )
        return said % {"n": number(len(checked.blocking))}
    if checked.warnings:
        said = ngettext(
            "It may go live; %(n)s thing to look at.", "It may go live; %(n)s things to look at.", len(checked.warnings)
        )
        return said % {"n": number(len(checked.warnings))}
    return _("Both sides fit.")


def rows_of(checked: Any) -> list[dict[str, Any]]:
    """Each mismatch in the reader's language; what has no words of its own is told as it was found."""
    found = []
    for m in checked.mismatches if checked else ():
        what, fix = words.MISMATCH.get(m.code, (m.what, m.fix))
        found.append(
            {
                "m": m,
                "what": what,
                "fix": fix,
                "area": words.AREA[m.area],
                "word": words.LEVEL[m.level],
                "status": words.LEVEL_HUE[m.level],
            }
        )
    return found
