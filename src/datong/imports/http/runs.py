"""Tables over HTTP: a file or rows in, checked and let in by the worker, and what is wrong with its fix."""

from __future__ import annotations

import base64
import binascii
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

import msgspec
from django.http import HttpRequest, HttpResponse
from ninja import Query, Schema, Status
from pydantic import Field, StringConstraints

from datong.access.api import require
from datong.access.types import Scope
from datong.imports import api
from datong.imports.http.common import Cell, Kinds, Name, Text, reads, router, run_for, writer
from datong.imports.types import DOWNLOADS, Mode, Run, RunState
from datong.kernel.bodies import Body
from datong.kernel.errors import BadValue
from datong.kernel.pages import CURSOR

Base64 = Annotated[str, StringConstraints(min_length=1, max_length=3_900_000, pattern=r"^[A-Za-z0-9+/\r\n]+=*[\r\n]*$")]


class ColumnsIn(Body):
    """`columns`: our column -> the heading it is read from. `constants`: our column -> the value of every row."""

    columns: Annotated[dict[Name, Name], Field(max_length=100)] = {}
    constants: Annotated[dict[Name, Text], Field(max_length=100)] = {}


class ImportIn(ColumnsIn):
    """A file in base64 (`data`, at most 2.9 MB: CSV, Excel or JSON), or its `rows`, each by heading."""

    kind: Kinds
    name: Name = "rows.json"
    data: Base64 | None = None
    rows: Annotated[list[dict[Name, Cell]], Field(max_length=20_000)] | None = None
    again: Annotated[bool, Field(strict=True)] = False


class StartIn(Body):
    """`good`: the good rows go in. `all`: nothing does unless every row is good."""

    mode: Mode = Mode.GOOD


class UndoIn(Body):
    """`partial`: rows that were changed since stay as they are; otherwise they keep the whole from being undone."""

    partial: Annotated[bool, Field(strict=True)] = False


class RunOut(Schema):
    """One file on its way in. `lacking`: columns it needs and no heading is read for: say them with PUT .../columns.

    `doubts`: heading -> the column it is nearly. While `state` is checking, running or undoing a worker is at it.
    """

    id: UUID
    kind: str
    name: str
    state: RunState
    source: str
    columns: dict[str, str]
    constants: dict[str, str]
    lacking: list[str]
    doubts: dict[str, str]
    unused: list[str]
    rows: int
    progress: int
    new: int
    changed: int
    same: int
    bad: int
    skipped: int
    found: int
    left: int
    message: str
    by: str
    created_at: datetime
    finished_at: datetime | None


class RunsOut(Schema):
    """The latest first; `next` is the `cursor` of the following page."""

    imports: list[RunOut]
    next: str | None = None


class ImportFaultOut(Schema):
    """`line` is the row's number as a spreadsheet shows it; `column` the heading of the file. What does not block is a
    finding: the row goes in, and somebody should look at it."""

    line: int
    column: str
    code: str
    value: str
    problem: str
    fix: str
    blocks: bool


class FaultsOut(Schema):
    """`next` is the `after` of the following page: rows behind that line."""

    faults: list[ImportFaultOut]
    next: int | None = None


class RunsQuery(Schema):
    kind: Kinds | None = None
    cursor: Annotated[str, StringConstraints(pattern=CURSOR)] = ""
    limit: Annotated[int, Field(ge=1, le=100)] = 50


class FaultsQuery(Schema):
    after: Annotated[int, Field(ge=-1, le=10_000_000)] = -1
    limit: Annotated[int, Field(ge=50, le=1000)] = 200


@router.post("/imports", response={202: RunOut}, summary="Send a table", operation_id="send_import")
def send_import(request: HttpRequest, sent: ImportIn) -> Status[dict[str, Any]]:
    """Keep a file or rows and check them; nothing is changed yet. The same content is the same import.

    Needs, beside `imports:write`, `catalog:write` for products, prices, taxes, `stock:write` for stock and levels,
    `purchasing:write` for suppliers, `customers:write` for customers, `wallet:write` for cards and balances.
    """
    client = writer(request, sent.kind)
    run = api.receive(
        client.brand_id, sent.kind, sent.name, _bytes(sent), by=f"key {client.name}", by_hand=sent.columns,
        constants=sent.constants, again=sent.again,
    )  # fmt: skip
    if run.state is RunState.READ and api.is_mapped(run) and not run.notes.get("doubts"):
        run = api.ask_check(client.brand_id, run.id)
    return Status(202, _out(run))


@router.get("/imports", response=RunsOut, summary="Imports", operation_id="list_imports")
def list_imports(request: HttpRequest, wanted: Query[RunsQuery]) -> dict[str, Any]:
    """The files that came, by whatever door; those of staff are not told here, those of people with their scope."""
    client = require(request, Scope.IMPORTS_READ)
    page, following = api.list_runs(client.brand_id, kind=wanted.kind or "", cursor=wanted.cursor, limit=wanted.limit)
    shown = [run for run in page if run.kind != "staff" and reads(client, run)]
    return {"imports": [_out(run) for run in shown], "next": following or None}


@router.get("/imports/{run_id}", response={200: RunOut, 404: None}, summary="An import", operation_id="get_import")
def get_import(request: HttpRequest, run_id: UUID) -> dict[str, Any]:
    """How far it is and what it counted."""
    return _out(run_for(require(request, Scope.IMPORTS_READ), run_id))


@router.get(
    "/imports/{run_id}/faults",
    response={200: FaultsOut, 404: None},
    summary="What is wrong",
    operation_id="list_import_faults",
)
def list_import_faults(request: HttpRequest, run_id: UUID, wanted: Query[FaultsQuery]) -> dict[str, Any]:
    """Row by row: the column, what stood there, what is wrong and how to put it right. A row is never cut in two."""
    run = run_for(client := require(request, Scope.IMPORTS_READ), run_id)
    found = api.list_faults(client.brand_id, run_id, after_line=wanted.after, limit=wanted.limit)
    following = None
    if len(found) == wanted.limit:  # the last row may go on: it comes whole with the next page
        found = [fault for fault in found if fault.line != found[-1].line]
        following = found[-1].line
    kind = api.kind_of(run.kind)
    faults = [
        {"line": f.line, "column": api.heading_of(kind, run, f.column), "code": f.code, "value": f.value,
         "problem": said[0], "fix": said[1], "blocks": f.blocks}
        for f in found
        if (said := api.sentences(f))
    ]  # fmt: skip
    return {"faults": faults, "next": following}


@router.get(
    "/imports/{run_id}/bad-rows",
    response={200: None, 404: None},
    summary="The bad rows",
    operation_id="get_import_bad_rows",
    openapi_extra={"responses": {200: {"content": {kind: {} for kind in DOWNLOADS.values()}}}},
)
def get_import_bad_rows(request: HttpRequest, run_id: UUID) -> HttpResponse:
    """The sender's own rows with two columns more, the problem and its fix: to correct and send again."""
    client = require(request, Scope.IMPORTS_READ)
    run = run_for(client, run_id)
    data, ending = api.bad_rows(client.brand_id, run.id)
    response = HttpResponse(data, content_type=DOWNLOADS[ending])
    response["Content-Disposition"] = f'attachment; filename="{run.kind}-to-correct.{ending}"'
    return response


@router.put(
    "/imports/{run_id}/columns",
    response={202: RunOut, 404: None, 409: None},
    summary="Map the columns",
    operation_id="map_import",
)
def map_import(request: HttpRequest, run_id: UUID, wanted: ColumnsIn) -> Status[dict[str, Any]]:
    """Say which heading each column is read from, and check anew; remembered for files with the same headings."""
    run = run_for(client := require(request, Scope.IMPORTS_WRITE), run_id)
    writer(request, run.kind)
    places = {heading: at for at, heading in reversed(list(enumerate(run.headings)))}
    for column, heading in wanted.columns.items():
        if heading not in places:
            raise BadValue(f"/columns/{column}", heading, f"a heading of the file: {', '.join(filter(None, places))}")
    for column in wanted.constants:
        if api.kind_of(run.kind).column(column) is None:
            raise BadValue(f"/constants/{column}", column, f"a column of {run.kind}")
    mapping = {column: places[heading] for column, heading in wanted.columns.items()}
    api.map_run(client.brand_id, run_id, mapping, wanted.constants)
    return Status(202, _out(api.ask_check(client.brand_id, run_id)))


@router.post(
    "/imports/{run_id}/start",
    response={202: RunOut, 404: None, 409: None},
    summary="Let it in",
    operation_id="start_import",
)
def start_import(request: HttpRequest, run_id: UUID, wanted: StartIn) -> Status[dict[str, Any]]:
    """Let the rows of a checked import in. Twice is once."""
    run = run_for(client := require(request, Scope.IMPORTS_WRITE), run_id)
    writer(request, run.kind)
    return Status(202, _out(api.ask_start(client.brand_id, run_id, mode=wanted.mode)))


@router.post(
    "/imports/{run_id}/undo",
    response={202: RunOut, 404: None, 409: None},
    summary="Take it back",
    operation_id="undo_import",
)
def undo_import(request: HttpRequest, run_id: UUID, wanted: UndoIn) -> Status[dict[str, Any]]:
    """Put back what each row replaced; what was new is taken away. Twice is once."""
    run = run_for(client := require(request, Scope.IMPORTS_WRITE), run_id)
    writer(request, run.kind)
    done = api.ask_undo(client.brand_id, run_id, by=f"key {client.name}", partial=wanted.partial)
    return Status(202, _out(done))


def _bytes(sent: ImportIn) -> bytes:
    if (sent.data is None) == (sent.rows is None):
        raise BadValue("/data", None, "either `data`, a file in base64, or `rows`")
    if sent.rows is not None:
        return msgspec.json.encode(sent.rows)
    try:
        return base64.b64decode("".join((sent.data or "").split()), validate=True)
    except binascii.Error:
        raise BadValue("/data", (sent.data or "")[:40], "base64 of a file") from None


def _out(run: Run) -> dict[str, Any]:
    counts = run.counts
    plain = ("id", "kind", "state", "source", "rows", "progress", "left", "message", "by", "created_at", "finished_at")
    return {
        **{name: getattr(run, name) for name in plain},
        **{name: getattr(counts, name) for name in ("new", "changed", "same", "bad", "skipped", "found")},
        "name": run.file_name,
        "columns": {column: run.headings[at] for column, at in run.mapping.items() if at < len(run.headings)},
        "constants": run.constants,
        "lacking": [column.name for column in api.lacking_columns(run)],
        "doubts": run.notes.get("doubts", {}),
        "unused": [name for name in run.notes.get("unused", ()) if name],
    }
