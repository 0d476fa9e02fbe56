"""Facts of points that others may hear."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID


@dataclass(frozen=True, slots=True)
class PointsChanged:
    """Somebody's points changed: `kind` is types.ActKind, `points` the change of what they have, less what they owe."""

    name: ClassVar[str] = "wallet.points_changed"
    version: ClassVar[int] = 1
    customer_id: UUID
    programme: str
    kind: str
    points: int
    subject_id: UUID | None
    act_id: UUID | None = None

    @property
    def aggregate(self) -> UUID:
        return self.customer_id
