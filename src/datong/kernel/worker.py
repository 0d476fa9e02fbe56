"""The worker: delivers the outbox, drains what is waiting, runs the jobs that are due. Any number may run."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from django.db import Error, connections

from datong.kernel import relay
from datong.kernel.jobs import Clockwork, Job

log = logging.getLogger(__name__)

IDLE_S = 0.1


@dataclass(slots=True)
class Worker:
    """`brands` lists the brands there are; each of `drains` does a round of work of its own and says how much.

    `housekeeping` runs at the start and then once an hour (partitions ahead).
    """

    consumers: Sequence[relay.Consumer]
    jobs: Sequence[Job]
    brands: Callable[[], Sequence[UUID]]
    drains: Sequence[Callable[[], int]] = ()
    housekeeping: Callable[[], object] | None = None
    _enrolled: set[UUID] = field(default_factory=set)

    def run(self, stop: threading.Event) -> None:
        """Work until `stop` is set. Lost connections are made again; what was under way is found again."""
        clockwork = Clockwork(self.jobs)
        rounds = 0
        while not stop.is_set():
            try:
                if self.housekeeping and rounds % 36_000 == 0:
                    self.housekeeping()
                did = self.once(clockwork)
            except Error:
                log.exception("the database is away; trying again")
                connections.close_all()
                did = 0
                stop.wait(1)
            except Exception:  # one part's mistake stops neither the others nor the next round
                log.exception("a round failed; trying again")
                did = 0
                stop.wait(1)
            rounds += 1
            if not did:
                stop.wait(IDLE_S)
        connections.close_all()

    def once(self, clockwork: Clockwork | None = None) -> int:
        """One round; how much was done."""
        brands = list(self.brands())
        for brand in brands:
            if brand not in self._enrolled:
                relay.enrol(brand, self.consumers)
                self._enrolled.add(brand)
        done = sum(drain() for drain in self.drains)
        by_name = {consumer.name: consumer for consumer in self.consumers}
        for brand, name in relay.work():
            if name in by_name:
                done += relay.deliver(brand, by_name[name])
        if clockwork:
            clockwork.run_due(brands)
        return done
