"""What makes two intents the same, what is wrong with one, and what its lines are booked at."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from datong.catalog.types import Chosen, ItemKind, Part, Quote, QuoteLine
from datong.kernel.errors import Problem
from datong.kernel.money import part_minor
from datong.orders.types import MAX_LINES, MAX_UNITS, Amounts, ExceptionKind, IntentLine, OrderIntent
from datong.payments.types import PaymentMethod

_CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


def intent_hash(intent: OrderIntent) -> bytes:
    """SHA-256 of the canonical intent: two wordings of one order are one order. How it came does not count.

    Lines without options read as they did before there were any, so that an order taken then is known again.
    """
    plain = replace(intent, inbox_id=None, received_by="", trace="")
    text = msgspec.json.encode(plain, order="deterministic")
    # Inside a text every quotation mark is escaped, so this is never a part of one.
    return hashlib.sha256(text.replace(b',"options":[]', b"")).digest()


def order_number(order_id: UUID, placed: datetime) -> str:
    """What people read out on the telephone: the day and eight characters without I, L, O, U."""
    rest, letters = order_id.int & (1 << 40) - 1, ""
    for _ in range(8):
        rest, digit = divmod(rest, 32)
        letters += _CROCKFORD[digit]
    return f"{placed:%y%m%d}-{letters}"


def problems_of(intent: OrderIntent, currency: str) -> list[Problem]:
    """What is wrong with an intent by itself; the doors have checked the wire, this is the hub's own border."""
    found = []
    if not 0 < len(intent.external_id) <= 128:
        found.append(Problem("/external_id", "length", "1 to 128 characters", intent.external_id[:120]))
    if intent.placed_at.tzinfo is None:
        found.append(Problem("/placed_at", "zone", "a time with its zone", intent.placed_at.isoformat()))
    if intent.currency != currency:
        found.append(Problem("/currency", "currency", f"the brand's currency, {currency}", intent.currency))
    if not 0 < len(intent.lines) <= MAX_LINES:
        found.append(Problem("/lines", "count", f"1 to {MAX_LINES} lines", len(intent.lines)))
    numbers = [line.line_no for line in intent.lines]
    if len(set(numbers)) != len(numbers):
        found.append(Problem("/lines", "line_no", "a different number for each line", numbers[:20]))
    for n, line in enumerate(intent.lines):
        if not 0 < line.units <= MAX_UNITS:
            found.append(Problem(f"/lines/{n}/units", "units", f"1 to {MAX_UNITS} units", line.units))
        if (line.unit_minor is not None and line.unit_minor < 0) or line.discount_minor < 0:
            found.append(Problem(f"/lines/{n}", "amount", "amounts of 0 or more", line.unit_minor))
    if intent.payment is PaymentMethod.STORED_VALUE and intent.paid and not intent.completed:
        fix = "false: place it open, then pay it with a payment of the wallet"
        found.append(Problem("/paid", "not_paid_yet", fix, intent.paid))
    if intent.amounts is not None:
        for name, value in msgspec.to_builtins(intent.amounts).items():
            if value < 0:
                found.append(Problem(f"/amounts/{name}", "amount", "0 or more", value))
    return found


@dataclass(frozen=True, slots=True)
class BookedLine:
    """A line as it goes into the order book."""

    line_no: int
    item_id: UUID | None
    sku: str
    title: str
    kind: ItemKind
    units: int
    unit_minor: int
    discount_minor: int
    tax_minor: int
    total_minor: int
    quoted_unit_minor: int | None
    promotions: tuple[str, ...] = ()
    options: tuple[Chosen, ...] = ()
    parts: tuple[Part, ...] = ()

    @property
    def own_parts(self) -> bool:
        """Whether what leaves the shelf is the item itself, or nothing for a service: nothing to write down."""
        plain = () if self.kind is ItemKind.SERVICE else ((self.item_id, self.units),)
        return self.item_id is None or tuple((part.item_id, part.units) for part in self.parts) == plain


@dataclass(frozen=True, slots=True)
class Booked:
    """An order's lines and money, and what differed from our quote."""

    lines: tuple[BookedLine, ...]
    amounts: Amounts
    tax_minor: int
    findings: tuple[tuple[ExceptionKind, dict[str, Any]], ...] = ()

    @property
    def total_minor(self) -> int:
        return self.amounts.paid


NOT_OFFERED = frozenset({"not_on_sale", "not_in_assortment", "unknown_option", "option_sold_out"})
"""What a platform or a till cannot know of us and sold all the same. Options it did not pass on are no finding."""


def book_as_sold(intent: OrderIntent, quote: Quote) -> Booked:
    """Lines of an order that was sold elsewhere, at the seller's amounts, with our quote beside them."""
    lines, differing, unknown = [], [], []
    for mine, ours in zip(intent.lines, quote.lines, strict=True):
        line = _sold_line(mine, ours)
        lines.append(line)
        if ours.item_id is None:
            unknown.append({"line_no": mine.line_no, "sku": mine.sku})
        elif line.total_minor != ours.total_minor:
            differing.append(
                {"line_no": mine.line_no, "sku": mine.sku, "booked": line.total_minor, "quoted": ours.total_minor}
            )
    goods = sum(line.total_minor for line in lines)
    amounts = intent.amounts or Amounts(goods=goods, paid=goods)
    findings: list[tuple[ExceptionKind, dict[str, Any]]] = []
    if unknown:
        findings.append((ExceptionKind.UNKNOWN_SKU, {"lines": unknown}))
    if strange := [asdict(problem) for problem in quote.problems if problem.code in NOT_OFFERED]:
        findings.append((ExceptionKind.NOT_OFFERED, {"lines": strange}))
    if differing:
        findings.append((ExceptionKind.PRICE_DIFFERS, {"lines": differing}))
    residual = difference(amounts)
    if residual or amounts.goods != goods:
        findings.append((ExceptionKind.AMOUNTS_DIFFER, {"residual": residual, "lines": goods, "goods": amounts.goods}))
    included = sum(line.tax_minor for line in lines) if quote.tax_inclusive else 0
    return Booked(tuple(lines), amounts, min(included, amounts.goods) + amounts.tax_added, tuple(findings))


def _sold_line(mine: IntentLine, ours: QuoteLine) -> BookedLine:
    unit = mine.unit_minor if mine.unit_minor is not None else ours.unit_minor
    discount = mine.discount_minor if mine.unit_minor is not None else ours.discount_minor
    total = unit * mine.units - discount
    return BookedLine(
        line_no=mine.line_no,
        item_id=ours.item_id,
        sku=mine.sku,
        title=ours.title or mine.title or mine.sku,
        kind=ours.kind,
        units=mine.units,
        unit_minor=unit,
        discount_minor=discount,
        tax_minor=part_minor(total, ours.tax_minor, ours.total_minor) if ours.total_minor > 0 else 0,
        total_minor=total,
        quoted_unit_minor=ours.unit_minor if ours.item_id else None,
        promotions=ours.promotions,
        options=ours.options,
        parts=ours.parts,
    )


def book_as_quoted(quote: Quote) -> Booked:
    """Lines of an order that is sold here and now, at our own quote."""
    lines = tuple(
        BookedLine(
            line_no=line.line_no,
            item_id=line.item_id,
            sku=line.sku,
            title=line.title,
            kind=line.kind,
            units=line.units,
            unit_minor=line.unit_minor,
            discount_minor=line.discount_minor,
            tax_minor=line.tax_minor,
            total_minor=line.total_minor,
            quoted_unit_minor=line.unit_minor,
            promotions=line.promotions,
            options=line.options,
            parts=line.parts,
        )
        for line in quote.lines
    )
    added = 0 if quote.tax_inclusive else quote.tax_minor
    goods = quote.total_minor - added
    return Booked(lines, Amounts(goods=goods, paid=quote.total_minor, tax_added=added), quote.tax_minor)


def with_delivery(booked: Booked, fee_minor: int) -> Booked:
    """The order with what bringing it costs; tax is in the fee, as it is in the platforms' fees."""
    amounts = booked.amounts
    return replace(booked, amounts=replace(amounts, delivery=fee_minor, paid=amounts.paid + fee_minor))


_FIXES = {"unknown_sku": "an item that this brand sells"}


def price_problems(intent: OrderIntent, quote: Quote) -> list[Problem]:
    """Why an order that is sold here cannot be: a line we do not sell, or a price that is not today's."""
    found = []
    at = {line.line_no: n for n, line in enumerate(intent.lines)}
    for problem in quote.problems:
        field = "options" if "option" in problem.code else "sku"
        fix = problem.fix or _FIXES.get(problem.code, "an item with a price today")
        found.append(Problem(f"/lines/{at[problem.line_no]}/{field}", problem.code, fix, problem.value or problem.sku))
    for n, (mine, ours) in enumerate(zip(intent.lines, quote.lines, strict=True)):
        if ours.item_id and mine.unit_minor is not None and mine.unit_minor != ours.unit_minor:
            fix = f"today's price, {ours.unit_minor}, or leave it out"
            found.append(Problem(f"/lines/{n}/unit_minor", "price_changed", fix, mine.unit_minor))
    return found


def difference(amounts: Amounts) -> int:
    """What the parts of a settlement leave unexplained: 0 when paid and subsidies equal goods, fees and tax."""
    given = amounts.paid + amounts.platform_subsidy + amounts.merchant_subsidy
    return given - (amounts.goods + amounts.packaging + amounts.delivery + amounts.tax_added)


@dataclass(frozen=True, slots=True)
class StockLine:
    line_no: int
    item_id: UUID
    units: int


def stocked_lines(lines: Sequence[BookedLine]) -> list[StockLine]:
    """What the lines need from a shelf, item by item: a line of a bundle several, services and unknown goods none."""
    return [StockLine(line.line_no, part.item_id, part.units) for line in lines for part in line.parts]
