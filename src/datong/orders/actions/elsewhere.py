"""Units of an order go to another store, the rest stays where it is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from uuid import UUID

from datong.catalog.api import stores_without
from datong.fulfilment.types import FulfilmentKind
from datong.inventory.api import lessen, lock_for
from datong.inventory.types import Want
from datong.kernel import clock, outbox
from datong.kernel.db import execute, rows
from datong.kernel.errors import Unavailable
from datong.kernel.geo import Point
from datong.orders.actions.book import LimitReachedError, count_loads
from datong.orders.actions.resource import hold_plans, refusals
from datong.orders.actions.withdraw import leaving
from datong.orders.events import OrderAssigned
from datong.orders.queries.page import LineView, OrderView
from datong.orders.sourcing import scarce, supply
from datong.orders.sourcing.types import Demand, DemandLine, Plan

MOVE = """
    WITH less AS (
        UPDATE orders_allocation SET units = units - %(units)s
         WHERE brand_id = %(brand)s AND order_id = %(order)s AND line_no = %(no)s AND store_id = %(store)s
           AND units > %(units)s
    ), gone AS (
        DELETE FROM orders_allocation
         WHERE brand_id = %(brand)s AND order_id = %(order)s AND line_no = %(no)s AND store_id = %(store)s
           AND units = %(units)s
    )
    INSERT INTO orders_allocation (brand_id, order_id, line_no, store_id, units)
    VALUES (%(brand)s, %(order)s, %(no)s, %(to)s, %(units)s)
"""


def move_units(order: OrderView, store_id: UUID, units: Mapping[int, int], *, brand: UUID) -> set[int]:
    """Give these units (line number -> units) of a store's share to another store each; the lines that found one.

    In the open transaction, with the order and its tasks locked. A line's units stay together. The new store's units
    are held before the old one's are let go, so nothing is ever held nowhere.
    """
    lines = [line for line in order.lines if line.line_no in units and line.item_id and line.stores]
    if not lines or order.lon is None or order.lat is None:
        return set()
    picture = supply.supply_of(brand)
    serving = {store for line in order.lines for store, _ in line.stores} | {store_id}
    away = frozenset(serving) | refusals([order.id], brand).get(order.id, frozenset())
    without = stores_without(brand, [line.item_id for line in lines if line.item_id])
    demands = [_demand(order, line, units[line.line_no], away, without, picture) for line in lines]
    with picture.lock:
        held = _held(order, store_id, lines, demands, picture, brand)
    moved = {line.line_no: plan.shares[0].store_id for line, plan in zip(lines, held, strict=True) if plan.shares}
    free: dict[tuple[UUID, UUID], int] = {}
    for line in lines:
        if to := moved.get(line.line_no):
            n = units[line.line_no]
            key = {"brand": brand, "order": order.id, "no": line.line_no, "store": store_id, "to": to, "units": n}
            execute(MOVE, key)
            for item, each in leaving(line).items():
                free[store_id, item] = free.get((store_id, item), 0) + each * n
    if free:
        lessen(order.id, free, brand=brand)
        stores = tuple(store for (store,) in rows(STORES, {"brand": brand, "order": order.id}))
        outbox.emit(OrderAssigned(order.id, stores, order.fulfilment, order.promised_at, "part_rejected"))
    return set(moved)


STORES = """
    SELECT DISTINCT store_id FROM orders_allocation WHERE brand_id = %(brand)s AND order_id = %(order)s ORDER BY 1
"""


def _held(
    order: OrderView,
    store_id: UUID,
    lines: Sequence[LineView],
    demands: Sequence[Demand],
    picture: supply.Supply,
    brand: UUID,
) -> list[Plan]:
    """A plan for each line, its units held; one without shares found nobody."""
    alone = [replace(rule, max_stores=1) for rule in picture.rules]
    try:
        plans = [scarce.share_out([demand], picture.index, alone)[0] for demand in demands]
        # What will be locked at the new stores and the old one is locked at once, in order.
        here = Want(order.id, store_id, {item: 1 for line in lines for item in leaving(line)})
        there = [
            Want(order.id, share.store_id, {line.item_id: line.units for line in share.lines})
            for plan in plans
            for share in plan.shares
        ]
        lock_for([], [here, *there], brand=brand)
        held = [hold_plans([d], [p], picture, brand)[0] for d, p in zip(demands, plans, strict=True)]
        count_loads(held, picture)
    except LimitReachedError as error:
        supply.forget(brand)
        raise Unavailable(str(error), retry_after_s=1) from error
    except Exception:
        supply.forget(brand)
        raise
    return held


def _demand(
    order: OrderView,
    line: LineView,
    units: int,
    away: frozenset[UUID],
    without: Mapping[UUID, frozenset[UUID]],
    picture: supply.Supply,
) -> Demand:
    channel = picture.channels.get(order.channel_id)
    assert order.lon is not None and order.lat is not None
    return Demand(
        order_id=order.id,
        channel_id=order.channel_id,
        fulfilment=FulfilmentKind(order.fulfilment),
        lines=tuple(DemandLine(line.line_no, item, each * units) for item, each in leaving(line).items()),
        at=max(order.promised_at, clock.now()) if order.promised_at else None,
        place=Point(order.lon, order.lat),
        allowed_stores=frozenset(channel.stores) if channel else frozenset(),
        buffer_units=channel.buffer_units if channel else 0,
        total_minor=order.total_minor,
        model=order.model,
        excluded=away,
        not_at=frozenset(without.get(line.item_id, ())) if line.item_id else frozenset(),
    )
