"""Cash at the door: the order is paid, and the money is the courier's to hand in until a store has it."""

from __future__ import annotations

from uuid import UUID

from datong.kernel import clock
from datong.kernel.db import in_brand
from datong.kernel.ids import uuid7
from datong.ledger.api import post, rulebook
from datong.ledger.types import Account, Transfer
from datong.orders import rules
from datong.orders.actions.paid import lock, pay
from datong.payments.types import AttemptOutcome

KIND = "courier_cash"


def owed_by(courier_id: UUID) -> str:
    """The account where a courier's cash stands."""
    return f"asset:cash:courier:{courier_id.hex}"


def take_courier_cash(
    order_id: UUID, *, amount_minor: int, task_id: UUID, courier_id: UUID, store_id: UUID, brand: UUID
) -> None:
    """An order is paid by what a courier took; the cash leaves the counter's account for the courier's.

    What was paid otherwise meanwhile is questioned as any second payment; the courier owes the cash all the same.
    """
    with in_brand(brand):
        outcome = pay(order_id, amount_minor=amount_minor, provider_ref=f"door {task_id}", brand=brand, who="courier")
        if outcome is not AttemptOutcome.REPEATED:
            _move(order_id, courier_id, store_id, amount_minor, brand, to_courier=True)


def store_courier_cash(
    order_id: UUID, *, amount_minor: int, task_id: UUID, courier_id: UUID, store_id: UUID, brand: UUID
) -> None:
    """The courier's cash of an order is in a store's drawer."""
    with in_brand(brand):
        _move(order_id, courier_id, store_id, amount_minor, brand, to_courier=False)


def _move(order_id: UUID, courier_id: UUID, store_id: UUID, amount: int, brand: UUID, *, to_courier: bool) -> None:
    order = lock([order_id], brand)[order_id]
    book = rulebook(brand)
    day = book.business_date(clock.now(), store_id)
    counter = Account(rules.received_at(order.method, order.channel, book, day), order.currency)
    courier = Account(owed_by(courier_id), order.currency)
    debit, credit = (courier, counter) if to_courier else (counter, courier)
    dimensions = {"store": str(store_id), "channel": str(order.channel_id)}
    post([Transfer(uuid7(), debit, credit, amount, KIND, order_id, day, dimensions)], brand=brand, late=True)
