"""Units that a store cannot give (缺货): moved to another store, or a question to the customer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID


class Answer(StrEnum):
    """What became of units that a store cannot give."""

    MOVED = "moved"  # another store has them
    WITHOUT = "without"  # the money for them goes back
    SUBSTITUTE = "substitute"  # what the store proposed, at no extra cost
    CANCEL = "cancel"  # the whole order
    GONE = "gone"  # handed over or cancelled before anybody decided


ANSWERS = (Answer.WITHOUT, Answer.SUBSTITUTE, Answer.CANCEL)


@dataclass(frozen=True, slots=True)
class Question:
    """Units of a line that a store cannot give. `answer` None: the customer is asked until `deadline_at`, after which
    the default is taken: without them. `substitute_sku` is what the store proposes instead, '' for nothing."""

    id: UUID
    order_id: UUID
    store_id: UUID
    line_no: int
    units: int
    title: str
    reason: str
    substitute_sku: str
    substitute_title: str
    asked_at: datetime
    deadline_at: datetime
    answer: Answer | None
    answered_by: str
