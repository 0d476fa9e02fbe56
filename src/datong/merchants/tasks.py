"""Background work of merchants: one line each around the verbs."""

from __future__ import annotations

from uuid import UUID

from datong.kernel.jobs import Job
from datong.merchants import api


def adopt(brand: UUID) -> None:
    api.adopt(brand=brand)


def draft_due(brand: UUID) -> None:
    api.draft_due(brand=brand)


def adverts(brand: UUID) -> None:
    api.charge_adverts(brand=brand)
    api.forget_views(brand=brand)


JOBS = (
    Job("merchants.adopt", every_s=60, run=adopt),
    Job("merchants.adverts", every_s=600, run=adverts),
    Job("merchants.draft_due", every_s=1800, run=draft_due),
)
