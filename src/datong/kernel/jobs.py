"""Background work that comes round: declared in a module's tasks.py, run by the worker, one at a time per brand.

Every job is idempotent and finds its own work, so nothing is lost when the worker dies: it comes round again.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from datong.kernel import locks
from datong.kernel.db import in_brand

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Job:
    """`run(brand_id)` at most every `every_s` seconds for each brand; in the transaction of its lock.

    A `long` one, which may take more than a second or two, waits in a queue of its own.
    """

    name: str
    every_s: float
    run: Callable[[UUID], None]
    long: bool = False


@dataclass(slots=True)
class Clockwork:
    """When each job last ran for each brand, in this process."""

    jobs: Sequence[Job]
    _due: dict[tuple[str, UUID], float] = field(default_factory=dict)

    def run_due(self, brands: Sequence[UUID]) -> int:
        """Run what is due; how many ran. A job that fails is logged and comes round again."""
        ran = 0
        for job in self.jobs:
            for brand in brands:
                now = time.monotonic()
                if self._due.get((job.name, brand), 0) > now:
                    continue
                self._due[job.name, brand] = now + job.every_s
                ran += _run(job, brand)
        return ran


def _run(job: Job, brand: UUID) -> int:
    """Run the job unless another worker is at it for this brand (a lock that ends with the transaction)."""
    try:
        with in_brand(brand):
            mine = locks.try_take(f"job {job.name} {brand}")
            if mine:
                job.run(brand)
            return int(mine)
    except Exception:
        log.exception("job failed", extra={"job": job.name, "brand": str(brand)})
        return 0
