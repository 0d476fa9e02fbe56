"""What orders got of purses, and what was ever put on them: what a tax invoice must know of stored value."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from datong.kernel.db import in_brand, rows
from datong.kernel.errors import NotFound


@dataclass(frozen=True, slots=True)
class TakenPart:
    """Net of what went back: `kind` of the take, and of stored value the purse and its part."""

    kind: str
    purse_id: UUID | None
    part: str
    amount_minor: int


TAKEN = """
    SELECT t.kind, t.purse_id, t.part, sum(k.amount_minor - k.back_minor)::bigint
      FROM wallet_taken k JOIN wallet_take t ON t.brand_id = k.brand_id AND t.id = k.take_id
     WHERE k.brand_id = %(brand)s AND k.order_id = %(order)s
     GROUP BY 1, 2, 3 ORDER BY 2, 3
"""


def taken_of(brand: UUID, order_id: UUID) -> list[TakenPart]:
    """What an order was paid with, part by part; empty when the wallet had no part in it."""
    with in_brand(brand):
        return [TakenPart(*row) for row in rows(TAKEN, {"brand": brand, "order": order_id})]


PUT = """
    SELECT purse_id, sum(principal_minor - back_minor)::bigint FROM wallet_topup
     WHERE brand_id = %(brand)s AND purse_id = ANY(%(purses)s::uuid[]) GROUP BY 1
"""


def put_on(brand: UUID, purses: Collection[UUID]) -> dict[UUID, int]:
    """The principal ever put on these purses and not paid back, minor units."""
    with in_brand(brand):
        return dict(rows(PUT, {"brand": brand, "purses": sorted(purses)}))


@dataclass(frozen=True, slots=True)
class Put:
    """One top-up: what was paid for it, and how much of that was paid back."""

    id: UUID
    purse_id: UUID
    currency: str
    principal_minor: int
    back_minor: int
    store_id: UUID | None
    at: datetime


ONE = """
    SELECT t.id, t.purse_id, p.currency, t.principal_minor, t.back_minor, t.store_id, t.at
      FROM wallet_topup t JOIN wallet_purse p ON p.brand_id = t.brand_id AND p.id = t.purse_id
     WHERE t.brand_id = %(brand)s AND t.id = %(id)s
"""


def top_up_of(brand: UUID, top_up_id: UUID) -> Put:
    """A top-up as it stands; NotFound when there is none."""
    with in_brand(brand):
        found = rows(ONE, {"brand": brand, "id": top_up_id})
    if not found:
        raise NotFound(f"no top-up {top_up_id}")
    return Put(*found[0])
