"""Pure decisions of orders: what makes two intents the same, what a line is booked at, what is posted."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

import msgspec

from datong.catalog.types import Chosen, ItemKind, Part, Quote, QuoteLine
from datong.kernel.errors import Problem
from datong.kernel.money import part_minor
from datong.ledger.types import Account, AccountKind, Rulebook, Transfer
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


WALLET = "clearing:wallet"
_RECEIVED = {PaymentMethod.PLATFORM: "received.platform", PaymentMethod.PREPAID: "received.prepaid"}


def received_at(payment: PaymentMethod, channel: str, book: Rulebook, day: date) -> str:
    """The account a payment comes to, and a refund leaves from."""
    if payment is PaymentMethod.STORED_VALUE:
        return WALLET  # where the wallet puts what it took for the order: zero
    return book.account(_RECEIVED.get(payment, "received.counter"), day, channel=channel)


@dataclass(frozen=True, slots=True)
class Posting:
    kind: str
    debit: str
    credit: str
    amount_minor: int


def postings(
    booked: Booked,
    payment: PaymentMethod,
    *,
    paid: bool,
    channel: str,
    completed: bool,
    book: Rulebook,
    day: date,
) -> list[Posting]:
    """The transfers of one order. The clearing account takes in what is paid and gives out what it was for: zero.

    What is not handed over yet is owed to the customer (liability), not earned. The platform's commission lowers what
    it owes us. An unexplained difference goes to its own account, beside the finding. The brand's rules say
    which accounts.
    """
    a = booked.amounts
    given = {
        "channel": channel,
        "received": received_at(payment, channel, book, day) if paid else book.account("receivable", day),
        "receivable": book.account("receivable", day),
    }
    owed = "" if completed else ".owed"
    residual = difference(a)
    rows = (
        ("payment", "sale.payment" if paid else "sale.open", a.paid + a.platform_subsidy),
        ("merchant_subsidy", "sale.subsidy", a.merchant_subsidy),
        ("goods", f"sale.goods{owed}", a.goods - (booked.tax_minor - a.tax_added)),
        ("discount", "sale.discount", sum(line.discount_minor for line in booked.lines)),
        ("tax", "sale.tax", booked.tax_minor),
        ("packaging", f"sale.packaging{owed}", a.packaging),
        ("delivery", f"sale.delivery{owed}", a.delivery),
        ("commission", "sale.commission", a.commission),
        ("difference", "sale.difference", abs(residual)),
    )
    posted = []
    for kind, event, amount in rows:
        if amount > 0:
            debit, credit = book.legs(event, day, **given)
            if kind == "difference" and residual < 0:
                debit, credit = credit, debit
            if debit:
                posted.append(Posting(kind, debit, credit, amount))
    return posted


@dataclass(frozen=True, slots=True)
class StockLine:
    line_no: int
    item_id: UUID
    units: int


def stocked_lines(lines: Sequence[BookedLine]) -> list[StockLine]:
    """What the lines need from a shelf, item by item: a line of a bundle several, services and unknown goods none."""
    return [StockLine(line.line_no, part.item_id, part.units) for line in lines for part in line.parts]


def taken_back(transfer: Transfer, new_id: UUID, day: date, *, refunds: str, receivable: Collection[str]) -> Transfer:
    """The opposite of a transfer of an order that is cancelled.

    `refunds`: the account where what was paid is owed to the payer now; '' when it is not owed by us. What was booked
    as still to be paid (`receivable`) is only taken back: of an order paid later the money came in another transfer.
    """
    owed = refunds and transfer.kind == "payment" and transfer.debit.code not in receivable
    credit = Account(refunds, transfer.debit.currency) if owed else transfer.debit
    return replace(
        transfer, id=new_id, debit=transfer.credit, credit=credit, kind=f"{transfer.kind}_back", business_date=day
    )


def given_back(
    amount_minor: int, total_minor: int, tax_minor: int, *, completed: bool, book: Rulebook, day: date
) -> list[tuple[str, str, int]]:
    """What a refund lowers: its part of the tax, and sales that were earned or are still owed.

    (debit, credit, amount): the credit is what is owed back now.
    """
    tax = part_minor(amount_minor, tax_minor, total_minor) if total_minor else 0
    refunds = book.account("refunds", day)
    events = ("refund.tax", "refund.goods" if completed else "refund.goods.owed")
    parts = zip(events, (tax, amount_minor - tax), strict=True)
    return [(*book.legs(event, day, refunds=refunds), part) for event, part in parts if part]


def owed(transfers: Iterable[Transfer], book: Rulebook) -> dict[UUID, dict[str, int]]:
    """What is owed back to the payer of each order, by the account it stands on."""
    return _nets(transfers, book.ever("refunds"))


def receivable_of(transfers: Iterable[Transfer], book: Rulebook) -> str | None:
    """The account where what an order still has to be paid stands; None when there is none."""
    ever = book.ever("receivable")
    return next((t.debit.code for t in transfers if t.kind == "payment" and t.debit.code in ever), None)


EARNED = {"goods": "sale.goods", "packaging": "sale.packaging", "delivery": "sale.delivery"}


def earned(transfers: Sequence[Transfer], book: Rulebook, day: date) -> list[tuple[UUID, str, str, int]]:
    """What becomes income when these orders are complete: (order, debit, credit, amount).

    Read off what was posted: an order is earned from where it was put, whatever the rules have become since.
    """
    owing: dict[str, str] = {}
    for t in transfers:
        if t.kind in EARNED and t.credit.kind is not AccountKind.INCOME:
            owing.setdefault(t.credit.code, EARNED[t.kind])
    return [
        (order, code, book.legs(owing[code], day)[1], amount)
        for order, nets in _nets(transfers, owing).items()
        for code, amount in nets.items()
        if amount > 0
    ]


def _nets(transfers: Iterable[Transfer], codes: Collection[str]) -> dict[UUID, dict[str, int]]:
    """Credits less debits of each of these accounts, by order."""
    nets: dict[UUID, dict[str, int]] = {}
    for t in transfers:
        for code, amount in ((t.credit.code, t.amount_minor), (t.debit.code, -t.amount_minor)):
            if code in codes:
                mine = nets.setdefault(t.subject_id, {})
                mine[code] = mine.get(code, 0) + amount
    return nets
