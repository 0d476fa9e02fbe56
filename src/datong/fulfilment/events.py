"""Facts of fulfilment that others may hear."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar
from uuid import UUID


@dataclass(frozen=True, slots=True)
class TaskChanged:
    """A store's share of an order is in another state; `carrier` and `tracking` are set when it was handed over."""

    name: ClassVar[str] = "fulfilment.task_changed"
    version: ClassVar[int] = 1
    task_id: UUID
    order_id: UUID
    store_id: UUID
    state: str
    reason: str
    carrier: str
    tracking: str
    at: datetime

    @property
    def aggregate(self) -> UUID:
        return self.order_id
