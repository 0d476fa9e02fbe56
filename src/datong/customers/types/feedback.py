"""What customers say (反馈), and the ideas for the product that come of it (产品构想)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from datong.customers.types.steps import Stage


class FeedbackKind(StrEnum):
    PAIN = "pain"  # 痛点
    WISH = "wish"  # 期望
    PRAISE = "praise"  # 好评


class IdeaState(StrEnum):
    IDEA = "idea"
    PLANNED = "planned"
    DOING = "doing"
    LAUNCHED = "launched"
    DROPPED = "dropped"


@dataclass(frozen=True, slots=True)
class Feedback:
    """What somebody said, in their words. `id` is made by who tells it: told twice, it is one.

    `customer_id`: a record, None for somebody unknown. `order`, `product`: number and code as they were told, '' for
    none. `stage`: the link of the way it is about. `by`: who wrote it down. `idea_id`: what it was linked to.
    """

    id: UUID
    kind: FeedbackKind
    text: str
    channel_id: UUID
    at: datetime
    customer_id: UUID | None = None
    order: str = ""
    product: str = ""
    stage: Stage | None = None
    language: str = ""
    by: str = ""
    idea_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class FeedbackFilter:
    """What a list is narrowed to; None and '' do not narrow. `text` is looked for in the words."""

    text: str = ""
    kind: FeedbackKind | None = None
    channel_id: UUID | None = None
    stage: Stage | None = None
    product: str = ""
    unlinked: bool = False
    idea_id: UUID | None = None
    records: tuple[UUID, ...] | None = None


@dataclass(frozen=True, slots=True)
class Idea:
    """What could be made or mended. `owner`: a username, '' for nobody yet."""

    id: UUID
    title: str
    text: str = ""
    state: IdeaState = IdeaState.IDEA
    owner: str = ""
    at: datetime | None = None
    by: str = ""


@dataclass(frozen=True, slots=True)
class WantedIdea:
    """An idea with its voices: how many, by how many known persons, how many of people unknown."""

    idea: Idea
    voices: int
    people: int
    unknown: int
