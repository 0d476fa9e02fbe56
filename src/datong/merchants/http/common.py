"""Parts of what clients send and get about partners."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from typing import Annotated, Any
from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from ninja import Header, Schema
from pydantic import Field, StringConstraints

from datong.access.types import Approval, Client, Machine
from datong.kernel.bodies import READABLE
from datong.kernel.pages import CURSOR

Key = Annotated[str, Header(max_length=150)]
"""`Idempotency-Key`: the call may be sent again, it is carried out once."""
Currency = Annotated[str, StringConstraints(pattern="^[A-Z]{3}$")]
Reason = Annotated[str, StringConstraints(min_length=1, max_length=300), READABLE]
Cursor = Annotated[str, StringConstraints(pattern=CURSOR)]
Limit = Annotated[int, Field(ge=1, le=500)]
CSV = {"responses": {200: {"content": {"text/csv": {"schema": {"type": "string"}}}}}}
"""For the schema of an operation that answers as CSV, too."""
FORMULA = ("=", "+", "-", "@", "\t", "\r")


class PartnerAskedOut(Schema):
    """A request that a second person decides, in the console under Approvals."""

    approval_id: UUID
    state: str


def asked_out(approval: Approval) -> dict[str, Any]:
    return {"approval_id": approval.id, "state": approval.state.value}


def by_of(client: Client) -> str:
    return f"client {client.name}"[:120]


def machine(client: Client) -> Machine:
    return Machine(client.id, client.brand_id, by_of(client))


def as_csv(request: HttpRequest, rows: Sequence[Mapping[str, Any]], name: str, following: str | None) -> HttpResponse:
    """Rows as CSV with a column a field; the next page is told by a Link header."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    if rows:
        writer.writerow(rows[0])
    writer.writerows([_cell(value) for value in row.values()] for row in rows)
    response = HttpResponse(b"\xef\xbb\xbf" + out.getvalue().encode(), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    if following:
        response["Link"] = f'<{request.path}?{urlencode({**request.GET.dict(), "cursor": following})}>; rel="next"'
    return response


def _cell(value: Any) -> Any:
    """A text that a spreadsheet would take for a formula gets an apostrophe in front."""
    return "'" + value if isinstance(value, str) and value.startswith(FORMULA) else value
