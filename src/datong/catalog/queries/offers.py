"""Offers of items, remembered by this process under the stamp the item carries."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping
from uuid import UUID

import msgspec

from datong.catalog.types import Offer
from datong.kernel.db import rows

MAX_REMEMBERED = 50_000

_offers: OrderedDict[tuple[UUID, UUID], Offer] = OrderedDict()
_decode = msgspec.json.Decoder(Offer).decode

OFFERS = "SELECT item_id, body FROM catalog_offer WHERE brand_id = %(brand)s AND item_id = ANY(%(items)s::uuid[])"


def offers_of(stamps: Mapping[UUID, UUID], brand: UUID) -> dict[UUID, Offer]:
    """The offers of these items, given the stamps they carry now; inside in_brand. One statement when any changed."""
    found: dict[UUID, Offer] = {}
    for item, stamp in stamps.items():
        known = _offers.get((brand, item))
        if known is not None and known.stamp == stamp:
            found[item] = known
    missing = [item for item in stamps if item not in found]
    if missing:
        for item, body in rows(OFFERS, {"brand": brand, "items": missing}):
            found[item] = _offers[brand, item] = _decode(body)
        while len(_offers) > MAX_REMEMBERED:
            _offers.popitem(last=False)
    return found
