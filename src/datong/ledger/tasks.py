"""Background work of the ledger: one line each around the verbs."""

from __future__ import annotations

from uuid import UUID

from datong.kernel.jobs import Job
from datong.ledger import api


def expire_holds(brand: UUID) -> None:
    api.expire(brand=brand)


def seal(brand: UUID) -> None:
    while api.seal(brand=brand):
        pass  # what is left is less each time: a job's own transaction holds the horizon still


def verify(brand: UUID) -> None:
    api.verify_due(brand)


JOBS = (
    Job("ledger.expire_holds", every_s=5, run=expire_holds),
    Job("ledger.seal", every_s=10, run=seal),
    Job("ledger.verify", every_s=5, run=verify, long=True),
)
