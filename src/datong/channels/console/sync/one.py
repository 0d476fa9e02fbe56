"""One channel's way out: how it is doing, its messages by state, and what a person can do about them."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from datong.access.types import Action
from datong.brand import api as brands
from datong.brand.types import Channel
from datong.catalog import api as catalog
from datong.channels.console.shell import desk, page, require
from datong.channels.console.sync import words
from datong.channels.console.titles import title_of
from datong.channels.console.who import Who
from datong.channels.design.formats import money, number
from datong.kernel.errors import NotAllowed, NotFound, Unavailable
from datong.orders import api as orders
from datong.sync import api as sync
from datong.sync.api import Figures, OutwardView
from datong.sync.types import STATES, Kind

STATES_SHOWN = ("failed", "waiting", "sent")


def find(who: Who, code: str) -> Channel:
    found = next((c for c in brands.list_channels(who.brand.id) if c.code == code), None)
    if found is None:
        raise NotFound(_("There is no such channel."))
    return found


@require_safe
@desk(Action.CHANNELS_VIEW)
def channel(request: HttpRequest, who: Who, code: str) -> HttpResponse:
    found = find(who, code)
    link = next((one for one in sync.list_links(who.brand.id) if one.channel_id == found.id), None)
    if link is None:
        return redirect("sync-connect", code=code)
    now = sync.figures(who.brand.id).get(found.id, Figures())
    state = request.GET.get("state", "")
    state = state if state in STATES_SHOWN else ("failed" if now.failed else "waiting" if now.waiting else "sent")
    listed = sync.outward_page(who.brand.id, found.id, state=state, after=request.GET.get("after", ""))
    word, status = words.condition(link, now)
    counts = {"failed": now.failed, "waiting": now.waiting, "sent": now.sent}
    given = {
        "channel": found,
        "link": link,
        "platform": words.PLATFORM[link.platform],
        "now": now,
        "word": word,
        "status": status,
        "p50": words.seconds(now.lag_p50_ms),
        "p95": words.seconds(now.lag_p95_ms),
        "told": [words.KIND[kind] for kind in Kind if kind in link.kinds],
        "tabs": [
            {"text": words.STATE[s][0], "href": f"?state={s}", "current": s == state, "count": number(counts[s])}
            for s in STATES_SHOWN
        ],
        "state": state,
        "rows": _rows(who, link, listed.rows),
        "older": f"?state={state}&after={listed.next}".replace("+", "%2B") if listed.next else "",
        "may_edit": who.may(Action.CHANNELS_EDIT),
    }
    return page(request, who, "sync/channel", given)


def _rows(who: Who, link: Any, found: tuple[OutwardView, ...]) -> list[dict[str, Any]]:
    items = catalog.items_by_id(who.brand.id, {one.subject for one in found if one.kind in STATES})
    origins = orders.origins(who.brand.id, [one.subject for one in found if one.kind not in STATES])
    currency = str(link.settings.get("currency") or who.brand.currency)
    rows = []
    for one in found:
        item, order = items.get(one.subject), origins.get(one.subject)
        figure = ""
        if one.figure is not None:
            figure = money(one.figure, currency) if one.kind is Kind.PRICE else number(one.figure)
        why, fix = words.MENDS.get(one.code, ("", ""))
        rows.append(
            {
                "row": one,
                "why": why or one.why,
                "fix": fix or one.fix,
                "kind": words.KIND[one.kind],
                "title": title_of(item) if item else one.sku or one.order,
                "href": reverse("product", args=[item.sku]) if item else "",
                "order": order.number if order else "",
                "figure": figure,
                "lag": words.seconds(one.lag_ms),
            }
        )
    return rows


@require_POST
@desk(Action.CHANNELS_VIEW, write=Action.CHANNELS_EDIT)
def act(request: HttpRequest, who: Who, code: str) -> HttpResponse:
    """Pause, go on, learn the products again, send again."""
    require(who, Action.CHANNELS_EDIT)
    found, by, do = find(who, code), who.staff.username, request.POST.get("do", "")
    brand = who.brand.id
    if do == "pause":
        sync.pause(brand, found.id, by=by)
        messages.success(request, _("%(name)s is told nothing until you resume.") % {"name": found.name})
    elif do == "resume":
        sync.resume(brand, found.id, by=by)
        messages.success(request, _("%(name)s is told again, the newest figures first.") % {"name": found.name})
    elif do == "learn":
        _learn(request, who, found)
    elif do == "resend_failed":
        count = sync.resend(brand, found.id, all_failed=True, by=by)
        messages.success(request, _again(count))
    elif do == "resend":
        count = sync.resend(brand, found.id, ids=[_id(request.POST.get("id", ""))], by=by)
        messages.success(request, _again(count))
    elif do == "accept":
        _accept(request, who, found)
        return redirect("sync-products", code=code)
    return redirect("sync-channel", code=code)


def _again(count: int) -> str:
    return ngettext("%(n)s message goes again.", "%(n)s messages go again.", count) % {"n": number(count)}


def _learn(request: HttpRequest, who: Who, found: Channel) -> None:
    try:
        learned = sync.learn(who.brand.id, found.id, by=who.staff.username)
    except (Unavailable, NotAllowed) as error:
        messages.error(request, _("%(name)s did not answer: %(why)s") % {"name": found.name, "why": str(error)})
        return
    said = {"seen": number(learned.seen), "linked": number(learned.linked), "new": number(learned.new)}
    messages.success(request, _("%(seen)s products read, %(linked)s linked, %(new)s of them new.") % said)


def _accept(request: HttpRequest, who: Who, found: Channel) -> None:
    try:
        sync.accept_product(who.brand.id, found.id, _id(request.POST.get("id", "")), by=who.staff.username)
        messages.success(request, _("Taken as it is at the channel now."))
    except (Unavailable, NotAllowed, NotFound) as error:
        messages.error(request, str(error))


def _id(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise NotFound(_("There is no such message.")) from None
