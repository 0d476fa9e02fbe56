"""Background work of customers: one line each around the verbs."""

from __future__ import annotations

from uuid import UUID

from datong.customers import api
from datong.kernel.jobs import Job


def erase(brand: UUID) -> None:
    api.erase_next(brand=brand)


def forget_looks(brand: UUID) -> None:
    api.forget_looks(brand=brand)


def sweep_sign_ins(brand: UUID) -> None:
    api.sweep_sign_ins(brand)


JOBS = (
    Job("customers.erase", every_s=20, run=erase, long=True),
    Job("customers.forget_looks", every_s=6 * 3600, run=forget_looks),
    Job("customers.sweep_sign_ins", every_s=3600, run=sweep_sign_ins),
)
