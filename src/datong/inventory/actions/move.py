"""Units that come and go without an order: one statement moves them, and every one of them is a movement row."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from datong.inventory.actions.common import Place, lock, tell
from datong.inventory.actions.hold import release
from datong.inventory.actions.sell import HOLDERS, open_rows
from datong.inventory.types import StockRow
from datong.kernel import clock
from datong.kernel.db import current_brand, execute, rows
from datong.kernel.errors import BadInput, Problem
from datong.kernel.ids import uuid7


@dataclass(frozen=True, slots=True)
class Move:
    """`units` with sign: above 0 they come to the shelf, below 0 they leave it."""

    location_id: UUID
    item_id: UUID
    units: int
    reason: str
    subject_id: UUID


SHIFT = """
    WITH moved AS (
        SELECT * FROM unnest(%(ids)s::uuid[], %(locations)s::uuid[], %(items)s::uuid[], %(units)s::int[],
                             %(reasons)s::text[], %(subjects)s::uuid[])
                   AS m(id, location_id, item_id, units, reason, subject_id)
    ), kept AS (
        UPDATE inventory_stock s SET on_hand = s.on_hand + m.units
          FROM (SELECT location_id, item_id, sum(units) AS units FROM moved GROUP BY 1, 2) m
         WHERE s.brand_id = %(brand)s AND s.location_id = m.location_id AND s.item_id = m.item_id
    )
    INSERT INTO inventory_movement (brand_id, id, location_id, item_id, units, reason, subject_id, at)
    SELECT %(brand)s, id, location_id, item_id, units, reason, subject_id, %(now)s FROM moved WHERE units <> 0
"""


def shift(moves: Sequence[Move], *, happened: bool) -> dict[Place, int]:
    """Move units within the open transaction; units by place that really moved.

    Not `happened`: what is asked for must be there and not be held for orders, else BadInput names each line. What has
    happened (a count's missing units) is booked as far as the books go, and the youngest holds it clashes with end.
    """
    brand = current_brand()
    wanted: dict[Place, int] = {}
    for move in moves:
        place = (move.location_id, move.item_id)
        wanted[place] = wanted.get(place, 0) + move.units
    places = sorted(wanted)
    if not places:
        return {}
    open_rows(places, brand)
    stock = lock(places)
    if not happened:
        _refuse_short(moves, wanted, stock)
    elif _make_room(wanted, stock, brand):
        stock = lock(places)
    left = {place: max(stock[place].on_hand + units, 0) for place, units in wanted.items()}
    kept = _fitted(moves, stock)
    execute(
        SHIFT,
        {
            "brand": brand,
            "now": clock.now(),
            "ids": [uuid7() for _ in kept],
            "locations": [m.location_id for m in kept],
            "items": [m.item_id for m in kept],
            "units": [m.units for m in kept],
            "reasons": [m.reason for m in kept],
            "subjects": [m.subject_id for m in kept],
        },
    )
    came = {p: stock[p].free_with(n) for p, n in left.items() if n > stock[p].on_hand}
    went = {p: stock[p].free_with(n) for p, n in left.items() if n < stock[p].on_hand}
    tell(went)
    tell(came, arrived=True)
    return {place: left[place] - stock[place].on_hand for place in places}


def check_there(moves: Sequence[Move]) -> None:
    """Refuse what is not there now, as `shift` would; nothing is moved."""
    wanted: dict[Place, int] = {}
    for move in moves:
        place = (move.location_id, move.item_id)
        wanted[place] = wanted.get(place, 0) + move.units
    _refuse_short(moves, wanted, lock(wanted))


def _refuse_short(moves: Sequence[Move], wanted: Mapping[Place, int], stock: Mapping[Place, StockRow]) -> None:
    problems = []
    for n, move in enumerate(moves):
        row = stock.get((move.location_id, move.item_id))
        left = row.on_hand - row.reserved if row else 0
        if wanted[move.location_id, move.item_id] + left < 0:
            fix = f"at most {left}, the units there that no order holds"
            problems.append(Problem(f"/lines/{n}/units", "not_enough_stock", fix, -move.units))
    if problems:
        raise BadInput("there is less than that", *problems)


def _make_room(wanted: Mapping[Place, int], stock: Mapping[Place, StockRow], brand: UUID) -> bool:
    """End the youngest holds where fewer units are left than are held; the orders find another store by the event."""
    uncovered = {
        place: over
        for place, units in wanted.items()
        if (over := stock[place].reserved - max(stock[place].on_hand + units, 0)) > 0
    }
    if not uncovered:
        return False
    orders = set()
    key = {"brand": brand, "locations": [p[0] for p in uncovered], "items": [p[1] for p in uncovered]}
    for location, item, order, units in rows(HOLDERS, key):
        if uncovered[location, item] > 0:
            uncovered[location, item] -= units
            orders.add(order)
    release(sorted(orders), brand=brand, how="clashed")
    return True


def _fitted(moves: Sequence[Move], stock: Mapping[Place, StockRow]) -> list[Move]:
    """The moves, with what would take a count below nothing cut off."""
    left = {place: row.on_hand for place, row in stock.items()}
    kept = []
    for move in sorted(moves, key=lambda m: -m.units):
        place = (move.location_id, move.item_id)
        units = max(move.units, -left[place])
        left[place] += units
        kept.append(Move(*place, units, move.reason, move.subject_id))
    return kept
