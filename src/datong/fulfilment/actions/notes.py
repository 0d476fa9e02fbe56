"""Delivery notes are written with their tasks, in one transaction, from what the order says."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import msgspec

from datong.brand.api import stores_by_id
from datong.brand.types import Store
from datong.fulfilment.rules.couriers import bearing_deg
from datong.fulfilment.types import NoteText
from datong.kernel import clock
from datong.kernel.db import execute, in_brand
from datong.kernel.geo import distance_m

MAX_GOODS = 200

WRITE = """
    WITH written AS (
        INSERT INTO fulfilment_note (brand_id, task_id, order_id, number, store_id, address, lon, lat, contact_name,
                                     contact_phone, goods, due_minor, currency, remark, distance_m, bearing_deg,
                                     at)
        SELECT t.brand_id, t.id, n.order_id, n.number, n.store_id, n.address, n.lon, n.lat, n.name, n.phone,
               n.goods::jsonb, n.due, n.currency, n.remark, n.metres, n.bearing, %(now)s
          FROM unnest(%(orders)s::uuid[], %(stores)s::uuid[], %(numbers)s::text[], %(addresses)s::text[],
                      %(lons)s::float8[], %(lats)s::float8[], %(names)s::text[], %(phones)s::text[],
                      %(goods)s::text[], %(dues)s::bigint[], %(currencies)s::text[], %(remarks)s::text[],
                      %(metres)s::int[], %(bearings)s::smallint[])
               n(order_id, store_id, number, address, lon, lat, name, phone, goods, due, currency, remark, metres,
                 bearing)
          JOIN fulfilment_task t ON t.brand_id = %(brand)s AND t.order_id = n.order_id AND t.store_id = n.store_id
         WHERE t.kind = 'delivery'
         ORDER BY t.id
        ON CONFLICT (brand_id, task_id) DO UPDATE
           SET address = excluded.address, lon = excluded.lon, lat = excluded.lat, goods = excluded.goods,
               contact_name = excluded.contact_name, contact_phone = excluded.contact_phone, at = excluded.at,
               due_minor = excluded.due_minor, remark = excluded.remark, distance_m = excluded.distance_m,
               bearing_deg = excluded.bearing_deg
        RETURNING task_id
    )
    INSERT INTO fulfilment_delivery (brand_id, task_id, way, by, attempts, outcome, failure, proof, signed_by,
                                     cash_minor)
    SELECT %(brand)s, task_id, '', '', 0, '', '', '', '', 0 FROM written ORDER BY task_id
    ON CONFLICT (brand_id, task_id) DO NOTHING
"""


def write_notes(texts: Sequence[NoteText], *, brand: UUID) -> int:
    """Write the delivery note of each task that is a delivery, or bring it up to what the order says now.

    Exactly one per task however often it is asked for. Two statements whatever the number.
    """
    if not texts:
        return 0
    with in_brand(brand):
        stores = stores_by_id(brand, {text.store_id for text in texts})
        ways = [_way(stores.get(text.store_id), text) for text in texts]
        key: dict[str, Any] = {
            "brand": brand,
            "now": clock.now(),
            "orders": [text.order_id for text in texts],
            "stores": [text.store_id for text in texts],
            "numbers": [text.number for text in texts],
            "addresses": [text.address[:300] for text in texts],
            "lons": [text.place.lon if text.place else None for text in texts],
            "lats": [text.place.lat if text.place else None for text in texts],
            "names": [text.contact_name for text in texts],
            "phones": [text.contact_phone for text in texts],
            "goods": [msgspec.json.encode(text.goods[:MAX_GOODS]).decode() for text in texts],
            "dues": [text.due_minor for text in texts],
            "currencies": [text.currency for text in texts],
            "remarks": [text.remark for text in texts],
            "metres": [metres for metres, _ in ways],
            "bearings": [bearing for _, bearing in ways],
        }
        return execute(WRITE, key)


def _way(store: Store | None, text: NoteText) -> tuple[int | None, int | None]:
    """How far it is from the store to the door, and in which direction."""
    if store is None or text.place is None:
        return None, None
    return round(distance_m(store.place, text.place)), bearing_deg(store.place, text.place)
