"""Decision tables and rates: what holds at a moment, and every version."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from datong.catalog import rules
from datong.catalog.rules import forms, tables
from datong.catalog.types import Rate, RateKind, Table, TableState, TableVersion
from datong.kernel import clock
from datong.kernel.db import in_brand, rows
from datong.kernel.errors import NotFound

VERSIONS = """
    SELECT id, number, state, body::text, made_by, made_at, valid_from, decided_by, approval_id
      FROM catalog_decisiontable
     WHERE brand_id = %(brand)s AND (%(name)s = '' OR name = %(name)s)
       AND (%(id)s::uuid IS NULL OR id = %(id)s::uuid)
     ORDER BY name, number DESC LIMIT 500
"""
LIVE = """
    SELECT body::text FROM catalog_decisiontable
     WHERE brand_id = %(brand)s AND name = %(name)s AND state = 'live' AND valid_from <= %(at)s
     ORDER BY valid_from DESC, number DESC LIMIT 1
"""


def table_versions(brand_id: UUID, name: str = "") -> list[TableVersion]:
    """All versions of a table, or of every table, the newest first."""
    with in_brand(brand_id):
        return [_version(row) for row in rows(VERSIONS, {"brand": brand_id, "name": name, "id": None})]


def table_version(brand_id: UUID, version_id: UUID) -> TableVersion:
    """One version; NotFound when there is none."""
    with in_brand(brand_id):
        found = rows(VERSIONS, {"brand": brand_id, "name": "", "id": version_id})
    if not found:
        raise NotFound(f"no version {version_id} of a decision table")
    return _version(found[0])


def _version(row: tuple[Any, ...]) -> TableVersion:
    version_id, number, state, body, *rest = row
    return TableVersion(version_id, number, TableState(state), msgspec.json.decode(body, type=Table), *rest)


def decide_by_table(
    brand_id: UUID, name: str, given: Mapping[str, Any], *, at: datetime | None = None
) -> dict[str, int | str] | None:
    """What the brand's table in force decides: whole numbers and texts by output. None when there is no such table.

    Raises BadValue for an input the table does not take.
    """
    with in_brand(brand_id):
        found = rows(LIVE, {"brand": brand_id, "name": name, "at": at or clock.now()})
    if not found:
        return None
    table = msgspec.json.decode(found[0][0], type=Table)
    return tables.run_table(table, tables.read_inputs(table, given))


def try_table(table: Table, given: Mapping[str, Any]) -> dict[str, int | str] | None:
    """What a table that need not be live decides; None when no row matches. Raises BadValue for an input."""
    return tables.run_table(table, tables.read_inputs(table, given))


def delivery_fee(
    brand_id: UUID, *, distance_m: int, total_minor: int, region: str = "", at: datetime | None = None
) -> int | None:
    """What delivery costs by the brand's table, in minor units; None when the brand has no such table."""
    given = {"distance_m": distance_m, "total_minor": total_minor, "region": region}
    found = decide_by_table(brand_id, forms.DELIVERY_FEE, given, at=at)
    return int(found["fee_minor"]) if found else None


RATES = """
    SELECT kind, key, value_e8, valid_from, set_by, set_at, reason FROM catalog_rate
     WHERE brand_id = %(brand)s AND (%(kind)s = '' OR kind = %(kind)s) AND (%(key)s = '' OR key = %(key)s)
       AND (%(at)s::timestamptz IS NULL OR valid_from <= %(at)s::timestamptz)
     ORDER BY kind, key, valid_from DESC LIMIT %(limit)s
"""


def rate(brand_id: UUID, kind: RateKind, key: str, *, at: datetime | None = None) -> Rate | None:
    """The rate in force at a moment (now): the one that began last; None when none has begun."""
    given = {"brand": brand_id, "kind": kind.value, "key": key, "at": at or clock.now(), "limit": 1}
    with in_brand(brand_id):
        found = rows(RATES, given) if rules.storable(key) else []
    return _rate(found[0]) if found else None


def list_rates(brand_id: UUID, *, limit: int = 500) -> list[Rate]:
    """Every rate, by kind and key, the latest first."""
    with in_brand(brand_id):
        found = rows(RATES, {"brand": brand_id, "kind": "", "key": "", "at": None, "limit": min(limit, 5000)})
    return [_rate(row) for row in found]


def _rate(row: tuple[Any, ...]) -> Rate:
    return Rate(RateKind(row[0]), *row[1:])
