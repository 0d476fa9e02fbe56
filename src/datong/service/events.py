"""Facts about cases."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID


@dataclass(frozen=True, slots=True)
class CaseChanged:
    """Something happened with a case: opened, note, answer, said, assigned, open, waiting, done,
    compensation, action."""

    name: ClassVar[str] = "service.case_changed"
    version: ClassVar[int] = 1
    case_id: UUID
    what: str

    @property
    def aggregate(self) -> UUID:
        return self.case_id
