"""Cash that couriers collected at doors is owed by them until a store has it."""

from __future__ import annotations

from uuid import UUID

from datong.fulfilment.events import CashHandedIn
from datong.kernel import audit, clock, outbox
from datong.kernel.db import in_brand, rows

HAND_IN = """
    UPDATE fulfilment_delivery d SET cash_in_at = %(now)s FROM fulfilment_note n
     WHERE d.brand_id = %(brand)s AND d.courier_id = %(courier)s AND d.cash_minor > 0 AND d.cash_in_at IS NULL
       AND n.brand_id = d.brand_id AND n.task_id = d.task_id
    RETURNING d.task_id, n.order_id, d.cash_minor, n.currency
"""


def hand_in_cash(courier_id: UUID, store_id: UUID, *, brand: UUID, by: str) -> int:
    """A courier hands all the cash they owe in at a store; minor units. Twice is once: nothing is owed then."""
    now = clock.now()
    with in_brand(brand):
        done = sorted(rows(HAND_IN, {"brand": brand, "courier": courier_id, "now": now}))
        if not done:
            return 0
        total = sum(cash for _, _, cash, _ in done)
        outbox.emit(
            *(CashHandedIn(task, order, store_id, cash, money, courier_id, now) for task, order, cash, money in done)
        )
        audit.record(
            brand=brand, actor=by, verb="courier.cash", subject=f"courier {courier_id}", store_id=store_id,
            after={"amount_minor": total, "deliveries": len(done)},
        )  # fmt: skip
        return int(total)
