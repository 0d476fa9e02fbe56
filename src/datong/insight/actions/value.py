"""What everybody is worth, counted anew from the orders."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import numpy as np

from datong.brand.api import get_brand
from datong.insight.rules.segments import segments, stages
from datong.kernel import clock
from datong.kernel.db import execute, in_brand
from datong.orders import api as orders

YEAR_DAYS = 365.0
FIT_ON = 20_000
"""Customers the model is fitted on, at most: more change its parameters in the third digit only."""
CHUNK = 5_000


def value_customers(*, brand: UUID) -> int:
    """Count what every customer is worth, and how far each category reaches; how many customers.

    Set-based: two reads, vectorised arithmetic, writes of 5,000 rows. Who has no order any more has no row.
    """
    home, now = get_brand(brand), clock.now()
    with in_brand(brand):
        bought = orders.buying(brand, home.currency)
        if bought:
            _write(_worth(bought, now), home.currency, now, brand)
        execute(STALE, {"brand": brand, "now": now})
        reach = orders.category_reach(brand)
        execute(REACH, {"brand": brand, "now": now, "names": list(reach), "counts": list(reach.values())})
        execute(STALE_REACH, {"brand": brand, "now": now})
    return len(bought)


STALE = "DELETE FROM insight_customervalue WHERE brand_id = %(brand)s AND at < %(now)s"
STALE_REACH = "DELETE FROM insight_categoryreach WHERE brand_id = %(brand)s AND at < %(now)s"
REACH = """
    INSERT INTO insight_categoryreach (brand_id, category, customers, at)
    SELECT %(brand)s, r.category, r.customers, %(now)s
      FROM unnest(%(names)s::text[], %(counts)s::int[]) r(category, customers)
    ON CONFLICT (brand_id, category) DO UPDATE SET customers = excluded.customers, at = excluded.at
"""


@dataclass(frozen=True, slots=True)
class _Counted:
    """Columns, one entry a customer."""

    columns: dict[str, list[Any]]


def _worth(bought: Sequence[orders.Buying], now: datetime) -> _Counted:
    from datong.insight.rules import value as model  # SciPy: half a second of imports, for a job that runs at night

    days = np.array([one.days for one in bought], dtype=np.int64)
    spent = np.array([one.spent_minor for one in bought], dtype=np.float64)
    first = np.array([(now - one.first_at).total_seconds() for one in bought]) / 86_400
    last = np.array([(now - one.last_at).total_seconds() for one in bought]) / 86_400
    x, t_x, t = (days - 1).astype(np.float64), np.maximum(first - last, 0.0), np.maximum(first, 1e-3)
    # Days of buying are counted whole: two at midnight may be minutes apart.
    t_x = np.where(x > 0, np.minimum(np.maximum(t_x, 1e-3), t), 0.0)
    mean = spent / np.maximum(days, 1)
    step = max(1, -(-len(bought) // FIT_ON))
    sample = slice(None, None, step)
    buying = model.fit_buying(x[sample], t_x[sample], t[sample])
    spending = model.fit_spending(days[sample].astype(np.float64), mean[sample])
    none: list[Any] = [None] * len(bought)
    alive, ahead, money_ahead = none, none, none
    if buying is not None:
        chance = model.alive(buying, x, t_x, t)
        alive = chance.tolist()
        to_come = model.expected(buying, x, t_x, t, YEAR_DAYS)
        ahead = to_come.tolist()
        # Where all spend alike there is no spread to fit: their own mean is what an order will be worth.
        each = mean if spending is None else model.worth(spending, days.astype(np.float64), mean)
        money_ahead = np.rint(to_come * each).astype(np.int64).tolist()
    recency, frequency, money = model.fifths(-last), model.fifths(days.astype(np.float64)), model.fifths(spent)
    return _Counted(
        {
            "ids": [one.customer_id for one in bought],
            "orders": [one.orders for one in bought],
            "days": days.tolist(),
            "firsts": [one.first_at for one in bought],
            "lasts": [one.last_at for one in bought],
            "spents": [one.spent_minor for one in bought],
            "recencies": recency.tolist(),
            "frequencies": frequency.tolist(),
            "moneys": money.tolist(),
            "segments": [one.value for one in segments(recency, frequency, money, days)],
            "stages": [one.value for one in stages(days)],
            "alives": alive,
            "aheads": ahead,
            "money_aheads": money_ahead,
            "gaps": [float(a / b) if b else None for a, b in zip(t_x, x, strict=True)],
        }
    )


WRITE = """
    INSERT INTO insight_customervalue (brand_id, customer_id, currency, orders, days, first_at, last_at, spent_minor,
        recency, frequency, money, segment, stage, alive, orders_ahead, ahead_minor, gap_days, at)
    SELECT %(brand)s, v.id, %(currency)s, v.orders, v.days, v.first_at, v.last_at, v.spent, v.r, v.f, v.m, v.segment,
           v.stage, v.alive, v.ahead, v.money_ahead, v.gap, %(now)s
      FROM unnest(%(ids)s::uuid[], %(orders)s::int[], %(days)s::int[], %(firsts)s::timestamptz[],
                  %(lasts)s::timestamptz[], %(spents)s::bigint[], %(recencies)s::int[], %(frequencies)s::int[],
                  %(moneys)s::int[], %(segments)s::text[], %(stages)s::text[], %(alives)s::float8[],
                  %(aheads)s::float8[], %(money_aheads)s::bigint[], %(gaps)s::float8[])
           v(id, orders, days, first_at, last_at, spent, r, f, m, segment, stage, alive, ahead, money_ahead, gap)
    ON CONFLICT (brand_id, customer_id) DO UPDATE SET
        currency = excluded.currency, orders = excluded.orders, days = excluded.days, first_at = excluded.first_at,
        last_at = excluded.last_at, spent_minor = excluded.spent_minor, recency = excluded.recency,
        frequency = excluded.frequency, money = excluded.money, segment = excluded.segment, stage = excluded.stage,
        alive = excluded.alive, orders_ahead = excluded.orders_ahead, ahead_minor = excluded.ahead_minor,
        gap_days = excluded.gap_days, at = excluded.at
"""


def _write(counted: _Counted, currency: str, now: datetime, brand: UUID) -> None:
    total = len(counted.columns["ids"])
    for start in range(0, total, CHUNK):
        part = {name: column[start : start + CHUNK] for name, column in counted.columns.items()}
        execute(WRITE, {"brand": brand, "currency": currency, "now": now, **part})
