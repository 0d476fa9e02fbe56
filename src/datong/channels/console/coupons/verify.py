"""Verifying a platform's coupon at the counter (验券): scan or type, see what it is, say how many, undo."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from datong.access.types import Action
from datong.brand.types import Store
from datong.channels.console.coupons.words import platform_of, platform_options, platform_word, refusal
from datong.channels.console.places import stores_of
from datong.channels.console.rewards.typed import Typed, errors_of
from datong.channels.console.shell import desk, page, require
from datong.channels.console.who import Who
from datong.kernel.errors import BadInput, BadValue, NotAllowed, TooManyTries, Unavailable
from datong.kernel.ids import uuid7
from datong.wallet import api as wallet
from datong.wallet.types.coupons import CouponRefused, NotConnected, Platform


@require_http_methods(["GET", "HEAD", "POST"])
@desk(Action.VOUCHERS_REDEEM)
def verify(request: HttpRequest, who: Who) -> HttpResponse:
    typed = request.POST
    given: dict[str, Any] = {"typed": typed, "errors": {}, "key": typed.get("key") or uuid7().hex}
    if request.method == "POST":
        try:
            if done := _post(request, who, given):
                return done
        except (CouponRefused, NotConnected) as error:
            given["refused"], given["why"] = refusal(error)
            given["unmapped"] = error.problems[0].code == "unmapped_deal"
        except BadInput as error:
            given["errors"] = errors_of(error)
        except TooManyTries:
            given["refused"] = _("Too many wrong codes. Wait a few minutes and try again.")
        except Unavailable as error:
            given["refused"] = _("The platform has not answered yet.")
            given["why"] = _("Send it again in a few seconds: the platform is asked what became of it, and it is never "
                             "verified twice. (%(said)s)") % {"said": error}  # fmt: skip
            given["again"] = typed.get("do") == "verify"
    given |= {"stores": [(store.code, store.name) for store in stores_of(who)], "platforms": platform_options()}
    given |= {"currency": who.brand.currency, "connected": bool(wallet.coupon_platforms(who.brand.id))}
    given["may_map"] = who.may(Action.REWARDS_EDIT)
    status = 422 if given.get("refused") or given["errors"] else 200
    return page(request, who, "coupons/verify", given, status=status)


def _post(request: HttpRequest, who: Who, given: dict[str, Any]) -> HttpResponse | None:
    typed, by, brand = Typed(request.POST, who.brand.currency), who.staff.username, who.brand.id
    if coupon := typed.text("undo"):
        return _undo(request, who, _uuid(coupon), typed.text("reason"))
    store = _store(who, typed.text("store"))
    platform = platform_of(typed.text("platform"))
    if platform is None:
        raise BadValue("platform", typed.text("platform")[:20], _("Choose the platform that sold it."))
    given["platform_word"] = platform_word(platform)
    code = typed.text("code")
    if typed.text("do") != "verify":
        given["found"] = _found(platform, code, store, who)
        return None
    given["made"] = wallet.verify_coupons(
        platform,
        code,
        typed.whole("count", least=1, empty=1),
        key=f"{by} {typed.text('key')}"[:200],
        brand=brand,
        store_id=store.id,
        by=by,
        asker=by,
        alone=typed.text("alone") == "on",
    )
    given |= {"key": uuid7().hex, "typed": {"store": store.code, "platform": platform.value}}
    return None


def _found(platform: Platform, code: str, store: Store, who: Who) -> dict[str, Any]:
    """What the code is good for: the first use and how many there are."""
    by = who.staff.username
    uses = wallet.prepare_coupon(platform, code, brand=who.brand.id, store_id=store.id, asker=by)
    return {"first": uses[0], "one": uses[0].certificate, "count": len(uses), "value": uses[0].value_minor}


def _undo(request: HttpRequest, who: Who, coupon_id: UUID, reason: str) -> HttpResponse:
    coupon = wallet.get_coupon(who.brand.id, coupon_id)
    require(who, Action.VOUCHERS_REDEEM, coupon.store_id)
    if not reason:
        raise BadValue("reason", "", _("A few words on why."))
    wallet.cancel_coupon(coupon_id, brand=who.brand.id, by=who.staff.username, reason=reason)
    messages.success(request, _("It is taken back: the customer can use the coupon again."))
    return redirect("coupon-verify")


def _store(who: Who, code: str) -> Store:
    store = next((store for store in stores_of(who) if store.code == code), None)
    if store is None:
        raise NotAllowed(_("Choose one of your stores."))
    require(who, Action.VOUCHERS_REDEEM, store.id)
    return store


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise BadValue("undo", text[:40], _("a coupon of the list")) from None
