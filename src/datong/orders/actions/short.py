"""A store cannot give some units (部分拒单): another store gets them, or the customer is asked. Never silently."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from uuid import UUID

from datong.catalog.api import items_by_sku
from datong.fulfilment.api import ENDED, lock_tasks
from datong.fulfilment.types import FulfilmentKind
from datong.inventory.api import set_sold_out
from datong.kernel import clock, outbox
from datong.kernel.db import execute, in_brand, rows
from datong.kernel.errors import BadInput, BadValue, Conflict, NotFound, Problem
from datong.kernel.ids import uuid7
from datong.orders.actions.elsewhere import move_units
from datong.orders.actions.notes import note, record
from datong.orders.actions.paid import lock
from datong.orders.events import UnitsAsked
from datong.orders.queries.page import LineView, OrderView, order_page
from datong.orders.queries.short import questions_of
from datong.orders.types.short import Answer, Question

TIME_TO_ANSWER = timedelta(minutes=10)
MAX_REASON = 300


def report_short(
    order_id: UUID,
    *,
    store_id: UUID,
    units: Mapping[int, int],
    reason: str,
    key: str,
    brand: UUID,
    who: str,
    substitutes: Mapping[int, str] | None = None,
    off_sale: bool = True,
) -> list[Question]:
    """A store says which units (line number -> units) of its share it cannot give; what became of each line.

    A delivery's units go to another store that has them. What none has, and what is fetched at this very store, is
    asked of the customer: go without (the money goes back), take the substitute (line number -> SKU), or cancel all;
    ten minutes, then without. `off_sale`: the store's own stock says there is more, so it is taken off sale there. The
    same key again is the same answer. Raises BadInput naming the line, Conflict when the goods have left, the order
    was cancelled, or was not paid (what was not paid is refused whole).
    """
    if not reason.strip() or len(reason) > MAX_REASON:
        raise BadValue("reason", reason[:80], f"a few words on why, at most {MAX_REASON} characters")
    with in_brand(brand):
        if order_id not in lock([order_id], brand):
            raise NotFound(f"no order {order_id}")
        before = _under(order_id, key, brand)
        if before:
            return before
        order = order_page(brand, order_id)
        asked = questions_of(brand, [order_id])
        lines = _check(order, store_id, units, asked, brand)
        moved: set[int] = set()
        if order.fulfilment == FulfilmentKind.DELIVERY:
            moved = move_units(order, store_id, {x.line_no: units[x.line_no] for x in lines}, brand=brand)
        if off_sale and (items := [line.item_id for line in lines if line.item_id and not line.parts]):
            set_sold_out(brand, items, store_id=store_id, by=who, reason=reason)
        if len(moved) < len(lines) and not order.paid:
            raise Conflict(
                "this order is not paid: nothing could go back",
                Problem("order", "not_paid", "refuse the whole order, or call the customer", None),
            )
        _ask(order, store_id, lines, units, moved, substitutes or {}, reason=reason, key=key, brand=brand, who=who)
        said = {line.sku[:64]: units[line.line_no] for line in lines}
        note([order_id], "short", brand=brand, who=who, reason=reason, detail={"units": said, "moved": len(moved)})
        record(brand, order_id, "order.short", who=who, reason=reason, after={"units": said, "moved": len(moved)})
        return _under(order_id, key, brand)


UNDER = "SELECT id FROM orders_question WHERE brand_id = %(brand)s AND order_id = %(order)s AND key = %(key)s"


def _under(order_id: UUID, key: str, brand: UUID) -> list[Question]:
    mine = {row[0] for row in rows(UNDER, {"brand": brand, "order": order_id, "key": key[:120]})}
    return [one for one in questions_of(brand, [order_id]) if one.id in mine] if mine else []


def _check(
    order: OrderView, store_id: UUID, units: Mapping[int, int], asked: Sequence[Question], brand: UUID
) -> list[LineView]:
    """The lines that are named; raises as `report_short` says."""
    tasks = [task for task in lock_tasks([order.id], brand=brand) if task.store_id == store_id]
    if order.state != "assigned" or not tasks:
        raise Conflict(f"the order is {order.state}: its units are not this store's to give")
    if tasks[-1].state in ENDED:
        raise Conflict("the goods have left the store, or the order was taken back")
    share = {line.line_no: _share(line, order, store_id) for line in order.lines}
    for one in asked:
        if one.answer is None and one.store_id == store_id:
            share[one.line_no] = share.get(one.line_no, 0) - one.units
    problems = [
        Problem(f"units-{no}", "units", f"1 to {share[no]} units" if share.get(no, 0) > 0 else "another line", n)
        for no, n in units.items()
        if not 0 < n <= share.get(no, 0)
    ]
    if problems or not units:
        raise BadInput("these units are not the store's", *problems or [Problem("units", "empty", "a line", None)])
    if all(n <= units.get(no, 0) for no, n in share.items() if n):
        raise BadValue("units", len(units), "fewer: a store that has nothing of an order refuses it whole", code="all")
    return [line for line in order.lines if line.line_no in units]


def _share(line: LineView, order: OrderView, store_id: UUID) -> int:
    if line.stores:
        return sum(n for store, n in line.stores if store == store_id)
    return line.units - line.withdrawn if order.store_id == store_id else 0


ASK = """
    INSERT INTO orders_question (brand_id, id, order_id, store_id, line_no, units, title, reason, substitute_id,
                                 substitute_sku, substitute_title, key, asked_by, asked_at, deadline_at, answer,
                                 answered_by, answered_at)
    SELECT %(brand)s, q.id, %(order)s, %(store)s, q.line_no, q.units, q.title, %(reason)s, q.sub_id, q.sub_sku,
           q.sub_title, %(key)s, %(who)s::text, %(now)s::timestamptz, %(deadline)s,
           q.answer,
           CASE WHEN q.answer = '' THEN '' ELSE %(who)s::text END,
           CASE WHEN q.answer = '' THEN NULL ELSE %(now)s::timestamptz END
      FROM unnest(%(ids)s::uuid[], %(nos)s::smallint[], %(units)s::int[], %(titles)s::text[], %(sub_ids)s::uuid[],
                  %(sub_skus)s::text[], %(sub_titles)s::text[], %(answers)s::text[])
           q(id, line_no, units, title, sub_id, sub_sku, sub_title, answer)
"""


def _ask(
    order: OrderView,
    store_id: UUID,
    lines: Sequence[LineView],
    units: Mapping[int, int],
    moved: set[int],
    substitutes: Mapping[int, str],
    *,
    reason: str,
    key: str,
    brand: UUID,
    who: str,
) -> None:
    wanted = {no: sku for no, sku in substitutes.items() if sku and no not in moved}
    items = items_by_sku(brand, list(wanted.values()))
    if unknown := [no for no, sku in wanted.items() if sku not in items]:
        raise BadValue(f"substitute-{unknown[0]}", wanted[unknown[0]], "the number of a product")
    subs = [items.get(wanted.get(line.line_no, "")) for line in lines]
    now = clock.now()
    ids = [uuid7() for _ in lines]
    execute(
        ASK,
        {
            "brand": brand,
            "order": order.id,
            "store": store_id,
            "reason": reason,
            "key": key[:120],
            "who": who[:120],
            "now": now,
            "deadline": now + TIME_TO_ANSWER,
            "ids": ids,
            "nos": [line.line_no for line in lines],
            "units": [units[line.line_no] for line in lines],
            "titles": [line.title or line.sku for line in lines],
            "sub_ids": [sub.id if sub else None for sub in subs],
            "sub_skus": [sub.sku if sub else "" for sub in subs],
            "sub_titles": [sub.title if sub else "" for sub in subs],
            "answers": [Answer.MOVED.value if line.line_no in moved else "" for line in lines],
        },
    )
    open_ = [id_ for id_, line in zip(ids, lines, strict=True) if line.line_no not in moved]
    if open_:
        outbox.emit(UnitsAsked(order.id, store_id, tuple(open_), now + TIME_TO_ANSWER))
