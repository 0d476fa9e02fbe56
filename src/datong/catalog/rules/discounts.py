"""What each kind of promotion takes off the lines it covers, exact to the minor unit."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from typing import Protocol

from datong.catalog.types import AskLine, Finding, Promotion, PromotionKind, Verdict
from datong.kernel.money import part_minor, split_minor

FULL_BPS = 10_000
FORWARD = frozenset({PromotionKind.PERCENTAGE, PromotionKind.UNIT_PRICE})
"""Kinds that look at each line alone: a line they take nothing off stays free for others of the group."""


class Line(Protocol):
    """What a discount needs to know of a line."""

    @property
    def line(self) -> AskLine: ...
    @property
    def left_minor(self) -> int: ...


Lines = Sequence[Line]


def offs_of(promotion: Promotion, lines: Lines) -> list[int]:
    """Minor units off each line, 0 to what the line still costs, at most `cap_minor` together; [] for nothing."""
    offs = _OFFS[promotion.kind](lines, promotion)
    if promotion.cap_minor and sum(offs) > promotion.cap_minor:
        offs = split_minor(promotion.cap_minor, offs)
    return offs


def shortfall(promotion: Promotion, lines: Lines) -> Finding:
    """Why a promotion that covers lines takes nothing off them: what is missing."""
    reached = sum(line.left_minor for line in lines)
    units = sum(line.line.units for line in lines)

    def found(verdict: Verdict, *, minor: int = 0, units: int = 0, sku: str = "") -> Finding:
        return Finding(promotion.code, promotion.title, verdict, missing_minor=minor, missing_units=units, sku=sku)

    kind = promotion.kind
    if kind is PromotionKind.AMOUNT and reached < promotion.threshold_minor:
        return found(Verdict.THRESHOLD, minor=promotion.threshold_minor - reached)
    if kind is PromotionKind.THRESHOLDS:
        first = min(tier.threshold_minor for tier in promotion.tiers)
        if reached < first:
            return found(Verdict.THRESHOLD, minor=first - reached)
    needed = {PromotionKind.BUY_X_GET_Y: promotion.x + 1, PromotionKind.NTH_ITEM: promotion.x}.get(kind, 0)
    if units < needed:
        return found(Verdict.UNITS, units=needed - units)
    if kind is PromotionKind.BUNDLE_PRICE:
        held = _units_by_sku(lines)
        for piece in promotion.bundle:
            missing = piece.units - held.get(piece.sku, 0)
            if missing > 0:
                return found(Verdict.INCOMPLETE, sku=piece.sku, units=missing)
    return found(Verdict.NOTHING_OFF)


def _percentage(lines: Lines, promotion: Promotion) -> list[int]:
    return [part_minor(line.left_minor, promotion.value, FULL_BPS) for line in lines]


def _amount(lines: Lines, promotion: Promotion) -> list[int]:
    """满减: once per basket, spread over the lines in proportion to what each still costs, exact to the last unit."""
    weights = [line.left_minor for line in lines]
    reached = sum(weights)
    if reached < promotion.threshold_minor:
        return []
    return split_minor(min(promotion.value, reached), weights)


def _thresholds(lines: Lines, promotion: Promotion) -> list[int]:
    """The highest tier that is reached; what it takes off is spread like an amount."""
    weights = [line.left_minor for line in lines]
    reached = sum(weights)
    tier = max(
        (tier for tier in promotion.tiers if tier.threshold_minor <= reached),
        key=lambda tier: tier.threshold_minor,
        default=None,
    )
    return split_minor(min(tier.off_minor, reached), weights) if tier else []


def _buy_x_get_y(lines: Lines, promotion: Promotion) -> list[int]:
    """Of every x + y units y are free, the cheapest of the basket; a last, smaller group gives what exceeds x."""
    groups, rest = divmod(sum(line.line.units for line in lines), promotion.x + promotion.y)
    free = groups * promotion.y + max(0, rest - promotion.x)
    if promotion.times:
        free = min(free, promotion.times * promotion.y)
    return _cheapest(lines, free, FULL_BPS)


def _nth_item(lines: Lines, promotion: Promotion) -> list[int]:
    """Of every x units one, the cheapest of the basket, has `value` basis points off (第二件半价: x 2, value 5000)."""
    units = sum(line.line.units for line in lines) // promotion.x
    return _cheapest(lines, min(units, promotion.times) if promotion.times else units, promotion.value)


def _cheapest(lines: Lines, units: int, off_bps: int) -> list[int]:
    offs = [0] * len(lines)
    for i in sorted(range(len(lines)), key=lambda i: (Fraction(lines[i].left_minor, lines[i].line.units), i)):
        taken = min(units, lines[i].line.units)
        offs[i] = part_minor(lines[i].left_minor, taken * off_bps, lines[i].line.units * FULL_BPS)
        units -= taken
    return offs


def _bundle_price(lines: Lines, promotion: Promotion) -> list[int]:
    """As many whole sets as the basket holds; what a set costs less is spread over the units that are in one."""
    held = _units_by_sku(lines)
    sets = min(held.get(piece.sku, 0) // piece.units for piece in promotion.bundle)
    if promotion.times:
        sets = min(sets, promotion.times)
    need = {piece.sku: piece.units * sets for piece in promotion.bundle}
    costs = []
    for line in lines:
        taken = min(need.get(line.line.sku, 0), line.line.units)
        need[line.line.sku] = need.get(line.line.sku, 0) - taken
        costs.append(part_minor(line.left_minor, taken, line.line.units))
    off = sum(costs) - sets * promotion.value
    return split_minor(off, costs) if off > 0 and sets else []


def _unit_price(lines: Lines, promotion: Promotion) -> list[int]:
    return [max(0, line.left_minor - promotion.value * line.line.units) for line in lines]


def _units_by_sku(lines: Lines) -> dict[str, int]:
    held: dict[str, int] = {}
    for line in lines:
        held[line.line.sku] = held.get(line.line.sku, 0) + line.line.units
    return held


_OFFS: Mapping[PromotionKind, Callable[[Lines, Promotion], list[int]]] = {
    PromotionKind.PERCENTAGE: _percentage,
    PromotionKind.AMOUNT: _amount,
    PromotionKind.BUY_X_GET_Y: _buy_x_get_y,
    PromotionKind.THRESHOLDS: _thresholds,
    PromotionKind.NTH_ITEM: _nth_item,
    PromotionKind.BUNDLE_PRICE: _bundle_price,
    PromotionKind.UNIT_PRICE: _unit_price,
}
