"""Offers of items, remembered by this process under the stamp the item carries; which bundles use what."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable, Mapping
from uuid import UUID

import msgspec

from datong.catalog.types import Offer
from datong.kernel.db import in_brand, rows

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


PARTS = """
    SELECT o.item_id, (part->>'item_id')::uuid, (part->>'units')::int
      FROM catalog_offer o
      LEFT JOIN LATERAL jsonb_array_elements(o.body->'parts') WITH ORDINALITY AS p(part, n) ON true
     WHERE o.brand_id = %(brand)s AND o.item_id = ANY(%(items)s::uuid[]) AND jsonb_typeof(o.body->'parts') = 'array'
     ORDER BY o.item_id, p.n
"""


def parts_of(brand_id: UUID, item_ids: Iterable[UUID]) -> dict[UUID, tuple[tuple[UUID, int], ...]]:
    """(part, units) of one unit of each bundle among these items, bundles within it opened; one statement.

    An item that is not a bundle is not in the answer; one made of services only has no parts. What an option uses up
    is not among them.
    """
    found: dict[UUID, list[tuple[UUID, int]]] = {}
    with in_brand(brand_id):
        for item, part, units in rows(PARTS, {"brand": brand_id, "items": list(item_ids)}):
            found.setdefault(item, []).extend([(part, units)] if part else [])
    return {item: tuple(parts) for item, parts in found.items()}


USING = """
    WITH RECURSIVE up AS (
        SELECT u.item_id FROM catalog_itempart u
         WHERE u.brand_id = %(brand)s AND u.part_id = ANY(%(items)s::uuid[]) AND u.choice = ''
        UNION SELECT u.item_id FROM catalog_itempart u
                JOIN up ON u.brand_id = %(brand)s AND u.part_id = up.item_id AND u.choice = ''
    )
    SELECT item_id FROM up
"""


def bundles_using(brand_id: UUID, item_ids: Iterable[UUID]) -> set[UUID]:
    """The bundles these items are a part of, also through a bundle within a bundle; one statement."""
    with in_brand(brand_id):
        return {item for (item,) in rows(USING, {"brand": brand_id, "items": list(item_ids)})}
