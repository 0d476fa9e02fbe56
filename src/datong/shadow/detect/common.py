"""The day's real sales in one temporary table, each once, at its place, under its item; the others build on it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from datong.kernel.db import current_brand, execute, rows
from datong.shadow.batches import chunks
from datong.shadow.rules import Sku, match_items
from datong.shadow.types import Project


@dataclass(frozen=True, slots=True)
class Window:
    """One day of the project's own time zone, [since, until)."""

    project: Project
    day: date

    @property
    def since(self) -> datetime:
        return self._midnight(self.day)

    @property
    def until(self) -> datetime:
        return self._midnight(self.day + timedelta(days=1))

    def _midnight(self, day: date) -> datetime:
        return datetime.combine(day, time(), ZoneInfo(self.project.timezone)).astimezone(UTC)

    @property
    def params(self) -> dict[str, Any]:
        return {"brand": current_brand(), "project": self.project.id, "since": self.since, "until": self.until}


SKUS = """
    SELECT i.system_id, i.sku, i.gtin, s.keeps_stock, i.how, i.item, i.others
      FROM shadow_item i JOIN shadow_system s ON s.brand_id = i.brand_id AND s.id = i.system_id
     WHERE i.brand_id = %(brand)s AND i.project_id = %(project)s
"""
MATCHED = """
    UPDATE shadow_item i SET item = n.item, how = n.how, others = n.others
      FROM unnest(%(systems)s::uuid[], %(skus)s::text[], %(items)s::text[], %(hows)s::text[], %(others)s::smallint[])
        AS n(system_id, sku, item, how, others)
     WHERE i.brand_id = %(brand)s AND i.project_id = %(project)s AND i.system_id = n.system_id AND i.sku = n.sku
"""


def match_skus(project: Project) -> int:
    """Say of every SKU which item it is; how many are known to one system only. Only what changed is written."""
    key = {"brand": current_brand(), "project": project.id}
    found = rows(SKUS, key)
    skus = [Sku(str(system), sku, gtin, keeper) for system, sku, gtin, keeper, *_ in found]
    mapped = {(str(system), sku): item for system, sku, _, _, how, item, _ in found if how == "file"}
    matches = match_items(skus, mapped)
    knows: dict[str, set[str]] = {}
    for (system, _), (item, _) in matches.items():
        knows.setdefault(item, set()).add(system)
    changed = []
    for system, sku, _, _, how, item, others in found:
        now = (*matches[str(system), sku], len(knows[matches[str(system), sku][0]]) - 1)
        if now != (item, how, others):
            changed.append((system, sku, *now))
    for part in chunks(changed):
        columns = [list(column) for column in zip(*part, strict=True)]
        names = ("systems", "skus", "items", "hows", "others")
        execute(MATCHED, {**key, **dict(zip(names, columns, strict=True))})
    return sum(len(systems) == 1 for systems in knows.values())


# What is observed is copied into temporary tables, which are analysed: the tables themselves may have come just now,
# and a planner that takes them for a few rows would join them row by row.
DROP = """
    DROP TABLE IF EXISTS pg_temp.shadow_t_order, pg_temp.shadow_t_said, pg_temp.shadow_t_sale, pg_temp.shadow_t_flow,
                         pg_temp.shadow_t_held
"""
DROP_ITEM = "DROP TABLE IF EXISTS pg_temp.shadow_t_item"
ITEM = "CREATE TEMPORARY TABLE shadow_t_item (system_id uuid, sku text, item text) ON COMMIT DROP"
FILL_ITEM = """
    INSERT INTO shadow_t_item SELECT system_id, sku, item FROM shadow_item
     WHERE brand_id = %(brand)s AND project_id = %(project)s
"""
ORDER = """
    CREATE TEMPORARY TABLE shadow_t_order (
        id uuid, system_id uuid, code text, sells bool, books bool, native_id text, ref text, source text,
        placed_at timestamptz, currency text, goods_minor bigint, units bigint, basket text, store text, named bool,
        cancelled bool, fulfilment text, phone_key text, email_key text, lon float8, lat float8, promised_at timestamptz
    ) ON COMMIT DROP
"""
FILL_ORDER = """
    INSERT INTO shadow_t_order
    SELECT o.id, o.system_id, s.code, s.sells, s.books, o.native_id, o.ref, o.source, o.placed_at, o.currency,
           o.goods_minor, o.units, o.basket, o.store, o.named, o.cancelled, o.fulfilment, o.phone_key, o.email_key,
           o.lon, o.lat, o.promised_at
      FROM shadow_order o JOIN shadow_system s ON s.brand_id = o.brand_id AND s.id = o.system_id
     WHERE o.brand_id = %(brand)s AND o.project_id = %(project)s
       AND o.placed_at >= %(since)s::timestamptz - interval '1 day'
       AND o.placed_at < %(until)s::timestamptz + interval '1 day'
"""
SAID = """
    CREATE TEMPORARY TABLE shadow_t_said (
        store text, item text, system_id uuid, keeper bool, at timestamptz, units bigint) ON COMMIT DROP
"""
FILL_SAID = """
    INSERT INTO shadow_t_said
    SELECT k.store, i.item, k.system_id, s.keeps_stock, k.at, k.units
      FROM shadow_stock k
      JOIN shadow_t_item i ON i.system_id = k.system_id AND i.sku = k.sku
      JOIN shadow_system s ON s.brand_id = k.brand_id AND s.id = k.system_id
     WHERE k.brand_id = %(brand)s AND k.project_id = %(project)s AND k.at < %(until)s
       AND k.at >= %(since)s::timestamptz - interval '7 days'
"""
SALE = """
    CREATE TEMPORARY TABLE shadow_t_sale (
        order_id uuid, system_id uuid, code text, native_id text, at timestamptz, store text, item text, sku text,
        units bigint, unit_minor bigint) ON COMMIT DROP
"""
GATHER = """
    WITH booked AS (
        SELECT ref, source, min(store) AS store FROM shadow_t_order WHERE books AND store <> '' GROUP BY 1, 2
    )
    INSERT INTO shadow_t_sale
    SELECT o.id, o.system_id, o.code, o.native_id, o.placed_at,
           coalesce(nullif(o.store, ''), exact.store, loose.store, ''), i.item, min(l.sku), sum(l.units),
           max(coalesce(l.unit_minor, 0))
      FROM shadow_t_order o
      LEFT JOIN booked exact ON exact.ref = o.ref AND exact.source = o.code
      LEFT JOIN booked loose ON loose.ref = o.ref AND loose.source = ''
     CROSS JOIN LATERAL (SELECT sku, units, unit_minor FROM shadow_line
                          WHERE brand_id = %(brand)s AND order_id = o.id OFFSET 0) l
      JOIN shadow_t_item i ON i.system_id = o.system_id AND i.sku = l.sku
     WHERE o.sells AND NOT o.cancelled AND o.placed_at >= %(since)s AND o.placed_at < %(until)s
     GROUP BY o.id, o.system_id, o.code, o.native_id, o.placed_at, o.store, exact.store, loose.store, i.item
"""
COUNTED = "SELECT count(DISTINCT order_id), count(DISTINCT order_id) FILTER (WHERE store = '') FROM shadow_t_sale"


def gather_items(project: Project) -> None:
    """What each SKU is, for the whole run."""
    execute(DROP_ITEM)
    execute(ITEM)
    execute(FILL_ITEM, {"brand": current_brand(), "project": project.id})
    execute("CREATE INDEX ON shadow_t_item (system_id, sku)")
    execute("ANALYZE shadow_t_item")


def gather_sales(window: Window) -> tuple[int, int]:
    """(orders sold, those of no known place). A sale's place is its own system's word, else its book's."""
    execute(DROP)
    for table, make, fill in (
        ("shadow_t_order", ORDER, FILL_ORDER),
        ("shadow_t_said", SAID, FILL_SAID),
        ("shadow_t_sale", SALE, GATHER),
    ):
        execute(make)
        execute(fill, window.params)
        execute(f"ANALYZE {table}")
    ((orders, nowhere),) = rows(COUNTED)
    return orders, nowhere


TITLES = """
    SELECT item, max(title) FROM shadow_item
     WHERE brand_id = %(brand)s AND project_id = %(project)s AND item = ANY(%(items)s::text[]) AND title <> ''
     GROUP BY item
"""


def titles_of(project: Project, items: list[str]) -> dict[str, str]:
    return dict(rows(TITLES, {"brand": current_brand(), "project": project.id, "items": items}))


def minute(at: datetime) -> str:
    """A moment as evidence shows it: UTC, to the second."""
    return at.astimezone(UTC).isoformat(timespec="seconds")
