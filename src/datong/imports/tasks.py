"""Background work of opening files: a part of each run a round, so that nothing else waits long."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import dataclass, field
from uuid import UUID

from django.db import OperationalError

from datong.imports.api import give_up, reconcile, reconciliations_waiting, runs_at_work, work
from datong.imports.types import Run
from datong.kernel import clock
from datong.kernel.errors import Conflict
from datong.kernel.ids import uuid7

log = logging.getLogger(__name__)


@dataclass(slots=True)
class Importer:
    """The runs that this process works on, each where it is."""

    me: UUID = field(default_factory=uuid7)
    under_way: dict[UUID, Iterator[Run]] = field(default_factory=dict)

    def __call__(self) -> int:
        """One part of every run that waits for work; how many were brought further."""
        did = 0
        for brand_id, run_id in runs_at_work(clock.now(), self.me):
            steps = self.under_way.setdefault(run_id, work(brand_id, run_id, holder=self.me))
            try:
                if next(steps, None) is None:
                    self.under_way.pop(run_id, None)
                else:
                    did += 1
            except Conflict:  # somebody else has it by now
                self.under_way.pop(run_id, None)
            except OperationalError:  # the database is away: the run goes on when it is back
                self.under_way.pop(run_id, None)
                raise
            except Exception as error:
                self.under_way.pop(run_id, None)
                log.exception("an import failed", extra={"run": str(run_id)})
                give_up(brand_id, run_id, str(error))
        for brand_id, one in reconciliations_waiting():
            reconcile(brand_id, one)
            did += 1
        return did
