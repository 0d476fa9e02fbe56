"""Shadow mode: does it find what is planted in the demo's day, and how long does a large day take?

Recall and precision by kind over several seeds on the demo's replay; a day without planted errors, which must have no
finding; and one run over a day of 100,000 orders and 300,000 stock rows, by its wall-clock seconds.
"""

from __future__ import annotations

import random
import time
from datetime import UTC, date, datetime, timedelta

from datong.brand.api import always_open, create_brand, put_stores
from datong.brand.types import Brand, Store
from datong.kernel import clock
from datong.kernel.geo import Point
from datong.kernel.ids import uuid7
from datong.shadow import api as shadow
from datong.shadow.types import FeedKind, Kind, Project, SystemKind
from datong.site.bench.figures import Figure, Goal, Report
from datong.site.demo.load import learn_statistics, new_slug
from datong.site.demo.retail.world import retail_world
from datong.site.demo.shadow.load import look_beside, open_brand
from datong.site.demo.shadow.plant import plant
from datong.site.demo.shadow.score import Score, all_findings, score
from datong.site.demo.shadow.today import clean_day

DAY = date(2026, 11, 20)
SEEDS = (1, 2)
BASKETS = 2_000
AT_LEAST = 0.99
STORES, SKUS, ORDERS, SHARE = 500, 300, 100_000, 2
STOCK_ROWS = STORES * SKUS * SHARE
WITHIN_S = 60.0


def run() -> Report:
    report = Report("shadow")
    by_kind: dict[Kind, list[Score]] = {kind: [] for kind in Kind}
    for seed in SEEDS:
        for kind, found in _replay(seed).items():
            by_kind[kind].append(found)
    for kind, scores in by_kind.items():
        for name in ("recall", "precision"):
            key = f"{kind.value}_{name}"
            report.figures[key] = Figure(tuple(getattr(one, name) for one in scores), "1")
            report.goals[key] = Goal(key, AT_LEAST, at_least=True)
    report.figures["clean_day_findings"] = Figure(
        (float(sum(s.found for s in _replay(3, plants=False).values())),), "1"
    )
    report.goals["clean_day_findings"] = Goal("clean_day_findings", 0)
    feed_s, look_s, count = _large()
    report.figures["large_feed_s"] = Figure((feed_s,), "s")
    report.figures["large_look_s"] = Figure((look_s,), "s")
    report.goals["large_look_s"] = Goal("large_look_s", WITHIN_S)
    planted = sum(one[0].planted for one in by_kind.values())
    report.notes = {"seeds": len(SEEDS), "baskets": BASKETS, "planted": planted, "orders": ORDERS,
                    "stock_rows": STOCK_ROWS, "large_findings": count}  # fmt: skip
    return report


def _replay(seed: int, *, plants: bool = True) -> dict[Kind, Score]:
    today = clean_day(retail_world(DAY, BASKETS))
    planted = plant(today, seed) if plants else plant(today, seed, {})
    brand = open_brand(today.world, new_slug("bench", clock.now()), clock.now())
    beside = look_beside(brand, today, "Bench")
    learn_statistics()
    shadow.run(brand.id, beside.project.id, by="bench")
    return dict(score(planted, all_findings(brand.id, beside.project.id)))


def _large() -> tuple[float, float, int]:
    """(seconds to feed, seconds to look, findings): two shops and an ERP, each order in the ERP too."""
    brand = create_brand(new_slug("large", clock.now()), "Large", "USD", "en-US", "US", "UTC", {})
    stores = [
        Store(id=uuid7(), code=f"B{n:03}", name=f"Store {n}", place=Point(-93 + n % 25 * 0.02, 44 + n // 25 * 0.02),
              city="Minneapolis", hours=always_open(), timezone="UTC", serves_radius_m=20_000)
        for n in range(STORES)
    ]  # fmt: skip
    put_stores(brand.id, stores)
    project = shadow.open_project(brand.id, "Large", by="bench")
    for code, kind in (("shop", SystemKind.SHOP), ("mall", SystemKind.MARKETPLACE), ("erp", SystemKind.ERP)):
        shadow.connect(brand.id, project.id, code, kind, by="bench")
    began = time.perf_counter()
    _feed(brand, project)
    fed = time.perf_counter()
    learn_statistics()
    before = time.perf_counter()
    shadow.run(brand.id, project.id, by="bench")
    found = len(all_findings(brand.id, project.id))
    return fed - began, time.perf_counter() - before, found


def _feed(brand: Brand, project: Project) -> None:
    since = datetime.combine(DAY, datetime.min.time(), UTC)
    stock = [f"S{k:03},B{n:03},{60 + (n * 7 + k) % 40},{since.isoformat()}" for n in range(STORES) for k in range(SKUS)]
    for system in ("erp", "shop"):
        _file(brand, project, system, FeedKind.STOCK, "sku,store,units,at", stock)
    rows: dict[str, list[str]] = {"shop": [], "mall": [], "erp": []}
    dice = random.Random(1)  # noqa: S311 repeatable, not secret
    for n in range(ORDERS):
        system, store = ("shop", "mall")[n % 2], n % STORES
        served = (store + 7) % STORES if n % 10 == 0 else store  # one order in ten goes out from a farther store
        at = (since + timedelta(seconds=n * 86_000 // ORDERS)).isoformat()
        place = f"{-93 + store % 25 * 0.02 + 0.005:.4f},{44 + store // 25 * 0.02:.4f}"
        for _ in range(2 + n % 2):
            sku = f"S{dice.randrange(SKUS):03},1,9.90"
            rows[system].append(f"{n},{at},,,,delivery,{place},{sku}")
            rows["erp"].append(f"E{n},{at},{n},{system},B{served:03},,,,{sku}")
    for system, found in rows.items():
        head = "order,placed,ref,source,store,fulfilment,lon,lat,sku,units,price"
        _file(brand, project, system, FeedKind.ORDERS, head, found)


def _file(brand: Brand, project: Project, system: str, kind: FeedKind, head: str, rows: list[str]) -> None:
    body = "\n".join([head, *rows]).encode()
    fed = shadow.feed_file(brand.id, project.id, system, kind, f"{system}.csv", body)
    if fed.refused:
        raise RuntimeError(f"{system}: {fed.refused} rows refused: {fed.problems[:3]}")
