"""What the operations of the books share: words of a request, the period asked for, names, a list as JSON or CSV."""

from __future__ import annotations

import base64
import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Annotated, Any, Literal
from urllib.parse import urlencode
from uuid import UUID

import msgspec
from django.http import HttpRequest, HttpResponse
from ninja import Header, Schema
from pydantic import Field, StringConstraints

from datong.access.types import Client, Machine
from datong.brand.api import list_channels, list_stores, store_by_code, tree
from datong.kernel.bodies import READABLE, STORABLE, Day
from datong.kernel.errors import BadValue, NotFound
from datong.ledger.api import chart_on, line_of
from datong.ledger.types import BY_COMPANY, DIMENSIONS, FIRST, ORDER, Account, Asked, ReportKey
from datong.orders.api import origins

Code = Annotated[str, StringConstraints(max_length=120), STORABLE]
Value = Annotated[str, StringConstraints(max_length=80), STORABLE]
StoreCode = Annotated[str, StringConstraints(max_length=40), STORABLE]
Reason = Annotated[str, StringConstraints(max_length=300), READABLE]
Note = Annotated[str, StringConstraints(max_length=300), STORABLE]
Cursor = Annotated[str, StringConstraints(max_length=400, pattern="^[A-Za-z0-9_-]*$")]
Limit = Annotated[int, Field(ge=1, le=1000)]
Key = Annotated[str, Header(max_length=200)]
"""`Idempotency-Key`: the call may be sent again, it is carried out once."""
Format = Literal["json", "csv"]
NONE = "none"
"""Of a dimension: the entries that do not have it."""
CSV = {"responses": {200: {"content": {"text/csv": {"schema": {"type": "string"}}}}}}
"""For the schema of an operation that answers as CSV, too."""
FORMULA = ("=", "+", "-", "@", "\t", "\r")


class Days(Schema):
    """`since` and `until` are business days, both counted; without them there is no end."""

    since: Day | None = None
    until: Day | None = None


class Narrowed(Days):
    """`store` is a store's code; a dimension narrows to entries with that value, `none` to those without it.

    `company`: the books of the company with this id alone, `none` the brand's own; without it all of them together.
    """

    store: StoreCode = ""
    channel: Value = ""
    company: Value = ""
    merchant: Value = ""
    campaign: Value = ""
    order: Value = ""


class Paged(Schema):
    cursor: Cursor = ""
    limit: Limit = 200
    format: Format | None = None


def asked(brand_id: UUID, wanted: Narrowed, codes: Sequence[str] = ()) -> Asked:
    """What a report is asked for; NotFound for a store that there is not."""
    given = {name: getattr(wanted, name, "") for name in DIMENSIONS}
    if given["store"] and given["store"] != NONE:
        given["store"] = str(store_of(brand_id, given["store"]))
    if given["company"] and given["company"] != NONE:
        known = {str(company.id) for company in tree(brand_id).companies}
        if given["company"].lower() not in known:
            raise NotFound(f"no company {given['company']}")
        given["company"] = given["company"].lower()
    where = {name: "" if value == NONE else value for name, value in given.items() if value}
    if wanted.since and wanted.until and wanted.until < wanted.since:
        raise BadValue("until", wanted.until.isoformat(), f"{wanted.since.isoformat()} or later")
    return Asked(wanted.since, wanted.until, None, where, tuple(code for code in codes if code))


def store_of(brand_id: UUID, code: str) -> UUID:
    found = store_by_code(brand_id, code)
    if found is None:
        raise NotFound(f"no store {code}")
    return found.id


def by_of(client: Client) -> str:
    return f"client {client.name}"[:120]


def machine(client: Client) -> Machine:
    return Machine(client.id, client.brand_id, by_of(client))


class Names:
    """What values of dimensions and accounts are called; each kind is read once an answer, and only when wanted."""

    def __init__(self, brand_id: UUID, by: str, until: date | None = None) -> None:
        self._brand, self._by, self._known = brand_id, by, dict[str, str]()
        self.chart = chart_on(brand_id, until)

    def learn(self, values: Iterable[str]) -> None:
        if self._by == "store":
            self._known = {str(store.id): store.code for store in list_stores(self._brand)}
        elif self._by == "channel":
            self._known = {str(channel.id): channel.code for channel in list_channels(self._brand)}
        elif self._by == BY_COMPANY:
            self._known = {str(company.id): company.name for company in tree(self._brand).companies}
        elif self._by == ORDER:
            found = origins(self._brand, [UUID(value) for value in set(values) if _is_id(value)])
            self._known = {str(order): origin.number for order, origin in found.items()}

    def value(self, value: str) -> str:
        """A store's or channel's code, an order's number; the value itself where nothing else calls it."""
        return self._known.get(value, value)

    def account(self, account: Account) -> dict[str, str]:
        """An account with its number and names in the chart, '' where nothing maps it."""
        line = line_of(self.chart, account.code)
        told = (line.number, line.name, line.name_zh, line.line.value) if line else ("", "", "", "")
        return {"account": account.code, "currency": account.currency,
                **dict(zip(("number", "name", "name_zh", "line"), told, strict=True))}  # fmt: skip


def _is_id(text: str) -> bool:
    try:
        return bool(UUID(text))
    except ValueError:
        return False


def read_key(cursor: str) -> ReportKey:
    """Where a report's last page ended."""
    if not cursor:
        return FIRST
    try:
        code, currency, value = msgspec.json.decode(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)),
                                                    type=tuple[str, str, str])  # fmt: skip
    except (ValueError, msgspec.MsgspecError):
        raise BadValue("cursor", cursor, "the `next` of an earlier page") from None
    if any("\x00" in part for part in (code, currency, value)):
        raise BadValue("cursor", cursor, "the `next` of an earlier page")
    return code, currency, value


def write_key(key: ReportKey | None) -> str | None:
    return base64.urlsafe_b64encode(msgspec.json.encode(key)).decode().rstrip("=") if key else None


def answer(request: HttpRequest, wanted: Format | None, told: Mapping[str, Any], rows: str, name: str) -> Any:
    """The list as it is, or as CSV with a column a field when `format` or the Accept header says so.

    The next page of a CSV is told by a Link header, as its body has no place for it.
    """
    if wanted is None and request.headers.get("Accept", "").split(",")[0].split(";")[0].strip() == "text/csv":
        wanted = "csv"
    if wanted != "csv":
        return told
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    listed = [msgspec.to_builtins(row) for row in told[rows]]
    if listed:
        writer.writerow(listed[0])
    for row in listed:
        writer.writerow([_cell(value) for value in row.values()])
    response = HttpResponse(b"\xef\xbb\xbf" + out.getvalue().encode(), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    if told.get("next"):
        query = {**request.GET.dict(), "cursor": str(told["next"]), "format": "csv"}
        response["Link"] = f'<{request.path}?{urlencode(query)}>; rel="next"'
    return response


def _cell(value: Any) -> Any:
    """A text that a spreadsheet would take for a formula gets an apostrophe in front."""
    if isinstance(value, (dict, list)):
        return msgspec.json.encode(value).decode()
    if isinstance(value, (date, datetime)):
        return value.isoformat()
    return "'" + value if isinstance(value, str) and value.startswith(FORMULA) else value
