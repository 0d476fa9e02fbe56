"""Nouns of what is near (附近): stores for a customer, and who would serve an order that is not placed yet."""

from __future__ import annotations

from dataclasses import dataclass

from datong.brand.types import Store


@dataclass(frozen=True, slots=True)
class StoreNear:
    """A store for a customer: how far (None: nobody said where they are), whether it is open at this moment.

    `units`: how often what was asked for can be had there now; None where nothing was asked or it needs no stock.
    """

    store: Store
    distance_m: int | None
    open_now: bool
    units: int | None = None


@dataclass(frozen=True, slots=True)
class Foreseen:
    """What sourcing would say of an order now. No stores: nobody can serve it, `reason` says why."""

    stores: tuple[Store, ...]
    distance_m: int
    reason: str
