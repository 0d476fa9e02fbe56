"""What people ask about their own data, and who looked at it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID


class Asked(StrEnum):
    """What somebody asks for about their data (PIPL articles 45 and 47, GDPR articles 15, 17 and 20)."""

    EXPORT = "export"  # 查阅、复制
    ERASURE = "erasure"  # 删除


class RequestState(StrEnum):
    WAITING = "waiting"  # for the second person
    APPROVED = "approved"  # being carried out
    DONE = "done"
    REFUSED = "refused"


DAYS = {"CN": 15}
DAYS_ELSEWHERE = 30
"""Days to answer: 15 where PIPL holds (the usual promise of its guidelines), a month by GDPR article 12 elsewhere."""


@dataclass(frozen=True, slots=True)
class DataRequest:
    """What somebody asked about their data: why, by whom it was written down, until when it is due, what became of it.

    `counts`: what was changed, 'module.what' -> rows; ids and figures, nothing of the person.
    """

    id: UUID
    customer_id: UUID
    what: Asked
    reason: str
    asked_by: str
    at: datetime
    due: date
    state: RequestState
    approval_id: UUID | None = None
    decided_by: str = ""
    done_at: datetime | None = None
    note: str = ""
    counts: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Look:
    """Somebody looked at a person: who, when, where (`page`, `api`, `export`)."""

    id: UUID
    customer_id: UUID
    by: str
    place: str
    at: datetime
