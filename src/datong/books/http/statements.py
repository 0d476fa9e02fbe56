"""Statements of providers over HTTP: what came of each order on them, settling a difference, posting the fee."""

from __future__ import annotations

import base64
import binascii
from datetime import date, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

import msgspec
from django.http import HttpRequest
from ninja import Query, Router, Schema
from pydantic import Field, StringConstraints

from datong.access.api import require
from datong.access.types import Scope
from datong.books import api
from datong.books.http.common import CSV, Format, Reason, answer, by_of
from datong.books.ports import read_table
from datong.books.types import Fix, Statement, Verdict
from datong.kernel.bodies import STORABLE, Body, Day
from datong.kernel.errors import BadValue
from datong.kernel.pages import CURSOR, read_cursor, write_cursor

router = Router(tags=["books"])
Cursor = Annotated[str, StringConstraints(pattern=CURSOR)]
Limit = Annotated[int, Field(ge=1, le=200)]
Name = Annotated[str, StringConstraints(min_length=1, max_length=200), STORABLE]
Base64 = Annotated[str, StringConstraints(min_length=1, max_length=3_900_000, pattern=r"^[A-Za-z0-9+/\r\n]+=*[\r\n]*$")]
Text = Annotated[str, StringConstraints(max_length=4000), STORABLE]
Cell = Annotated[Text, Field(strict=True)] | Annotated[bool, Field(strict=True)] | int | float | None
Column = Literal["ref", "order_ref", "paid", "refunded", "fee", "at", "kind"]


class ProviderStatementOut(Schema):
    """`counts` orders by verdict; `open`: differences that nobody has settled; `fee_posted`: whether the fee is."""

    id: UUID
    account: str
    since: date
    until: date
    file: str
    shape: str
    currency: str
    theirs_minor: int
    ours_minor: int
    fee_minor: int
    counts: dict[str, int]
    open: int
    fee_posted: bool
    by: str
    at: datetime


class ProviderStatementsOut(Schema):
    statements: list[ProviderStatementOut]
    next: str | None = None


class StatementsWanted(Schema):
    cursor: Cursor = ""
    limit: Limit = 50
    format: Format | None = None


def statement_out(found: Statement) -> dict[str, Any]:
    return {name: getattr(found, name) for name in ProviderStatementOut.model_fields}


@router.get(
    "/books/statements",
    response=ProviderStatementsOut,
    summary="Statements of providers",
    operation_id="list_provider_statements",
    openapi_extra=CSV,
)
def list_provider_statements(request: HttpRequest, wanted: Query[StatementsWanted]) -> Any:
    """The statements that were laid beside the books, the newest first."""
    brand = require(request, Scope.LEDGER_READ).brand_id
    found = api.statements(brand, before=read_cursor(wanted.cursor), limit=wanted.limit + 1)
    more, found = len(found) > wanted.limit, found[: wanted.limit]
    told = {
        "statements": [statement_out(each) for each in found],
        "next": write_cursor(found[-1].id) if more else None,
    }
    return answer(request, wanted.format, told, "statements", "statements")


class StatementIn(Body):
    """A file in base64 (`data`: CSV, Excel or JSON, at most 2.9 MB), or its `rows`, each by heading.

    `since` and `until` where its lines name no days. `columns`: field (order_ref, paid, refunded, fee, ref, at) -> the
    heading it is read from, where the headings do not tell.
    """

    account: Annotated[str, StringConstraints(pattern="^asset:(provider|platform):[!-~]{1,100}$")]
    name: Name = "rows.json"
    data: Base64 | None = None
    rows: Annotated[list[dict[Name, Cell]], Field(max_length=20_000)] | None = None
    since: Day | None = None
    until: Day | None = None
    columns: Annotated[dict[Column, Name], Field(max_length=10)] = {}


@router.post(
    "/books/statements",
    response={200: ProviderStatementOut, 409: None},
    summary="Send a statement",
    operation_id="send_provider_statement",
)
def send_provider_statement(request: HttpRequest, sent: StatementIn) -> dict[str, Any]:
    """Lay a provider's statement beside the books. The same table again is the same statement."""
    client = require(request, Scope.BOOKS_WRITE)
    table = read_table(_bytes(sent), sent.name, api.known_headings)
    days = (sent.since, sent.until) if sent.since and sent.until else None
    if days and days[1] < days[0]:
        raise BadValue("/until", days[1].isoformat(), f"{days[0].isoformat()} or later")
    taken = api.take_statement(
        client.brand_id, sent.account, table.headings, table.rows, file=sent.name, by=by_of(client), days=days,
        chosen={str(column): heading for column, heading in sent.columns.items()},
    )  # fmt: skip
    return statement_out(taken)


def _bytes(sent: StatementIn) -> bytes:
    if (sent.data is None) == (sent.rows is None):
        raise BadValue("/data", None, "either `data`, a file in base64, or `rows`")
    if sent.rows is not None:
        return msgspec.json.encode(sent.rows)
    try:
        return base64.b64decode("".join((sent.data or "").split()), validate=True)
    except binascii.Error:
        raise BadValue("/data", (sent.data or "")[:40], "base64 of a file") from None


@router.get(
    "/books/statements/{statement_id}",
    response={200: ProviderStatementOut, 404: None},
    summary="A statement",
    operation_id="get_provider_statement",
)
def get_provider_statement(request: HttpRequest, statement_id: UUID) -> dict[str, Any]:
    """A statement and how many of its orders are alike."""
    brand = require(request, Scope.LEDGER_READ).brand_id
    return statement_out(api.statement(brand, statement_id))


class StatementLineOut(Schema):
    """An order on both sides: payments less refunds; null where a side does not have it. `fix` is what to do."""

    id: UUID
    verdict: Verdict
    fix: Fix
    ref: str
    theirs_minor: int | None
    ours_minor: int | None
    fee_minor: int
    order_id: UUID | None
    settled_by: str
    reason: str


class StatementLinesOut(Schema):
    lines: list[StatementLineOut]
    next: str | None = None


class LinesWanted(Schema):
    verdict: Verdict | None = None
    cursor: Cursor = ""
    limit: Limit = 50
    format: Format | None = None


@router.get(
    "/books/statements/{statement_id}/lines",
    response={200: StatementLinesOut, 404: None},
    summary="Lines of a statement",
    operation_id="list_statement_lines",
    openapi_extra=CSV,
)
def list_statement_lines(request: HttpRequest, statement_id: UUID, wanted: Query[LinesWanted]) -> Any:
    """The orders on a statement, narrowed to a verdict."""
    brand = require(request, Scope.LEDGER_READ).brand_id
    api.statement(brand, statement_id)
    found = api.statement_entries(
        brand, statement_id, verdict=wanted.verdict or "", after=read_cursor(wanted.cursor), limit=wanted.limit + 1
    )
    more, found = len(found) > wanted.limit, found[: wanted.limit]
    told = {
        "lines": [{name: getattr(line, name) for name in StatementLineOut.model_fields} for line in found],
        "next": write_cursor(found[-1].id) if more else None,
    }
    return answer(request, wanted.format, told, "lines", "statement")


class SettleIn(Body):
    reason: Reason


@router.post(
    "/books/statements/{statement_id}/lines/{line_id}/settle",
    response={200: ProviderStatementOut, 404: None, 409: None},
    summary="Settle a difference",
    operation_id="settle_statement_line",
)
def settle_statement_line(request: HttpRequest, statement_id: UUID, line_id: UUID, wanted: SettleIn) -> dict[str, Any]:
    """A difference is explained, with the reason; 409 when it was settled already, or matches."""
    client = require(request, Scope.BOOKS_WRITE)
    api.statement(client.brand_id, statement_id)
    api.settle_entry(client.brand_id, line_id, reason=wanted.reason, by=by_of(client))
    return statement_out(api.statement(client.brand_id, statement_id))


@router.post(
    "/books/statements/{statement_id}/fee",
    response={200: ProviderStatementOut, 404: None, 409: None},
    summary="Post the fee",
    operation_id="post_statement_fee",
)
def post_statement_fee(request: HttpRequest, statement_id: UUID) -> dict[str, Any]:
    """Post what the provider kept, once, on the statement's last day or the first open one after it."""
    client = require(request, Scope.BOOKS_WRITE)
    api.post_fee(client.brand_id, statement_id, by=by_of(client))
    return statement_out(api.statement(client.brand_id, statement_id))
