"""How many store decisions a CPU second buys, one at a time and in batches, among 4,000 stores."""

from __future__ import annotations

import random
import time
from datetime import UTC, datetime
from typing import Any

from datong.brand.api import always_open
from datong.brand.types import Store
from datong.fulfilment.types import FulfilmentKind
from datong.kernel.geo import Point
from datong.kernel.ids import uuid7
from datong.orders.sourcing import choose, scarce
from datong.orders.sourcing.index import SupplyIndex
from datong.orders.sourcing.types import DEFAULT_RULES, Demand, DemandLine
from datong.site.bench.asking_sql import decisions_per_cpu_s
from datong.site.bench.figures import Figure, Report

STORES, ITEMS, DECISIONS, ROUNDS = 4000, 60, 1000, 5


def run() -> Report:
    """Three-line orders; every decision takes its units, as in the intake. CPU time of this process."""
    rnd = random.Random(1)  # noqa: S311 - repeatable, not secret
    stores = [
        Store(
            id=uuid7(),
            code=str(n),
            name=str(n),
            place=Point(rnd.uniform(-100, -80), rnd.uniform(33, 45)),
            city="",
            hours=always_open(),
            timezone="America/Chicago",
            serves_radius_m=30_000,
        )
        for n in range(STORES)
    ]
    items = [uuid7() for _ in range(ITEMS)]
    index = SupplyIndex(stores)
    for store in stores:
        for item in items:
            index.set_free(store.id, item, 1_000_000)
    single, batched, asked = [], [], []
    for _ in range(ROUNDS):
        demands = [_demand(rnd, stores, items) for _ in range(DECISIONS)]
        single.append(_rate(lambda d=demands: [choose.plan_one(one, index, DEFAULT_RULES) for one in d]))
        batched.append(_rate(lambda d=demands: scarce.share_out(d, index, DEFAULT_RULES)))
        asked.append(decisions_per_cpu_s(stores, items, demands))
    report = Report("sourcing")
    report.figures["single_decisions_per_cpu_s"] = Figure(tuple(single), "1/s")
    report.figures["batched_decisions_per_cpu_s"] = Figure(tuple(batched), "1/s")
    report.figures["asking_sql_decisions_per_cpu_s"] = Figure(tuple(asked), "1/s")
    report.figures["ratio_to_asking_sql"] = Figure(tuple(s / a for s, a in zip(single, asked, strict=True)), "1")
    report.notes = {"stores": STORES, "lines": 3, "rules": len(DEFAULT_RULES), "asking_sql": "see asking_sql.py"}
    return report


def _demand(rnd: random.Random, stores: list[Store], items: list[Any]) -> Demand:
    near = rnd.choice(stores).place
    lines = tuple(DemandLine(n, item, 1) for n, item in enumerate(rnd.sample(items, 3)))
    place = Point(near.lon + rnd.uniform(-0.1, 0.1), near.lat + rnd.uniform(-0.1, 0.1))
    return Demand(uuid7(), uuid7(), FulfilmentKind.DELIVERY, lines, datetime.now(UTC), place=place)


def _rate(work: Any) -> float:
    start = time.process_time()
    work()
    return DECISIONS / (time.process_time() - start)
