"""Facts of stored value."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID


@dataclass(frozen=True, slots=True)
class StoredValueChanged:
    """What is on a purse changed; `how`: opening, top_up, pay_out, transfer, spend, give_back, packet.

    `subject_id`: the top-up that came or is paid back, the order that is paid or gets it back, the red packet.
    """

    name: ClassVar[str] = "wallet.stored_value_changed"
    version: ClassVar[int] = 1
    purse_id: UUID
    customer_id: UUID | None
    how: str
    subject_id: UUID | None = None

    @property
    def aggregate(self) -> UUID:
        return self.purse_id
