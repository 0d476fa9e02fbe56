"""Nouns of tiers (会员等级): what a person reached, since when, until when, why, and what is missing for the next."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from uuid import UUID


class Basis(StrEnum):
    """What counts toward a tier."""

    SPEND = "spend"  # minor units of completed orders, less what was given back
    POINTS = "points"  # points earned, less what was taken back


@dataclass(frozen=True, slots=True)
class Tier:
    """A tier is reached with `threshold` of the plan's basis within its period.

    Benefits hold at every door alike: `points_percent` multiplies what orders earn (100: as it is); the tier's `code`
    is the level by which member prices and promotions know it; `free_delivery`: our own doors bring it for nothing;
    `perks` are told to people.
    """

    code: str
    name: str
    threshold: int
    points_percent: int = 100
    perks: tuple[str, ...] = ()
    names: Mapping[str, str] = field(default_factory=dict)
    free_delivery: bool = False


@dataclass(frozen=True, slots=True)
class TierPlan:
    """The tiers of a programme, the lowest first. What counts is what happened in the last `period_days`; a tier is
    kept for `keep_days` after that is no longer enough."""

    basis: Basis = Basis.SPEND
    period_days: int = 365
    keep_days: int = 90
    tiers: tuple[Tier, ...] = ()


@dataclass(frozen=True, slots=True)
class Fact:
    """Something that counts: when, and how much it comes to after refunds."""

    at: datetime
    amount: int


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a person stands. `tier` None: below the lowest. `amount` is what counts now; `until`: when the tier ends if
    nothing more is bought; `missing` is how much more reaches `next`."""

    tier: Tier | None
    amount: int
    since: datetime | None = None
    until: datetime | None = None
    next: Tier | None = None
    missing: int = 0


@dataclass(frozen=True, slots=True)
class TierStep:
    """That a person's tier became another: '' is none. `amount` is what counted then."""

    id: UUID
    customer_id: UUID
    before: str
    after: str
    amount: int
    at: datetime
