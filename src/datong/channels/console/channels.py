"""The registry of channels: what each is for, who answers for it, how it prices, what it keeps back, what it lacks."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from datong.access import api as access
from datong.access.types import Action
from datong.brand import api as brands
from datong.brand.types import SHOP_CODE, Channel, ChannelKind
from datong.catalog import api as catalog
from datong.channels.console import words
from datong.channels.console.shell import desk, page, require
from datong.channels.console.who import Who
from datong.channels.design.formats import number
from datong.insight import api as insight
from datong.integration import api as integration
from datong.kernel import clock
from datong.kernel.errors import BadInput, BadValue, NotFound
from datong.kernel.ids import uuid7
from datong.ledger.api import rulebook

UNDO_S = 60
UNDO_SALT = "datong.channels.undo"
EDITABLE = ("name", "role", "price_list", "price_policy_note", "buffer_units", "open")


@require_safe
@desk(Action.CHANNELS_VIEW)
def channels(request: HttpRequest, who: Who) -> HttpResponse:
    known = brands.list_channels(who.brand.id)
    owners = access.owner_records(who.brand.id)
    lacking = _gaps(known, {key: owner.name for key, owner in owners.items()})
    today = _today(who)
    rows = [
        {
            "channel": c,
            "icon": words.CHANNEL_ICON[c.kind],
            "kind": words.word(words.CHANNEL_KIND, c.kind),
            "owner": owners.get(c.id),
            "gaps": lacking.get(c.id, []),
            "orders": today.get(c.id, 0),
        }
        for c in known
    ]
    open_count, gap_count = sum(c.open for c in known), sum(map(len, lacking.values()))
    opened = ngettext("%(n)s channel is open", "%(n)s channels are open", open_count) % {"n": number(open_count)}
    gaps = ngettext("%(n)s gap to close", "%(n)s gaps to close", gap_count) % {"n": number(gap_count)}
    missing = gaps if gap_count else _("nothing is missing")
    given = {
        "rows": rows,
        "lead": _("%(taken)s, %(hands)s") % {"taken": opened, "hands": missing},
        "gaps": [(r["channel"], r["gaps"]) for r in rows if r["gaps"]],
        "may_edit": who.may(Action.CHANNELS_EDIT),
        "open_shop": _new_shop() if all(c.code != SHOP_CODE for c in known) else "",
    }
    return page(request, who, "channels", given)


@require_http_methods(["GET", "HEAD", "POST"])
@desk(Action.CHANNELS_VIEW, write=Action.CHANNELS_EDIT)
def channel(request: HttpRequest, who: Who, code: str) -> HttpResponse:
    """One channel's record, and the form that changes it."""
    found = _find(who, code)
    errors: dict[str, str] = {}
    if request.method == "POST":
        require(who, Action.CHANNELS_EDIT)
        try:
            return _save(request, who, found)
        except BadInput as error:
            errors = {p.field.strip("/"): p.fix for p in error.problems} or {"": str(error)}
    owner = access.owner_records(who.brand.id).get(found.id)
    typed = request.POST if errors else None
    given = {
        "channel": found,
        "kind": words.word(words.CHANNEL_KIND, found.kind),
        "owner": owner,
        "history": access.owner_history(who.brand.id, found.id),
        "gaps": _gaps([found], {found.id: owner.name} if owner else {}).get(found.id, []),
        "form": {f: typed.get(f, "") if typed else getattr(found, f) for f in EDITABLE},
        "owner_name": typed.get("owner", "") if typed else (owner.name if owner else ""),
        "is_open": ("open" in typed) if typed else found.open,
        "lists": _lists(who),
        "errors": errors,
        "may_edit": who.may(Action.CHANNELS_EDIT),
        "recent": _today(who).get(found.id, 0),
        "doors": [d for d in integration.connections(who.brand.id) if d.channel_id == found.id],
        "steps": words.STEP,
        "shop_url": _shop_url(who, found),
    }
    return page(request, who, "channel", given, status=422 if errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@desk(Action.CHANNELS_EDIT)
def new(request: HttpRequest, who: Who) -> HttpResponse:
    """Register one more door."""
    require(who, Action.CHANNELS_EDIT)
    errors: dict[str, str] = {}
    if request.method == "POST":
        try:
            made = _register(request, who)
            messages.success(request, _("%(name)s is registered and open.") % {"name": made.name})
            return redirect("channel", code=made.code)
        except BadInput as error:
            errors = {p.field.strip("/"): p.fix for p in error.problems} or {"": str(error)}
    kinds = [(k.value, words.CHANNEL_KIND[k]) for k in ChannelKind]
    given = {"kinds": kinds, "errors": errors, "typed": request.POST or request.GET, "lists": _lists(who)}
    return page(request, who, "channel_new", given, status=422 if errors else 200)


@require_POST
@desk(Action.CHANNELS_VIEW, write=Action.CHANNELS_EDIT)
def undo(request: HttpRequest, who: Who, token: str) -> HttpResponse:
    """Put a channel's record back as it was a moment ago."""
    require(who, Action.CHANNELS_EDIT)
    try:
        brand, code, before, owner = signing.loads(token, salt=UNDO_SALT, max_age=UNDO_S)
    except signing.BadSignature:
        messages.error(request, _("It is too late to undo this; change it back by hand."))
        return redirect("channels")
    if brand != str(who.brand.id):
        raise NotFound("no such change in this brand")
    found = _find(who, code)
    brands.update_channel(who.brand.id, found.id, who=who.staff.username, **before)
    if owner:
        access.own_channel(who.brand.id, found.id, owner, by=who.staff.username)
    messages.success(request, _("Undone. %(name)s is as it was.") % {"name": before.get("name", found.name)})
    return redirect("channel", code=code)


def _save(request: HttpRequest, who: Who, found: Channel) -> HttpResponse:
    typed = _typed(request, found)
    changes = {key: value for key, value in typed.items() if value != getattr(found, key)}
    owner = request.POST.get("owner", "").strip()
    before_owner = access.owners(who.brand.id).get(found.id, "")
    if changes:
        brands.update_channel(who.brand.id, found.id, who=who.staff.username, **changes)
    if owner and owner != before_owner:
        access.own_channel(who.brand.id, found.id, owner, by=who.staff.username)
    if changes or owner != before_owner:
        before = {key: getattr(found, key) for key in changes}
        token = signing.dumps([str(who.brand.id), found.code, before, before_owner], salt=UNDO_SALT)
        said = _("%(name)s is changed.") % {"name": typed["name"]}
        messages.success(request, said, extra_tags=reverse("channel-undo", args=[token]))
    return redirect("channel", code=found.code)


def _typed(request: HttpRequest, found: Channel | None = None) -> dict[str, Any]:
    post = request.POST
    name, buffer = post.get("name", "").strip(), post.get("buffer_units", "0").strip() or "0"
    if not name:
        raise BadValue("name", name, _("Give it the name your staff use."))
    if not buffer.isdecimal() or int(buffer) > 1_000_000:
        raise BadValue("buffer_units", buffer, _("A whole number of units, 0 or more."))
    price_list, note = post.get("price_list", "").strip(), post.get("price_policy_note", "").strip()
    if price_list and not note:
        raise BadValue("price_policy_note", note, _("Say why this channel has prices of its own."))
    return {
        "name": name[:120],
        "role": post.get("role", "").strip()[:300],
        "price_list": price_list,
        "price_policy_note": note[:300],
        "buffer_units": int(buffer),
        "open": "open" in post if found else True,
    }


def _register(request: HttpRequest, who: Who) -> Channel:
    code, kind = request.POST.get("code", "").strip().lower(), request.POST.get("kind", "")
    if not code or not all(c.isalnum() or c in "-_" for c in code) or len(code) > 40:
        raise BadValue("code", code, _("A short code of letters, digits and dashes, such as web."))
    if any(c.code == code for c in brands.list_channels(who.brand.id)):
        raise BadValue("code", code, _("Another channel has this code; choose a new one."))
    if kind not in [k.value for k in ChannelKind]:
        raise BadValue("kind", kind, _("Choose one of the kinds."))
    made = Channel(uuid7(), code, kind=ChannelKind(kind), **_typed(request))
    brands.register_channel(who.brand.id, made, who=who.staff.username)
    if owner := request.POST.get("owner", "").strip():
        access.own_channel(who.brand.id, made.id, owner, by=who.staff.username)
    return made


def _shop_url(who: Who, found: Channel) -> str:
    """Where the brand's own shop is, when this is its channel and it is open."""
    own = found.code == SHOP_CODE and found.kind is ChannelKind.SITE and found.open
    return reverse("shop-home", args=[who.brand.slug]) if own else ""


def _new_shop() -> str:
    """The form of a new channel, filled in for the own web shop."""
    given = {"code": SHOP_CODE, "kind": ChannelKind.SITE.value, "name": _("Own web shop")}
    return f"{reverse('channel-new')}?{urlencode(given)}"


def _find(who: Who, code: str) -> Channel:
    found = next((c for c in brands.list_channels(who.brand.id) if c.code == code), None)
    if found is None:
        raise NotFound(f"no channel {code}")
    return found


def _gaps(known: list[Channel], owners: Mapping[Any, str]) -> dict[Any, list[Any]]:
    lacking: dict[Any, list[Any]] = {}
    for gap in brands.gaps(known, owners):
        lacking.setdefault(gap.channel_id, []).append(words.word(words.GAP, gap.what))
    return lacking


def _lists(who: Who) -> list[tuple[str, str]]:
    codes = sorted(code for code in catalog.list_rules(who.brand.id).lists if code)
    return [("", _("The brand's prices, as everywhere")), *((code, code) for code in codes)]


def _today(who: Who) -> dict[Any, int]:
    """Orders of the last two days by channel, from the measures."""
    day = rulebook(who.brand.id).business_date(clock.now())
    counted: dict[Any, int] = {}
    for row in insight.channel_days(who.brand.id, day - timedelta(days=1), day):
        counted[row.channel_id] = counted.get(row.channel_id, 0) + row.orders
    return counted
