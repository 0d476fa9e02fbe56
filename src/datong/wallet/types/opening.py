"""What comes from another system: balances, gift cards, points, vouchers; and what stands of it here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from uuid import UUID

OPENING = "equity:opening"
"""Against which everything is opened: it says what the old system handed over."""
LOTS = "opening"
"""The source of lots that were opened."""


class Taken(StrEnum):
    """What can be taken over."""

    STORED = "stored"  # 储值: a customer's own
    GIFT = "gift"  # 礼品卡: whoever has the code
    POINTS = "points"
    VOUCHER = "voucher"


@dataclass(frozen=True, slots=True)
class Bring:
    """One thing of the other system. `ref` finds it again: of a card with a code its hash, of a voucher its code.

    `unit` is a currency, PTS or VCH. `group`: programme or offer. Amounts in minor units (points, pieces): `principal`
    and `bonus` are what is left, `face` what a gift card was sold for. `lots`: (points, until when) of points.
    `state` of a voucher; of money active or frozen. `code_end`: the last four of a gift card's code.
    """

    kind: Taken
    ref: str
    unit: str
    principal: int
    customer_id: UUID | None = None
    group: str = ""
    bonus: int = 0
    face: int = 0
    expires_at: datetime | None = None
    state: str = "active"
    code_end: str = ""
    lots: tuple[tuple[int, datetime | None], ...] = ()


@dataclass(frozen=True, slots=True)
class Brought:
    """A thing that was taken over, with the row of the wallet it became; `spent`: something was done with it since."""

    it: Bring
    thing_id: UUID
    spent: bool
    detail: Mapping[str, object] = field(default_factory=dict)
