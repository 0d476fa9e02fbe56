"""Background work of inventory: one line each around the verbs."""

from __future__ import annotations

from uuid import UUID

from datong.inventory import api
from datong.kernel.jobs import Job


def back_when_due(brand: UUID) -> None:
    api.back_when_due(brand)


JOBS = (Job("inventory.back_when_due", every_s=2, run=back_when_due),)
