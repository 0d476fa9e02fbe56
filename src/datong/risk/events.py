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


@dataclass(frozen=True, slots=True)
class RiskRuleChanged:
    """A limit or a list entry was put or taken away; `by` is who, `reason` why."""

    name: ClassVar[str] = "risk.rule_changed"
    version: ClassVar[int] = 1
    code: str
    what: str
    by: str
    reason: str
