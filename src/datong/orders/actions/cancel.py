"""An order that will not be: its stock is free again, its postings are taken back, its money is owed to the payer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from datong.fulfilment.api import LEFT, cancel_tasks, lock_tasks
from datong.inventory.api import release
from datong.kernel import clock, outbox
from datong.kernel.db import execute, in_brand, rows
from datong.kernel.errors import BadValue, Conflict, NotFound
from datong.kernel.ids import uuid7
from datong.ledger.api import post, rulebook, transfers_of
from datong.orders import rules
from datong.orders.actions.notes import note, record
from datong.orders.events import OrderCancelled
from datong.payments.api import end_intents, refund, refunds_of
from datong.payments.types import PaymentMethod, RefundAsk
from datong.wallet.api import give_back_payment

OPEN = ("assigned", "backorder", "review")


@dataclass(frozen=True, slots=True)
class _Row:
    id: UUID
    state: str
    paid: bool
    payment: PaymentMethod
    sold_elsewhere: bool
    total_minor: int
    currency: str


LOCK = """
    SELECT id, state, paid, payment, amounts IS NOT NULL, total_minor, currency FROM orders_order
     WHERE brand_id = %(brand)s AND id = ANY(%(orders)s::uuid[]) ORDER BY id FOR UPDATE
"""


def cancel(order_id: UUID, *, brand: UUID, who: str, reason: str, by_channel: bool = False) -> bool:
    """Cancel an order before its goods leave; False when it was cancelled already.

    Its stock is free again and its tasks are taken back at once, every posting is taken back and what was paid is
    owed to the customer: a refund that is due, or done when the channel it was paid at gives it back (`by_channel`,
    and always for a platform's payment). Raises Conflict when goods have left already: that is a return, and BadValue
    without a reason.
    """
    if not reason.strip() or len(reason) > 300:
        raise BadValue("reason", reason[:80], "a few words on why, at most 300 characters")
    with in_brand(brand):
        found = _lock([order_id], brand)
        if not found:
            raise NotFound(f"no order {order_id}")
        if found[0].state == "cancelled":
            return False
        if found[0].state not in OPEN or any(task.state in LEFT for task in lock_tasks([order_id], brand=brand)):
            raise Conflict("the goods have left the store: take them back as a return instead")
        _cancel(found, brand=brand, who=who, reason=reason, by_channel=by_channel)
        was = {"state": found[0].state, "total_minor": found[0].total_minor, "paid": found[0].paid}
        record(brand, order_id, "order.cancel", who=who, reason=reason, before=was, after={"state": "cancelled"})
        return True


def cancel_unpaid(order_ids: Sequence[UUID], *, brand: UUID, actor: str) -> list[UUID]:
    """Cancel orders whose hold ran out before anybody paid; paid ones and those done are left alone."""
    with in_brand(brand):
        gone = [
            row
            for row in _lock(order_ids, brand)
            if row.state in OPEN
            and not row.paid
            and not row.sold_elsewhere
            and row.payment in (PaymentMethod.PREPAID, PaymentMethod.PAY_AT_STORE, PaymentMethod.STORED_VALUE)
        ]
        _cancel(gone, brand=brand, who=actor, reason="not_paid_in_time", by_channel=False)
        return [row.id for row in gone]


def _lock(order_ids: Sequence[UUID], brand: UUID) -> list[_Row]:
    return [
        _Row(id_, state, paid, PaymentMethod(payment), sold, total, currency)
        for id_, state, paid, payment, sold, total, currency in rows(LOCK, {"brand": brand, "orders": list(order_ids)})
    ]


CANCEL = """
    UPDATE orders_order SET state = 'cancelled' WHERE brand_id = %(brand)s AND id = ANY(%(orders)s::uuid[])
"""


def _cancel(found: Sequence[_Row], *, brand: UUID, who: str, reason: str, by_channel: bool) -> None:
    if not found:
        return
    ids = [row.id for row in found]
    execute(CANCEL, {"brand": brand, "orders": ids})
    note(ids, "cancelled", brand=brand, who=who, reason=reason, state="cancelled")
    cancel_tasks(ids, brand=brand)
    end_intents(ids, brand=brand)
    release(ids, brand=brand, how="cancelled")
    owed = {row.id for row in found if row.paid and row.payment is not PaymentMethod.PLATFORM}
    book, now = rulebook(brand), clock.now()
    # Money that went back to its payer stays there.
    posted = [
        t
        for t in rules.own(posted.transfer for posted in transfers_of(brand, ids))
        if not (t.kind == "refunded" and t.subject_id in owed)
    ]
    back = []
    for t in posted:
        day = book.day_at(now, t.dimensions)
        refunds = book.account("refunds", day) if t.subject_id in owed else ""
        back.append(rules.taken_back(t, uuid7(), day, refunds=refunds, receivable=book.ever("receivable")))
    post(back, brand=brand, late=True)
    _give_back_rest(found, brand, who, reason, by_channel)
    outbox.emit(*(OrderCancelled(id_, reason) for id_ in ids))


def _give_back_rest(found: Sequence[_Row], brand: UUID, who: str, reason: str, by_channel: bool) -> None:
    """What was paid and is not given back yet goes back to whoever paid."""
    paid = [row for row in found if row.paid]
    before: dict[UUID, int] = {}
    for each in refunds_of(brand, [row.id for row in paid]):
        before[each.order_id] = before.get(each.order_id, 0) + each.amount_minor
    for row in paid:
        rest = row.total_minor - before.get(row.id, 0)
        if rest <= 0:
            continue
        stored = row.payment is PaymentMethod.STORED_VALUE
        done = by_channel or stored or row.payment is PaymentMethod.PLATFORM
        made = refund(RefundAsk(row.id, rest, row.currency, reason, "cancelled", done=done), brand=brand, by=who)
        if stored:
            key = f"order {row.id} cancelled"
            give_back_payment(row.id, rest, row.currency, brand=brand, key=key, refund_id=made.id)
