"""Facts of vouchers that others may hear; never a code."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID


@dataclass(frozen=True, slots=True)
class VouchersIssued:
    """Vouchers of an offer were made: one for somebody, or part of a batch."""

    name: ClassVar[str] = "wallet.vouchers_issued"
    version: ClassVar[int] = 1
    issue_id: UUID
    offer: str
    count: int
    customer_id: UUID | None

    @property
    def aggregate(self) -> UUID:
        return self.issue_id


@dataclass(frozen=True, slots=True)
class VoucherChanged:
    """A voucher was redeemed, given back, or taken back: `state` is what it is now."""

    name: ClassVar[str] = "wallet.voucher_changed"
    version: ClassVar[int] = 1
    voucher_id: UUID
    state: str
    store: str
    channel: str
    customer_id: UUID | None

    @property
    def aggregate(self) -> UUID:
        return self.voucher_id
