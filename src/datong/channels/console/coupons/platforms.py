"""Connecting the platforms whose coupons we verify: credentials, and each store's mark there."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from datong.access.types import Action
from datong.brand.api import list_stores
from datong.channels.console.coupons.words import platform_of, platform_word
from datong.channels.console.shell import desk, page
from datong.channels.console.who import Who
from datong.channels.design.formats import number
from datong.kernel.errors import BadInput, BadValue, Problem
from datong.wallet import api as wallet
from datong.wallet.types.coupons import BASE_URLS, NEEDS, Platform


@require_http_methods(["GET", "HEAD", "POST"])
@desk(Action.CHANNELS_VIEW, write=Action.CHANNELS_EDIT)
def platforms(request: HttpRequest, who: Who) -> HttpResponse:
    errors: dict[str, str] = {}
    chosen = platform_of(request.POST.get("platform", ""))
    if request.method == "POST":
        try:
            if chosen is None:
                raise BadValue("platform", "", _("Choose the platform."))
            _put(request, who, chosen)
        except BadInput as error:
            errors = {problem.field.rsplit("/", 1)[-1]: problem.fix for problem in error.problems}
        else:
            messages.success(request, _("%(platform)s is connected.") % {"platform": platform_word(chosen)})
            return redirect("coupon-platforms")
    known = {one.platform: one for one in wallet.coupon_platforms(who.brand.id)}
    codes = {store.id: store.code for store in list_stores(who.brand.id)}
    given = {
        "forms": [
            _form(one, known.get(one), codes, request.POST if one is chosen else {}, errors if one is chosen else {})
            for one in Platform
        ],
        "may": who.may(Action.CHANNELS_EDIT),
    }
    return page(request, who, "coupons/platforms", given, status=422 if errors else 200)


def _form(one: Platform, known: Any, codes: dict[UUID, str], typed: Any, errors: dict[str, str]) -> dict[str, Any]:
    count = len(known.shops) if known else 0
    said = ngettext("%(n)s store verifies here.", "%(n)s stores verify here.", count) % {"n": number(count)}
    stores = "\n".join(sorted(codes.get(store, "") for store in known.shops)) if known else ""
    words = {"developer_id": _("Developer ID"), "sign_key": _("Sign key"), "client_key": _("Client key"),
             "client_secret": _("Client secret")}  # fmt: skip
    help_ = {
        Platform.MEITUAN: _("One line a store: its code, a space, its appAuthToken. A line without a token keeps the "
                            "one we have."),
        Platform.DOUYIN: _("One line a store: its code, a space, its poi_id. A line without one keeps what we have."),
    }  # fmt: skip
    return {
        "platform": one.value,
        "name": platform_word(one),
        "said": said if known else _("Not connected."),
        "badge": (_("connected"), "good") if known and known.active else (_("off"), "neutral"),
        "secrets": [(name, words[name], errors.get(name, "")) for name in NEEDS[one]],
        "known": known,
        "base_url": typed.get("base_url") or (known.base_url if known else BASE_URLS[one]),
        "stores": typed.get("stores", stores),
        "help": help_[one],
        "active": typed.get("active") == "on" if typed else known is None or known.active,
        "errors": errors,
    }


def _put(request: HttpRequest, who: Who, platform: Platform) -> None:
    given = request.POST
    wallet.put_coupon_platform(
        platform,
        brand=who.brand.id,
        by=who.staff.username,
        secrets={name: given.get(name, "") for name in NEEDS[platform]},
        shops=_shops(given.get("stores", ""), who),
        base_url=given.get("base_url", ""),
        active=given.get("active") == "on",
    )


def _shops(text: str, who: Who) -> dict[UUID, str]:
    codes = {store.code: store.id for store in list_stores(who.brand.id)}
    found: dict[UUID, str] = {}
    for row in filter(None, map(str.strip, text.splitlines())):
        code, _space, mark = row.replace("=", " ", 1).partition(" ")
        if code not in codes:
            fix = _("%(code)s is no store of this brand.") % {"code": code[:40]}
            raise BadInput("no such store", Problem("stores", "unknown_store", fix, code[:40]))
        found[codes[code]] = mark.strip()
    return found
