"""Facts of sync."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID


@dataclass(frozen=True, slots=True)
class PushRefused:
    """A channel will not take what it was told, or did not for too long: a person has to look."""

    name: ClassVar[str] = "sync.push_refused"
    version: ClassVar[int] = 1
    channel_id: UUID
    message_id: UUID
    kind: str
    subject: UUID
    code: str
    why: str

    @property
    def aggregate(self) -> UUID:
        return self.channel_id
