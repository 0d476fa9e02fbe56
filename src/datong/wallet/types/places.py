"""Where the wallet is used: whether a store takes the card, gives points, takes points."""

from __future__ import annotations

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
