"""Background work of fulfilment."""

from __future__ import annotations

from uuid import UUID

from datong.fulfilment import api
from datong.kernel.jobs import Job


def dispatch(brand_id: UUID) -> None:
    api.dispatch(brand_id)


def forget_positions(brand_id: UUID) -> None:
    api.forget_positions(brand_id)


JOBS = (
    Job("fulfilment.dispatch", 10.0, dispatch),
    Job("fulfilment.forget_positions", 60.0, forget_positions),
)
