"""Background work of the wallet: one line each around the verbs."""

from __future__ import annotations

from uuid import UUID

from datong.kernel.jobs import Job
from datong.wallet import api


def lapse(brand: UUID) -> None:
    api.lapse_points(brand)


def tiers(brand: UUID) -> None:
    api.lapse_tiers(brand)


def vouchers(brand: UUID) -> None:
    api.lapse_vouchers(brand)
    api.make_batches(brand)


JOBS = (
    Job("wallet.lapse_points", 60, lapse),
    Job("wallet.lapse_tiers", 60, tiers),
    Job("wallet.vouchers", 5, vouchers),
)
