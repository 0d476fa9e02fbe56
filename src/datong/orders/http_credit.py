"""Sales credit over HTTP."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date
from typing import Annotated, Any
from uuid import UUID

from django.http import HttpRequest
from ninja import Router, Schema
from pydantic import Field

from datong.access.api import require
from datong.access.types import Scope
from datong.kernel.bodies import NUMBER, Day
from datong.kernel.errors import BadValue
from datong.orders import api
from datong.orders.types.credit import CreditRole

router = Router(tags=["orders"])
MAX_DAYS = 366


class CreditRow(Schema):
    """`amount_minor` below zero: a row that takes another back (`reverses`). `store_id` null: no store sold it."""

    id: UUID
    order_id: UUID
    number: str
    role: CreditRole
    store_id: UUID | None
    associate: str
    amount_minor: int
    currency: str
    day: date
    reverses: UUID | None


@router.get("/credit", response=list[CreditRow], summary="Sales credit", operation_id="list_credit")
def list_credit(
    request: HttpRequest,
    since: Day,
    until: Day,
    store_id: UUID | None = None,
    associate: str = "",
    before: UUID | None = None,
    limit: Annotated[int, Field(ge=1, le=1000), NUMBER] = 100,
) -> list[dict[str, Any]]:
    """Whose sales the orders of some business days are, row by row, the newest first; rows sum to the orders' net."""
    client = require(request, Scope.ORDERS_READ)
    if not 0 <= (until - since).days <= MAX_DAYS:
        raise BadValue("until", until.isoformat(), "the same day as since, or up to a year later")
    found = api.credit_lines(
        client.brand_id, since, until, stores=None if store_id is None else [store_id], associate=associate[:120],
        before=before, limit=limit,
    )  # fmt: skip
    return [asdict(line) for line in found]
