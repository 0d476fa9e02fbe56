"""Fixed levels (s, S) of items at stores, in place of the forecast; many at once, each change in the trail."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from uuid import UUID

from datong.brand.api import list_stores
from datong.catalog.api import items_by_id
from datong.kernel import audit
from datong.kernel.db import execute, in_brand
from datong.kernel.errors import BadInput, Problem
from datong.purchasing.queries import policies
from datong.purchasing.types import Policy

MOST_UNITS = 1_000_000
TOLD = 200
"""Up to so many changes at once are told one by one; a file's are told as one."""
Place = tuple[UUID, UUID]

PUT = """
    INSERT INTO purchasing_policy (brand_id, store_id, item_id, low, high)
    SELECT %(brand)s, store_id, item_id, low, high
      FROM unnest(%(stores)s::uuid[], %(items)s::uuid[], %(lows)s::int[], %(highs)s::int[])
           g(store_id, item_id, low, high)
     ORDER BY store_id, item_id
    ON CONFLICT (brand_id, store_id, item_id) DO UPDATE SET low = excluded.low, high = excluded.high
"""
DROP = """
    DELETE FROM purchasing_policy p USING (
        SELECT o.store_id, o.item_id FROM purchasing_policy o
          JOIN unnest(%(stores)s::uuid[], %(items)s::uuid[]) g(store_id, item_id)
            ON o.store_id = g.store_id AND o.item_id = g.item_id
         WHERE o.brand_id = %(brand)s ORDER BY o.store_id, o.item_id FOR UPDATE OF o) d
     WHERE p.brand_id = %(brand)s AND p.store_id = d.store_id AND p.item_id = d.item_id
"""


def put_levels(brand: UUID, levels: Sequence[Policy], *, by: str, dropped: Collection[Place] = ()) -> int:
    """Fix (s, S) for items at stores, and give the `dropped` (store, item) back to the forecast; how many changed.

    A constant number of statements and a line in the trail for each change, one for all of a file's. Raises BadInput
    naming each row that orders nothing: 0 <= low < high.
    """
    wrong = [
        Problem(f"/levels/{n}/high", "range", f"more than {max(p.low, 0):,}, the level at which it is ordered", p.high)
        for n, p in enumerate(levels)
        if not 0 <= p.low < p.high <= MOST_UNITS
    ]
    if wrong:
        raise BadInput("these levels cannot be kept", *wrong)
    wanted: dict[Place, Policy | None] = {**dict.fromkeys(dropped), **{(p.store_id, p.item_id): p for p in levels}}
    with in_brand(brand):
        before = policies(brand, stores={s for s, _ in wanted}, items={i for _, i in wanted})
        changed = {place: p for place, p in wanted.items() if before.get(place) != p}
        new, gone = [p for p in changed.values() if p], [place for place, p in changed.items() if p is None]
        if new:
            key = {"brand": brand, "stores": [p.store_id for p in new], "items": [p.item_id for p in new]}
            execute(PUT, {**key, "lows": [p.low for p in new], "highs": [p.high for p in new]})
        if gone:
            execute(DROP, {"brand": brand, "stores": [s for s, _ in gone], "items": [i for _, i in gone]})
        _tell(brand, before, changed, by)
        return len(changed)


def _tell(brand: UUID, before: dict[Place, Policy], changed: dict[Place, Policy | None], by: str) -> None:
    if len(changed) > TOLD:
        audit.record(brand=brand, actor=by, verb="stock.level", subject="stock levels", after={"changed": len(changed)})
        return
    items = items_by_id(brand, {item for _, item in changed})
    codes = {s.id: s.code for s in list_stores(brand)}
    for (store, item), now in changed.items():
        name = items[item].sku if item in items else item
        audit.record(
            brand=brand,
            actor=by,
            verb="stock.level",
            subject=f"stock level {name} {codes.get(store, store)}",
            before=_said(before.get((store, item))),
            after=_said(now),
            store_id=store,
        )


def _said(level: Policy | None) -> dict[str, int] | None:
    return {"low": level.low, "high": level.high} if level else None
