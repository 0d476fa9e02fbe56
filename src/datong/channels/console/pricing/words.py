"""Words of prices and promotions as people say them."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.utils.translation import pgettext_lazy as in_context

from datong.catalog.types import (
    ChangeState,
    Finding,
    Flag,
    Formula,
    Promotion,
    PromotionKind,
    Rate,
    RateKind,
    Rounding,
    Verdict,
)
from datong.channels.design.formats import money, number

FORMULA = {
    Formula.PERCENT: gettext_lazy("Change by percent"),
    Formula.AMOUNT: gettext_lazy("Change by an amount"),
    Formula.SET: gettext_lazy("Set to a price"),
    Formula.MATCH: gettext_lazy("Same as the brand's list"),
    Formula.GIVEN: gettext_lazy("Prices as given"),
}
ROUNDING = {
    Rounding.NONE: gettext_lazy("Not rounded"),
    Rounding.NINETY_NINE: gettext_lazy("Ends in .99"),
    Rounding.NINE: gettext_lazy("Whole, ends in 9"),
    Rounding.WHOLE: gettext_lazy("Whole"),
}
FLAG = {
    Flag.BELOW_COST: gettext_lazy("below cost"),
    Flag.BIG_JUMP: gettext_lazy("by 30 percent or more"),
    Flag.NEW_PRICE: gettext_lazy("had no price here"),
    Flag.OVERLAPS: gettext_lazy("a dated special overlaps"),
}
STATE = {
    ChangeState.DRAFT: in_context("price change", "preview"),
    ChangeState.WAITING: in_context("price change", "waits for approval"),
    ChangeState.DONE: in_context("price change", "approved"),
    ChangeState.REFUSED: in_context("price change", "refused"),
    ChangeState.UNDONE: in_context("price change", "undone"),
}
STATUS = {
    ChangeState.DRAFT: "neutral",
    ChangeState.WAITING: "waiting",
    ChangeState.DONE: "good",
    ChangeState.REFUSED: "problem",
    ChangeState.UNDONE: "neutral",
}
KIND = {
    PromotionKind.PERCENTAGE: gettext_lazy("Percentage off"),
    PromotionKind.AMOUNT: gettext_lazy("Spend and save"),
    PromotionKind.THRESHOLDS: gettext_lazy("Spend more, save more"),
    PromotionKind.BUY_X_GET_Y: gettext_lazy("Buy some, get some free"),
    PromotionKind.NTH_ITEM: gettext_lazy("Second item for less"),
    PromotionKind.BUNDLE_PRICE: gettext_lazy("Together for one price"),
    PromotionKind.UNIT_PRICE: gettext_lazy("Special price"),
}


def gives(promotion: Promotion, currency: str) -> str:
    """What a promotion takes off, in one line."""
    value = promotion.value
    match promotion.kind:
        case PromotionKind.PERCENTAGE:
            return _("%(n)s%% off") % {"n": percent(value)}
        case PromotionKind.AMOUNT if not promotion.threshold_minor:
            return _("%(off)s off") % {"off": money(value, currency)}
        case PromotionKind.AMOUNT:
            said = {"spent": money(promotion.threshold_minor, currency), "off": money(value, currency)}
            return _("%(off)s off from %(spent)s") % said
        case PromotionKind.THRESHOLDS:
            said_all = [
                _("%(off)s off from %(spent)s")
                % {"spent": money(t.threshold_minor, currency), "off": money(t.off_minor, currency)}
                for t in promotion.tiers
            ]
            return ", ".join(said_all)
        case PromotionKind.BUY_X_GET_Y:
            return _("buy %(x)s, get %(y)s free") % {"x": number(promotion.x), "y": number(promotion.y)}
        case PromotionKind.NTH_ITEM:
            said_nth = {"x": number(promotion.x), "n": percent(value)}
            return _("one of every %(x)s has %(n)s%% off") % said_nth
        case PromotionKind.BUNDLE_PRICE:
            names = " + ".join(
                piece.sku if piece.units == 1 else f"{number(piece.units)} × {piece.sku}" for piece in promotion.bundle
            )
            return _("%(names)s for %(price)s") % {"names": names, "price": money(value, currency)}
    return _("%(price)s each") % {"price": money(value, currency)}


def rate_text(rate: Rate) -> str:
    """A rate as people say it: a per cent number a year, or units of the second currency for one of the first."""
    value = Decimal(rate.value_e8).scaleb(-8)
    if rate.kind is RateKind.INTEREST:
        return f"{(value * 100).normalize():f} %"
    return f"{value.normalize():f}"


def rate(ppm: int) -> str:
    """Millionths as a per cent number without useless zeros."""
    return f"{ppm / 10_000:.4f}".rstrip("0").rstrip(".")


def percent(bps: int) -> str:
    """Basis points as a per cent number without useless zeros."""
    return f"{bps / 100:.2f}".rstrip("0").rstrip(".")


def why(finding: Finding, currency: str, titles: dict[str, str]) -> str:
    """What became of a promotion in a basket, in a sentence."""
    missing = money(finding.missing_minor, currency)
    units = ngettext("%(n)s unit more", "%(n)s units more", finding.missing_units) % {
        "n": number(finding.missing_units)
    }
    other = titles.get(finding.by) or finding.by
    said: dict[Verdict, Any] = {
        Verdict.APPLIED: _("Takes %(off)s off.") % {"off": money(finding.off_minor, currency)},
        Verdict.NOT_BEGUN: _("It has not begun."),
        Verdict.ENDED: _("It has ended."),
        Verdict.OTHER_CHANNEL: _("It holds at other channels."),
        Verdict.OTHER_STORE: _("It holds at other stores."),
        Verdict.OUTSIDE_HOURS: _("It is outside its hours."),
        Verdict.MEMBERS_ONLY: _("It is for members."),
        Verdict.OTHER_LEVEL: _("It is for another level of members."),
        Verdict.TOO_FEW_PEOPLE: _("Too few people buy together."),
        Verdict.CONDITION: _("Its condition does not hold: %(says)s") % {"says": finding.says},
        Verdict.NO_LINE: _("Nothing in the basket is part of it."),
        Verdict.EXCLUDED: _("Excluded by %(other)s on every product it covers.") % {"other": other},
        Verdict.BETTER: _("%(other)s takes more off.") % {"other": other},
        Verdict.THRESHOLD: _("Threshold not reached by %(missing)s.") % {"missing": missing},
        Verdict.UNITS: _("It needs %(units)s.") % {"units": units},
        Verdict.INCOMPLETE: _("The set lacks %(units)s of %(sku)s.") % {"units": units, "sku": finding.sku},
        Verdict.NOTHING_OFF: _("It leads to no lower price."),
    }
    return str(said[finding.verdict])
