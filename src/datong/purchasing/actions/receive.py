"""Receipts in parts: good units go on the shelf at cost, what differs becomes a claim."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from datong.inventory.api import receive
from datong.inventory.types import MILLI, StockRow
from datong.kernel import audit, clock, outbox
from datong.kernel.db import execute, in_brand, rows
from datong.kernel.errors import BadInput, Conflict, NotFound, Problem
from datong.kernel.ids import uuid7
from datong.purchasing import models
from datong.purchasing.actions.buy import move, take, told
from datong.purchasing.events import GoodsReceived
from datong.purchasing.queries import order_of
from datong.purchasing.types import ClaimKind, OrderLine, OrderState, PurchaseOrder

MOST_UNITS = 1_000_000

ONCE = """
    INSERT INTO purchasing_receiptline (brand_id, id, order_id, item_id, received, damaged, by, at, key)
    SELECT %(brand)s, id, %(order)s, item_id, received, damaged, %(by)s, %(now)s, %(key)s
      FROM unnest(%(ids)s::uuid[], %(items)s::uuid[], %(received)s::int[], %(damaged)s::int[])
           g(id, item_id, received, damaged) ORDER BY item_id
    ON CONFLICT DO NOTHING RETURNING item_id
"""
CAME = """
    UPDATE purchasing_orderline l SET received = l.received + g.received, damaged = l.damaged + g.damaged
      FROM unnest(%(items)s::uuid[], %(received)s::int[], %(damaged)s::int[]) g(item_id, received, damaged)
     WHERE l.brand_id = %(brand)s AND l.order_id = %(order)s AND l.item_id = g.item_id
"""


def receive_goods(
    brand: UUID,
    order_id: UUID,
    received: Mapping[UUID, int],
    *,
    by: str,
    damaged: Mapping[UUID, int] | None = None,
    key: str = "",
) -> PurchaseOrder:
    """Goods came: good units by item, and damaged ones that are not taken; in as many parts as it takes.

    Under the same key once. Good units are on the shelf at the order's price, and the items' average costs follow. More
    than was ordered is taken and claimed as over. Raises BadInput naming lines, Conflict when the order is over.
    """
    spoiled = dict(damaged or {})
    with in_brand(brand):
        state = take(brand, order_id)
        if state not in (OrderState.APPROVED, OrderState.SENT, OrderState.CONFIRMED):
            raise Conflict(f"this order is {state}: nothing can be received")
        order = order_of(brand, order_id)
        lines = {line.item_id: line for line in order.lines}
        _check(lines, received, spoiled)
        items = sorted(i for i in {*received, *spoiled} if received.get(i, 0) or spoiled.get(i, 0))
        if not items:
            return order
        given: dict[str, Any] = {
            "brand": brand,
            "order": order_id,
            "by": by[:80],
            "now": clock.now(),
            "key": (key or str(uuid7()))[:60],
            "ids": [uuid7() for _ in items],
            "items": items,
            "received": [received.get(i, 0) for i in items],
            "damaged": [spoiled.get(i, 0) for i in items],
        }
        if not rows(ONCE, given):
            return order
        execute(CAME, given)
        good = [StockRow(order.store_id, i, received[i]) for i in items if received.get(i, 0)]
        costs = {i: lines[i].price_minor * MILLI for i in items}
        if good:
            receive(brand, good, subject=order_id, cost_milli=costs)
        for item in items:
            line = lines[item]
            over = max(line.received + received.get(item, 0) - line.units, 0)
            if over > max(line.received - line.units, 0):
                _claim(brand, order, item, ClaimKind.OVER, over)
            if spoiled.get(item, 0):
                _claim(brand, order, item, ClaimKind.DAMAGED, line.damaged + spoiled[item])
        units = sum(received.values())
        outbox.emit(GoodsReceived(order_id, order.store_id, units, sum(spoiled.values())))
        came = {"received": units, "damaged": sum(spoiled.values())}
        return told(brand, order_id, "purchase.receive", by, facts=came)


def _check(lines: Mapping[UUID, OrderLine], received: Mapping[UUID, int], damaged: Mapping[UUID, int]) -> None:
    problems = []
    for name, given in (("received", received), ("damaged", damaged)):
        for n, (item, units) in enumerate(given.items()):
            if item not in lines:
                problems.append(Problem(f"/lines/{n}", "unknown_item", "an item of this order", str(item)))
            elif not 0 <= units <= MOST_UNITS:
                problems.append(Problem(f"/lines/{n}/{name}", "units", f"0 to {MOST_UNITS:,} units", units))
    if problems:
        raise BadInput("this receipt cannot be booked", *problems)


CLAIM = """
    INSERT INTO purchasing_claim (brand_id, id, order_id, supplier_id, item_id, kind, units, value_minor, at,
                                  settled_by, note)
    VALUES (%(brand)s, %(id)s, %(order)s, %(supplier)s, %(item)s, %(kind)s, %(units)s, %(value)s, %(now)s, '', '')
    ON CONFLICT (brand_id, order_id, item_id, kind)
    DO UPDATE SET units = excluded.units, value_minor = excluded.value_minor, settled_at = NULL
"""


def _claim(brand: UUID, order: PurchaseOrder, item: UUID, kind: ClaimKind, units: int) -> None:
    line = next(x for x in order.lines if x.item_id == item)
    key: dict[str, Any] = {"brand": brand, "id": uuid7(), "order": order.id, "supplier": order.supplier_id}
    key |= {"item": item, "kind": kind.value, "units": units, "value": units * line.price_minor, "now": clock.now()}
    execute(CLAIM, key)


def close_order(brand: UUID, order_id: UUID, *, by: str) -> PurchaseOrder:
    """No more of it will come: what is missing is claimed of the supplier. Twice is once."""
    with in_brand(brand):
        state = take(brand, order_id)
        if state is OrderState.CLOSED:
            return order_of(brand, order_id)
        if state not in (OrderState.SENT, OrderState.CONFIRMED, OrderState.APPROVED):
            raise Conflict(f"this order is {state}: call it off instead")
        order = order_of(brand, order_id)
        for line in order.lines:
            if line.open:
                _claim(brand, order, line.item_id, ClaimKind.SHORT, line.open)
        move(brand, order_id, OrderState.CLOSED)
        models.PurchaseOrder.objects.filter(brand_id=brand, id=order_id).update(closed_at=clock.now())
        return told(brand, order_id, "purchase.close", by)


def settle_claim(brand: UUID, claim_id: UUID, *, by: str, note: str) -> None:
    """The supplier credited, delivered or took back what was claimed."""
    with in_brand(brand):
        found = models.Claim.objects.filter(brand_id=brand, id=claim_id, settled_at=None)
        if not found.update(settled_at=clock.now(), settled_by=by[:80], note=note[:200]):
            if not models.Claim.objects.filter(brand_id=brand, id=claim_id).exists():
                raise NotFound(f"no claim {claim_id}")
            return
        audit.record(brand=brand, actor=by, verb="claim.settle", subject=f"claim {claim_id}", reason=note)
