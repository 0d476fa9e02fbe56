"""Taking back stores and places that were put in by mistake."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from datong.brand.events import StoresChanged
from datong.kernel import audit, outbox
from datong.kernel.db import execute, in_brand, rows

REMOVE_STORES = "DELETE FROM brand_store WHERE brand_id = %(brand)s AND id = ANY(%(ids)s::uuid[]) RETURNING code"


def remove_stores(brand_id: UUID, store_ids: Sequence[UUID], *, by: str) -> int:
    """Take stores away altogether. Whether stock, orders or staff name them the caller knows: no table here does."""
    with in_brand(brand_id):
        gone = [code for (code,) in rows(REMOVE_STORES, {"brand": brand_id, "ids": list(store_ids)})]
        outbox.emit(StoresChanged(brand_id, len(gone)))
        if gone:
            subject = f"store {gone[0]}" if len(gone) == 1 else f"{len(gone)} stores"
            audit.record(brand=brand_id, actor=by, verb="store.remove", subject=subject, before={"codes": sorted(gone)})
    return len(gone)


REMOVE_PLACES = """
    DELETE FROM brand_place p USING unnest(%(countries)s::text[], %(keys)s::text[]) w(country, key)
     WHERE p.brand_id = %(brand)s AND p.country = w.country AND p.key = w.key
"""


def remove_places(brand_id: UUID, keys: Sequence[tuple[str, str]]) -> int:
    """Take places out of the gazetteer by (country, key)."""
    with in_brand(brand_id):
        return execute(
            REMOVE_PLACES, {"brand": brand_id, "countries": [c for c, _ in keys], "keys": [k for _, k in keys]}
        )
