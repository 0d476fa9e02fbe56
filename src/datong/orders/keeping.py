"""What the order book keeps of a person, handed out and taken away."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from msgspec import json

from datong.kernel.db import execute, rows
from datong.kernel.keepers import Keeper, Text, Traces
from datong.orders.types import OrderState

THEIRS = """
    SELECT id, number, contact_name, contact_phone, contact_email, address, note FROM orders_order
     WHERE brand_id = %(brand)s AND customer_id = ANY(%(records)s::uuid[])
    UNION
    SELECT id, number, contact_name, contact_phone, contact_email, address, note FROM orders_order
     WHERE brand_id = %(brand)s
       AND (contact_phone = ANY(%(signs)s::text[]) OR lower(contact_email) = ANY(%(signs)s::text[]))
"""


def gather(traces: Traces) -> None:
    """Their orders, and those of others that were brought to their phone or e-mail; the contacts written there."""
    key = {"brand": traces.brand, "records": list(traces.records), "signs": sorted(traces.signs)}
    for order_id, number, name, phone, email, address, _ in rows(THEIRS, key):
        traces.things.add(order_id)
        traces.words |= {name, phone, email, address} - {""}
        traces.subjects |= {f"order {number}", f"order {order_id}"}


OPEN = """
    SELECT count(*)::int FROM orders_order
     WHERE brand_id = %(brand)s AND id = ANY(%(things)s::uuid[]) AND state = ANY(%(open)s::text[])
"""
STILL_OPEN = [OrderState.ASSIGNED.value, OrderState.BACKORDER.value, OrderState.REVIEW.value]


def against(traces: Traces) -> Sequence[str]:
    """An order under way needs its address."""
    ((count,),) = rows(OPEN, {"brand": traces.brand, "things": sorted(traces.things), "open": STILL_OPEN})
    return (f"orders under way: {count}; complete or cancel them first",) if count else ()


HELD = """
    SELECT o.number, o.channel_id, o.external_id, o.placed_at, o.state, o.currency, o.total_minor, o.tax_minor,
           o.contact_name, o.contact_phone, o.contact_email, o.address, o.lon, o.lat, o.note,
           (SELECT coalesce(jsonb_agg(jsonb_build_object('sku', l.sku, 'title', l.title, 'units', l.units,
                   'total_minor', l.total_minor) ORDER BY l.line_no), '[]') FROM orders_line l
             WHERE l.brand_id = o.brand_id AND l.order_id = o.id)::text
      FROM orders_order o
     WHERE o.brand_id = %(brand)s AND o.id = ANY(%(things)s::uuid[]) AND o.customer_id = ANY(%(records)s::uuid[])
     ORDER BY o.id
"""
NAMES = (
    "number", "channel_id", "number_there", "placed_at", "state", "currency", "total_minor", "tax_minor",
    "name", "phone", "email", "address", "lon", "lat", "note", "lines",
)  # fmt: skip


def export(traces: Traces) -> Mapping[str, Any]:
    """Their own orders with contact and lines; an order somebody else placed for them is that person's."""
    key = {"brand": traces.brand, "things": sorted(traces.things), "records": list(traces.records)}
    found = [dict(zip(NAMES, row, strict=True)) for row in rows(HELD, key)]
    for order in found:
        order["lines"] = json.decode(order["lines"])
    return {"orders": found} if found else {}


WIPE = """
    UPDATE orders_order SET contact_name = '', contact_phone = '', contact_email = '', address = '', lon = NULL,
           lat = NULL, note = '', contact_masked = true
     WHERE brand_id = %(brand)s AND id = ANY(%(things)s::uuid[])
"""


def erase(traces: Traces) -> Mapping[str, int]:
    """Contacts, addresses and notes go; numbers, amounts, lines, stores and moments stay."""
    return {"orders": execute(WIPE, {"brand": traces.brand, "things": sorted(traces.things)})}


KEEPER = Keeper(
    "orders",
    gather=gather,
    export=export,
    erase=erase,
    against=against,
    texts=(
        Text("orders_line", ("options",), of="order_id", locked=True),
        Text("orders_event", ("reason", "detail"), of="order_id", locked=True),
        Text("orders_decision", ("reason", "chosen", "refused"), of="order_id", locked=True),
        Text("orders_return", ("reason", "note"), of="order_id"),
        Text("orders_finding", ("detail", "resolution"), of="order_id"),
    ),
)
