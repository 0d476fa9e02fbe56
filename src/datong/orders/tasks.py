"""Background work of orders: one line each around the verbs."""

from __future__ import annotations

from uuid import UUID

from datong.inventory.api import expire
from datong.kernel.jobs import Job
from datong.orders import api


def let_go_of_unpaid(brand: UUID) -> None:
    expire(brand=brand)


def retry_waiting(brand: UUID) -> None:
    api.retry_waiting(brand=brand)


def sweep_baskets(brand: UUID) -> None:
    api.sweep_baskets(brand)


JOBS = (
    Job("inventory.expire", every_s=10, run=let_go_of_unpaid),
    Job("orders.retry_waiting", every_s=15, run=retry_waiting),
    Job("orders.sweep_baskets", every_s=3600, run=sweep_baskets),
)
