"""Decision tables and rates: what holds at a moment, and every version."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from datong.catalog import rules
from datong.catalog.queries.live import in_force_at
from datong.catalog.queries.quoting import book_as_quoted, fresh_book
from datong.catalog.rules import forms, tables
from datong.catalog.types import Fee, FeeAsk, FieldKind, LiveTable, Rate, RateKind, Table, TableState, TableVersion
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

    Answered from the rule book, which is as fresh as the brand's stamp: one statement. Raises BadValue for an input the
    table does not take.
    """
    with in_brand(brand_id):
        live = in_force_at(fresh_book(brand_id).tables.get(name, ()), at or clock.now())
    return tables.run_table(live.table, tables.read_inputs(live.table, given)) if live else None


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


def delivery_fees(brand_id: UUID, asked: Sequence[FeeAsk]) -> list[Fee | None]:
    """What deliveries cost by the brand's table: no statement after a quote in the same transaction.

    None where the brand has no table at that moment. A number beyond the table's bounds counts as the bound, a text it
    does not know as one no row names; without a row there is no fee.
    """
    if not asked:
        return []
    versions = book_as_quoted(brand_id).tables.get(forms.DELIVERY_FEE, ())
    return [_fee(in_force_at(versions, one.at), one) for one in asked]


def least_orders(brand_id: UUID, asked: Sequence[FeeAsk]) -> list[int]:
    """What the goods of a delivery must come to (起送价) by the brand's table, 0 where it has none or no row says so.

    No statement after a quote in the same transaction.
    """
    if not asked:
        return []
    versions = book_as_quoted(brand_id).tables.get(forms.MINIMUM_ORDER, ())
    found = []
    for one in asked:
        live = in_force_at(versions, one.at)
        outputs = tables.run_table(live.table, _given(live, one)) if live else None
        found.append(max(0, int(outputs["least_minor"])) if outputs and "least_minor" in outputs else 0)
    return found


def _fee(live: LiveTable | None, one: FeeAsk) -> Fee | None:
    if live is None:
        return None
    given = _given(live, one)
    outputs, row = tables.run_table(live.table, given), tables.match_row(live.table, given)
    minor = int(outputs["fee_minor"]) if outputs and "fee_minor" in outputs else 0
    note = row.note if row else ""
    return Fee(max(minor, 0), one.distance_m, one.total_minor, one.region, note, live.number)


def _given(live: LiveTable, one: FeeAsk) -> dict[str, Any]:
    """What is asked, within the bounds of the table's columns."""
    told: dict[str, Any] = {"distance_m": one.distance_m, "total_minor": one.total_minor, "region": one.region}
    given: dict[str, Any] = {}
    for column in live.table.inputs:
        value = told.get(column.name, 0 if column.kind is FieldKind.NUMBER else "")
        bounded = column.kind is FieldKind.NUMBER
        given[column.name] = min(max(value, column.least), column.most) if bounded else value
    return given


RATES = """
    SELECT kind, key, value_e8, valid_from, set_by, set_at, reason FROM catalog_rate
     WHERE brand_id = %(brand)s AND (%(kind)s = '' OR kind = %(kind)s) AND (%(key)s = '' OR key = %(key)s)
       AND (%(at)s::timestamptz IS NULL OR valid_from <= %(at)s::timestamptz)
     ORDER BY kind, key, valid_from DESC LIMIT %(limit)s
"""


def rate(brand_id: UUID, kind: RateKind, key: str, *, at: datetime | None = None) -> Rate | None:
    """The rate in force at a moment (now): the one that began last; None when none has begun."""
    moment = at or clock.now()
    if not rules.storable(key):
        return None
    with in_brand(brand_id):
        book = fresh_book(brand_id)
        if book.since is not None and moment >= book.since:
            held = book.dated.get((kind.value, key), ())
            return next((rate for rate in held if rate.valid_from <= moment), None)
        found = rows(RATES, {"brand": brand_id, "kind": kind.value, "key": key, "at": moment, "limit": 1})
    return _rate(found[0]) if found else None


def list_rates(brand_id: UUID, *, limit: int = 500) -> list[Rate]:
    """Every rate, by kind and key, the latest first."""
    with in_brand(brand_id):
        found = rows(RATES, {"brand": brand_id, "kind": "", "key": "", "at": None, "limit": min(limit, 5000)})
    return [_rate(row) for row in found]


def _rate(row: tuple[Any, ...]) -> Rate:
    return Rate(RateKind(row[0]), *row[1:])
