"""Orders that a nearer store with stock could have served, by the brand's own sourcing rules as they are now.

The day is walked through in its order: what the systems said was there in the morning and what the stock keeper said
later, less what was sold. At each delivery the rules are asked; a store that would have been chosen instead gives up
the units, so that no two findings count on the same ones. A store that the customer or the platform named is let be.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from uuid import NAMESPACE_OID, UUID, uuid5

from datong.kernel.db import current_brand, rows
from datong.kernel.geo import Point
from datong.orders.api import Better, Trial, TrialOrder
from datong.shadow.detect.common import Window, minute
from datong.shadow.rules import cost_of_way, hours_of_way, severity_of
from datong.shadow.types import MAX_FINDINGS, Finding, Kind

STOCK = """
    WITH wanted AS (
        SELECT DISTINCT t.item FROM shadow_t_sale t JOIN shadow_t_order o ON o.id = t.order_id
         WHERE o.lon IS NOT NULL AND NOT o.named AND t.store <> ''
    ),
    said AS (SELECT k.* FROM shadow_t_said k WHERE k.item IN (SELECT item FROM wanted)),
    morning AS (
        SELECT DISTINCT ON (store, item, system_id) store, item, units
          FROM said WHERE at <= %(since)s ORDER BY store, item, system_id, at DESC
    )
    SELECT %(since)s::timestamptz AS at, store, item, min(units) FROM morning GROUP BY store, item
    UNION ALL
    SELECT at, store, item, units FROM said WHERE at > %(since)s AND keeper
    ORDER BY 1
"""
SERVED = """
    SELECT t.at, t.order_id, t.native_id, t.code, t.store, o.lon, o.lat, o.named, o.fulfilment, o.promised_at,
           o.goods_minor, array_agg(t.item ORDER BY t.item), array_agg(t.units ORDER BY t.item)
      FROM shadow_t_sale t JOIN shadow_t_order o ON o.id = t.order_id
     WHERE t.store <> ''
     GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11 ORDER BY 1, 3, 2
"""
MOVED = frozenset({"", "delivery"})


def find_nearer(window: Window) -> list[Finding]:
    """Reads shadow_t_sale. The rules decide whether a nearer store would have served."""
    trial = Trial(current_brand())
    if not trial.stores:
        return []
    ids: dict[str, UUID] = {}
    found = []
    stock: Iterator[Any] = iter(rows(STOCK, window.params))
    told = next(stock, None)
    for row in rows(SERVED, window.params):
        at, order_id, native, system, store, lon, lat, named, how, promised, goods, items, units = row
        while told is not None and told[0] <= at:
            trial.set_free(told[1], _id(ids, told[2]), told[3])
            told = next(stock, None)
        lines = tuple((_id(ids, item), int(count)) for item, count in zip(items, units, strict=True))
        if lon is not None and not named and how in MOVED and store in trial.stores:
            order = TrialOrder(order_id, Point(lon, lat), lines, store, system, promised, int(goods))
            better = trial.better(order, window.project.tolerances.nearer_m)
            if better:
                found.append(_finding(window, row, better))
        for item, count in lines:
            trial.sold(store, item, count)
    return sorted(found, key=lambda f: -f.amount_minor)[:MAX_FINDINGS]


def _id(ids: dict[str, UUID], item: str) -> UUID:
    known = ids.get(item)
    if known is None:
        known = ids[item] = uuid5(NAMESPACE_OID, item)
    return known


def _finding(window: Window, row: Any, better: Better) -> Finding:
    at, _, native, system, store, _, _, _, _, _, goods, items, units = row
    km_minor = window.project.tolerances.km_minor
    saved_m = better.served_distance_m - better.distance_m
    hours = round(hours_of_way(better.served_distance_m) - hours_of_way(better.distance_m), 1)
    return Finding(
        mark=f"nearer:{window.day}:{system}:{native}"[:300],
        kind=Kind.NEARER,
        severity=severity_of(Kind.NEARER, hours=hours),
        day=window.day,
        at=at,
        amount_minor=cost_of_way(better.served_distance_m, km_minor) - cost_of_way(better.distance_m, km_minor),
        currency=window.project.currency,
        store=store,
        title=native,
        systems=(system,),
        facts={
            "order": native,
            "served_by": store,
            "served_m": better.served_distance_m,
            "instead": better.store,
            "instead_m": better.distance_m,
            "saved_m": saved_m,
            "saved_hours": hours,
            "rule": better.rule,
        },
        evidence=(
            {"system": system, "order": native, "at": minute(at), "store": store,
             "distance_m": better.served_distance_m, "units": int(sum(units)), "amount_minor": int(goods)},
            {"store": better.store, "distance_m": better.distance_m, "rule": better.rule, "reason": better.reason,
             "items": [str(item) for item in items[:20]]},
        ),
        rows=2,
    )  # fmt: skip
