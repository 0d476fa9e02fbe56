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
        """Work until `stop` is set. Lost connections are made again; what was under way is found again.

        The jobs go round beside it, the long ones apart from the quick: none holds up an order that waits.
        """
        lanes = [[job for job in self.jobs if job.long is long] for long in (False, True)]
        threads = [
            threading.Thread(target=self._go_round, args=(stop, Clockwork(jobs)), name="datong-jobs")
            for jobs in lanes
            if jobs
        ]
        for thread in threads:
            thread.start()
        rounds = 0
        while not stop.is_set():
            if self.housekeeping and rounds % 36_000 == 0:
                _guarded(self.housekeeping, stop)
            rounds += 1
            if not _guarded(self.once, stop):
                stop.wait(IDLE_S)
        connections.close_all()
        for thread in threads:
            thread.join()

    def _go_round(self, stop: threading.Event, clockwork: Clockwork) -> None:
        while not stop.is_set():
            _guarded(lambda: clockwork.run_due(list(self.brands())), stop)
            stop.wait(IDLE_S)
        connections.close_all()

    def once(self) -> int:
        """One round; how much was done."""
        for brand in self.brands():
            if brand not in self._enrolled:
                relay.enrol(brand, self.consumers)
                self._enrolled.add(brand)
        done = sum(drain() for drain in self.drains)
        by_name = {consumer.name: consumer for consumer in self.consumers}
        for brand, name in relay.work():
            if name in by_name:
                done += relay.deliver(brand, by_name[name])
        return done


def _guarded(work: Callable[[], object], stop: threading.Event) -> object:
    """What the work says; a second's pause and None when it failed: one part's mistake stops nothing else."""
    try:
        return work()
    except Error:
        log.exception("the database is away; trying again")
        connections.close_all()
    except Exception:
        log.exception("a round failed; trying again")
    stop.wait(1)
    return None
