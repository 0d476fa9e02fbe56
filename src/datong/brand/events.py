"""Facts about the brand."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID


@dataclass(frozen=True, slots=True)
class StoresChanged:
    """Stores were added or changed: whoever keeps a picture of them takes a new one."""

    name: ClassVar[str] = "brand.stores_changed"
    version: ClassVar[int] = 1
    brand_id: UUID
    count: int

    @property
    def aggregate(self) -> UUID:
        return self.brand_id


@dataclass(frozen=True, slots=True)
class ChannelChanged:
    """A channel was registered, changed, opened or closed."""

    name: ClassVar[str] = "brand.channel_changed"
    version: ClassVar[int] = 1
    channel_id: UUID
    code: str
    who: str

    @property
    def aggregate(self) -> UUID:
        return self.channel_id
