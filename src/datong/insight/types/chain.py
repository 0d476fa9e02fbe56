"""The chain of an order: link after link, and where it breaks."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from datong.fulfilment.types import FulfilmentKind


class Link(StrEnum):
    """What an order comes through, in this order; a till sale is accepted and ready when it is taken."""

    PLACED = "placed"
    HELD = "held"  # a store has it
    ACCEPTED = "accepted"
    READY = "ready"
    COMPLETE = "complete"  # with the customer
    AGAIN = "again"  # the customer ordered once more


@dataclass(frozen=True, slots=True)
class Chain:
    """How many orders of one way came to each link, and the link before which most were lost, None when none was.

    That the customer comes again is a wish and no duty: it is counted and never called broken.
    """

    flow: FulfilmentKind
    reached: tuple[tuple[Link, int], ...]
    broken: Link | None
    lost: int
