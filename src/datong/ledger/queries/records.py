"""What recounts found, and how far sealing has come."""

from __future__ import annotations

from uuid import UUID

import msgspec

from datong.kernel.db import in_brand, rows
from datong.ledger.types import Difference, Verification

LAST = """
    SELECT at, by, transfers, seals, head, found, differences FROM ledger_verification
     WHERE brand_id = %(brand)s ORDER BY id DESC LIMIT 1
"""


def last_verification(brand_id: UUID) -> Verification | None:
    """The latest recount, None before the first."""
    with in_brand(brand_id):
        found = rows(LAST, {"brand": brand_id})
    if not found:
        return None
    [(at, by, transfers, seals, head, count, differences)] = found
    named = tuple(msgspec.json.decode(differences, type=list[Difference]))
    return Verification(at, by, transfers, seals, head, count, named)
