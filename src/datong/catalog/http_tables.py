"""Decision tables and rates over HTTP."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from django.http import HttpRequest
from ninja import Router, Schema, Status
from pydantic import Field, StringConstraints

from datong.access.api import require
from datong.access.types import Scope
from datong.catalog import api
from datong.catalog.http_prices import Reason, machine
from datong.catalog.types import Case, Column, FieldKind, Product, Rate, RateKind, Row, Table, TableState, TableVersion
from datong.kernel import clock
from datong.kernel.bodies import NUMBER, STORABLE, Body, Moment
from datong.kernel.errors import NotFound

router = Router(tags=["rules"])

NAME = r"^[a-z][a-z0-9_]{0,39}$"
Name = Annotated[str, StringConstraints(pattern=NAME)]
Cell = Annotated[str, StringConstraints(max_length=200), STORABLE]
Label = Annotated[str, StringConstraints(max_length=120), STORABLE]
Bound = Annotated[int, Field(ge=-(10**15), le=10**15), NUMBER]


class RateOut(Schema):
    """`value_e8` is the rate times 100,000,000."""

    kind: str
    key: str
    value_e8: int
    valid_from: datetime


def _rate(found: Rate) -> dict[str, Any]:
    return {"kind": found.kind.value, "key": found.key, "value_e8": found.value_e8, "valid_from": found.valid_from}


@router.get(
    "/rates/{kind}/{key}",
    response={200: RateOut, 404: None},
    summary="The rate in force",
    operation_id="rate",
)
def rate(
    request: HttpRequest,
    kind: RateKind,
    key: Annotated[str, StringConstraints(min_length=1, max_length=60)],
    at: Moment | None = None,
) -> dict[str, Any]:
    """An interest rate by its name, or an exchange rate as `USD-CNY`, at a moment (now)."""
    client = require(request, Scope.CATALOG_READ)
    name = key.replace("-", "/") if kind is RateKind.EXCHANGE else key
    found = api.rate(client.brand_id, kind, name, at=at)
    if found is None:
        raise NotFound(f"no {kind.value} rate {name} holds then")
    return _rate(found)


class NamedRate(Schema):
    """The rate an attribute names, times 100,000,000: what holds, and what is dated next."""

    key: str
    value_e8: int | None
    valid_from: datetime | None
    next_e8: int | None
    next_from: datetime | None


def product_rates(brand_id: UUID, product: Product) -> dict[str, Any]:
    """The rates it names; a key the brand has no rate for has none."""
    template = api.templates_of(brand_id).get(product.template)
    keys = api.rate_keys(product, template) if template else {}
    held = api.named_rates(brand_id, keys.values())
    told = {}
    for code, key in keys.items():
        now, later = held.get(key, (None, None))
        told[code] = {
            "key": key,
            "value_e8": now.value_e8 if now else None,
            "valid_from": now.valid_from if now else None,
            "next_e8": later.value_e8 if later else None,
            "next_from": later.valid_from if later else None,
        }
    return told


class RateIn(Body):
    """`value` as people say it: `7.1234` for an exchange, `2.75` per cent a year for an interest rate. Without
    `valid_from` it holds from now on."""

    kind: RateKind
    key: Annotated[str, StringConstraints(min_length=1, max_length=60), STORABLE]
    value: Annotated[str, StringConstraints(min_length=1, max_length=40), STORABLE]
    valid_from: Moment | None = None


class RatesIn(Body):
    rates: Annotated[list[RateIn], Field(min_length=1, max_length=500)]
    reason: Reason


class RatesOut(Schema):
    """How many were new or said something else."""

    changed: int


@router.put("/rates", response=RatesOut, summary="Put rates", operation_id="put_rates")
def put_rates(request: HttpRequest, wanted: RatesIn) -> dict[str, Any]:
    """Rates from a moment on, now or later, all or none; the same again changes nothing."""
    client = require(request, Scope.CATALOG_WRITE)
    now = clock.now()
    held = api.named_rates(client.brand_id, [one.key for one in wanted.rates], at=now)
    new = []
    for n, one in enumerate(wanted.rates):
        value = api.read_rate(one.value, one.kind, f"rates/{n}/value")
        holds, _later = held.get(one.key, (None, None))
        same = holds is not None and (holds.kind, holds.value_e8) == (one.kind, value)
        if one.valid_from or not same:
            new.append(Rate(one.kind, one.key, value, one.valid_from or now))
    if not new:
        return {"changed": 0}
    return {"changed": api.put_rates(client.brand_id, new, by=machine(client).username, reason=wanted.reason)}


@router.get("/rates", response=list[RateOut], summary="All rates", operation_id="list_rates")
def list_rates(request: HttpRequest) -> list[dict[str, Any]]:
    """By kind and key, the latest first; the 500 newest of them."""
    client = require(request, Scope.CATALOG_READ)
    return [_rate(found) for found in api.list_rates(client.brand_id)]


class DecideIn(Body):
    """The table's inputs by name."""

    inputs: Annotated[dict[str, int | str], Field(max_length=10)]


class DecideOut(Schema):
    """The outputs by name; null when no row matches."""

    outputs: dict[str, int | str] | None


@router.post(
    "/tables/{name}/decide",
    response={200: DecideOut, 404: None},
    summary="Decide by a decision table",
    operation_id="decide_by_table",
)
def decide(request: HttpRequest, name: Name, given: DecideIn) -> dict[str, Any]:
    """What the table in force decides for these inputs."""
    client = require(request, Scope.CATALOG_READ)
    outputs = api.decide_by_table(client.brand_id, name, given.inputs)
    if outputs is None:
        raise NotFound(f"no decision table {name} is live")
    return {"outputs": outputs}


class ColumnIn(Body):
    """`least` and `most` bound a number; `values` list a text."""

    name: Name
    kind: FieldKind = FieldKind.NUMBER
    label: Label = ""
    least: Bound = 0
    most: Bound = 10**9
    values: Annotated[list[Annotated[str, StringConstraints(max_length=60), STORABLE]], Field(max_length=100)] = []


class RowIn(Body):
    """A cell an input ("" any; `3000`, `>= 3000`, `1000..2999`, `cn, us`) and one an output."""

    inputs: Annotated[list[Cell], Field(max_length=6)]
    outputs: Annotated[list[Cell], Field(max_length=6)]
    note: Label = ""


class CaseIn(Body):
    inputs: Annotated[dict[str, str], Field(max_length=6)]
    outputs: Annotated[dict[str, str], Field(max_length=6)]


class TableIn(Body):
    title: Label = ""
    inputs: Annotated[list[ColumnIn], Field(min_length=1, max_length=6)]
    outputs: Annotated[list[ColumnIn], Field(min_length=1, max_length=6)]
    rows: Annotated[list[RowIn], Field(min_length=1, max_length=200)]
    cases: Annotated[list[CaseIn], Field(max_length=100)] = []


class FaultOut(Schema):
    """What keeps a table from going live: overlap, gap, type, empty, case or engine; rows count from 1."""

    fault: str
    rows: list[int]
    example: dict[str, str]
    says: str


class TableVersionOut(Schema):
    """`state`: draft, waiting (for a second person), live, refused."""

    id: UUID
    name: str
    number: int
    state: str
    made_by: str
    made_at: datetime
    valid_from: datetime | None
    faults: list[FaultOut]


def _table(name: str, wanted: TableIn) -> Table:
    def columns(given: list[ColumnIn]) -> tuple[Column, ...]:
        return tuple(Column(c.name, c.kind, c.label, c.least, c.most, tuple(c.values)) for c in given)

    rows = tuple(Row(tuple(row.inputs), tuple(row.outputs), row.note) for row in wanted.rows)
    cases = tuple(Case(case.inputs, case.outputs) for case in wanted.cases)
    return Table(name, wanted.title, columns(wanted.inputs), columns(wanted.outputs), rows, cases)


def _version(found: TableVersion, *, check: bool = False) -> dict[str, Any]:
    plain = {name: getattr(found, name) for name in ("id", "number", "state", "made_by", "made_at", "valid_from")}
    return {**plain, "name": found.table.name, "faults": _faults(found.table) if check else []}


def _faults(table: Table) -> list[dict[str, Any]]:
    return [
        {"fault": f.fault.value, "rows": list(f.rows), "example": dict(f.example), "says": f.says}
        for f in api.find_faults(table)
    ]


@router.post(
    "/tables/{name}/check",
    response={200: list[FaultOut], 404: None},
    summary="Check a decision table",
    operation_id="check_table",
)
def check(request: HttpRequest, name: Name, wanted: TableIn) -> list[dict[str, Any]]:
    """Overlaps, gaps, cells that cannot be read, test cases that come out otherwise; nothing is kept."""
    require(request, Scope.CATALOG_READ)
    return _faults(_table(name, wanted))


@router.get(
    "/tables/{name}",
    response={200: list[TableVersionOut], 404: None},
    summary="Versions of a table",
    operation_id="table_versions",
)
def versions(request: HttpRequest, name: Name) -> list[dict[str, Any]]:
    """The newest first; none for a table there is not."""
    client = require(request, Scope.CATALOG_READ)
    return [_version(found) for found in api.table_versions(client.brand_id, name)]


@router.put(
    "/tables/{name}",
    response={200: TableVersionOut, 404: None},
    summary="Put a decision table",
    operation_id="put_table",
)
def put(request: HttpRequest, name: Name, wanted: TableIn) -> dict[str, Any]:
    """A new version as a draft, with what keeps it from going live; the same as the newest one is that one."""
    client = require(request, Scope.CATALOG_WRITE)
    table = _table(name, wanted)
    newest = next(iter(api.table_versions(client.brand_id, name)), None)
    if newest is None or newest.table != table or newest.state is TableState.REFUSED:
        newest = api.put_table(client.brand_id, table, by=machine(client).username)
    return _version(newest, check=True)


class PublishIn(Body):
    valid_from: Moment | None = None
    reason: Reason


@router.post(
    "/tables/{name}/versions/{number}/publish",
    response={200: TableVersionOut, 202: TableVersionOut, 404: None, 409: None},
    summary="Publish a decision table",
    operation_id="publish_table",
)
def publish(request: HttpRequest, name: Name, number: Annotated[int, Field(ge=1, le=10**6)], said: PublishIn) -> Any:
    """Refused with every finding; else a person lets it go live (202), unless the brand lets programs. Twice is as
    once."""
    client = require(request, Scope.CATALOG_WRITE)
    found = next((v for v in api.table_versions(client.brand_id, name) if v.number == number), None)
    if found is None:
        raise NotFound(f"no version {number} of the table {name}")
    done = api.publish_table(
        client.brand_id, found.id, by=machine(client), valid_from=said.valid_from, reason=said.reason
    )
    return Status(202 if done.state is TableState.WAITING else 200, _version(done))
