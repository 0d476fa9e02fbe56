"""Up to where the books are closed."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from datong.kernel.db import in_brand, rows
from datong.ledger.types import Gate

GATES = """
    SELECT scope, closed_until, by, at, xid < pg_snapshot_xmin(pg_current_snapshot()) FROM ledger_gate
     WHERE brand_id = %(brand)s AND (%(scopes)s::text[] IS NULL OR scope = ANY(%(scopes)s::text[])) ORDER BY scope
"""


def gates(brand_id: UUID, scopes: Iterable[str] | None = None) -> dict[str, Gate]:
    """The gates by scope ('' is the brand's, the others stores'), all or these; one statement."""
    with in_brand(brand_id):
        found = rows(GATES, {"brand": brand_id, "scopes": None if scopes is None else list(scopes)})
    return {row[0]: Gate(*row) for row in found}
