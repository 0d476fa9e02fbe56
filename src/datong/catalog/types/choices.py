"""Nouns of choices that are off sale (加料售罄)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID


@dataclass(frozen=True, slots=True)
class ChoiceOut:
    """A choice that no product sells at a store, or anywhere (`store_id` None), until a moment or by hand (None)."""

    code: str
    store_id: UUID | None
    until: datetime | None = None
    by: str = ""
    since: datetime | None = None
    reason: str = ""
