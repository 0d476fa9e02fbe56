"""A till asks what it sells: all of it once, then what changed."""

from __future__ import annotations

from uuid import UUID, uuid4

import msgspec

from datong.brand.api import get_brand
from datong.kernel import clock
from datong.kernel.db import execute, in_brand, rows
from datong.kernel.money import exponent
from datong.tills import rules
from datong.tills.queries import sellable
from datong.tills.types import Device, Snapshot

KNOWN = "SELECT version, marks FROM tills_device WHERE brand_id = %(brand)s AND id = %(id)s FOR UPDATE"
TOLD = """
    UPDATE tills_device SET version = %(version)s, marks = %(marks)s::jsonb, seen_at = %(now)s
     WHERE brand_id = %(brand)s AND id = %(id)s
"""
SEEN = "UPDATE tills_device SET seen_at = %(now)s WHERE brand_id = %(brand)s AND id = %(id)s"


def tell(brand: UUID, device: Device, known: str) -> Snapshot:
    """What the till sells. `known`: the version it has; of the last one it was told only the changes are sent.

    What was told is remembered, an item by a mark, so that the answer is right whatever changed meanwhile: prices that
    began by themselves, an assortment, a tax, the shelf.
    """
    shelf = sellable(brand, device)
    items = shelf.items
    marks = {item.sku: rules.mark_of(item) for item in items}
    money = get_brand(brand)
    with in_brand(brand):
        [(version, told)] = rows(KNOWN, {"brand": brand, "id": device.id})
        before = msgspec.json.decode(told) if isinstance(told, str) else told
        since = known if known and known == version else ""
        news, gone = rules.changed(items, marks, before if since else {})
        key = {"brand": brand, "id": device.id, "now": clock.now()}
        if since and not news and not gone:
            execute(SEEN, key)
        else:
            version = uuid4().hex
            execute(TOLD, {**key, "version": version, "marks": msgspec.json.encode(marks).decode()})
    return Snapshot(
        version=version,
        since=since,
        at=clock.now(),
        currency=money.currency,
        exponent=exponent(money.currency),
        tax_inclusive=shelf.tax_inclusive,
        tax_by_line=shelf.tax_by_line,
        items=tuple(news),
        gone=tuple(gone),
    )
