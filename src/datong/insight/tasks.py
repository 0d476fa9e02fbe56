"""Background work of insight."""

from __future__ import annotations

from uuid import UUID

from datong.insight import api
from datong.kernel.jobs import Job


def value_customers(brand: UUID) -> None:
    api.value_customers(brand=brand)


JOBS = (Job("insight.value_customers", every_s=6 * 3600, run=value_customers, long=True),)
