"""Whose anything in the wallet is."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from datong.kernel.db import in_brand, rows

HOLDERS = """
    SELECT x.id FROM unnest(%(ids)s::uuid[]) x(id)
     WHERE EXISTS (SELECT 1 FROM wallet_purse p WHERE p.brand_id = %(brand)s AND p.customer_id = x.id)
        OR EXISTS (SELECT 1 FROM wallet_pointpurse p WHERE p.brand_id = %(brand)s AND p.customer_id = x.id)
        OR EXISTS (SELECT 1 FROM wallet_voucher v WHERE v.brand_id = %(brand)s AND v.customer_id = x.id)
"""


def holders(brand_id: UUID, ids: Collection[UUID]) -> set[UUID]:
    """Those of the records that have, or had, a purse, points or a voucher; one statement."""
    with in_brand(brand_id):
        return {one for (one,) in rows(HOLDERS, {"brand": brand_id, "ids": list(ids)})}
