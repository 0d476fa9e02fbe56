"""What a basket costs: price by date, promotions, tax. Plain functions over frozen values, integers only."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from fractions import Fraction
from uuid import UUID

from datong.catalog.rules.options import choose, leaving
from datong.catalog.types import (
    Ask,
    AskLine,
    Chosen,
    Item,
    ItemKind,
    Offer,
    Price,
    PriceList,
    Promotion,
    PromotionKind,
    Quote,
    QuoteLine,
    QuoteProblem,
    TaxRate,
)
from datong.kernel.money import part_minor, split_minor

FULL_BPS = 10_000


@dataclass(frozen=True, slots=True)
class Terms:
    """What an ask is priced by: unit prices, items and offers by SKU, the promotions and rates of the brand."""

    items: Mapping[str, Item]
    prices: Mapping[str, int]
    promotions: Sequence[Promotion] = ()
    rates: Mapping[str, Sequence[TaxRate]] = field(default_factory=dict)
    tax_inclusive: bool = True
    offers: Mapping[str, Offer] = field(default_factory=dict)


@dataclass(slots=True)
class _Running:
    """One line while promotions are worked out: `left_minor` is what is still to pay; `unit_minor` has its options."""

    line: AskLine
    unit_minor: int
    left_minor: int
    promotions: list[str] = field(default_factory=list)
    taken: bool = False
    chosen: tuple[Chosen, ...] = ()


def list_of(ask: Ask, policies: Mapping[UUID, tuple[str, str]], lists: Mapping[str, PriceList]) -> str:
    """The code of the list this door sells by: '' unless the channel has a list of its own and a recorded reason.

    `policies` maps a channel to (list code, note). Same price everywhere is the rule, so a list that nobody gave a
    reason for, or that does not exist, does not count.
    """
    code, note = policies.get(ask.channel_id, ("", ""))
    return code if note.strip() and code in lists else ""


def unit_price(own: int | None, base: int | None, own_list: PriceList, base_list: PriceList) -> int | None:
    """The list's own price, else the default list's when both mean the same: one currency, tax alike."""
    same = (own_list.currency, own_list.tax_inclusive) == (base_list.currency, base_list.tax_inclusive)
    return own if own is not None or not same else base


def in_force(valid_from: datetime | None, valid_to: datetime | None, at: datetime) -> bool:
    """From inclusive, to exclusive, so that two that follow each other never both hold."""
    return (valid_from is None or valid_from <= at) and (valid_to is None or at < valid_to)


def pick_price(prices: Iterable[Price], at: datetime) -> Price | None:
    """The price in force at `at` that began last: a week's special lies over the open-ended price and ends."""
    return max(
        (price for price in prices if in_force(price.valid_from, price.valid_to, at)),
        key=lambda price: price.valid_from,
        default=None,
    )


def pick_rate(rates: Iterable[TaxRate], region: str, at: datetime) -> int:
    """Basis points in force at `at`; the nearest region wins: 'US-CA', 'US', everywhere; 0 when none is known."""
    places = (region, region.partition("-")[0], "")
    best = max(
        (rate for rate in rates if rate.region in places and rate.valid_from <= at),
        key=lambda rate: (-places.index(rate.region), rate.valid_from),
        default=None,
    )
    return best.rate_bps if best else 0


def tax_of(total_minor: int, rate_bps: int, *, inclusive: bool) -> int:
    """Tax of one line, rounded per line, half up: contained in `total_minor` when inclusive, on top of it when not."""
    return part_minor(total_minor, rate_bps, FULL_BPS + rate_bps if inclusive else FULL_BPS)


def price_ask(ask: Ask, terms: Terms, quote_id: UUID) -> Quote:
    """Price one basket.

    Promotions first, in order of priority, each on what the earlier ones left; then tax, line by line on the line's
    total. No line goes below zero, and the quote is the sum of its lines. A line without a price costs nothing and
    is named in `problems`; it takes part in no promotion. A line whose options do not do is named too.
    """
    running, problems = _open_lines(ask, terms)
    apply_promotions(list(running.values()), applicable(terms.promotions, ask))
    lines = tuple(
        _priced(line, running[pos], ask, terms) if pos in running else _unpriced(line, terms)
        for pos, line in enumerate(ask.lines)
    )
    tax = sum(line.tax_minor for line in lines)
    total = sum(line.total_minor for line in lines) + (0 if terms.tax_inclusive else tax)
    return Quote(quote_id, ask.currency, lines, total, tax, terms.tax_inclusive, tuple(problems))


def applicable(promotions: Iterable[Promotion], ask: Ask) -> list[Promotion]:
    """The promotions of this door at this moment: highest priority first, then by code so that the order is fixed."""
    return sorted(
        (
            promotion
            for promotion in promotions
            if in_force(promotion.valid_from, promotion.valid_to, ask.at)
            and (not promotion.channels or ask.channel_id in promotion.channels)
        ),
        key=lambda promotion: (-promotion.priority, promotion.code),
    )


def apply_promotions(running: Sequence[_Running], promotions: Iterable[Promotion]) -> None:
    """Take each promotion off the lines it covers.

    A line that has had one promotion which is not stackable takes part in no other such promotion, neither for
    its discount nor towards a threshold or a number of units. Stackable ones go together with anything.
    """
    for promotion in promotions:
        lines = [
            line
            for line in running
            if line.left_minor > 0
            and (not promotion.skus or line.line.sku in promotion.skus)
            and (promotion.stackable or not line.taken)
        ]
        offs = _OFFS[promotion.kind](lines, promotion) if lines else []
        if not any(offs):
            continue
        for line, off in zip(lines, offs, strict=True):
            line.left_minor -= off
            if off:
                line.promotions.append(promotion.code)
            if not promotion.stackable and (off or promotion.kind is not PromotionKind.PERCENTAGE):
                line.taken = True


def _percentage(lines: Sequence[_Running], promotion: Promotion) -> list[int]:
    return [part_minor(line.left_minor, promotion.value, FULL_BPS) for line in lines]


def _amount(lines: Sequence[_Running], promotion: Promotion) -> list[int]:
    """满减: once per basket, spread over the lines in proportion to what each still costs, exact to the last unit."""
    weights = [line.left_minor for line in lines]
    reached = sum(weights)
    if reached < promotion.threshold_minor:
        return []
    return split_minor(min(promotion.value, reached), weights)


def _buy_x_get_y(lines: Sequence[_Running], promotion: Promotion) -> list[int]:
    """Of every x + y units y are free, the cheapest of the basket; a last, smaller group gives what exceeds x."""
    groups, rest = divmod(sum(line.line.units for line in lines), promotion.x + promotion.y)
    free = groups * promotion.y + max(0, rest - promotion.x)
    offs = [0] * len(lines)
    for i in sorted(range(len(lines)), key=lambda i: (Fraction(lines[i].left_minor, lines[i].line.units), i)):
        units = min(free, lines[i].line.units)
        offs[i] = part_minor(lines[i].left_minor, units, lines[i].line.units)
        free -= units
    return offs


_OFFS = {
    PromotionKind.PERCENTAGE: _percentage,
    PromotionKind.AMOUNT: _amount,
    PromotionKind.BUY_X_GET_Y: _buy_x_get_y,
}


def _open_lines(ask: Ask, terms: Terms) -> tuple[dict[int, _Running], list[QuoteProblem]]:
    """Lines that can be priced, by position, and what is wrong with any."""
    running: dict[int, _Running] = {}
    problems = []
    for pos, line in enumerate(ask.lines):
        item, unit = terms.items.get(line.sku), terms.prices.get(line.sku)
        if item is None:
            problems.append(QuoteProblem(line.line_no, line.sku, "unknown_sku"))
        elif not item.active:
            problems.append(QuoteProblem(line.line_no, line.sku, "inactive_item"))
        elif unit is None:
            problems.append(QuoteProblem(line.line_no, line.sku, "no_price"))
        else:
            chosen, faults = choose(line, terms.offers.get(line.sku))
            problems += faults
            unit = max(unit + sum(choice.delta_minor * choice.units for choice in chosen), 0)
            running[pos] = _Running(line, unit, unit * line.units, chosen=chosen)
    return running, problems


def _priced(line: AskLine, running: _Running, ask: Ask, terms: Terms) -> QuoteLine:
    item = terms.items[line.sku]
    rate = pick_rate(terms.rates.get(item.tax_class, ()), ask.region, ask.at)
    return QuoteLine(
        line_no=line.line_no,
        item_id=item.id,
        sku=item.sku,
        title=item.title,
        kind=item.kind,
        units=line.units,
        unit_minor=running.unit_minor,
        discount_minor=running.unit_minor * line.units - running.left_minor,
        tax_minor=tax_of(running.left_minor, rate, inclusive=terms.tax_inclusive),
        total_minor=running.left_minor,
        promotions=tuple(running.promotions),
        options=running.chosen,
        parts=leaving(line, item, terms.offers.get(line.sku)),
    )


def _unpriced(line: AskLine, terms: Terms) -> QuoteLine:
    item = terms.items.get(line.sku)
    return QuoteLine(
        line_no=line.line_no,
        item_id=item.id if item else None,
        sku=line.sku,
        title=item.title if item else "",
        kind=item.kind if item else ItemKind.GOODS,
        units=line.units,
        unit_minor=0,
        discount_minor=0,
        tax_minor=0,
        total_minor=0,
        parts=leaving(line, item, terms.offers.get(line.sku)) if item else (),
    )
