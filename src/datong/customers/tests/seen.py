"""Who was seen, in short."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from datong.customers import api
from datong.customers.types import Sighting


def whose(sightings: Sequence[Sighting], *, brand: UUID) -> list[UUID | None]:
    """The record each sighting belongs to."""
    return [who.customer_id if who else None for who in api.identify(sightings, brand=brand)]
