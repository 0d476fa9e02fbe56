"""What is said about platforms' coupons in the reader's language."""

from __future__ import annotations

from django.utils.translation import gettext as _

from datong.kernel.errors import DatongError
from datong.wallet.types.coupons import CouponState, Platform


def platform_word(platform: Platform) -> str:
    return {Platform.MEITUAN: _("Meituan"), Platform.DOUYIN: _("Douyin")}[platform]


def platform_options() -> list[tuple[str, str]]:
    return [(one.value, platform_word(one)) for one in Platform]


def platform_of(text: str) -> Platform | None:
    return Platform(text) if text in set(Platform) else None


def state_badge(state: CouponState) -> tuple[str, str]:
    """(word, hue)"""
    verified = state is CouponState.VERIFIED
    return (_("verified"), "good") if verified else (_("taken back"), "neutral")


def refusal(error: DatongError) -> tuple[str, str]:
    """(what happened, what to do)"""
    fix = error.problems[0].fix if error.problems else str(error)
    why = error.problems[0].code if error.problems else ""
    known = {
        "unknown": _("The platform does not know this code."),
        "used": _("This coupon was verified already."),
        "expired": _("This coupon has expired."),
        "refunded": _("The customer got the money for this coupon back."),
        "other_store": _("This coupon is not for this store."),
        "too_few": _("The code does not hold that many uses."),
        "unmapped_deal": _("Nobody has said yet which product this deal is."),
        "not_connected": _("This platform is not connected for this store."),
        "too_late": _("The platform takes a verification back for a short time only, and it is over."),
        "taken": _("A payment took this coupon: give that back first."),
    }
    return known.get(why, _("The platform refuses it.")), fix
