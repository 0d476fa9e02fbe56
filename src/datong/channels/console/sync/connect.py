"""Connect a channel: its address, its keys, and where it shows which store's stock."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from datong.access.types import Action
from datong.brand import api as brands
from datong.brand.types import Channel
from datong.channels.console.shell import desk, page, require
from datong.channels.console.sync import words
from datong.channels.console.sync.one import find
from datong.channels.console.who import Who
from datong.kernel.errors import BadInput, BadValue, NotAllowed, Unavailable
from datong.sync import api as sync
from datong.sync.types import Link, Platform, StockMode

FIELDS = ("platform", "base_url", "secrets", "mode", "places", "mapping")


@require_http_methods(["GET", "HEAD", "POST"])
@desk(Action.CHANNELS_EDIT)
def connect(request: HttpRequest, who: Who, code: str) -> HttpResponse:
    require(who, Action.CHANNELS_EDIT)
    found = find(who, code)
    link = next((one for one in sync.list_links(who.brand.id) if one.channel_id == found.id), None)
    errors: dict[str, str] = {}
    if request.method == "POST":
        try:
            return _save(request, who, found)
        except BadInput as error:
            errors = {_field(p.field): p.fix for p in error.problems} or {"": str(error)}
    codes = {store.id: store.code for store in brands.list_stores(who.brand.id)}
    typed = request.POST if errors else _typed(link, codes)
    given = {
        "channel": found,
        "link": link,
        "form": {name: typed.get(name, "") for name in FIELDS},
        "platforms": [(p.value, words.PLATFORM[p]) for p in Platform],
        "modes": [
            (StockMode.SUM.value, _("one figure: all stores together")),
            (StockMode.LOCATION.value, _("a figure for every store")),
        ],
        "errors": errors,
    }
    return page(request, who, "sync/connect", given, status=422 if errors else 200)


def _typed(link: Link | None, codes: dict[UUID, str]) -> dict[str, str]:
    """What stands there now; keys are never shown."""
    if link is None:
        return {"platform": Platform.SHOPIFY.value, "mode": StockMode.SUM.value}
    stores = {str(store): code for store, code in codes.items()}
    places = [f"{stores.get(store, '*')} = {ref}" for store, ref in link.places.items()]
    return {
        "platform": link.platform.value,
        "base_url": link.base_url,
        "mode": link.mode.value,
        "places": "\n".join(places),
        "mapping": str(link.settings.get("mapping", "")),
    }


def _save(request: HttpRequest, who: Who, found: Channel) -> HttpResponse:
    post = request.POST
    settings: dict[str, Any] = {
        "mode": post.get("mode", StockMode.SUM.value),
        "places": _places(who, post.get("places", "")),
    }
    if mapping := post.get("mapping", "").strip():
        settings["mapping"] = mapping
    sync.connect(
        who.brand.id,
        found.id,
        post.get("platform", ""),
        post.get("base_url", "").strip(),
        secrets=_pairs("secrets", post.get("secrets", "")),
        settings=settings,
        by=who.staff.username,
    )
    try:
        learned = sync.learn(who.brand.id, found.id, by=who.staff.username)
        said = {"name": found.name, "n": learned.linked}
        messages.success(request, _("%(name)s is connected; %(n)s products are linked.") % said)
    except (Unavailable, NotAllowed) as error:
        said = {"name": found.name, "why": str(error)}
        messages.error(request, _("%(name)s is saved, but it did not answer: %(why)s") % said)
    return redirect("sync-channel", code=found.code)


def _pairs(field: str, text: str) -> dict[str, str]:
    """Lines of 'name = value'."""
    found = {}
    for row in text.splitlines():
        name, sign, value = row.partition("=")
        if row.strip() and not (sign and name.strip()):
            raise BadValue(f"/{field}", row[:40], _("one a line: name = value"))
        if row.strip():
            found[name.strip()] = value.strip()
    return found


def _places(who: Who, text: str) -> dict[str, str]:
    """'STORE = their location' by our store's id; '*' is the one place of a sum."""
    codes = {store.code: str(store.id) for store in brands.list_stores(who.brand.id)}
    found = {}
    for code, ref in _pairs("places", text).items():
        if code != "*" and code not in codes:
            raise BadValue("/places", code, _("the number of one of our stores, or *"))
        found[codes.get(code, "")] = ref
    return found


def _field(pointer: str) -> str:
    """A problem's place as the form's field."""
    parts = [part for part in pointer.split("/") if part not in ("", "settings")]
    return parts[0] if parts and parts[0] in FIELDS else ""
