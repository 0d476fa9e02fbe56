"""Many places counted at once: the set-based form of `count`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

from datong.inventory.actions.common import Place, lock, tell
from datong.inventory.types import StockRow
from datong.kernel import audit, clock
from datong.kernel.db import execute, in_brand
from datong.kernel.errors import BadInput, Problem
from datong.kernel.ids import uuid7

RECOUNT = """
    WITH given AS (
        SELECT * FROM unnest(%(ids)s::uuid[], %(locations)s::uuid[], %(items)s::uuid[], %(units)s::int[],
                             %(safeties)s::int[], %(differences)s::int[])
                   AS g(id, location_id, item_id, units, safety, difference)
    ), counted AS (
        UPDATE inventory_stock s SET on_hand = g.units, safety = g.safety FROM given g
         WHERE s.brand_id = %(brand)s AND s.location_id = g.location_id AND s.item_id = g.item_id
    ), task AS (
        UPDATE inventory_counttask t SET done_at = %(now)s, counted = g.units, done_by = %(who)s FROM given g
         WHERE t.brand_id = %(brand)s AND t.location_id = g.location_id AND t.item_id = g.item_id AND t.done_at IS NULL
    ), closed AS (
        UPDATE inventory_shortfall f SET closed_at = %(now)s, closed_by = %(who)s FROM given g
         WHERE f.brand_id = %(brand)s AND f.location_id = g.location_id AND f.item_id = g.item_id
           AND f.closed_at IS NULL
    )
    INSERT INTO inventory_movement (brand_id, id, location_id, item_id, units, reason, subject_id, at)
    SELECT %(brand)s, id, location_id, item_id, difference, 'count', %(subject)s, %(now)s
      FROM given WHERE difference <> 0
"""


def recount(brand_id: UUID, counts: Sequence[StockRow], *, who: str, subject: UUID | None = None) -> None:
    """On hand and safety are what each row says; differences are movements, open shortfalls and tasks there are closed.

    Two statements and the events, whatever the number. All or nothing: BadInput names the places (`counts/3`) that have
    no stock row, or where more units are held for orders than were counted.
    """
    with in_brand(brand_id):
        standing = lock((row.location_id, row.item_id) for row in counts)
        _check(counts, standing)
        given = [(row, standing[row.location_id, row.item_id]) for row in counts]
        execute(RECOUNT, _columns(brand_id, given, who, subject))
        free = {
            (new.location_id, new.item_id): replace(old, safety=new.safety).free_with(new.on_hand) for new, old in given
        }
        risen = {place: units for place, units in free.items() if units > standing[place].free}
        tell({place: units for place, units in free.items() if place not in risen})
        tell(risen, arrived=True)
        changed = sum(old.on_hand != new.on_hand for new, old in given)
        facts = {"places": len(given), "changed": changed}
        audit.record(brand=brand_id, actor=who, verb="stock.recount", subject="stock", after=facts)


def _check(counts: Sequence[StockRow], standing: Mapping[Place, StockRow]) -> None:
    problems = []
    for number, row in enumerate(counts):
        old = standing.get((row.location_id, row.item_id))
        held = old.reserved if old else 0
        if old is None or row.on_hand < held:
            fix = f"at least {held}, the units held for orders at this place" if old else "a place that has stock"
            problems.append(Problem(f"counts/{number}", "held", fix, row.on_hand))
    if problems:
        raise BadInput(f"{len(problems)} counts cannot be booked", *problems[:100])


def _columns(
    brand_id: UUID, given: Sequence[tuple[StockRow, StockRow]], who: str, subject: UUID | None
) -> dict[str, Any]:
    return {
        "brand": brand_id,
        "now": clock.now(),
        "who": who[:80],
        "subject": subject,
        "ids": [uuid7() for _ in given],
        "locations": [new.location_id for new, _ in given],
        "items": [new.item_id for new, _ in given],
        "units": [new.on_hand for new, _ in given],
        "safeties": [new.safety for new, _ in given],
        "differences": [new.on_hand - old.on_hand for new, old in given],
    }
