"""Background work of purchasing: one line each around the verbs."""

from __future__ import annotations

from uuid import UUID

from datong.kernel.jobs import Job
from datong.purchasing import api


def keep_coverage(brand: UUID) -> None:
    api.keep_coverage(brand)


JOBS = (Job("purchasing.coverage", every_s=3600, run=keep_coverage, long=True),)
