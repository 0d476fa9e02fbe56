"""Sold more than any system had, at a place; and how near it came elsewhere.

For each place and item the day's supply is the most that any system said was there in the morning; a later figure of
the system that keeps the stock raises it by what was delivered meanwhile (its figure and what had been sold by then).
What was sold beyond that was sold to somebody who cannot have it. Near miss: one system sold the last units while
another, within its interval, had just sold of the same shelf and could not have told it.
"""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

from datong.kernel.db import execute, rows
from datong.shadow.detect.common import Window, minute, titles_of
from datong.shadow.rules import severity_of
from datong.shadow.types import MAX_EVIDENCE, MAX_FINDINGS, Finding, Kind

FLOW = """
    CREATE TEMPORARY TABLE shadow_t_flow (
        store text, item text, at timestamptz, order_id uuid, system_id uuid, code text, native_id text, sku text,
        units bigint, unit_minor bigint, sold bigint, supply bigint, over bigint) ON COMMIT DROP
"""
FILL = """
    WITH wanted AS (SELECT DISTINCT store, item FROM shadow_t_sale WHERE store <> ''),
    said AS (SELECT k.* FROM shadow_t_said k JOIN wanted w ON w.store = k.store AND w.item = k.item),
    morning AS (
        SELECT DISTINCT ON (store, item, system_id) store, item, system_id, units
          FROM said WHERE at <= %(since)s ORDER BY store, item, system_id, at DESC
    ),
    event AS (
        SELECT store, item, %(since)s::timestamptz AS at, 0 AS step, NULL::uuid AS order_id, NULL::uuid AS system_id,
               NULL::text AS code, NULL::text AS native_id, NULL::text AS sku, 0::bigint AS units,
               0::bigint AS unit_minor,
               max(units)::bigint AS said, true AS opens, true AS keeper, false AS earliest
          FROM morning GROUP BY store, item
        UNION ALL
        SELECT store, item, at, 0, NULL, system_id, NULL, NULL, NULL, 0, 0, units, false, keeper,
               row_number() OVER (PARTITION BY store, item, system_id ORDER BY at) = 1
          FROM said WHERE at > %(since)s
        UNION ALL
        SELECT store, item, at, 1, order_id, system_id, code, native_id, sku, units, unit_minor, NULL, false,
               false, false
          FROM shadow_t_sale WHERE store <> ''
    ),
    counted AS (
        SELECT e.*, sum(units) OVER w AS sold, bool_or(opens) OVER (PARTITION BY store, item) AS opened
          FROM event e
        WINDOW w AS (PARTITION BY store, item ORDER BY at, step, native_id, order_id ROWS UNBOUNDED PRECEDING)
    ),
    claimed AS (
        SELECT c.*,
               CASE WHEN said IS NULL THEN NULL WHEN opens THEN said
                    WHEN (keeper AND said > 0) OR (earliest AND NOT opened) THEN said + sold END AS claim,
               CASE WHEN earliest AND NOT opened THEN %(since)s::timestamptz ELSE at END AS begins
          FROM counted c
    ),
    supplied AS (
        SELECT c.*, max(claim) OVER (PARTITION BY store, item
                                     ORDER BY begins, step, at, native_id, order_id ROWS UNBOUNDED PRECEDING) AS supply
          FROM claimed c
    )
    INSERT INTO shadow_t_flow
    SELECT store, item, at, order_id, system_id, code, native_id, sku, units, unit_minor, sold, supply,
           greatest(0, least(units, sold - supply))
      FROM supplied WHERE step = 1 AND supply IS NOT NULL
"""
OVER = """
    WITH short AS (SELECT store, item, sum(over) AS units, sum(over * unit_minor) AS amount, max(supply) AS supply,
                          max(sold) AS sold, min(at) FILTER (WHERE over > 0) AS at
                     FROM shadow_t_flow GROUP BY 1, 2 HAVING sum(over) > 0
                    ORDER BY amount DESC, store, item LIMIT %(most)s),
    line AS (SELECT f.*, row_number() OVER (PARTITION BY f.store, f.item ORDER BY f.sold DESC) AS back
               FROM shadow_t_flow f JOIN short USING (store, item))
    SELECT h.store, h.item, h.units, h.amount, h.supply, h.sold, h.at, count(*),
           jsonb_agg(jsonb_build_object('system', l.code, 'order', l.native_id, 'at', l.at, 'sku', l.sku,
                                        'units', l.units, 'price_minor', l.unit_minor, 'left', l.supply - l.sold,
                                        'short', l.over) ORDER BY l.sold) FILTER (WHERE l.back <= %(rows)s)::text
      FROM short h JOIN line l USING (store, item) GROUP BY 1, 2, 3, 4, 5, 6, 7
"""
SAID = """
    SELECT k.store, k.item,
           jsonb_agg(jsonb_build_object('system', s.code, 'at', k.at, 'stock', k.units) ORDER BY k.at, s.code)::text
      FROM (SELECT *, row_number() OVER (PARTITION BY store, item, system_id ORDER BY at) AS place FROM shadow_t_said
             WHERE (store, item) IN (SELECT * FROM unnest(%(stores)s::text[], %(items)s::text[]))) k
      JOIN shadow_system s ON s.brand_id = %(brand)s AND s.id = k.system_id
     WHERE k.place <= 5 GROUP BY 1, 2
"""
NEAR = """
    SELECT DISTINCT ON (b.store, b.item) b.store, b.item, b.at, b.units, b.unit_minor, b.native_id, b.code, b.sku,
           a.at, a.units, a.native_id, a.code, a.sku, b.supply, extract(epoch FROM b.at - a.at)::int, a.unit_minor
      FROM shadow_t_flow b
      JOIN shadow_system sb ON sb.brand_id = %(brand)s AND sb.id = b.system_id
      JOIN shadow_t_flow a ON a.store = b.store AND a.item = b.item AND a.system_id <> b.system_id AND a.sold < b.sold
                          AND a.at >= b.at - sb.interval_s * interval '1 second'
     WHERE b.sold = b.supply
       AND NOT EXISTS (SELECT 1 FROM shadow_t_flow o WHERE o.store = b.store AND o.item = b.item AND o.over > 0)
     ORDER BY b.store, b.item, a.sold DESC LIMIT %(most)s
"""


def find_oversells(window: Window) -> list[Finding]:
    """Oversells and near misses of the day. Reads shadow_t_sale."""
    params = {**window.params, "most": MAX_FINDINGS, "rows": MAX_EVIDENCE}
    execute(FLOW)
    execute(FILL, params)
    execute("CREATE INDEX ON shadow_t_flow (store, item, sold)")
    execute("ANALYZE shadow_t_flow")
    over, near = rows(OVER, params), rows(NEAR, params)
    both = (*over, *near)
    titles = titles_of(window.project, [row[1] for row in both])
    wanted = {**params, "stores": [row[0] for row in both], "items": [row[1] for row in both]}
    said = {(store, item): json.loads(text) for store, item, text in rows(SAID, wanted)}
    found = [*(_over(window, row, titles) for row in over), *(_near(window, row, titles) for row in near)]
    return [_with(one, said.get((one.store, one.item), [])) for one in found]


def _with(found: Finding, said: list[dict[str, Any]]) -> Finding:
    """What the systems said was there stands before the sales."""
    return replace(found, evidence=(*said, *found.evidence), rows=found.rows + len(said))


def _over(window: Window, row: tuple[Any, ...], titles: dict[str, str]) -> Finding:
    store, item, units, amount, supply, sold, at, count, text = row
    lines = json.loads(text)
    return Finding(
        mark=f"oversell:{window.day}:{store}:{item}",
        kind=Kind.OVERSELL,
        severity=severity_of(Kind.OVERSELL),
        day=window.day,
        at=at,
        amount_minor=int(amount),
        currency=window.project.currency,
        store=store,
        item=item,
        title=titles.get(item, ""),
        systems=tuple(sorted({line["system"] for line in lines})),
        facts={"short": int(units), "had": int(supply), "sold": int(sold)},
        evidence=tuple(lines),
        rows=count,
    )


def _near(window: Window, row: tuple[Any, ...], titles: dict[str, str]) -> Finding:
    store, item, at, units, price, order, code, sku, at0, units0, order0, code0, sku0, supply, apart, price0 = row
    lines = (
        {"system": code0, "order": order0, "at": minute(at0), "sku": sku0, "units": int(units0),
         "price_minor": int(price0), "left": int(units)},
        {"system": code, "order": order, "at": minute(at), "sku": sku, "units": int(units), "price_minor": int(price),
         "left": 0},
    )  # fmt: skip
    return Finding(
        mark=f"near_miss:{window.day}:{store}:{item}",
        kind=Kind.NEAR_MISS,
        severity=severity_of(Kind.NEAR_MISS),
        day=window.day,
        at=at,
        amount_minor=int(units * price),
        currency=window.project.currency,
        store=store,
        item=item,
        title=titles.get(item, ""),
        systems=tuple(sorted({code, code0})),
        facts={"units": int(units), "had": int(supply), "seconds": apart},
        evidence=lines,
        rows=2,
    )
