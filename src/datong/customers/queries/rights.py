"""Reads of requests about people's own data, and of who looked at whom."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from msgspec import json

from datong.customers.queries.people import records_of
from datong.customers.types import Asked, DataRequest, Look, RequestState
from datong.kernel.db import in_brand, rows

REQUEST_COLUMNS = """id, customer_id, what, reason, asked_by, at, due, state, approval_id, decided_by, done_at, note,
       counts::text"""
OF_PERSON = f"""
    SELECT {REQUEST_COLUMNS} FROM customers_datarequest
     WHERE brand_id = %(brand)s AND customer_id = ANY(%(records)s::uuid[]) ORDER BY id DESC LIMIT 50
"""  # noqa: S608  constants only
OF_BRAND = f"""
    SELECT {REQUEST_COLUMNS} FROM customers_datarequest
     WHERE brand_id = %(brand)s AND (NOT %(open)s OR state IN ('waiting', 'approved'))
       AND (%(before)s::uuid IS NULL OR id < %(before)s::uuid)
     ORDER BY id DESC LIMIT %(limit)s
"""  # noqa: S608


def data_requests_of(brand_id: UUID, customer_id: UUID) -> list[DataRequest]:
    """What the person asked about their data, the newest first."""
    with in_brand(brand_id):
        records = records_of(brand_id, [customer_id]).get(customer_id, (customer_id,))
        return [request_of(row) for row in rows(OF_PERSON, {"brand": brand_id, "records": list(records)})]


def data_requests(
    brand_id: UUID, *, only_open: bool = False, before: UUID | None = None, limit: int = 50
) -> list[DataRequest]:
    """The brand's requests, the newest first, a page at a time."""
    with in_brand(brand_id):
        key = {"brand": brand_id, "open": only_open, "before": before, "limit": max(1, min(limit, 200))}
        return [request_of(row) for row in rows(OF_BRAND, key)]


def request_of(row: tuple[Any, ...]) -> DataRequest:
    """A row of REQUEST_COLUMNS."""
    values = [*row[:2], Asked(row[2]), *row[3:7], RequestState(row[7]), *row[8:12], json.decode(row[12])]
    return DataRequest(*values)


LOOKS = """
    SELECT id, customer_id, by, place, at FROM customers_look
     WHERE brand_id = %(brand)s AND customer_id = ANY(%(records)s::uuid[])
       AND (%(before)s::uuid IS NULL OR id < %(before)s::uuid) ORDER BY id DESC LIMIT %(limit)s
"""


def looks_at(brand_id: UUID, customer_id: UUID, *, before: UUID | None = None, limit: int = 50) -> list[Look]:
    """Who looked at the person, through whichever record, the newest first."""
    with in_brand(brand_id):
        records = records_of(brand_id, [customer_id]).get(customer_id, (customer_id,))
        key = {"brand": brand_id, "records": list(records), "before": before, "limit": max(1, min(limit, 500))}
        return [Look(*row) for row in rows(LOOKS, key)]
