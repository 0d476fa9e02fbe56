"""Pure decisions of inventory: who gets the units there are."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from uuid import UUID

from datong.inventory.types import Short, StockRow, Want

Place = tuple[UUID, UUID]
"""(location, item)"""


def allot(
    wants: Sequence[Want],
    free: Mapping[Place, int],
    held: Mapping[str, int],
    cap: int,
    *,
    out: Collection[Place] = frozenset(),
    busy: Collection[Place] = frozenset(),
) -> tuple[list[Want], list[Short], dict[Place, int]]:
    """Serve wants in order of arrival; a refused want takes nothing, so its units stay for the next.

    `held` are the unpaid units each customer holds already; more than `cap` is refused. `out` are places where an item
    is sold out; `busy` those another transaction holds, `free` there being what was committed last: a want that would
    fit there is refused as busy. Also returns what is left.
    """
    left, holding = dict(free), dict(held)
    served: list[Want] = []
    refused: list[Short] = []
    for want in wants:
        short = _capped(want, holding, cap) or _short(want, left, out, busy)
        if short:
            refused.append(short)
            continue
        for item, units in want.quantities.items():
            left[want.location_id, item] -= units
        if is_capped(want):
            holding[want.customer_key] = holding.get(want.customer_key, 0) + sum(want.quantities.values())
        served.append(want)
    return served, refused, left


def is_capped(want: Want) -> bool:
    """Only holds nobody has paid for yet count against a customer's cap."""
    return want.expires_at is not None and bool(want.customer_key)


def _capped(want: Want, holding: Mapping[str, int], cap: int) -> Short | None:
    wanted = sum(want.quantities.values())
    have = holding.get(want.customer_key, 0)
    if not is_capped(want) or have + wanted <= cap:
        return None
    item = min(want.quantities)
    return Short(want.order_id, want.location_id, item, free=max(cap - have, 0), wanted=wanted, capped=True)


def _short(want: Want, left: Mapping[Place, int], out: Collection[Place], busy: Collection[Place]) -> Short | None:
    for item in want.also:
        if (want.location_id, item) in out:
            return Short(want.order_id, want.location_id, item, free=0, wanted=1, sold_out=True)
    waits_for: Short | None = None
    for item, units in want.quantities.items():
        place = (want.location_id, item)
        free = left.get(place, 0) - want.floor
        if free < units:
            return Short(want.order_id, *place, free=max(free, 0), wanted=units, sold_out=place in out)
        if place in busy:
            waits_for = Short(want.order_id, *place, free=free, wanted=units, busy=True)
    return waits_for


def take(stock: StockRow, units: int) -> tuple[int, int, int]:
    """A sale that happened took `units`: (units that leave the count, units missing, reserved units now uncovered)."""
    leaves = min(units, stock.on_hand)
    return leaves, units - leaves, max(stock.reserved - (stock.on_hand - leaves), 0)
