"""Orders that wait or lost their stock get another try; orders nobody paid for are let go."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

from msgspec import json

from datong.catalog.api import stores_without
from datong.fulfilment.api import tasks_of
from datong.fulfilment.types import FulfilmentKind, TaskState
from datong.inventory.api import release, reserve
from datong.inventory.types import Want
from datong.kernel import clock, outbox
from datong.kernel.db import execute, in_brand, rows
from datong.kernel.geo import Point
from datong.kernel.ids import uuid7
from datong.orders.actions.book import LimitReachedError, allocated, count_loads, decision_columns
from datong.orders.events import OrderAssigned, OrderWaiting
from datong.orders.sourcing import choose, scarce, supply
from datong.orders.sourcing.choose import units_by_item
from datong.orders.sourcing.types import Demand, DemandLine, Plan

ADDRESS = "address_changed"
LOST = frozenset({"hold_lost", "refused_by_store", ADDRESS})
"""Why an order that had a store looks for one again."""

WAITING = """
    SELECT o.id, o.channel_id, o.fulfilment, o.payment, o.paid, o.total_minor, o.model, o.lon, o.lat, o.store_id,
           o.promised_at, o.customer_id, o.state,
           (SELECT jsonb_agg(jsonb_build_array(l.line_no, p.item_id, p.units, l.rest, l.item_id) ORDER BY l.line_no)
              FROM (SELECT x.*, x.units - coalesce((SELECT sum(w.units) FROM orders_withdrawal w
                                               WHERE w.brand_id = x.brand_id AND w.order_id = x.order_id
                                                 AND w.line_no = x.line_no), 0)::int AS rest
                      FROM orders_line x WHERE x.brand_id = o.brand_id AND x.order_id = o.id) l
              CROSS JOIN LATERAL (
                  SELECT l.item_id, l.rest AS units WHERE l.parts IS NULL AND l.kind <> 'service'
                  UNION ALL SELECT p.item_id, p.units / l.units * l.rest
                              FROM jsonb_to_recordset(l.parts) p(item_id uuid, units int)) p
             WHERE l.rest > 0 AND l.item_id IS NOT NULL)::text,
           EXISTS (SELECT 1 FROM orders_decision d WHERE d.brand_id = o.brand_id AND d.order_id = o.id
                                                     AND d.rule = 'named_store'),
           ARRAY(SELECT l.item_id FROM orders_line l
                  WHERE l.brand_id = o.brand_id AND l.order_id = o.id AND l.item_id IS NOT NULL
                    AND (l.kind = 'service' OR l.parts IS NOT NULL))
      FROM orders_order o
     WHERE o.brand_id = %(brand)s AND o.id = ANY(%(orders)s::uuid[]) AND o.state = ANY(%(states)s::text[])
     ORDER BY o.id FOR UPDATE OF o SKIP LOCKED
"""


def resource(order_ids: Sequence[UUID], *, brand: UUID, actor: str, why: str) -> dict[UUID, bool]:
    """Try to give these orders a store again; {order: found one}. Orders that are not waiting are left alone.

    An order that lost what it had (`why` in LOST) waits first; a pickup or platform order is never moved: it waits
    at its store for stock or for its customer's answer. A store that refused the order is not asked again.
    """
    lost = why in LOST
    states = ["backorder", "assigned", "review"] if lost else ["backorder"]
    with in_brand(brand):
        picture = supply.supply_of(brand)
        found = rows(WAITING, {"brand": brand, "orders": list(order_ids), "states": states})
        demands = _demands(found, picture, brand)
        before = {row[0]: row for row in found}
        # Whatever is still held is let go first, or an order asked for twice would hold its units twice.
        release(sorted(before), brand=brand, how="moved")
        with picture.lock:
            try:
                plans = scarce.share_out(demands, picture.index, picture.rules)
                plans = hold_plans(demands, plans, picture, brand)
                count_loads(plans, picture)
            except LimitReachedError:
                supply.forget(brand)
                raise
            except Exception:
                supply.forget(brand)
                raise
        changed = [p for p in plans if p.shares or lost]
        _write(changed, before, brand, actor, why)
        return {plan.order_id: bool(plan.shares) for plan in plans}


def hold_plans(demands: Sequence[Demand], plans: Sequence[Plan], picture: supply.Supply, brand: UUID) -> list[Plan]:
    wants = [
        Want(plan.order_id, share.store_id, units_by_item(share.lines), floor=demand.buffer_units)
        for demand, plan in zip(demands, plans, strict=True)
        for share in plan.shares
        if share.lines
    ]
    short = {s.order_id: s for s in reserve(wants, brand=brand).refused}
    release(sorted({want.order_id for want in wants} & set(short)), brand=brand)
    return [_unserved(plan, picture) if plan.order_id in short else plan for plan in plans]


def _unserved(plan: Plan, picture: supply.Supply) -> Plan:
    """The plan of an order whose hold was refused: it waits on, and the picture has its units back."""
    for share in plan.shares:
        choose.give_back(picture.index, share)
    return replace(plan, shares=(), chosen=(), reason="stock_taken_meanwhile", waits=True)


def refusals(order_ids: Sequence[UUID], brand: UUID) -> dict[UUID, frozenset[UUID]]:
    """The stores that have refused each order."""
    refused: dict[UUID, frozenset[UUID]] = {}
    for task in tasks_of(brand, order_ids):
        if task.state is TaskState.REFUSED:
            refused[task.order_id] = refused.get(task.order_id, frozenset()) | {task.store_id}
    return refused


def _demands(found: Sequence[tuple[Any, ...]], picture: supply.Supply, brand: UUID) -> list[Demand]:
    """The demands, with the stores that refused and those that do not sell a product of the order as things are."""
    refused_by = refusals([row[0] for row in found], brand)
    ordered = [{UUID(line[4]) for line in json.decode(row[13] or "[]")} for row in found]
    without = stores_without(brand, sorted(set[UUID]().union(*ordered)))
    return [
        replace(
            _demand(row, picture, refused_by.get(row[0], frozenset())),
            not_at=frozenset[UUID]().union(*(without.get(item, ()) for item in items)),
        )
        for row, items in zip(found, ordered, strict=True)
    ]


def _demand(row: tuple[Any, ...], picture: supply.Supply, refused_by: frozenset[UUID]) -> Demand:
    order, channel_id, fulfilment, _, _, total, model, lon, lat, store, at, _, _, lines, named, services = row
    channel = picture.channels.get(channel_id)
    return Demand(
        order_id=order,
        channel_id=channel_id,
        fulfilment=FulfilmentKind(fulfilment),
        lines=tuple(DemandLine(n, UUID(item), units) for n, item, units, _, _ in json.decode(lines or "[]")),
        at=max(at, clock.now()) if at else None,
        place=Point(lon, lat) if lon is not None else None,
        fixed_store=store if named else None,
        allowed_stores=frozenset(channel.stores) if channel else frozenset(),
        buffer_units=channel.buffer_units if channel else 0,
        total_minor=total,
        model=model,
        excluded=refused_by,
        also=frozenset(services),
        waiting=True,
    )


WRITE = """
    WITH given AS (
        SELECT * FROM unnest(%(orders)s::uuid[], %(stores)s::uuid[], %(states)s::text[], %(distances)s::int[],
                             %(reasons)s::text[], %(seqs)s::uuid[]) AS g(id, store_id, state, distance_m, reason, seq)
    ), kept AS (
        UPDATE orders_order o
           SET exceptions = o.exceptions + (g.id = ANY(%(f_order)s::uuid[]))::int, state = g.state,
               store_id = coalesce(g.store_id, o.store_id), distance_m = g.distance_m
          FROM given g WHERE o.brand_id = %(brand)s AND o.id = g.id
    ), decision AS (
        INSERT INTO orders_decision (brand_id, order_id, seq, rule, reason, chosen, refused, actor, at)
        SELECT %(brand)s, d.*, %(actor)s, %(now)s FROM unnest(
            %(d_order)s::uuid[], %(d_seq)s::uuid[], %(d_rule)s::text[], %(d_reason)s::text[], %(d_chosen)s::jsonb[],
            %(d_refused)s::jsonb[]) d
    ), allocation AS (
        INSERT INTO orders_allocation (brand_id, order_id, line_no, store_id, units)
        SELECT %(brand)s, * FROM unnest(
            %(a_order)s::uuid[], %(a_no)s::smallint[], %(a_store)s::uuid[], %(a_units)s::int[])
    ), finding AS (
        INSERT INTO orders_finding (brand_id, id, order_id, kind, detail, at, closed_by, resolution)
        SELECT %(brand)s, f.id, f.order_id, 'stock_short', jsonb_build_object('reason', f.reason, 'why', %(why)s::text),
               %(now)s, '', ''
          FROM unnest(%(f_id)s::uuid[], %(f_order)s::uuid[], %(f_reason)s::text[]) f(id, order_id, reason)
    )
    INSERT INTO orders_event (brand_id, order_id, seq, kind, state, actor, reason, detail, at)
    SELECT %(brand)s, id, seq, 'sourced', state, %(actor)s, reason, jsonb_build_object('why', %(why)s::text), %(now)s
      FROM given
"""
DROP_ALLOCATIONS = "DELETE FROM orders_allocation WHERE brand_id = %(brand)s AND order_id = ANY(%(orders)s::uuid[])"


def _write(plans: Sequence[Plan], before: dict[UUID, Any], brand: UUID, actor: str, why: str) -> None:
    if not plans:
        return
    orders = [plan.order_id for plan in plans]
    execute(DROP_ALLOCATIONS, {"brand": brand, "orders": orders})
    shares = [
        (plan.order_id, share.store_id, line_no, units)
        for plan in plans
        for share in plan.shares
        for line_no, units in allocated(share, _line_units(before[plan.order_id]))
    ]
    execute(
        WRITE,
        {
            "brand": brand,
            "actor": actor,
            "now": clock.now(),
            "why": why,
            "orders": orders,
            "stores": [plan.shares[0].store_id if plan.shares else None for plan in plans],
            "states": [_state(plan, before[plan.order_id]) for plan in plans],
            "distances": [max((s.distance_m for s in plan.shares), default=None) for plan in plans],
            "reasons": [plan.reason for plan in plans],
            "seqs": [uuid7() for _ in plans],
            **decision_columns([(plan.order_id, plan) for plan in plans]),
            "a_order": [o for o, _, _, _ in shares],
            "a_no": [line_no for _, _, line_no, _ in shares],
            "a_store": [store for _, store, _, _ in shares],
            "a_units": [units for _, _, _, units in shares],
            # An order that had its stock and lost it is its customer's to be asked about: the board must show it.
            "f_id": [uuid7() for plan in plans if not plan.shares],
            "f_order": [plan.order_id for plan in plans if not plan.shares],
            "f_reason": [plan.reason for plan in plans if not plan.shares],
        },
    )
    outbox.emit(*(_event(plan, before[plan.order_id]) for plan in plans if before[plan.order_id][12] != "review"))


def _line_units(row: tuple[Any, ...]) -> dict[int, int]:
    return {line_no: units for line_no, _, _, units, _ in json.decode(row[13] or "[]")}


def _state(plan: Plan, row: tuple[Any, ...]) -> str:
    """An order in review stays there, with a store or without, until a person lets it go on."""
    if row[12] == "review":
        return "review"
    return "assigned" if plan.shares else "backorder"


def _event(plan: Plan, row: tuple[Any, ...]) -> OrderAssigned | OrderWaiting:
    if not plan.shares:
        return OrderWaiting(plan.order_id, plan.reason)
    return OrderAssigned(plan.order_id, tuple(s.store_id for s in plan.shares), row[2], row[10], plan.reason)


QUEUE = """
    SELECT o.id, coalesce((
           SELECT jsonb_agg(jsonb_build_array(p.item_id, p.units))
             FROM (SELECT x.*, x.units - coalesce((SELECT sum(w.units) FROM orders_withdrawal w
                                               WHERE w.brand_id = x.brand_id AND w.order_id = x.order_id
                                                 AND w.line_no = x.line_no), 0)::int AS rest
                      FROM orders_line x WHERE x.brand_id = o.brand_id AND x.order_id = o.id) l
             CROSS JOIN LATERAL (
                 SELECT l.item_id, l.rest AS units WHERE l.parts IS NULL AND l.kind <> 'service'
                 UNION ALL SELECT p.item_id, p.units / l.units * l.rest
                             FROM jsonb_to_recordset(l.parts) p(item_id uuid, units int)) p
            WHERE l.rest > 0 AND l.item_id IS NOT NULL), '[]')::text
      FROM orders_order o
     WHERE o.brand_id = %(brand)s AND o.state = 'backorder' AND o.id > %(after)s ORDER BY o.id LIMIT %(limit)s
"""
FIRST = UUID(int=0)
PAGE = 1000
_next: dict[UUID, UUID] = {}
"""Where the next round of a brand's queue begins: after the last order that was tried."""


def retry_waiting(*, brand: UUID, limit: int = 1000) -> int:
    """Try waiting orders again, e.g. when stock arrived; how many found a store.

    The oldest first, and only those whose items lie somewhere now; at most `limit` a round. The next round goes on
    behind them and begins again at the end, so orders that nobody will ever serve do not keep the others waiting.
    """
    with in_brand(brand):
        picture = supply.supply_of(brand)
        after, tried, found = _next.get(brand, FIRST), 0, 0
        while tried < limit:
            page = rows(QUEUE, {"brand": brand, "after": after, "limit": PAGE})
            could = [order for order, items in page if _somewhere(items, picture)][: limit - tried]
            after = FIRST if len(page) < PAGE else page[-1][0]
            if could:
                found += sum(resource(could, brand=brand, actor="sourcing", why="stock_arrived").values())
                tried += len(could)
            if tried >= limit:
                after = could[-1]
            if after == FIRST:
                break
        _next[brand] = after
        return found


def _somewhere(items: str, picture: supply.Supply) -> bool:
    """Whether each item of an order is free in that number at some store."""
    wanted = json.decode(items)
    return all(int(picture.index.column(UUID(item)).max(initial=0)) >= units for item, units in wanted)
