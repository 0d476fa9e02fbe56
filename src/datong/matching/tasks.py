"""Background work of matching: runs that were asked for, a part a round; and one each night where a brand wants it."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from uuid import UUID

from django.db import OperationalError

from datong.kernel import clock
from datong.kernel.errors import Conflict
from datong.kernel.jobs import Job
from datong.matching import api
from datong.matching.types import Step

log = logging.getLogger(__name__)
A_NIGHT = timedelta(hours=23)


def run_nightly(brand: UUID) -> None:
    """Ask for a run where the brand wants one every day and the last is a day old."""
    if not api.setting_of(brand).nightly:
        return
    last = api.list_runs(brand, limit=1)
    if not last or clock.now() - last[0].at > A_NIGHT:
        api.ask_run(brand=brand, by="matching")


JOBS = (Job("matching.nightly", 600, run_nightly),)


@dataclass(slots=True)
class Matcher:
    """The runs that this process works on, each where it is."""

    brands: Callable[[], Sequence[UUID]]
    under_way: dict[tuple[UUID, UUID], Iterator[Step]] = field(default_factory=dict)
    _look_at: float = 0.0

    def __call__(self) -> int:
        """A part of every run under way; how many were brought further. Weighing is waited for without hurry."""
        if not self.under_way and (now := clock.now().timestamp()) >= self._look_at:
            self._look_at = now + 2
            for brand in self.brands():
                if run := api.open_run(brand, clock.now()):
                    self.under_way[brand, run] = api.work(brand, run)
        return sum(self._step(brand, run) for brand, run in list(self.under_way))

    def _step(self, brand: UUID, run: UUID) -> int:
        try:
            step = next(self.under_way[brand, run], None)
        except Conflict:
            step = None
        except OperationalError:  # the database is away: the run begins anew when it is back
            self.under_way.pop((brand, run))
            raise
        except Exception as error:
            self.under_way.pop((brand, run))
            log.exception("a run of matching failed", extra={"run": str(run)})
            api.end_run(brand, run, str(error) or type(error).__name__)
            return 0
        if step in (None, Step.DONE):
            self.under_way.pop((brand, run), None)
        return int(step not in (None, Step.WEIGHING))
