"""Tables on their way out over HTTP."""

from __future__ import annotations

from typing import Annotated, Literal

from django.http import HttpRequest, StreamingHttpResponse
from django.http.response import HttpResponseBase
from ninja import Query, Schema
from pydantic import Field

from datong.access.api import require
from datong.access.types import Scope
from datong.imports import api
from datong.imports.http.common import ALSO, READS, Kinds, router
from datong.imports.types import DOWNLOADS


class ExportQuery(Schema):
    """`part`: of more than 200,000 rows, which file."""

    format: Literal["csv", "xlsx"] = "csv"
    language: Literal["en", "zh-hans"] = "en"
    part: Annotated[int, Field(ge=1, le=api.MAX_PARTS)] = 1


@router.get(
    "/imports/tables/{table}",
    response={200: None, 404: None},
    summary="Everything there is of a table",
    operation_id="export_table",
    openapi_extra={"responses": {200: {"content": {kind: {} for kind in DOWNLOADS.values()}}}},
)
def export_table(request: HttpRequest, table: Kinds, wanted: Query[ExportQuery]) -> HttpResponseBase:
    """A file in the shape of the table's template, streamed; an import takes it back as it is.

    Needs, beside `imports:read`, the table's own read scope. Codes and contacts of cards and balances are masked
    without the table's own write scope, and such a file cannot come back. Written down in the audit trail.
    """
    client = require(request, Scope.IMPORTS_READ)
    if table in READS:
        require(request, READS[table])
    masked = table in READS and ALSO[table] not in client.scopes
    if masked and api.kind_of(table).leaves is None:
        require(request, ALSO[table])
    pieces = api.export_file(
        client.brand_id, table, wanted.format, wanted.language, by=f"key {client.name}", masked=masked, part=wanted.part
    )
    response = StreamingHttpResponse(pieces, content_type=DOWNLOADS[wanted.format])
    response["Content-Disposition"] = f'attachment; filename="{table}.{wanted.format}"'
    return response
