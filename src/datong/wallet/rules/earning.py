"""What a sale or an event earns: rules are data with dates, the answer names the rules that gave it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from fractions import Fraction

from datong.kernel.money import split_minor
from datong.wallet.types.points import Earning, EarningRule, RuleKind, Sale, SaleLine


def in_force(rule: EarningRule, at: datetime, tier: str) -> bool:
    """Whether a rule holds at a moment for a customer of this tier ('' none)."""
    return (
        rule.active
        and (rule.starts_at is None or rule.starts_at <= at)
        and (rule.ends_at is None or at < rule.ends_at)
        and (not rule.tiers or tier in rule.tiers)
    )


def earned_by_sale(sale: Sale, rules: Iterable[EarningRule], *, tier: str = "", percent: int = 100) -> Earning:
    """Points of a sale. `percent` is the tier's own multiplier (100: as it is).

    Each line follows the money rule that gives it most and, on top, the multiplier that is highest; the lines that
    follow the same two are added up before they are rounded down, so that many small lines earn what one large line
    does. Whole points fall to the lines by largest remainder, so the parts sum to the whole.
    """
    held = [rule for rule in rules if in_force(rule, sale.at, tier) and _of_order(rule, sale)]
    money = [rule for rule in held if rule.kind is RuleKind.MONEY]
    times = [rule for rule in held if rule.kind is RuleKind.TIMES]
    groups: dict[tuple[str, str], list[SaleLine]] = {}
    by_code = {rule.code: rule for rule in held}
    for line in sale.lines:
        base = max(
            (r for r in money if _of_line(r, line)), key=lambda r: (r.points / r.per_minor, r.code), default=None
        )
        if base is None or line.amount_minor <= 0:
            continue
        times_rule = max((r for r in times if _of_line(r, line)), key=lambda r: (r.percent, r.code), default=None)
        groups.setdefault((base.code, times_rule.code if times_rule else ""), []).append(line)
    by_line: dict[int, int] = {}
    for (base_code, times_code), lines in groups.items():
        factor = percent * (by_code[times_code].percent if times_code else 100)
        by_line |= _share(lines, by_code[base_code], factor)
    fixed = [rule for rule in held if rule.kind is RuleKind.ORDER and any(_of_line(rule, line) for line in sale.lines)]
    used = sorted({code for pair in groups for code in pair if code} | {rule.code for rule in fixed})
    return Earning(sum(by_line.values()) + sum(rule.points for rule in fixed), by_line, tuple(used))


def earned_by_event(event: str, at: datetime, rules: Iterable[EarningRule], *, tier: str = "") -> Earning:
    """Points of a named event: every rule for it gives its own."""
    held = [rule for rule in rules if rule.kind is RuleKind.EVENT and rule.event == event and in_force(rule, at, tier)]
    return Earning(sum(rule.points for rule in held), {}, tuple(sorted(rule.code for rule in held)))


def _share(lines: Sequence[SaleLine], rule: EarningRule, factor: int) -> dict[int, int]:
    """`factor` is in hundredths of a per cent: 10,000 leaves the points as they are."""
    amounts = [line.amount_minor for line in lines]
    points = sum(amounts) * rule.points * factor // (rule.per_minor * 10_000)
    return dict(zip((line.line_no for line in lines), split_minor(points, amounts), strict=True))


def _rate(rule: EarningRule) -> tuple[Fraction, str]:
    return Fraction(rule.points, rule.per_minor), rule.code


def _of_order(rule: EarningRule, sale: Sale) -> bool:
    return (
        (not rule.channels or sale.channel in rule.channels)
        and (not rule.stores or sale.store in rule.stores)
        and sale.amount_minor >= rule.min_minor
    )


def _of_line(rule: EarningRule, line: SaleLine) -> bool:
    return (not rule.skus or line.sku in rule.skus) and (not rule.categories or bool(rule.categories & line.categories))
