"""Who was seen, in short."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from datong.brand.types import Brand
from datong.customers import api
from datong.customers.types import Identity, IdentityKind, Sighting
from datong.kernel.ids import uuid7


def whose(sightings: Sequence[Sighting], *, brand: UUID) -> list[UUID | None]:
    """The record each sighting belongs to."""
    return [who.customer_id if who else None for who in api.identify(sightings, brand=brand)]


def see(brand: Brand, *cards: str, name: str = "") -> UUID:
    """The record of somebody who showed these member cards."""
    signs = tuple(Identity(IdentityKind.CARD, card, verified=True) for card in cards)
    (who,) = api.identify([Sighting(uuid7(), signs, name or cards[0])], brand=brand.id)
    assert who is not None
    return who.customer_id
