"""Units that are taken out of an order before they are handed over: their money goes back, their stock is free."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from datong.fulfilment.api import LEFT, cancel_tasks, lock_tasks
from datong.inventory.api import lessen
from datong.kernel import clock, outbox
from datong.kernel.db import execute, in_brand, rows
from datong.kernel.errors import BadValue, Conflict, NotFound, Problem
from datong.orders.actions.cancel import OPEN, cancel
from datong.orders.actions.follow import follow
from datong.orders.actions.notes import note, record
from datong.orders.actions.paid import give_back, lock
from datong.orders.events import UnitsWithdrawn
from datong.orders.queries.page import LineView, OrderView, order_page
from datong.orders.queries.withdrawn import Worth, worth_of
from datong.payments.api import refunds_of

MAX_LINES = 40
"""Lines of one request: what the request of a second person can carry."""


@dataclass(frozen=True, slots=True)
class Withdrawn:
    """What came of it. `refund_id` is None when there was nothing to give back; `cancelled`: nothing was left of the
    order; `repeat`: this very request had been carried out before."""

    units: Mapping[int, int]
    amount_minor: int
    refund_id: UUID | None
    cancelled: bool = False
    repeat: bool = False


UNDER = """
    SELECT line_no, units, amount_minor, refund_id FROM orders_withdrawal
     WHERE brand_id = %(brand)s AND order_id = %(order)s AND key = %(key)s ORDER BY line_no
"""


def withdraw(
    order_id: UUID,
    *,
    units: Mapping[int, int],
    reason: str,
    key: str,
    brand: UUID,
    who: str,
    amount_minor: int | None = None,
    at: UUID | None = None,
) -> Withdrawn:
    """Take units (line number -> units) out of a paid order before they are handed over; the same key again is once.

    Their share of the order leaves their store's list, their stock is free at once, and what was paid for them goes
    back, or another amount that is named. `at`: whose share gets smaller first, of a line that several stores serve.
    When nothing is left the order is cancelled and all the rest goes back. Steps of the stores wait: what was handed
    over first is a Conflict (that is a return), what comes after sees less. Raises BadInput naming the line or the
    amount, Conflict when nothing was paid or the key was used for something else.
    """
    with in_brand(brand):
        found = lock([order_id], brand).get(order_id)
        if found is None:
            raise NotFound(f"no order {order_id}")
        if before := rows(UNDER, {"brand": brand, "order": order_id, "key": key}):
            return _repeat(before, units, found.state == "cancelled")
        order = order_page(brand, order_id)
        _check(order, units, reason, brand)
        worth = worth_of(brand, order, units)
        amount = _amount(amount_minor, worth)
        taken = [line for line in order.lines if line.line_no in units]
        if worth.whole:
            made = _cancel(order, brand=brand, who=who, reason=reason)
        else:
            made = _take_out(order, taken, units, amount, key=key, reason=reason, brand=brand, who=who, at=at)
        _keep(order_id, units, amount, made, key, brand)
        said = {"units": {line.sku[:64]: units[line.line_no] for line in taken}, "amount_minor": amount}
        lines = [{"line_no": x.line_no, "title": x.title or x.sku, "units": units[x.line_no]} for x in taken]
        detail = {"lines": lines, "amount_minor": amount}
        note([order_id], "withdrawn", brand=brand, who=who, reason=reason, detail=detail)
        record(brand, order_id, "order.withdraw", who=who, reason=reason, after=said)
        if not worth.whole:
            # The share that was waited for may have been the last one.
            follow([order_id], brand=brand)
        return Withdrawn(dict(units), amount, made, cancelled=worth.whole)


def _repeat(before: Sequence[tuple[int, int, int, UUID | None]], units: Mapping[int, int], gone: bool) -> Withdrawn:
    if {line_no: n for line_no, n, _, _ in before} != dict(units):
        raise Conflict(
            "this key was used for other units", Problem("key", "key_used", "a new key for a new request", None)
        )
    return Withdrawn(dict(units), before[0][2], before[0][3], cancelled=gone, repeat=True)


def _check(order: OrderView, units: Mapping[int, int], reason: str, brand: UUID) -> None:
    if not reason.strip() or len(reason) > 300:
        raise BadValue("/reason", reason[:80], "a few words on why, at most 300 characters")
    if not 0 < len(units) <= MAX_LINES:
        raise BadValue("/lines", len(units), f"1 to {MAX_LINES} lines at once")
    if order.state not in OPEN:
        raise Conflict(
            "the order was cancelled: nothing is left to take out"
            if order.state == "cancelled"
            else "the goods have left the store: take them back as a return instead"
        )
    if not order.paid:
        raise Conflict("nothing was paid for this order: cancel it, and take it again with fewer units")
    gone = {task.store_id for task in lock_tasks([order.id], brand=brand) if task.state in LEFT}
    problems = [
        Problem(f"/lines/{n}/line_no", "handed_over", "a line that is still at its store", line_no)
        for n, line_no in enumerate(units)
        for line in order.lines
        if line.line_no == line_no and gone & _stores_of(order, line)
    ]
    if problems:
        raise Conflict("these units were handed over already: take them back as a return instead", *problems)


def _amount(asked: int | None, worth: Worth) -> int:
    if asked is None:
        return worth.amount_minor
    if worth.whole and asked != worth.left_minor:
        fix = f"{worth.left_minor}, all that is left: nothing remains of the order, so it is cancelled"
        raise BadValue("/amount_minor", asked, fix)
    if not 0 <= asked <= worth.left_minor:
        raise BadValue("/amount_minor", asked, f"0 to {worth.left_minor}: that is what is left of the payment")
    return asked


def _cancel(order: OrderView, *, brand: UUID, who: str, reason: str) -> UUID | None:
    before = {made.id for made in refunds_of(brand, [order.id])}
    cancel(order.id, brand=brand, who=who, reason=reason)
    return next((made.id for made in refunds_of(brand, [order.id]) if made.id not in before), None)


def _take_out(
    order: OrderView,
    lines: Sequence[LineView],
    units: Mapping[int, int],
    amount: int,
    *,
    key: str,
    reason: str,
    brand: UUID,
    who: str,
    at: UUID | None,
) -> UUID | None:
    emptied = _lessen_shares(order, lines, units, brand, at)
    if emptied:
        kept = {store for line in order.lines for store, _ in line.stores} | {order.store_id} - {None}
        keep = [(order.id, store) for store in kept - emptied if store is not None]
        cancel_tasks([order.id], brand=brand, keep=keep)
    outbox.emit(UnitsWithdrawn(order.id, sum(units.values()), tuple(sorted(emptied))))
    if not amount:
        return None
    made = give_back(order.id, amount_minor=amount, reason=reason, key=key, brand=brand, who=who)
    if made.repeat:
        raise Conflict("this key was used for another refund", Problem("key", "key_used", "a new key", key[:80]))
    return made.id


LESSEN = """
    WITH less AS (SELECT * FROM unnest(%(nos)s::smallint[], %(stores)s::uuid[], %(units)s::int[]) x(no, store_id, units)
    ), gone AS (
        DELETE FROM orders_allocation a USING less l
         WHERE a.brand_id = %(brand)s AND a.order_id = %(order)s AND a.line_no = l.no AND a.store_id = l.store_id
           AND a.units <= l.units
    )
    UPDATE orders_allocation a SET units = a.units - l.units FROM less l
     WHERE a.brand_id = %(brand)s AND a.order_id = %(order)s AND a.line_no = l.no AND a.store_id = l.store_id
       AND a.units > l.units
"""


def _lessen_shares(
    order: OrderView, lines: Sequence[LineView], units: Mapping[int, int], brand: UUID, at: UUID | None = None
) -> set[UUID]:
    """Make the stores' shares smaller and free what they held; the stores that have nothing of the order any more."""
    less: list[tuple[int, UUID, int]] = []
    free: dict[tuple[UUID, UUID], int] = {}
    left = {(line.line_no, store): n for line in order.lines for store, n in line.stores}
    for line in lines:
        rest = units[line.line_no]
        for store, there in sorted(line.stores, key=lambda share: (share[0] != at, share)):
            n = min(rest, there)
            if n:
                rest -= n
                left[line.line_no, store] -= n
                less.append((line.line_no, store, n))
                for item, each in leaving(line).items():
                    free[store, item] = free.get((store, item), 0) + each * n
    if less:
        columns = {
            "nos": [no for no, _, _ in less],
            "stores": [s for _, s, _ in less],
            "units": [n for _, _, n in less],
        }
        execute(LESSEN, {"brand": brand, "order": order.id, **columns})
        lessen(order.id, free, brand=brand)
    busy = {store for (_, store), n in left.items() if n}
    # What is on no shelf (a service) has no share of its own: the order's store does it.
    if any(not line.stores and line.units - line.withdrawn > units.get(line.line_no, 0) for line in order.lines):
        busy |= {order.store_id} if order.store_id else set()
    return {store for line in lines for store in _stores_of(order, line)} - busy


def _stores_of(order: OrderView, line: LineView) -> set[UUID]:
    """Who serves a line; one without a share on a shelf is the order's store's."""
    return {store for store, _ in line.stores} or ({order.store_id} if order.store_id else set())


def leaving(line: LineView) -> dict[UUID, int]:
    """What leaves the shelf for one unit of a line."""
    if line.parts:
        return {UUID(part["item_id"]): part["units"] // line.units for part in line.parts}
    return {} if line.item_id is None or line.kind == "service" else {line.item_id: 1}


KEEP = """
    INSERT INTO orders_withdrawal (brand_id, order_id, line_no, key, units, amount_minor, refund_id, at)
    SELECT %(brand)s, %(order)s, x.line_no, %(key)s, x.units, %(amount)s, %(refund)s, %(now)s
      FROM unnest(%(nos)s::smallint[], %(units)s::int[]) x(line_no, units)
"""


def _keep(order_id: UUID, units: Mapping[int, int], amount: int, refund_id: UUID | None, key: str, brand: UUID) -> None:
    about = {"brand": brand, "order": order_id, "key": key, "amount": amount, "refund": refund_id, "now": clock.now()}
    execute(KEEP, {**about, "nos": [*units], "units": [*units.values()]})
