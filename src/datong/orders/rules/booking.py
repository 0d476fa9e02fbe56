"""What makes two intents the same, what is wrong with one, and what its lines are booked at."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from datong.catalog.types import (
    UNTAXED,
    Chosen,
    ItemKind,
    Part,
    Quote,
    QuoteLine,
    Taxed,
    TaxedPart,
    TaxShare,
    shares_of,
    tax_each,
    tax_of_fee,
)
from datong.kernel.errors import Problem
from datong.kernel.money import split_minor
from datong.orders.types import MAX_LINES, MAX_UNITS, Amounts, ExceptionKind, IntentLine, OrderIntent
from datong.payments.types import PaymentMethod

_CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


HOW_IT_CAME = b',"entry_id":null,"visit_id":null,"associate":""'
"""Fields that came later and never count: an order reads as it did before there were any."""


def intent_hash(intent: OrderIntent) -> bytes:
    """SHA-256 of the canonical intent: two wordings of one order are one order. How it came does not count.

    Lines without options read as they did before there were any, so that an order taken then is known again.
    """
    plain = replace(intent, inbox_id=None, received_by="", trace="", entry_id=None, visit_id=None, associate="")
    text = msgspec.json.encode(plain, order="deterministic")
    # Inside a text every quotation mark is escaped, so these are never a part of one.
    for unsaid in (b',"options":[]', HOW_IT_CAME):
        text = text.replace(unsaid, b"")
    return hashlib.sha256(text).digest()


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
    taxed: Taxed = UNTAXED

    @property
    def own_parts(self) -> bool:
        """Whether what leaves the shelf is the item itself, or nothing for a service: nothing to write down."""
        plain = () if self.kind is ItemKind.SERVICE else ((self.item_id, self.units),)
        return self.item_id is None or tuple((part.item_id, part.units) for part in self.parts) == plain


@dataclass(frozen=True, slots=True)
class Booked:
    """An order's lines and money, whose its taxes are, and what differed from our quote.

    `inclusive`: goods and fees contain the tax. What a seller says came on top (`amounts.tax_added`) is on top.
    """

    lines: tuple[BookedLine, ...]
    amounts: Amounts
    taxes: tuple[TaxShare, ...] = ()
    inclusive: bool = True
    findings: tuple[tuple[ExceptionKind, dict[str, Any]], ...] = ()

    @property
    def total_minor(self) -> int:
        return self.amounts.paid

    @property
    def tax_minor(self) -> int:
        return sum(share.tax_minor for share in self.taxes)

    def inside_minor(self, part: TaxedPart) -> int:
        """The tax that the amount of a part contains."""
        mine = (share.tax_minor for share in self.taxes if share.part is part and share.jurisdiction != ADDED)
        return sum(mine) if self.inclusive else 0


ADDED = "?"
"""The jurisdiction of tax that a seller laid on top where we would lay none, or contain it: nobody said whose it is."""
NOT_OFFERED = frozenset({"not_on_sale", "not_in_assortment", "unknown_option", "option_sold_out"})
"""What a platform or a till cannot know of us and sold all the same. Options it did not pass on are no finding."""


def book_as_sold(intent: OrderIntent, quote: Quote) -> Booked:
    """Lines of an order that was sold elsewhere, at the seller's amounts, with our quote beside them.

    A sale without amounts is one at our own terms: tax that comes on top of our prices comes on top of it.
    """
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
    each = _taxes(lines, quote)
    lines = [replace(line, tax_minor=tax) if tax else line for line, tax in zip(lines, each, strict=True)]
    goods = sum(line.total_minor for line in lines)
    added = 0 if quote.tax_inclusive else sum(each)
    amounts = intent.amounts or Amounts(goods=goods, paid=goods + added, tax_added=added)
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
    taxes = _shares(lines, amounts, quote)
    taxes = _at_most(taxes, amounts) + _added(amounts) if quote.tax_inclusive else _as_said(taxes, amounts)
    return Booked(tuple(lines), amounts, taxes, quote.tax_inclusive, tuple(findings))


def _taxes(lines: list[BookedLine], quote: Quote) -> list[int]:
    """The tax of lines as they were sold; a line below zero carries none."""
    sold = [(line.taxed, max(line.total_minor, 0)) for line in lines]
    return tax_each(sold, inclusive=quote.tax_inclusive, rounding=quote.tax_rounding)


def _shares(lines: list[BookedLine], amounts: Amounts, quote: Quote) -> tuple[TaxShare, ...]:
    """Whose the tax is: of the lines, and of the fees beside them."""
    inclusive, rounding = quote.tax_inclusive, quote.tax_rounding
    found = shares_of(TaxedPart.GOODS, ((x.taxed, x.total_minor, x.tax_minor) for x in lines), inclusive=inclusive)
    before = [(line.taxed, max(line.total_minor, 0)) for line in lines]
    fees = (
        (TaxedPart.DELIVERY, quote.delivery, amounts.delivery),
        (TaxedPart.PACKAGING, quote.packaging, amounts.packaging),
    )
    for part, taxed, minor in fees:
        if minor > 0:
            tax = tax_of_fee((taxed, minor), before, inclusive=inclusive, rounding=rounding)
            found += shares_of(part, [(taxed, minor, tax)], inclusive=inclusive)
            before.append((taxed, minor))
    return found


def _at_most(taxes: tuple[TaxShare, ...], amounts: Amounts) -> tuple[TaxShare, ...]:
    """Goods that were sold for less than their lines say contain no more tax than they are."""
    goods = [share for share in taxes if share.part is TaxedPart.GOODS]
    tax = sum(share.tax_minor for share in goods)
    if tax <= max(amounts.goods, 0):
        return taxes
    parts = iter(split_minor(max(amounts.goods, 0), [share.tax_minor for share in goods]))
    return tuple(replace(s, tax_minor=next(parts)) if s.part is TaxedPart.GOODS else s for s in taxes)


def _as_said(taxes: tuple[TaxShare, ...], amounts: Amounts) -> tuple[TaxShare, ...]:
    """The tax the seller laid on top, divided as we would have divided it; of nobody where we would lay none."""
    weights = [share.tax_minor for share in taxes]
    if sum(weights) <= 0:
        return _added(amounts)
    parts = split_minor(amounts.tax_added, weights)
    return tuple(replace(share, tax_minor=part) for share, part in zip(taxes, parts, strict=True))


def _added(amounts: Amounts) -> tuple[TaxShare, ...]:
    if not amounts.tax_added:
        return ()
    return (TaxShare(TaxedPart.GOODS, "", ADDED, 0, amounts.goods, amounts.tax_added),)


def _sold_line(mine: IntentLine, ours: QuoteLine) -> BookedLine:
    unit = mine.unit_minor if mine.unit_minor is not None else ours.unit_minor
    discount = mine.discount_minor if mine.unit_minor is not None else ours.discount_minor
    return BookedLine(
        line_no=mine.line_no,
        item_id=ours.item_id,
        sku=mine.sku,
        title=ours.title or mine.title or mine.sku,
        kind=ours.kind,
        units=mine.units,
        unit_minor=unit,
        discount_minor=discount,
        tax_minor=0,
        total_minor=unit * mine.units - discount,
        quoted_unit_minor=ours.unit_minor if ours.item_id else None,
        promotions=ours.promotions,
        options=ours.options,
        parts=ours.parts,
        taxed=ours.taxed,
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
            taxed=line.taxed,
        )
        for line in quote.lines
    )
    added = 0 if quote.tax_inclusive else quote.tax_minor
    goods = quote.total_minor - added
    amounts = Amounts(goods=goods, paid=quote.total_minor, tax_added=added)
    return Booked(lines, amounts, quote.taxes, quote.tax_inclusive)


def with_delivery(booked: Booked, fee_minor: int, quote: Quote) -> Booked:
    """The order with what bringing it costs, taxed as the market says: inside the fee, or on top of it."""
    amounts = replace(booked.amounts, delivery=fee_minor)
    taxes = _shares(list(booked.lines), amounts, quote)
    added = 0 if quote.tax_inclusive else sum(share.tax_minor for share in taxes)
    paid = amounts.goods + amounts.packaging + fee_minor + added
    return replace(booked, amounts=replace(amounts, tax_added=added, paid=paid), taxes=taxes)


def difference(amounts: Amounts) -> int:
    """What the parts of a settlement leave unexplained: 0 when paid and subsidies equal goods, fees and tax."""
    given = amounts.paid + amounts.platform_subsidy + amounts.merchant_subsidy
    return given - (amounts.goods + amounts.packaging + amounts.delivery + amounts.tax_added)


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


@dataclass(frozen=True, slots=True)
class StockLine:
    line_no: int
    item_id: UUID
    units: int


def stocked_lines(lines: Sequence[BookedLine]) -> list[StockLine]:
    """What the lines need from a shelf, item by item: a line of a bundle several, services and unknown goods none."""
    return [StockLine(line.line_no, part.item_id, part.units) for line in lines for part in line.parts]
