"""Background work of the wallet: one line each around the verbs."""

from __future__ import annotations

from uuid import UUID

from datong.kernel.jobs import Job
from datong.kernel.tries import sweep_tries
from datong.wallet import api


def stored_value(brand: UUID) -> None:
    """Payments nobody took are given back, cards whose time is over end, old counts of wrong codes are forgotten."""
    api.release_overdue(brand)
    api.expire_purses(brand)
    sweep_tries(brand)


def lapse(brand: UUID) -> None:
    api.lapse_points(brand)


def tiers(brand: UUID) -> None:
    api.lapse_tiers(brand)


def vouchers(brand: UUID) -> None:
    api.lapse_vouchers(brand)
    api.make_batches(brand)


def groups(brand: UUID) -> None:
    """Groups that were not complete in time: the money goes back."""
    api.end_groups(brand)


def packets(brand: UUID) -> None:
    """Red packets whose time is over: the rest goes back."""
    api.end_packets(brand)


def coupons(brand: UUID) -> None:
    """Platforms that did not answer are asked what became of it; what orders left of coupons is income."""
    api.lapse_coupons(brand)
    api.ask_coupons_again(brand)


JOBS = (
    Job("wallet.stored_value", 60, stored_value),
    Job("wallet.lapse_points", 60, lapse),
    Job("wallet.lapse_tiers", 60, tiers),
    Job("wallet.vouchers", 5, vouchers),
    Job("wallet.groups", 30, groups),
    Job("wallet.packets", 30, packets),
    Job("wallet.coupons", 60, coupons, long=True),
)
