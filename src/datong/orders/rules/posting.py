"""What an order posts: sold, given back, cancelled, complete."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

from datong.catalog.types import TaxedPart
from datong.catalog.types import given_back as tax_back
from datong.kernel.money import split_minor
from datong.ledger.types import Account, AccountKind, Rulebook, Transfer
from datong.orders.rules.booking import ADDED, Booked, difference
from datong.payments.types import PaymentMethod

WALLET = "clearing:wallet"
_RECEIVED = {PaymentMethod.PLATFORM: "received.platform", PaymentMethod.PREPAID: "received.prepaid"}


def received_at(payment: PaymentMethod, channel: str, book: Rulebook, day: date) -> str:
    """The account a payment comes to, and a refund leaves from."""
    if payment is PaymentMethod.STORED_VALUE:
        return WALLET  # where the wallet puts what it took for the order: zero
    return book.account(_RECEIVED.get(payment, "received.counter"), day, channel=channel)


OWN = frozenset({"payment", "merchant_subsidy", "goods", "discount", "tax", "packaging", "delivery", "commission",
                 "difference", "refund", "refunded", "earned"})  # fmt: skip
"""The kinds of transfers that orders post. What others post about an order (its points, what the wallet took, what
companies owe each other) is theirs: they take it back when they hear of it."""


def own(transfers: Iterable[Transfer]) -> list[Transfer]:
    return [transfer for transfer in transfers if transfer.kind in OWN]


@dataclass(frozen=True, slots=True)
class Posting:
    """`jurisdiction`: whose tax it is, None for what is no tax."""

    kind: str
    debit: str
    credit: str
    amount_minor: int
    jurisdiction: str | None = None


NOBODY = "all"
"""What stands for no jurisdiction in particular where a name is needed."""


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
    it owes us. Each jurisdiction's tax is a row of its own. An unexplained difference goes to its own account, beside
    the finding. The brand's rules say which accounts.
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
        ("goods", f"sale.goods{owed}", a.goods - booked.inside_minor(TaxedPart.GOODS)),
        ("discount", "sale.discount", sum(line.discount_minor for line in booked.lines)),
        ("packaging", f"sale.packaging{owed}", a.packaging - booked.inside_minor(TaxedPart.PACKAGING)),
        ("delivery", f"sale.delivery{owed}", a.delivery - booked.inside_minor(TaxedPart.DELIVERY)),
        ("commission", "sale.commission", a.commission),
        ("difference", "sale.difference", abs(residual)),
    )
    posted = []
    for code, tax in _by_jurisdiction(booked).items():
        if tax > 0:
            debit, credit = book.legs("sale.tax", day, jurisdiction=code or NOBODY, **given)
            posted.append(Posting("tax", debit, credit, tax, code))
    for kind, event, amount in rows:
        if amount > 0:
            debit, credit = book.legs(event, day, **given)
            if kind == "difference" and residual < 0:
                debit, credit = credit, debit
            if debit:
                posted.append(Posting(kind, debit, credit, amount))
    return posted


def _by_jurisdiction(booked: Booked) -> dict[str, int]:
    sums: dict[str, int] = {}
    for share in booked.taxes:
        code = "" if share.jurisdiction == ADDED else share.jurisdiction
        sums[code] = sums.get(code, 0) + share.tax_minor
    return sums


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
    amount_minor: int,
    posted: Sequence[Transfer],
    *,
    before_minor: int = 0,
    completed: bool,
    book: Rulebook,
    day: date,
) -> list[Posting]:
    """What a refund lowers, read off what was posted; the credit is what is owed back now.

    Each jurisdiction's tax goes in proportion to what the order was worth, reckoned over all its refunds together, so
    that many small ones lower it as one large one does. The rest lowers what was earned; before the order is complete,
    what is still owed to the customer (goods, packaging, delivery, each in proportion and none below zero): what is
    left is earned later.
    """
    refunds = book.account("refunds", day)
    worth = sum(t.amount_minor for t in posted if t.kind in WORTH)

    taxes: dict[str, int] = {}
    for t in posted:
        if t.kind == "tax":
            code = t.dimensions.get("jurisdiction", NOBODY)
            taxes[code] = taxes.get(code, 0) + t.amount_minor
    back = tax_back([*taxes.values()], before_minor, amount_minor, worth)
    parts, rest = [], amount_minor
    for code, part in zip(taxes, back, strict=True):
        tax = min(part, rest)
        rest -= tax
        debit, credit = book.legs("refund.tax", day, refunds=refunds, jurisdiction=code)
        parts.append(Posting("refund", debit, credit, tax, "" if code == NOBODY else code))
    standing = {} if completed else {code: n for code, n in still_owed(posted).items() if n > 0}
    if standing:
        shared = min(rest, sum(standing.values()))
        rest -= shared
        each = split_minor(shared, [*standing.values()])
        parts += [Posting("refund", code, refunds, n) for code, n in zip(standing, each, strict=True)]
    parts.append(Posting("refund", *book.legs("refund.goods", day, refunds=refunds), rest))
    return [part for part in parts if part.amount_minor > 0]


def owed(transfers: Iterable[Transfer], book: Rulebook) -> dict[UUID, dict[str, int]]:
    """What is owed back to the payer of each order, by the account it stands on."""
    return _nets(transfers, book.ever("refunds"))


def receivable_of(transfers: Iterable[Transfer], book: Rulebook) -> str | None:
    """The account where what an order still has to be paid stands; None when there is none."""
    ever = book.ever("receivable")
    return next((t.debit.code for t in transfers if t.kind == "payment" and t.debit.code in ever), None)


EARNED = {"goods": "sale.goods", "packaging": "sale.packaging", "delivery": "sale.delivery"}
WORTH = {*EARNED, "tax"}
"""The kinds of transfers that say what an order is worth, whoever pays for it."""


def _owing(transfers: Iterable[Transfer]) -> dict[str, str]:
    """The accounts on which orders stand that are not handed over, with the event that earns them.

    Read off what was posted: an order is earned from where it was put, whatever the rules have become since.
    """
    owing: dict[str, str] = {}
    for t in transfers:
        if t.kind in EARNED and t.credit.kind is not AccountKind.INCOME:
            owing.setdefault(t.credit.code, EARNED[t.kind])
    return owing


def still_owed(transfers: Sequence[Transfer]) -> dict[str, int]:
    """What one order still owes its customer, by account, in the order in which it was posted."""
    owing = _owing(transfers)
    nets = _nets(transfers, owing)
    return {code: sum(mine.get(code, 0) for mine in nets.values()) for code in owing}


def earned(
    transfers: Sequence[Transfer], book: Rulebook, days: Mapping[UUID, date]
) -> list[tuple[UUID, str, str, int]]:
    """What becomes income when these orders are complete, each on its day: (order, debit, credit, amount)."""
    owing = _owing(transfers)
    return [
        (order, code, book.legs(owing[code], days[order])[1], amount)
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
