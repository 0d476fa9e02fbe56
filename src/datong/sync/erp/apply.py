"""What was read becomes goods, stock and prices, in the open transaction. A row that cannot stand is named."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from datong.access.types import Machine
from datong.brand.api import list_stores
from datong.catalog import api as catalog
from datong.catalog.types import Item, ItemKind, NewPrice
from datong.inventory import api as inventory
from datong.inventory.types import StockRow
from datong.kernel import clock
from datong.kernel.db import execute, rows, savepoint
from datong.kernel.errors import BadInput, BadValue, Problem
from datong.kernel.ids import uuid7
from datong.sync.erp.read import Line
from datong.sync.erp.types import Feed

KNOWN = """
    SELECT key, sha FROM sync_erprow
     WHERE brand_id = %(brand)s AND erp_id = %(erp)s AND feed = %(feed)s AND key = ANY (%(keys)s::text[])
"""
REMEMBER = """
    INSERT INTO sync_erprow (brand_id, erp_id, feed, key, sha, at)
    SELECT %(brand)s, %(erp)s, %(feed)s, r.key, r.sha, %(now)s
      FROM unnest(%(keys)s::text[], %(shas)s::bytea[]) r(key, sha)
    ON CONFLICT (brand_id, erp_id, feed, key) DO UPDATE SET sha = excluded.sha, at = excluded.at
"""


def apply(brand_id: UUID, erp_id: UUID, feed: Feed, lines: Sequence[Line], *, by: str) -> tuple[int, list[Problem]]:
    """(rows that changed something, problems); inside a transaction of the brand.

    Goods and prices that say the same as last time are passed over. A figure of stock is compared with what is on hand
    now, since sales have changed that meanwhile.
    """
    about = {"brand": brand_id, "erp": erp_id, "feed": feed.value, "now": clock.now()}
    if feed is Feed.STOCK:
        return _stock(brand_id, lines, by)
    told = dict(rows(KNOWN, {**about, "keys": [line.key for line in lines]}))
    news = [line for line in lines if bytes(told.get(line.key, b"")) != line.sha]
    if feed is Feed.ITEMS:
        done, problems = _items(brand_id, news, by)
    else:
        done, problems = _prices(brand_id, news, Machine(erp_id, brand_id, by[:120]))
    execute(REMEMBER, {**about, "keys": [line.key for line in done], "shas": [line.sha for line in done]})
    return len(done), problems


Outcome = tuple[list[Line], list[Problem]]


def _items(brand_id: UUID, lines: Sequence[Line], by: str) -> Outcome:
    """What the ERP tells of an item is replaced; what it does not know (its languages, its id) stays."""
    known = catalog.items_by_sku(brand_id, [line.facts["sku"] for line in lines])
    made = []
    for line in lines:
        f = line.facts
        before = known.get(f["sku"]) or Item(uuid7(), f["sku"], f["title"])
        told = {name: f[name] for name in ("title", "tax_class", "active")}
        told |= {name: f[name] for name in ("category", "gtin") if f[name]}
        made.append(replace(before, kind=ItemKind(f["kind"]), **told))
    return _by_row(lines, made, lambda part: catalog.put_items(brand_id, part, by=by))


def _prices(brand_id: UUID, lines: Sequence[Line], asker: Machine) -> Outcome:
    """What changes more than programs may alone waits for a person; the ERP is not heard again until it says
    something else."""
    known = catalog.items_by_sku(brand_id, [line.facts["sku"] for line in lines])
    kept, problems = _with_sku(lines, known)
    now = clock.now()
    made = [
        NewPrice(f["sku"], f["amount"], _begins(f["valid_from"], now), f["valid_to"], f["price_list"])
        for f in (line.facts for line in kept)
    ]
    done, more = _by_row(kept, made, lambda part: catalog.change_prices(brand_id, part, by=asker, reason="ERP"))
    return done, problems + more


def _begins(valid_from: datetime | None, now: datetime) -> datetime | None:
    """A price holds from now on at the earliest (None): what was sold is sold."""
    return None if valid_from is None or valid_from < now else valid_from


def _stock(brand_id: UUID, lines: Sequence[Line], by: str) -> tuple[int, list[Problem]]:
    items = catalog.items_by_sku(brand_id, [line.facts["sku"] for line in lines])
    stores = {store.code: store.id for store in list_stores(brand_id)}
    kept, problems = _with_sku(lines, items)
    for line in list(kept):
        if line.facts["store"] not in stores:
            fix = f"a store of this brand ({', '.join(sorted(stores)[:5])}), or a map in the mapping"
            problems.append(Problem(f"/{line.row}/store", "unknown_store", fix, line.facts["store"]))
            kept.remove(line)
    wanted = {(stores[f["store"]], items[f["sku"]].id): (line.row, f["units"]) for line in kept for f in [line.facts]}
    there = {
        (row.location_id, row.item_id): row.on_hand
        for row in inventory.stock_of(
            brand_id, items=sorted({item for _, item in wanted}), locations=sorted({place for place, _ in wanted})
        )
    }
    fresh = [
        StockRow(place, item, units)
        for (place, item), (_, units) in sorted(wanted.items())
        if (place, item) not in there
    ]
    if fresh:
        inventory.receive(brand_id, fresh)
    changed = len(fresh)
    for (place, item), (row, units) in sorted(wanted.items()):
        if there.get((place, item), units) == units:
            continue
        try:
            with savepoint():
                inventory.count(brand_id, place, item, units, who=by)
            changed += 1
        except BadValue as error:
            problems += [Problem(f"/{row}/units", p.code, p.fix, p.value) for p in error.problems]
    return changed, problems


def _with_sku(lines: Sequence[Line], items: dict[str, Any]) -> Outcome:
    kept = [line for line in lines if line.facts["sku"] in items]
    lost = [line for line in lines if line.facts["sku"] not in items]
    fix = "send the item first, or take the row out"
    return kept, [Problem(f"/{line.row}/sku", "unknown_sku", fix, line.facts["sku"]) for line in lost]


def _by_row(lines: Sequence[Line], made: Sequence[Any], put: Any) -> Outcome:
    """All at once; where one of them is refused, those that are named are left out and the others are put."""
    if not made:
        return [], []
    try:
        with savepoint():
            put(made)
        return list(lines), []
    except BadInput as error:
        bad: dict[int, list[Problem]] = {}
        for problem in error.problems:
            at = next((part for part in problem.field.split("/") if part.isdecimal()), "")
            if not at:
                raise
            bad.setdefault(int(at), []).append(problem)
    problems = [
        Problem(f"/{lines[n].row}/{p.field.rpartition('/')[2]}", p.code, p.fix, p.value)
        for n in sorted(bad)
        for p in bad[n]
    ]
    kept = [n for n in range(len(lines)) if n not in bad]
    if kept:
        put([made[n] for n in kept])
    return [lines[n] for n in kept], problems
