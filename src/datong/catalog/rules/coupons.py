"""Coupon rules as people and platforms write them, read into promotions: `30:5`, `满30减5`, `0.9`, `9折`."""

from __future__ import annotations

import re
from dataclasses import replace
from decimal import Decimal
from uuid import UUID

from datong.catalog.types import Promotion, PromotionKind, Tier
from datong.kernel.errors import BadInput, BadValue
from datong.kernel.money import minor_of

MAX_TEXT = 300
FIX = "30:5 (spend 30, get 5 off), 30-5, 60-12 for steps, 0.9 (10 % off), 9折 or 第二件半价"

_NUMBER = r"\d{1,9}(?:\.\d{1,4})?"
_STEP = re.compile(rf"满?\s*({_NUMBER})\s*(?:元)?\s*(?:[:：-]|减|立减)\s*({_NUMBER})\s*(?:元)?")
_SHARE = re.compile(r"0?\.\d{1,4}")
_FOLD = re.compile(r"(\d(?:\.\d{1,2})?)\s*折")
_PERCENT = re.compile(r"(\d{1,2}(?:\.\d{1,2})?)\s*%(?:\s*off)?", re.IGNORECASE)
_SECOND = re.compile(r"第二件\s*(半价|免费|0元|(\d(?:\.\d{1,2})?)\s*折)")


def coupon_promotion(promotion_id: UUID, code: str, text: str, currency: str, *, field: str = "rule") -> Promotion:
    """The promotion a rule's text says, its title the text itself; amounts are whole units of `currency`.

    Raises BadValue naming `field`: what cannot be read, what takes nothing off, and what takes off more than it asks.
    """
    said = text.strip()
    if not said or len(said) > MAX_TEXT:
        raise BadValue(field, text[:80], FIX)
    bare = Promotion(promotion_id, code, said, PromotionKind.PERCENTAGE)
    for reader in (_steps, _less, _second):
        found = reader(bare, said, currency, field)
        if found:
            return found
    raise BadValue(field, text[:80], FIX)


def _steps(bare: Promotion, text: str, currency: str, field: str) -> Promotion | None:
    parts = [part.strip() for part in re.split(r"[,，;；、]", text) if part.strip()]
    steps = [_STEP.fullmatch(part) for part in parts]
    if not steps or not all(steps):
        return None
    tiers = tuple(
        sorted(
            (Tier(_minor(step[1], currency, field), _minor(step[2], currency, field)) for step in steps if step),
            key=lambda tier: tier.threshold_minor,
        )
    )
    for tier in tiers:
        if not 0 < tier.off_minor <= tier.threshold_minor:
            raise BadValue(field, text[:80], "an amount off above 0 and at most what must be spent")
    if len(tiers) > 1:
        return replace(bare, kind=PromotionKind.THRESHOLDS, tiers=tiers)
    return replace(bare, kind=PromotionKind.AMOUNT, threshold_minor=tiers[0].threshold_minor, value=tiers[0].off_minor)


def _less(bare: Promotion, text: str, currency: str, field: str) -> Promotion | None:
    """The share that is still paid (0.9, 9折), or the share that is not (10 %)."""
    paid: Decimal | None = None
    if _SHARE.fullmatch(text):
        paid = Decimal(text)
    elif found := _FOLD.fullmatch(text):
        paid = Decimal(found[1]) / 10
    elif found := _PERCENT.fullmatch(text):
        paid = 1 - Decimal(found[1]) / 100
    if paid is None:
        return None
    return replace(bare, value=_bps(1 - paid, text, field))


def _second(bare: Promotion, text: str, currency: str, field: str) -> Promotion | None:
    found = _SECOND.fullmatch(text)
    if not found:
        return None
    off = {"半价": Decimal("0.5"), "免费": Decimal(1), "0元": Decimal(1)}.get(found[1])
    off = 1 - Decimal(found[2]) / 10 if off is None else off
    return replace(bare, kind=PromotionKind.NTH_ITEM, x=2, value=_bps(off, text, field))


def _bps(off: Decimal, text: str, field: str) -> int:
    bps = int(off * 10_000)
    if not 0 < bps <= 10_000:
        raise BadValue(field, text[:80], "a share that takes something off: 0.9 is 10 % off")
    return bps


def _minor(number: str, currency: str, field: str) -> int:
    try:
        return minor_of(number, currency, field=field)
    except BadInput as error:
        raise BadValue(field, number, "; ".join(problem.fix for problem in error.problems)) from None
