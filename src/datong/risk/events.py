"""Facts of risk that others may hear."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID


@dataclass(frozen=True, slots=True)
class OrderFlagged:
    """An order was blocked or marked for review; approvals are rows, not events."""

    name: ClassVar[str] = "risk.order_flagged"
    version: ClassVar[int] = 1
    subject_id: UUID
    decision: str
    rules: tuple[str, ...]

    @property
    def aggregate(self) -> UUID:
        return self.subject_id


@dataclass(frozen=True, slots=True)
class RulesChanged:
    """Limits or list entries were put or taken away; `what` is 'limits' or 'entries', `codes` their codes or lists."""

    name: ClassVar[str] = "risk.rules_changed"
    version: ClassVar[int] = 1
    brand_id: UUID
    what: str
    codes: tuple[str, ...]
    by: str
    reason: str

    @property
    def aggregate(self) -> UUID:
        return self.brand_id
