"""A basket priced for a till while there is network: every promotion, the member's own prices, tax."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from datong.brand.api import get_brand
from datong.catalog.api import quote
from datong.catalog.types import Ask, AskLine, Quote
from datong.kernel import clock
from datong.tills.types import AskedLine, Device
from datong.wallet.api import tiers_of


def quote_basket(brand_id: UUID, device: Device, lines: Sequence[AskedLine], *, person_id: UUID | None = None) -> Quote:
    """Our quote for these lines, now, at the till's store; `person_id`: the head of a member's records."""
    tier = tiers_of(brand_id, [person_id]).get(person_id) if person_id else None
    ask = Ask(
        device.channel_id,
        get_brand(brand_id).currency,
        clock.now(),
        tuple(AskLine(n, line.sku, line.units, line.options) for n, line in enumerate(lines, 1)),
        store_id=device.store_id,
        member=tier.code if tier else "" if person_id else None,
        place=None,
    )
    return quote([ask], brand=brand_id)[0]
