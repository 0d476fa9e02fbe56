"""Background work of shadow mode."""

from __future__ import annotations

from uuid import UUID

from datong.kernel.jobs import Job
from datong.shadow import api


def look_every_day(brand: UUID) -> None:
    api.daily(brand)


JOBS = (Job("shadow.daily", every_s=600, run=look_every_day, long=True),)
