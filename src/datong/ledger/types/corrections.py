"""Reversals (冲正) and exchanges of currency (兑换)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from datong.ledger.types.transfers import Account


@dataclass(frozen=True, slots=True)
class Reversal:
    """Take back a transfer that was posted, by another the other way round. `id` is the new one's and the key."""

    id: UUID
    transfer_id: UUID
    business_date: date
    reason: str


@dataclass(frozen=True, slots=True)
class Exchange:
    """`sold_minor` out of account `sold` for `bought_minor` into account `bought`, of another currency.

    `rate` is decimal text, units of bought for one of sold, as the caller has it from the rates of that day. `id` and
    `second_id` are the ids of the two legs. Both accounts are assets (a bank's), or both are owed (purses).
    """

    id: UUID
    second_id: UUID
    sold: Account
    sold_minor: int
    bought: Account
    bought_minor: int
    rate: str
    kind: str
    subject_id: UUID
    business_date: date
    dimensions: Mapping[str, str] = field(default_factory=dict)
