"""Where the wallet is used: whether a store takes the card, gives points, takes points."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from datong.kernel.errors import Conflict, Problem


class Use(StrEnum):
    CARD = "card"  # the member card and stored value
    EARN = "earn"  # points are given
    BURN = "burn"  # points are taken


class NotAcceptedHere(Conflict):
    """The store's company takes no part in this: its contract says so."""

    code = "not_accepted_here"

    def __init__(self, store_id: UUID, use: Use) -> None:
        self.store_id, self.use = store_id, use
        problem = Problem("store", self.code, f"a store whose contract has '{use}'", str(store_id))
        super().__init__(f"this store takes no part in '{use}'", problem)


@dataclass(frozen=True, slots=True)
class PlacedPoints:
    """Points earned (`earn`) or spent at a store, less what went back since. `pays_minor`: what they pay of an order.

    `id` is the act's; what went back is part of it.
    """

    id: UUID
    earn: bool
    store_id: UUID
    at: datetime
    points: int
    pays_minor: int
    subject_id: UUID | None


@dataclass(frozen=True, slots=True)
class OrderUse:
    """What an order did to points, and what purses and vouchers of ours paid of it; less what went back."""

    earned: int = 0
    burned: int = 0
    pays_minor: int = 0
    card_minor: int = 0
    voucher_minor: int = 0


@dataclass(frozen=True, slots=True)
class PlacedTopUp:
    """A top-up that a store took: `amount_minor` is its principal less what was paid back."""

    id: UUID
    store_id: UUID
    at: datetime
    amount_minor: int
    currency: str
