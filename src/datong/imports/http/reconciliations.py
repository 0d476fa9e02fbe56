"""Reconciliations over HTTP: asked for, read, signed by somebody else than who brought the file in."""

from __future__ import annotations

from datetime import datetime
from itertools import islice
from typing import Annotated, Any
from uuid import UUID

import msgspec
from django.http import HttpRequest
from ninja import Query, Schema, Status
from pydantic import Field, StringConstraints

from datong.access.api import require
from datong.access.types import Scope
from datong.imports import api
from datong.imports.http.common import Name, router, run_for, writer
from datong.imports.types import Apart, Compared, Reconciled, Total
from datong.kernel.bodies import NUMBER, STORABLE, Body
from datong.kernel.errors import NotFound


class ControlTotalIn(Body):
    """What the old system says. `group`: a currency; a programme; an offer and a state; a card's state. `measure`:
    `rows`, or an amount of the table (`principal`, `bonus`, `face`). `value` in minor units, points or pieces."""

    group: Annotated[list[Name], Field(min_length=1, max_length=3)]
    measure: Annotated[str, StringConstraints(min_length=1, max_length=20, pattern="^[a-z]+$")]
    value: Annotated[int, Field(ge=0, le=10**15), NUMBER]


class ReconcileIn(Body):
    totals: Annotated[list[ControlTotalIn], Field(max_length=500)] = []


class SignReconciliationIn(Body):
    """`note`: why it is in order, where something differs."""

    note: Annotated[str, StringConstraints(max_length=500), STORABLE] = ""


class ControlTotalOut(Schema):
    """One figure: by the old system (null: not said), by the file, and what was taken in. `unit` is the currency, ''
    for points and pieces. `difference`: what was taken in less what should have been."""

    group: list[str]
    unit: str
    measure: str
    control: int | None
    file: int
    here: int
    difference: int


class TakeOverReconciliationOut(Schema):
    """`state`: waiting (the worker compares), done, signed. `differences`: rows missing, doubled or different."""

    id: UUID
    run_id: UUID
    state: str
    agrees: bool | None
    totals: list[ControlTotalOut]
    differences: int
    asked_by: str
    asked_at: datetime
    done_at: datetime | None
    signed_by: str
    signed_at: datetime | None
    note: str


class TakeOverReconciliationsOut(Schema):
    """The latest first; at most fifty of an import."""

    reconciliations: list[TakeOverReconciliationOut]


class RowSaidOut(Schema):
    group: list[str]
    amounts: dict[str, int]


class RowDifferenceOut(Schema):
    """A row that differs: `what` is missing, doubled or different; `why` the code of a fault, or the row it repeats.
    `file` and `here`: what each says of it."""

    line: int
    called: str
    what: str
    why: str
    problem: str
    file: RowSaidOut | None
    here: RowSaidOut | None


class RowDifferencesOut(Schema):
    """In the order of the file; `next` is the `after` of the following page: how many were listed so far."""

    differences: list[RowDifferenceOut]
    next: int | None = None


class DifferencesQuery(Schema):
    after: Annotated[int, Field(ge=0, le=10_000_000)] = 0
    limit: Annotated[int, Field(ge=1, le=1000)] = 200


ONE = "/imports/{run_id}/reconciliations/{reconciliation_id}"


@router.post(
    "/imports/{run_id}/reconciliations",
    response={202: TakeOverReconciliationOut, 404: None, 409: None},
    summary="Compare what was taken in",
    operation_id="ask_reconciliation",
)
def ask_reconciliation(request: HttpRequest, run_id: UUID, wanted: ReconcileIn) -> Status[dict[str, Any]]:
    """Hold what an import took in against its file and the old system's totals. The worker compares every row."""
    run = run_for(require(request, Scope.IMPORTS_WRITE), run_id)
    client = writer(request, run.kind)
    given = [Total(tuple(total.group), total.measure, total.value) for total in wanted.totals]
    return Status(202, _out(api.ask_reconciliation(client.brand_id, run.id, given, by=f"key {client.name}")))


@router.get(
    "/imports/{run_id}/reconciliations",
    response={200: TakeOverReconciliationsOut, 404: None},
    summary="Reconciliations of an import",
    operation_id="list_reconciliations",
)
def list_reconciliations(request: HttpRequest, run_id: UUID) -> dict[str, Any]:
    """What was compared, and who signed it."""
    client = require(request, Scope.IMPORTS_READ)
    run = run_for(client, run_id)
    return {"reconciliations": [_out(one) for one in api.reconciliations_of(client.brand_id, run.id)]}


@router.get(
    ONE,
    response={200: TakeOverReconciliationOut, 404: None},
    summary="A reconciliation",
    operation_id="get_reconciliation",
)
def get_reconciliation(request: HttpRequest, run_id: UUID, reconciliation_id: UUID) -> dict[str, Any]:
    """Totals side by side, by currency, programme, or offer and state."""
    return _out(_found(require(request, Scope.IMPORTS_READ), run_id, reconciliation_id))


@router.get(
    f"{ONE}/differences",
    response={200: RowDifferencesOut, 404: None},
    summary="Rows that differ",
    operation_id="list_reconciliation_differences",
)
def list_reconciliation_differences(
    request: HttpRequest, run_id: UUID, reconciliation_id: UUID, wanted: Query[DifferencesQuery]
) -> dict[str, Any]:
    """Each row that is missing here, doubled in the file, or different."""
    client = require(request, Scope.IMPORTS_READ)
    found = _found(client, run_id, reconciliation_id)
    end = wanted.after + wanted.limit
    rows = list(islice(api.rows_apart(client.brand_id, found.id), wanted.after, end))
    return {"differences": [_apart(row) for row in rows], "next": end if found.differences > end else None}


@router.post(
    f"{ONE}/sign",
    response={200: TakeOverReconciliationOut, 404: None, 409: None},
    summary="Sign a reconciliation",
    operation_id="sign_reconciliation",
)
def sign_reconciliation(
    request: HttpRequest, run_id: UUID, reconciliation_id: UUID, wanted: SignReconciliationIn
) -> dict[str, Any]:
    """Answer for it, once, for good: another key than the one that sent the file. Where something differs, with a
    note. 409 before it is compared, and for who brought the file in."""
    run = run_for(require(request, Scope.IMPORTS_WRITE), run_id)
    client = writer(request, run.kind)
    found = _found(client, run_id, reconciliation_id)
    return _out(api.sign_reconciliation(client.brand_id, found.id, by=f"key {client.name}", note=wanted.note))


def _found(client: Any, run_id: UUID, reconciliation_id: UUID) -> Reconciled:
    run = run_for(client, run_id)
    found = api.get_reconciliation(client.brand_id, reconciliation_id)
    if found.run_id != run.id:
        raise NotFound(f"no reconciliation {reconciliation_id}")
    return found


def _out(found: Reconciled) -> dict[str, Any]:
    plain = ("id", "run_id", "differences", "asked_by", "asked_at", "done_at", "signed_by", "signed_at", "note")
    state = "signed" if found.signed_at else "done" if found.done_at else "waiting"
    return {
        **{name: getattr(found, name) for name in plain},
        "state": state,
        "agrees": found.agrees if found.done_at else None,
        "totals": [_total(line) for line in found.lines],
    }


def _total(line: Compared) -> dict[str, Any]:
    plain = ("group", "unit", "measure", "control", "file", "here", "difference")
    return {name: getattr(line, name) for name in plain}


def _apart(row: Apart) -> dict[str, Any]:
    return {
        **{name: getattr(row, name) for name in ("line", "called", "what", "why")},
        "problem": str(api.why(row)),
        "file": _said(row.file),
        "here": _said(row.here),
    }


def _said(text: str) -> dict[str, Any] | None:
    if not text:
        return None
    group, amounts = msgspec.json.decode(text)
    return {"group": group, "amounts": amounts}
