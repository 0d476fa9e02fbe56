"""An order that somebody fetches at the counter: paid there where it was still open, then handed over."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from datong.books.api import move_cash
from datong.books.types import DrawerKind, DrawerMove
from datong.brand.api import list_channels
from datong.fulfilment.api import advance, tasks_of
from datong.fulfilment.types import FulfilmentKind, TaskState
from datong.kernel.errors import BadValue, Conflict
from datong.ledger.api import post, rulebook
from datong.orders.api import OrderView, order_page, pay
from datong.payments.types import AttemptOutcome, PaymentMethod
from datong.tills import rules
from datong.tills.actions.sales import TERMINAL, moved, sum_of
from datong.tills.actions.told import At
from datong.tills.types import AT_COUNTER, Fact


def hand_over(brand: UUID, at: At, fact: Fact, said: rules.Handed) -> dict[str, Any]:
    """Take what is still to be paid and end the store's task, in the open transaction.

    Raises NotFound, BadValue for an order that is not fetched here or is not paid by what was taken, Conflict for one
    that was cancelled or paid meanwhile.
    """
    order = order_page(brand, said.number)
    here = [task for task in tasks_of(brand, [order.id])
            if task.store_id == at.device.store_id and task.kind is FulfilmentKind.PICKUP]  # fmt: skip
    if not here:
        raise BadValue("number", said.number, "an order that is fetched at this store", code="not_here")
    paid = sum(tender.amount_minor for tender in said.tenders)
    due = 0 if order.paid else order.total_minor
    if paid != due:
        raise BadValue("tenders", paid, f"{due}: what is still to be paid", code="not_paid")
    if due:
        _take(brand, at, fact, said, order)
    advance([here[-1].id], TaskState.DONE, brand=brand, by=fact.by, stores={at.device.store_id})
    return {"order_id": order.id, "number": order.number}


def _take(brand: UUID, at: At, fact: Fact, said: rules.Handed, order: OrderView) -> None:
    if PaymentMethod(order.payment) not in AT_COUNTER:
        raise BadValue("tenders", order.total_minor, "an order that is paid at the store", code="not_paid_here")
    slip = next((tender.reference for tender in said.tenders if tender.reference), "")
    outcome = pay(order.id, amount_minor=order.total_minor, provider_ref=slip, brand=brand, who=fact.by)
    if outcome is not AttemptOutcome.PAID:
        raise Conflict(f"the payment came to {outcome.value}: look at the order")
    book = rulebook(brand)
    day = book.business_date(fact.at, at.device.store_id)
    codes = {channel.id: channel.code for channel in list_channels(brand)}
    counter = book.account("received.counter", day, channel=codes[order.channel_id])
    cash, card = sum_of(said.tenders, "cash"), sum_of(said.tenders, TERMINAL)
    if card:
        dimensions = {"store": str(at.device.store_id), "channel": str(order.channel_id)}
        move = (book.account("received.terminal", day), counter, card)
        post([moved(at, order.id, day, move, dimensions)], brand=brand, late=True)
    if cash and fact.shift_id is not None:
        kept = DrawerMove(fact.id, fact.shift_id, DrawerKind.SALE, cash, fact.at, fact.by, subject_id=order.id)
        move_cash(brand, at.till, kept)
