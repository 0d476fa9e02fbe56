"""What a till tells beside its sales: the shift's beginning and end, cash in and out, money given back."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from datong.books.api import close_shift, move_cash, open_shift
from datong.books.types import DrawerKind, DrawerMove
from datong.kernel.errors import BadInput, BadValue, Problem
from datong.kernel.ids import uuid7
from datong.ledger.api import post, rulebook
from datong.ledger.types import Account, Transfer
from datong.orders.api import OrderView, give_back, order_page
from datong.payments.types import PaymentMethod
from datong.tills import rules
from datong.tills.actions.pickup import hand_over
from datong.tills.actions.told import At
from datong.tills.types import AT_COUNTER, Fact, Kept


def carry_out(brand: UUID, at: At, kept: Kept) -> dict[str, Any]:
    """Do what the fact says, once, in the open transaction; what is to be noted beside it."""
    fact = Fact(kept.id, kept.kind, kept.at, kept.by, kept.shift_id, kept.body)
    said = rules.read_body(fact)
    if isinstance(said, rules.Returned):
        return _give_back(brand, at, fact, said)
    if isinstance(said, rules.Handed):
        return hand_over(brand, at, fact, said)
    assert fact.shift_id is not None
    if isinstance(said, rules.Opening):
        open_shift(brand, at.till, fact.shift_id, float_minor=said.float_minor, at=fact.at, by=fact.by)
    elif isinstance(said, rules.Cash):
        kind = DrawerKind(said.kind)
        amount = said.amount_minor if kind is DrawerKind.PAID_IN else -said.amount_minor
        move_cash(brand, at.till, DrawerMove(fact.id, fact.shift_id, kind, amount, fact.at, fact.by, said.reason))
    elif isinstance(said, rules.Closing):
        pieces = _pieces(said.pieces)
        close_shift(brand, at.till, fact.shift_id, pieces, at=fact.at, by=fact.by, note=said.note)
    return {}


def _pieces(said: dict[str, int]) -> dict[int, int]:
    wrong = next((face for face in said if not (face.isascii() and face.isdigit() and len(face) < 12)), None)
    if wrong is not None:
        raise BadInput(
            "this count cannot be", Problem("/pieces", "bad_value", "face values in minor units", wrong[:40])
        )
    return {int(face): count for face, count in said.items()}


def _give_back(brand: UUID, at: At, fact: Fact, said: rules.Returned) -> dict[str, Any]:
    order = order_page(brand, said.number)
    counter = PaymentMethod(order.payment) in AT_COUNTER
    if said.cash and not counter:
        fix = "give it back the way it was paid: without cash"
        raise BadValue("cash", said.cash, fix, code="not_paid_in_cash")
    made = give_back(
        order.id, amount_minor=said.amount_minor, reason=said.reason, key=f"till {fact.id}", brand=brand, who=fact.by,
        done=said.cash,
    )  # fmt: skip
    if said.cash and not made.repeat:
        if order.store_id is not None and order.store_id != at.device.store_id:
            _paid_here(brand, at, fact, said, order)
        if fact.shift_id is not None:
            move = DrawerMove(fact.id, fact.shift_id, DrawerKind.REFUND, -said.amount_minor, fact.at, fact.by,
                              subject_id=order.id)  # fmt: skip
            move_cash(brand, at.till, move)
    return {"order_id": order.id, "number": order.number}


BETWEEN = "clearing:tills"


def _paid_here(brand: UUID, at: At, fact: Fact, said: rules.Returned, order: OrderView) -> None:
    """The refund lowers the cash of the store that sold; it was this store's drawer that paid it."""
    book = rulebook(brand)
    day = book.business_date(fact.at, at.device.store_id)
    code = Account(book.account("received.counter", day, channel=at.channel), at.currency)
    between = Account(BETWEEN, at.currency)
    sides = ((between, code, at.device.store_id), (code, between, order.store_id))
    post(
        [
            Transfer(uuid7(), debit, credit, said.amount_minor, "tender", order.id, day, {"store": str(store)})
            for debit, credit, store in sides
        ],
        brand=brand,
        late=True,
    )
