"""Waste (报损), own use (领用) and a count's differences: asked for, approved above a limit, then moved, once."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import msgspec

from datong.access.api import ask
from datong.access.types import Approval, Staff
from datong.brand.api import get_brand, list_channels, list_stores
from datong.catalog.api import items_by_id, quote
from datong.catalog.types import Ask, AskLine
from datong.inventory.actions.move import Move, check_there, shift
from datong.inventory.models import Adjustment
from datong.inventory.queries import adjustments, costs_of, reasons
from datong.inventory.types import MILLI, AdjustmentKind, AdjustmentView, value_of
from datong.kernel import audit, clock
from datong.kernel.db import current_brand, execute, in_brand, rows
from datong.kernel.errors import BadInput, BadValue, NotFound, Problem
from datong.kernel.ids import uuid7

KIND = "stock.adjust"
MOST_LINES = 500


def write_off(
    brand: UUID,
    location_id: UUID,
    lines: Sequence[tuple[UUID, int]],
    *,
    kind: AdjustmentKind,
    reason: str,
    by: Staff,
    note: str = "",
    key: str = "",
) -> AdjustmentView:
    """Take (item, units > 0) off the books as waste or own use; pending when its worth is above the person's limit.

    Under the same `key` it is done once. Raises BadInput naming each line that is wrong or not there.
    """
    known = {r.code for r in reasons(brand, kind) if r.active}
    if reason not in known:
        raise BadValue("reason", reason, "one of the brand's reasons: " + ", ".join(sorted(known)))
    wrong = [
        Problem(f"/lines/{n}/units", "units", "1 to 100,000 units", units)
        for n, (_, units) in enumerate(lines)
        if not 0 < units <= 100_000
    ]
    if wrong or not 0 < len(lines) <= MOST_LINES:
        raise BadInput("these lines cannot be booked", *(wrong or [Problem("/lines", "count", "1 to 500 lines")]))
    goods = [(item, -units) for item, units in lines]
    return adjust(brand, location_id, goods, kind=kind, reason=reason, by=by, note=note, key=key or str(uuid7()))


OPEN = """
    INSERT INTO inventory_adjustment (brand_id, id, location_id, kind, state, reason, note, lines, value_minor, by, at,
                                      key)
    VALUES (%(brand)s, %(id)s, %(location)s, %(kind)s, 'pending', %(reason)s, %(note)s, %(lines)s::jsonb, %(value)s,
            %(by)s, %(now)s, %(key)s)
    ON CONFLICT (brand_id, key) DO NOTHING RETURNING id
"""


def adjust(
    brand: UUID,
    location_id: UUID,
    lines: Sequence[tuple[UUID, int]],
    *,
    kind: AdjustmentKind,
    by: Staff,
    reason: str = "",
    note: str = "",
    key: str,
) -> AdjustmentView:
    """Ask for (item, units with sign); carried out at once within the person's limit, else when it is approved."""
    with in_brand(brand):
        worth = _worth(brand, [item for item, _ in lines])
        kept = [[str(item), units, worth.get(item, 0)] for item, units in lines]
        made = uuid7()
        asked = {
            "brand": brand,
            "id": made,
            "location": location_id,
            "kind": kind.value,
            "reason": reason,
            "note": note[:200],
            "lines": msgspec.json.encode(kept).decode(),
            "value": sum(value_of(units, worth.get(item, 0)) for item, units in lines),
            "by": by.username,
            "now": clock.now(),
            "key": key[:60],
        }
        if not rows(OPEN, asked):
            ((first,),) = rows(
                "SELECT id FROM inventory_adjustment WHERE brand_id = %s AND key = %s", [brand, asked["key"]]
            )
            return adjustment(brand, first)
        if kind is not AdjustmentKind.COUNT:
            _check_there(location_id, lines)
        store = next((s for s in list_stores(brand) if s.id == location_id), None)
        units = sum(abs(units) for _, units in lines)
        approval = ask(
            KIND,
            brand=brand,
            by=by,
            subject=f"{kind.value} {store.code if store else location_id}",
            facts={
                "store": store.name if store else str(location_id),
                "units": units,
                "items": len(lines),
                "reason": reason,
                "number": str(made),
                "href": f"/stock/adjustments/{made}/",
            },
            amount_minor=sum(abs(value_of(units, worth.get(item, 0))) for item, units in lines),
            store_id=location_id,
            reason=note or reason,
            key=str(made),
        )
        Adjustment.objects.filter(brand_id=brand, id=made).update(approval_id=approval.id)
        return adjustment(brand, made)


def _check_there(location_id: UUID, lines: Sequence[tuple[UUID, int]]) -> None:
    """What is asked for must be there now already: nobody should wait for a yes to what cannot be done."""
    check_there([Move(location_id, item, units, "", location_id) for item, units in lines])


def approved(approval: Approval) -> None:
    """What `access` calls when the request is approved, in the same transaction."""
    carry_out(UUID(str(approval.facts["number"])))


TAKE = """
    SELECT location_id, kind, reason, lines::text, by, value_minor FROM inventory_adjustment
     WHERE brand_id = %(brand)s AND id = %(id)s AND state = 'pending' FOR UPDATE
"""
DONE = """
    WITH done AS (
        UPDATE inventory_adjustment SET state = 'done', done_at = %(now)s WHERE brand_id = %(brand)s AND id = %(id)s
    ), task AS (
        UPDATE inventory_counttask SET done_at = %(now)s, counted = 0, done_by = %(by)s
         WHERE brand_id = %(brand)s AND location_id = %(location)s AND item_id = ANY(%(items)s::uuid[])
           AND done_at IS NULL AND %(counted)s
    )
    UPDATE inventory_shortfall SET closed_at = %(now)s, closed_by = %(by)s
     WHERE brand_id = %(brand)s AND location_id = %(location)s AND item_id = ANY(%(items)s::uuid[])
       AND closed_at IS NULL AND %(counted)s
"""


def carry_out(adjustment_id: UUID) -> None:
    """Move the units of a pending adjustment, in the open transaction; twice is once."""
    brand = current_brand()
    found = rows(TAKE, {"brand": brand, "id": adjustment_id})
    if not found:
        return
    location, kind, reason, text, by, value = found[0]
    lines = [(UUID(item), units) for item, units, _ in msgspec.json.decode(text)]
    counted = kind == AdjustmentKind.COUNT
    shift([Move(location, item, units, kind, adjustment_id) for item, units in lines], happened=counted)
    key: dict[str, Any] = {"brand": brand, "id": adjustment_id, "location": location, "now": clock.now(), "by": by}
    execute(DONE, {**key, "items": [item for item, _ in lines], "counted": counted})
    audit.record(
        brand=brand,
        actor=by,
        verb="stock.adjust",
        subject=f"adjustment {adjustment_id}",
        after={"kind": kind, "units": sum(units for _, units in lines), "items": len(lines), "value_minor": value},
        reason=reason,
        store_id=location,
    )


def adjustment(brand: UUID, adjustment_id: UUID) -> AdjustmentView:
    """One adjustment; NotFound."""
    found = adjustments(brand, ids=[adjustment_id])
    if not found:
        raise NotFound(f"no adjustment {adjustment_id}")
    return found[0]


def _worth(brand: UUID, items: Sequence[UUID]) -> dict[UUID, int]:
    """Cost by item in thousandths; where none is known today's price stands in, or the limit would let it all pass."""
    worth = costs_of(brand, items)
    rest = [item for item in items if item not in worth]
    channel = next((c for c in list_channels(brand) if c.open), None)
    if not rest or channel is None:
        return worth
    skus = {item.sku: item.id for item in items_by_id(brand, rest).values()}
    lines = tuple(AskLine(n, sku, 1) for n, sku in enumerate(skus, 1))
    (quoted,) = quote([Ask(channel.id, get_brand(brand).currency, clock.now(), lines)], brand=brand)
    prices = {line.sku: line.unit_minor * MILLI for line in quoted.lines}
    return {**worth, **{skus[sku]: price for sku, price in prices.items() if sku in skus}}
