"""Orders by the numbers they have at their channels."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from datong.kernel.db import in_brand, rows

NAMED = """
    SELECT o.external_id, o.id FROM orders_order o
     WHERE o.brand_id = %(brand)s AND o.external_id = ANY(%(names)s::text[])
"""


def orders_named(brand_id: UUID, names: Collection[str]) -> dict[str, UUID]:
    """Orders by their numbers at the channels; one statement."""
    key = {"brand": brand_id, "names": sorted(names)}
    with in_brand(brand_id):
        return dict(rows(NAMED, key)) if names else {}
