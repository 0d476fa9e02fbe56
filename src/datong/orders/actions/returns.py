"""Goods come back: asked for, approved, received at any store or by parcel; then their money goes back.

Where the goods went and how the money went back are two records: the one never waits for the other to be written.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any
from uuid import UUID

from datong.access.types import Approval, Asker
from datong.fulfilment.api import LEFT, tasks_of
from datong.inventory.api import receive
from datong.inventory.types import StockRow
from datong.kernel import clock, outbox
from datong.kernel.db import execute, in_brand, rows
from datong.kernel.errors import BadInput, BadValue, Conflict, NotFound, Problem
from datong.kernel.ids import uuid7
from datong.kernel.once import once
from datong.orders import rules
from datong.orders.actions.approvals import ask_to_give_back
from datong.orders.actions.notes import note, record
from datong.orders.actions.paid import lock
from datong.orders.actions.withdraw import leaving
from datong.orders.events import ReturnChanged
from datong.orders.queries.page import OrderView, order_page
from datong.orders.queries.returns import get_return, returned_units
from datong.orders.queries.withdrawn import goods_paid, paid_lines
from datong.orders.types.returns import Return, ReturnState, ReturnWay
from datong.payments.api import refunds_of

MAX_LINES = 40
LIVE = (ReturnState.REQUESTED, ReturnState.APPROVED)

PUT = """
    INSERT INTO orders_return (brand_id, id, order_id, state, how, reason, amount_minor, currency, asked_by, asked_at,
                               decided_by, decided_at, note, received_by, back_minor)
    VALUES (%(brand)s, %(id)s, %(order)s, %(state)s, %(how)s, %(reason)s, %(amount)s, %(currency)s, %(who)s, %(now)s,
            %(decided)s, %(decided_at)s, '', '', 0)
"""
PUT_LINES = """
    INSERT INTO orders_returnline (brand_id, returned_id, line_no, units, shelf, written_off)
    SELECT %(brand)s, %(id)s, x.line_no, x.units, 0, 0
      FROM unnest(%(nos)s::smallint[], %(units)s::int[]) x(line_no, units)
"""


def ask_return(
    order_id: UUID,
    *,
    units: Mapping[int, int],
    reason: str,
    key: str,
    brand: UUID,
    who: str,
    how: ReturnWay = ReturnWay.STORE,
    approved: bool = False,
) -> Return:
    """Ask to give back units (line number -> units) that the customer has; the same key again is the same return.

    `approved`: staff say yes with it. Units that are on their way back already count, so that never more come back
    than were sold, however many ask at once. Raises BadInput naming the line, Conflict while the goods are not handed
    over (then they are taken out of the order instead).
    """
    _check_reason(reason)

    def work() -> str:
        if lock([order_id], brand).get(order_id) is None:
            raise NotFound(f"no order {order_id}")
        order = order_page(brand, order_id)
        _check_handed(order, units, brand)
        amount = _worth(order, units, brand)
        made, state = uuid7(), ReturnState.APPROVED if approved else ReturnState.REQUESTED
        about: dict[str, Any] = {"brand": brand, "id": made, "order": order_id, "state": state.value, "how": how.value}
        about |= {"reason": reason.strip(), "amount": amount, "currency": order.currency, "who": who[:120]}
        now = clock.now()
        decided = {"decided": who[:120] if approved else "", "decided_at": now if approved else None}
        execute(PUT, {**about, "now": now, **decided})
        execute(PUT_LINES, {"brand": brand, "id": made, "nos": [*units], "units": [*units.values()]})
        _tell(get_return(brand, made), order, "return_asked", who, reason, brand)
        return str(made)

    with in_brand(brand):
        asked = [str(order_id), sorted(units.items()), how.value]
        return get_return(brand, UUID(once("orders.return", key, asked, work)))


def _check_reason(reason: str) -> None:
    if not reason.strip() or len(reason) > 300:
        raise BadValue("/reason", reason[:80], "a few words on why, at most 300 characters")


def _check_handed(order: OrderView, units: Mapping[int, int], brand: UUID) -> None:
    if not 0 < len(units) <= MAX_LINES:
        raise BadValue("/lines", len(units), f"1 to {MAX_LINES} lines at once")
    if order.state == "completed":
        return
    left = {task.store_id for task in tasks_of(brand, [order.id]) if task.state in LEFT}
    for line in order.lines:
        stores: set[UUID | None] = {store for store, _ in line.stores} or {order.store_id}
        if line.line_no in units and (order.state == "cancelled" or not stores <= left):
            raise Conflict("these units have not been handed over: take them out of the order instead")


def _worth(order: OrderView, units: Mapping[int, int], brand: UUID) -> int:
    """What was paid for the units; reckoned over all that came back before, so that unit by unit is the same cent."""
    before = returned_units(brand, order.id)
    lines = [replace(line, withdrawn=line.withdrawn + before.get(line.line_no, 0)) for line in paid_lines(order)]
    rules.check_units(lines, units)
    goods, added = goods_paid(order)
    return rules.worth_minor(lines, rules.paid_minor(lines, goods, added=added), units)


LOCK = "SELECT order_id FROM orders_return WHERE brand_id = %(brand)s AND id = %(id)s"


def _locked(return_id: UUID, brand: UUID) -> tuple[Return, OrderView]:
    """The return as it stands, with its order locked: all that happens to an order's money goes one by one."""
    found = rows(LOCK, {"brand": brand, "id": return_id})
    if not found:
        raise NotFound(f"no return {return_id}")
    lock([found[0][0]], brand)
    return get_return(brand, return_id), order_page(brand, found[0][0])


DECIDE = """
    UPDATE orders_return SET state = %(state)s, decided_by = %(who)s, decided_at = %(now)s, note = %(note)s
     WHERE brand_id = %(brand)s AND id = %(id)s
"""


def decide_return(return_id: UUID, *, approve: bool, brand: UUID, who: str, why: str = "") -> Return:
    """Say yes or no to a return that was asked for; the same word again changes nothing, another is a Conflict."""
    wanted = ReturnState.APPROVED if approve else ReturnState.REFUSED
    if not approve:
        _check_reason(why)
    return _decide(return_id, wanted, (ReturnState.REQUESTED,), brand=brand, who=who, why=why)


def withdraw_return(return_id: UUID, *, brand: UUID, who: str) -> Return:
    """The customer keeps the goods; a Conflict once they came."""
    return _decide(return_id, ReturnState.WITHDRAWN, LIVE, brand=brand, who=who, why="")


def _decide(
    return_id: UUID, wanted: ReturnState, before: tuple[ReturnState, ...], *, brand: UUID, who: str, why: str
) -> Return:
    with in_brand(brand):
        found, order = _locked(return_id, brand)
        if found.state is wanted:
            return found
        if found.state not in before:
            raise Conflict(f"this return is {found.state} already")
        key = {"brand": brand, "id": return_id, "state": wanted.value, "who": who[:120], "note": why[:300]}
        execute(DECIDE, {**key, "now": clock.now()})
        made = get_return(brand, return_id)
        _tell(made, order, f"return_{wanted.value}", who, why or found.reason, brand)
        return made


RECEIVED = """
    UPDATE orders_return SET state = 'received', store_id = %(store)s, received_by = %(who)s, received_at = %(now)s
     WHERE brand_id = %(brand)s AND id = %(id)s
"""
WENT = """
    UPDATE orders_returnline l SET shelf = x.shelf, written_off = x.units - x.shelf, units = x.units
      FROM unnest(%(nos)s::smallint[], %(units)s::int[], %(shelf)s::int[]) x(line_no, units, shelf)
     WHERE l.brand_id = %(brand)s AND l.returned_id = %(id)s AND l.line_no = x.line_no
"""


def receive_return(return_id: UUID, *, store_id: UUID, shelf: Mapping[int, int], brand: UUID, who: str) -> Return:
    """The goods are here, at whatever store: `shelf` says how many units of each line can be sold again, the others
    are written off. Twice is once. Raises BadValue for more than come back, Conflict when nobody said yes."""
    with in_brand(brand):
        found, order = _locked(return_id, brand)
        if found.state is ReturnState.RECEIVED:
            return found
        if found.state is not ReturnState.APPROVED:
            raise Conflict(f"this return is {found.state}: it is approved before the goods are taken")
        wrong = [
            Problem(f"/shelf/{line.line_no}", "units", f"0 to {line.units} units", shelf.get(line.line_no))
            for line in found.lines
            if not 0 <= shelf.get(line.line_no, 0) <= line.units
        ]
        if wrong or set(shelf) - {line.line_no for line in found.lines}:
            raise BadInput(
                "more than comes back", *(wrong or [Problem("/shelf", "no_such_line", "lines of the return")])
            )
        back = {line.line_no: shelf.get(line.line_no, 0) for line in found.lines}
        execute(RECEIVED, {"brand": brand, "id": return_id, "store": store_id, "who": who[:120], "now": clock.now()})
        went = {"nos": [*back], "units": [line.units for line in found.lines], "shelf": [*back.values()]}
        execute(WENT, {"brand": brand, "id": return_id, **went})
        _shelve(order, back, store_id, return_id, brand)
        made = get_return(brand, return_id)
        _tell(made, order, "return_received", who, found.reason, brand)
        return made


def _shelve(order: OrderView, back: Mapping[int, int], store_id: UUID, return_id: UUID, brand: UUID) -> None:
    """Onto the shelf of the store that has them now, whoever sold them."""
    units: dict[UUID, int] = {}
    for line in order.lines:
        for item, each in leaving(line).items():
            units[item] = units.get(item, 0) + each * back.get(line.line_no, 0)
    goods = [StockRow(store_id, item, n) for item, n in sorted(units.items()) if n]
    if goods:
        receive(brand, goods, subject=return_id, reason="return")


BACK = """
    UPDATE orders_return SET approval_id = %(approval)s, back_minor = %(amount)s
     WHERE brand_id = %(brand)s AND id = %(id)s AND approval_id IS NULL
"""


def refund_return(
    return_id: UUID,
    *,
    brand: UUID,
    by: Asker,
    shown: Callable[[int], str],
    href: str,
    amount_minor: int | None = None,
) -> Approval:
    """Ask that the money of goods that came back goes back: at once within the asker's limit, else after a second
    person's word. Once for a return, whoever asks; a Conflict when nothing is left of the payment.

    Without an amount what was paid for the units, at most what is left of the payment.
    """
    with in_brand(brand):
        found, order = _locked(return_id, brand)
        if found.state is not ReturnState.RECEIVED:
            raise Conflict("the goods are not here yet")
        left = order.total_minor - sum(made.amount_minor for made in refunds_of(brand, [order.id]))
        if found.approval_id is not None:
            amount: int = found.back_minor
        else:
            amount = min(found.amount_minor, left) if amount_minor is None else amount_minor
        if not amount:
            raise Conflict("nothing is left of the payment to give back")
        asked = ask_to_give_back(
            order.id,
            amount_minor=amount,
            reason=found.reason,
            key=f"return {return_id}",
            brand=brand,
            by=by,
            shown=shown,
            href=href,
        )
        execute(BACK, {"brand": brand, "id": return_id, "approval": asked.id, "amount": amount})
        return asked


EXCHANGE = """
    UPDATE orders_return SET exchange_id = %(order)s
     WHERE brand_id = %(brand)s AND id = %(id)s AND (exchange_id IS NULL OR exchange_id = %(order)s) RETURNING id
"""


def exchange_for(return_id: UUID, order_id: UUID, *, brand: UUID, who: str) -> Return:
    """A new order came in place of what goes back; a return has one exchange."""
    with in_brand(brand):
        _, order = _locked(return_id, brand)
        new = order_page(brand, order_id)
        if not rows(EXCHANGE, {"brand": brand, "id": return_id, "order": order_id}):
            raise Conflict("another order came in place of this return already")
        said: dict[str, Any] = {"exchange": new.number}
        note([order.id], "exchanged", brand=brand, who=who, detail=said)
        note([new.id], "exchanged", brand=brand, who=who, detail={"for": order.number})
        record(brand, order.id, "order.exchange", who=who, reason="", after=said)
        return get_return(brand, return_id)


def _tell(made: Return, order: OrderView, kind: str, who: str, reason: str, brand: UUID) -> None:
    titles = {line.line_no: line.title or line.sku for line in order.lines}
    lines = [{"line_no": x.line_no, "title": titles[x.line_no], "units": x.units} for x in made.lines]
    note([order.id], kind, brand=brand, who=who, reason=reason, detail={"lines": lines})
    went = {x.line_no: (x.shelf, x.written_off) for x in made.lines} if made.received_at else None
    units = {titles[x.line_no][:64]: x.units for x in made.lines}
    after = {"state": made.state, "units": units, "amount_minor": made.amount_minor, "shelf_and_off": went}
    record(brand, order.id, "order.return", who=who, reason=reason, after=after)
    outbox.emit(ReturnChanged(order.id, made.id, made.state.value, made.store_id))
