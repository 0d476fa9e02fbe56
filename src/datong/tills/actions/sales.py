"""Sales of a till: through the inbox to the order book; how they were paid, to the accounts where the money is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

import msgspec

from datong.access.types import Client
from datong.books.api import move_cash
from datong.books.types import DrawerKind, DrawerMove
from datong.integration.api import take_sales
from datong.kernel.db import in_brand
from datong.kernel.errors import BadInput, DatongError, Problem
from datong.kernel.ids import uuid7
from datong.ledger.api import post, rulebook
from datong.ledger.types import Account, Transfer
from datong.orders.types import Accepted, Outcome, Refused, Repeated
from datong.tills import rules
from datong.tills.actions.discounts import is_allowed
from datong.tills.actions.told import At, lock, mark
from datong.tills.types import Fact, FactState, Kept
from datong.wallet.api import authorise
from datong.wallet.types.paying import PayAsk, TakeKind, Tender

TERMINAL = "terminal"
SAID = ("lines", "tax_added_minor", "total_minor", "member", "note")


@dataclass(slots=True)
class _Sale:
    """A sale under way. `body` None: how it was paid cannot be read. `paid_with`: the wallet's payment, '' for none."""

    kept: Kept
    fact: Fact
    body: rules.Sold | None = None
    paid_with: str = ""
    problems: tuple[Problem, ...] = ()


def sell(client: Client, at: At, facts: Sequence[tuple[Kept, Fact]]) -> None:
    """Take sales that have happened: one batch for the order book, then each is marked with what it did to the money.

    What is refused is in the inbox with its reasons. Safe to repeat: the order is taken once by the till's id, the
    rest under the fact's lock.
    """
    if not facts:
        return
    sales = [_read(client, at, _Sale(kept, fact)) for kept, fact in facts]
    bodies = [_wire(at, sale) for sale in sales]
    answer = take_sales(client, bodies, {})
    for sale, outcome, inbox_id in zip(sales, answer.outcomes, answer.inbox_ids, strict=True):
        with in_brand(client.brand_id):
            _settle(client.brand_id, at, sale, outcome, inbox_id)


def _read(client: Client, at: At, sale: _Sale) -> _Sale:
    try:
        sale.body = rules.read_body(sale.fact)
    except BadInput as error:
        sale.problems = error.problems
        return sale
    if not is_allowed(client.brand_id, at.device.store_id, sale.fact.by, sale.body.by_hand_minor, sale.body.approved):
        fix = "a word of who allowed it: it is more than the role may take off alone"
        sale.problems = (Problem("/by_hand_minor", "over_limit", fix, sale.body.by_hand_minor),)
    wallet = next((tender for tender in sale.body.tenders if tender.kind == "wallet"), None)
    if wallet is not None:
        _pay(client, at, sale, sale.body, wallet)
    return sale


def _pay(client: Client, at: At, sale: _Sale, body: rules.Sold, wallet: rules.Tender) -> None:
    """A payment that was made with network is named; what was shown without is taken now, whatever the balance.

    What nobody can be found for stands as a shortfall: the goods are gone.
    """
    if wallet.payment_id is not None:
        sale.paid_with = str(wallet.payment_id)
        return
    sale.paid_with = str(sale.fact.id)  # a payment that nobody knows covers nothing
    others = tuple(
        Tender(TakeKind.CASH, t.amount_minor)
        if t.kind == "cash"
        else Tender(TakeKind.PROVIDER, t.amount_minor, TERMINAL, t.reference or str(sale.fact.id))
        for t in body.tenders
        if t.kind != "wallet" and t.amount_minor
    )
    ask = PayAsk(
        body.total_minor, at.currency, f"till {sale.fact.id}", wallet.code, tenders=others,
        store_id=at.device.store_id, taken_at=sale.kept.at,
    )  # fmt: skip
    try:
        made = authorise(ask, brand=client.brand_id, by=sale.fact.by, asker=f"client {client.id}")
        sale.paid_with = str(made.id)
    except DatongError as error:
        found = error.problems or (Problem("/tenders", error.code, str(error)[:200]),)
        sale.problems = (*sale.problems, *found)


def _wire(at: At, sale: _Sale) -> bytes:
    """The sale in the words of `integration.wire.till`."""
    said = dict(sale.fact.body)
    told = {name: said.get(name) for name in (*SAID, "tenders")}
    return msgspec.json.encode(
        {
            "device": str(at.device.id),
            "till": at.device.name,
            "store": at.store,
            "currency": at.currency,
            "id": str(sale.fact.id),
            "at": sale.kept.at.isoformat(),
            "by": sale.fact.by,
            "paid_with": sale.paid_with,
            "sale": {name: value for name, value in told.items() if value is not None},
        }
    )


def _settle(brand: UUID, at: At, sale: _Sale, outcome: Outcome, inbox_id: UUID) -> None:
    now = lock(brand, [sale.kept.id])[sale.kept.id]
    if now.state not in (FactState.RECEIVED, FactState.REFUSED):
        return
    if sale.body is not None and now.state is FactState.RECEIVED:
        _drawer(brand, at, sale.kept, sale.body)
    match outcome:
        case Accepted():
            if sale.body is not None:
                post_tenders(brand, at, now, sale.body, outcome.order_id, stored=bool(sale.paid_with))
            state = FactState.REFUSED if sale.problems else FactState.TAKEN
            mark(now.id, state, order_id=outcome.order_id, number=outcome.number, problems=sale.problems)
        case Repeated():
            problem = Problem("/id", "id_used", f"this is order {outcome.number}: look at both", str(now.id))
            mark(now.id, FactState.REFUSED, order_id=outcome.order_id, number=outcome.number, inbox_id=inbox_id,
                 problems=(problem,))  # fmt: skip
        case Refused():
            mark(now.id, FactState.REFUSED, inbox_id=inbox_id, problems=(*sale.problems, *outcome.problems))


def _drawer(brand: UUID, at: At, kept: Kept, body: rules.Sold) -> None:
    """The cash is in the drawer, whatever becomes of the order."""
    cash = sum_of(body.tenders, "cash")
    if cash and kept.shift_id is not None:
        move_cash(brand, at.till, DrawerMove(kept.id, kept.shift_id, DrawerKind.SALE, cash, kept.at, kept.by))


def post_tenders(brand: UUID, at: At, kept: Kept, body: rules.Sold, order_id: UUID, *, stored: bool) -> None:
    """The order's money came to one account as a whole; each other way it was paid has an account of its own."""
    book = rulebook(brand)
    day = book.business_date(kept.at, at.device.store_id)
    till = book.account("received.counter", day, channel=at.channel)
    terminal = book.account("received.terminal", day)
    cash, card = sum_of(body.tenders, "cash"), sum_of(body.tenders, TERMINAL)
    if stored:  # the wallet has put what was paid beside it on accounts of its own
        beside = book.account("wallet.provider", day, method=TERMINAL)
        moves = [(till, book.account("wallet.cash", day), cash), (terminal, beside, card)]
    else:
        moves = [(terminal, till, card)]
    dimensions = {"store": str(at.device.store_id), "channel": str(at.device.channel_id)}
    post([moved(at, order_id, day, move, dimensions) for move in moves if move[2] and move[0] != move[1]], brand=brand,
         late=True)  # fmt: skip


def moved(at: At, order_id: UUID, day: date, move: tuple[str, str, int], dimensions: Mapping[str, str]) -> Transfer:
    """(debit, credit, minor units) of how an order was paid."""
    debit, credit, amount = move
    sides = Account(debit, at.currency), Account(credit, at.currency)
    return Transfer(uuid7(), *sides, amount, "tender", order_id, day, dimensions)


def sum_of(tenders: Sequence[rules.Tender], kind: str) -> int:
    return sum(tender.amount_minor for tender in tenders if tender.kind == kind)
