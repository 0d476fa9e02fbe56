"""Background work of the ledger: one line each around the verbs."""

from __future__ import annotations

from uuid import UUID

from datong.kernel.jobs import Job
from datong.ledger import api


def expire_holds(brand: UUID) -> None:
    api.expire(brand=brand)


JOBS = (Job("ledger.expire_holds", every_s=5, run=expire_holds),)
