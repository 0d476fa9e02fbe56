"""What an order says on the delivery note of each of its stores."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

import msgspec

from datong.fulfilment.types import Goods, NoteText
from datong.kernel.db import in_brand, rows
from datong.kernel.geo import Point
from datong.payments.types import PaymentMethod

NOTES = """
    SELECT o.id, a.store_id, o.number, o.address, o.lon, o.lat, o.contact_name, o.contact_phone, o.note,
           CASE WHEN NOT o.paid AND o.payment = %(cash)s
                 AND a.store_id = min(a.store_id::text) OVER (PARTITION BY o.id)::uuid THEN o.total_minor ELSE 0 END,
           o.currency,
           jsonb_agg(jsonb_build_object('sku', l.sku, 'title', l.title, 'units', a.units, 'options',
               coalesce((SELECT jsonb_agg(c->>'title') FROM jsonb_array_elements(l.options) c), '[]'))
               ORDER BY a.line_no)::text
      FROM orders_order o
      JOIN orders_allocation a ON a.brand_id = o.brand_id AND a.order_id = o.id
      JOIN orders_line l ON l.brand_id = a.brand_id AND l.order_id = a.order_id AND l.line_no = a.line_no
     WHERE o.brand_id = %(brand)s AND o.id = ANY(%(orders)s::uuid[]) AND o.fulfilment = 'delivery'
     GROUP BY o.brand_id, o.id, a.store_id
     ORDER BY o.id, a.store_id
"""


def delivery_notes(brand_id: UUID, order_ids: Collection[UUID]) -> list[NoteText]:
    """What each store of these orders has to bring, where to, to whom, and the cash to collect; one statement.

    Of an order that several stores bring, one collects the money: the store with the smallest id.
    """
    if not order_ids:
        return []
    key = {"brand": brand_id, "orders": sorted(order_ids), "cash": PaymentMethod.CASH_ON_DELIVERY.value}
    with in_brand(brand_id):
        found = rows(NOTES, key)
    return [
        NoteText(
            order, store, number, address, None if lon is None else Point(lon, lat), name, phone,
            tuple(msgspec.json.decode(goods, type=list[Goods])), due, currency, remark,
        )
        for order, store, number, address, lon, lat, name, phone, remark, due, currency, goods in found
    ]  # fmt: skip
