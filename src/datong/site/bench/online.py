"""Who is it, among very many: what naming the customers of a batch costs, and looking for a new one among all.

CPU of our process and of the PostgreSQL backend that works for it, apart, from /proc; by the record.
"""

from __future__ import annotations

import os
import random
import time
from collections.abc import Callable, Sequence
from uuid import UUID

from django.db import connections

from datong.customers import api as customers
from datong.customers.types import Identity, IdentityKind, Sighting
from datong.kernel.db import count_statements, in_brand, rows
from datong.matching import api as matching
from datong.site.bench.figures import Figure, Goal, Report, cpu_s
from datong.site.bench.many_people import ManyPeople, name_of, signs

PROFILES = 100_000
"""Small enough for all benchmarks together; the goals are of 10,000,000 and of 1,000,000."""
FINDABLE = 1_000_000
ROUNDS, BATCHES, BATCH = 5, 30, 100
NEW_OF_100 = 10
GOAL_IDENTIFY_MS, GOAL_CONSIDER_MS = 0.1, 0.3


def run(profiles: int = PROFILES) -> Report:
    """Five rounds of batches of a hundred, after one that is not counted."""
    report = Report("identity")
    start = time.monotonic()
    world = ManyPeople(profiles, FINDABLE)
    report.notes |= {"profiles": world.count, "profiles_with_keys": world.findable, "batch": BATCH}
    report.notes["load_s"] = round(time.monotonic() - start, 1)
    bench = _Bench(world)
    for name, make in (("known", bench.known), ("mixed", bench.mixed), ("new", bench.new)):
        bench.measure(report, name, make, bench.identify)
    bench.measure(report, "consider", bench.alike, bench.consider)
    report.goals["identify, CPU ms a record"] = Goal("mixed_cpu", GOAL_IDENTIFY_MS)
    report.goals["consider, CPU ms a record"] = Goal("consider_cpu", GOAL_CONSIDER_MS)
    report.notes |= {"proposed": bench.proposed, "statements": bench.statements, "load_average": os.getloadavg()[0]}
    return report


class _Bench:
    def __init__(self, world: ManyPeople) -> None:
        self.world = world
        self.rnd = random.Random(1)  # noqa: S311  repeatable, not secret
        self.last = world.count
        self.proposed = 0
        self.statements: dict[str, int] = {}
        connections["default"].ensure_connection()
        self.backend = rows("SELECT pg_backend_pid()")[0][0]

    def measure(
        self,
        report: Report,
        name: str,
        make: Callable[[], Sequence[object]],
        work: Callable[[Sequence[object]], object],
    ) -> None:
        """`work` on batches that `make` gives; CPU ms a record of ours, of PostgreSQL and of both."""
        found: dict[str, list[float]] = {"python": [], "postgres": [], "cpu": [], "wall": []}
        for count in range(ROUNDS + 1):
            batches = [make() for _ in range(BATCHES)]
            before, wall = self._now(), time.perf_counter()
            for batch in batches:
                work(batch)
            spent = [1000 * (b - a) / BATCHES / BATCH for a, b in zip(before, self._now(), strict=True)]
            if count:
                values = (*spent, sum(spent), 1000 * (time.perf_counter() - wall) / BATCHES / BATCH)
                for key, value in zip(found, values, strict=True):
                    found[key].append(value)
        for key, several in found.items():
            report.figures[f"{name}_{key}"] = Figure(tuple(several), "ms/record")
        batch = make()
        with count_statements() as seen:
            work(batch)
        self.statements[name] = len(seen)

    def _now(self) -> tuple[float, float]:
        return cpu_s([os.getpid()]), cpu_s([self.backend])

    def identify(self, batch: Sequence[object]) -> None:
        with in_brand(self.world.brand):
            customers.identify(batch, brand=self.world.brand)  # type: ignore[arg-type]

    def consider(self, batch: Sequence[object]) -> None:
        with in_brand(self.world.brand):
            self.proposed += matching.consider(batch, brand=self.world.brand)  # type: ignore[arg-type]

    def known(self) -> list[Sighting]:
        """Customers who were here of late; one in eight was not for a month, which writes."""
        return [self._old() for _ in range(BATCH)]

    def mixed(self) -> list[Sighting]:
        """As orders come: nine in ten are known."""
        return [self._stranger() if n < NEW_OF_100 else self._old() for n in range(BATCH)]

    def new(self) -> list[Sighting]:
        return [self._stranger() for _ in range(BATCH)]

    def alike(self) -> list[UUID]:
        """New customers, half of whom are like somebody: the same e-mail or the same name, another phone."""
        seen = []
        for place in range(BATCH):
            one = self._stranger()
            if place % 2:
                n = self.rnd.randint(1, self.world.findable)
                mail = Identity(IdentityKind.EMAIL, f"user{n}@people.example")
                one = Sighting(self.world.channel, (*one.identities, mail), name_of(n))
            seen.append(one)
        named = customers.identify(seen, brand=self.world.brand)
        return [who.customer_id for who in named if who]

    def _old(self) -> Sighting:
        n = self.rnd.randint(1, self.world.count)
        return Sighting(self.world.channel, tuple(signs(n)), name_of(n))

    def _stranger(self) -> Sighting:
        self.last += 1
        name = f"Given{self.rnd.randint(0, 2999)} Family{self.rnd.randint(0, 19999)}"
        return Sighting(self.world.other, tuple(signs(self.last)[:1]), name)
