"""The tills of stores."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from datong.kernel.db import in_brand, rows
from datong.kernel.errors import NotFound
from datong.tills.types import Device

COLUMNS = """
    SELECT id, store_id, channel_id, name, created_at, created_by, seen_at, revoked_at FROM tills_device
"""
ONE = f"{COLUMNS} WHERE brand_id = %(brand)s AND id = %(id)s"
OF_STORES = f"""
    {COLUMNS} WHERE brand_id = %(brand)s AND (%(stores)s::uuid[] IS NULL OR store_id = ANY(%(stores)s::uuid[]))
     ORDER BY revoked_at IS NOT NULL, store_id, id LIMIT 500
"""


def get_device(brand_id: UUID, device_id: UUID) -> Device:
    """A till, also one that was taken back. Raises NotFound."""
    with in_brand(brand_id):
        found = rows(ONE, {"brand": brand_id, "id": device_id})
    if not found:
        raise NotFound(f"no till {device_id}")
    return Device(*found[0])


def device_of(brand_id: UUID, client_id: UUID) -> Device:
    """The till whose key a client has. Raises NotFound for a key that is no till's."""
    try:
        return get_device(brand_id, client_id)
    except NotFound:
        raise NotFound("this key is no till's: register the till on its own screen") from None


def devices_of(brand_id: UUID, stores: Collection[UUID] | None = None) -> list[Device]:
    """The tills of these stores (None: all), those in use first; at most 500."""
    with in_brand(brand_id):
        key = {"brand": brand_id, "stores": None if stores is None else list(stores)}
        return [Device(*row) for row in rows(OF_STORES, key)]
