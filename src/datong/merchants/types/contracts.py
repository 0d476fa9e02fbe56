"""Partners (合作方) and their contracts: what a company takes part in, and at which rates, from which day."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from datong.wallet.types.places import Use

KIND_OF_CONTRACT = "partner.contract"
"""The kind of request by which two people change a contract."""


class Period(StrEnum):
    """How often a company settles with the brand."""

    WEEK = "week"
    MONTH = "month"


@dataclass(frozen=True, slots=True)
class Commission:
    """What the brand gets of goods of a category ('': of all that no other line names) in an order.

    `rate_bp` of what they cost, in hundredths of a per cent, and at least `least_minor`.
    """

    category: str = ""
    rate_bp: int = 0
    least_minor: int = 0


@dataclass(frozen=True, slots=True)
class Terms:
    """What a contract says; amounts in minor units of `currency`.

    `accepts`: what the company's stores take part in. The company pays `earn_minor` for each `earn_points` points its
    stores give, and gets `burn_minor` for each `burn_points` they take. `fixed_minor`: commission for each order,
    beside `commission`. `bank`: what stands on the payment.
    """

    currency: str
    accepts: frozenset[Use] = field(default_factory=lambda: frozenset(Use))
    earn_points: int = 100
    earn_minor: int = 0
    burn_points: int = 100
    burn_minor: int = 0
    commission: tuple[Commission, ...] = ()
    fixed_minor: int = 0
    period: Period = Period.MONTH
    bank: str = ""


@dataclass(frozen=True, slots=True)
class Contract:
    """A version of a company's contract, in force from `valid_from` until the next one."""

    id: UUID
    company_id: UUID
    valid_from: date
    terms: Terms
    asked_by: str
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Partner:
    """A company with what is in force today, and what comes (None: nothing)."""

    company_id: UUID
    name: str
    stores: tuple[UUID, ...]
    now: Contract | None
    next: Contract | None
