"""One product at two prices at the same moment, in systems that should agree; and what was sold at the lower one."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime
from typing import Any

from datong.kernel.db import execute, rows
from datong.shadow.detect.common import Window, minute, titles_of
from datong.shadow.rules import severity_of
from datong.shadow.types import MAX_EVIDENCE, MAX_FINDINGS, Finding, Kind

HELD = """
    CREATE TEMPORARY TABLE shadow_t_held (
        item text, system_id uuid, code text, price_group text, store text, sku text, minor bigint, currency text,
        since timestamptz, ends timestamptz) ON COMMIT DROP
"""
FILL = """
    WITH span AS (
        SELECT i.item, p.system_id, s.code, s.price_group, p.store, p.sku, p.minor, p.currency, p.since,
               lead(p.since) OVER (PARTITION BY p.system_id, p.store, p.sku ORDER BY p.since) AS ends
          FROM shadow_price p
          JOIN shadow_t_item i ON i.system_id = p.system_id AND i.sku = p.sku
          JOIN shadow_system s ON s.brand_id = p.brand_id AND s.id = p.system_id
         WHERE p.brand_id = %(brand)s AND p.project_id = %(project)s AND p.since < %(until)s AND s.sells
    )
    INSERT INTO shadow_t_held
    SELECT item, system_id, code, price_group, store, sku, minor, currency, greatest(since, %(since)s),
           least(coalesce(ends, %(until)s), %(until)s)
      FROM span WHERE coalesce(ends, %(until)s) > %(since)s
"""
GAP = """
    uneven AS (
        SELECT item, price_group, currency FROM shadow_t_held
         GROUP BY 1, 2, 3 HAVING min(minor) < max(minor) AND count(DISTINCT system_id) > 1
    ),
    gap AS (
        SELECT l.item, l.system_id, l.code AS low, l.sku, l.minor AS low_minor, h.code AS high, h.minor AS high_minor,
               greatest(l.since, h.since) AS since, least(l.ends, h.ends) AS ends, l.store, h.store AS high_store
          FROM uneven u
          JOIN shadow_t_held l ON l.item = u.item AND l.price_group = u.price_group AND l.currency = u.currency
          JOIN shadow_t_held h ON h.item = u.item AND h.price_group = u.price_group AND h.currency = u.currency
                              AND h.system_id <> l.system_id AND h.minor > l.minor
                              AND l.since < h.ends AND h.since < l.ends
                              AND (l.store = h.store OR l.store = '' OR h.store = '')
         WHERE least(l.ends, h.ends) - greatest(l.since, h.since) >= %(gap)s * interval '1 second'
    )
"""
GAPS = f"""
    WITH {GAP}
    SELECT item, low, low_minor, high, high_minor, since, ends, sku FROM gap
     ORDER BY item, high_minor - low_minor DESC, since, low, high
"""  # noqa: S608 constants of ours
SOLD = f"""
    WITH {GAP},
    best AS (
        SELECT DISTINCT ON (t.order_id, t.item) t.item, t.order_id, t.native_id, t.at, t.units, t.store, g.low, g.sku,
               g.low_minor, g.high, g.high_minor
          FROM gap g JOIN shadow_t_sale t ON t.item = g.item AND t.system_id = g.system_id
                                         AND t.at >= g.since AND t.at < g.ends
                                         AND (g.store IN ('', t.store)) AND (g.high_store IN ('', t.store))
         ORDER BY t.order_id, t.item, g.high_minor DESC, g.high
    )
    SELECT item, low, native_id, at, units, store, sku, low_minor, high, high_minor FROM best ORDER BY item, at
"""  # noqa: S608 constants of ours


def find_price_gaps(window: Window) -> list[Finding]:
    """One finding a product: the lowest and the highest price of the day's gaps, and each sale at the lower price."""
    params = {**window.params, "gap": window.project.tolerances.gap_s}
    execute(HELD)
    execute(FILL, params)
    execute("CREATE INDEX ON shadow_t_held (item)")
    execute("ANALYZE shadow_t_held")
    gaps: dict[str, list[tuple[Any, ...]]] = defaultdict(list)
    sold: dict[str, list[tuple[Any, ...]]] = defaultdict(list)
    for row in rows(GAPS, params):
        gaps[row[0]].append(row)
    if gaps:
        for row in rows(SOLD, params):
            sold[row[0]].append(row)
    titles = titles_of(window.project, list(gaps))
    found = [_gap(window, item, gaps[item], sold[item], titles.get(item, "")) for item in gaps]
    return sorted(found, key=lambda f: (-f.amount_minor, f.item))[:MAX_FINDINGS]


def _gap(window: Window, item: str, gaps: list[tuple[Any, ...]], sold: list[tuple[Any, ...]], title: str) -> Finding:
    low, high = min(gap[2] for gap in gaps), max(gap[4] for gap in gaps)
    units = sum(int(row[4]) for row in sold)
    amount = sum(int(row[4]) * (row[9] - row[7]) for row in sold)
    begins: datetime = min(gap[5] for gap in gaps)
    prices = [
        {"system": system, "price_minor": minor, "since": minute(since), "until": minute(until), "sku": sku}
        for system, minor, since, until, sku in dict.fromkeys(
            (code, minor, gap[5], gap[6], gap[7])
            for gap in gaps
            for code, minor in ((gap[1], gap[2]), (gap[3], gap[4]))
        )
    ]
    lines = [
        {"system": code, "order": order, "at": minute(at), "sku": sku, "units": int(count), "price_minor": low_minor,
         "instead_minor": high_minor, "amount_minor": int(count) * (high_minor - low_minor)}
        for _, code, order, at, count, _, sku, low_minor, _, high_minor in sold
    ]  # fmt: skip
    return Finding(
        mark=f"price_gap:{window.day}:{item}",
        kind=Kind.PRICE_GAP,
        severity=severity_of(Kind.PRICE_GAP, units=units),
        day=window.day,
        at=begins,
        amount_minor=amount,
        currency=window.project.currency,
        item=item,
        title=title,
        systems=(*sorted({gap[1] for gap in gaps if gap[2] == low}), *sorted({g[3] for g in gaps if g[4] == high})[:1]),
        facts={"low_minor": low, "high_minor": high, "units": units},
        evidence=tuple([*prices[:20], *lines][:MAX_EVIDENCE]),
        rows=len(prices) + len(lines),
    )
