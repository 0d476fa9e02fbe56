"""Entries over HTTP: what is behind a figure, each with its order; the journal for Beancount."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.http import HttpRequest, StreamingHttpResponse
from ninja import Query, Router, Schema

from datong.access.api import require
from datong.access.types import Scope
from datong.books.http.common import CSV, Code, Narrowed, Paged, Value, answer, asked
from datong.kernel.bodies import Day
from datong.kernel.pages import read_cursor, write_cursor
from datong.ledger import api as ledger
from datong.ledger.types import Posted
from datong.orders.api import origins

router = Router(tags=["books"])
START = UUID(int=0)


class EntryOut(Schema):
    """`subject_id` is what it is about; `order` the number of that order, '' when it is something else."""

    id: UUID
    business_date: date
    posted_at: datetime
    kind: str
    debit: str
    credit: str
    amount_minor: int
    currency: str
    subject_id: UUID
    order: str
    dimensions: dict[str, str]


class EntriesOut(Schema):
    """In order of posting; `next` is the cursor of the page after it, absent at the end."""

    entries: list[EntryOut]
    next: str | None = None


class EntriesWanted(Narrowed, Paged):
    """`account`: entries with a side whose code begins so, a * for any characters."""

    account: Code = ""


@router.get(
    "/books/entries",
    response={200: EntriesOut, 404: None},
    summary="Entries",
    operation_id="list_entries",
    openapi_extra=CSV,
)
def list_entries(request: HttpRequest, wanted: Query[EntriesWanted]) -> Any:
    """What a figure of a report is made of: the same parameters lead to its entries, each with its order."""
    brand = require(request, Scope.LEDGER_READ).brand_id
    after = read_cursor(wanted.cursor) or START
    about = asked(brand, wanted, [wanted.account])
    found = ledger.entries(brand, about, after=after, limit=min(wanted.limit, 999) + 1)
    more, found = len(found) > min(wanted.limit, 999), found[: min(wanted.limit, 999)]
    told = {"entries": _told(brand, found), "next": write_cursor(found[-1].transfer.id) if more else None}
    return answer(request, wanted.format, told, "entries", "entries")


def _told(brand: UUID, found: Sequence[Posted]) -> list[dict[str, Any]]:
    known = origins(brand, sorted({posted.transfer.subject_id for posted in found})) if found else {}
    return [
        {
            "id": (t := posted.transfer).id,
            "business_date": t.business_date,
            "posted_at": posted.posted_at,
            "kind": t.kind,
            "debit": t.debit.code,
            "credit": t.credit.code,
            "amount_minor": t.amount_minor,
            "currency": t.debit.currency,
            "subject_id": t.subject_id,
            "order": known[t.subject_id].number if t.subject_id in known else "",
            "dimensions": dict(t.dimensions),
        }
        for posted in found
    ]


class JournalWanted(Schema):
    """`until`: the last business day that is written; `company`: its books alone, `none` the brand's own."""

    until: Day | None = None
    company: Value = ""


@router.get(
    "/books/journal.beancount",
    response={200: None, 404: None},
    summary="The journal for Beancount",
    operation_id="export_beancount",
    openapi_extra={"responses": {200: {"content": {"text/plain": {"schema": {"type": "string"}}}}}},
)
def export_beancount(request: HttpRequest, wanted: Query[JournalWanted]) -> StreamingHttpResponse:
    """Every transfer up to a day as a file that `bean-check` accepts, written piece by piece."""
    brand = require(request, Scope.LEDGER_READ).brand_id
    company = asked(brand, Narrowed(company=wanted.company)).where.get("company")
    pieces = (piece.encode() for piece in ledger.beancount(brand, until=wanted.until, company=company))
    response = StreamingHttpResponse(pieces, content_type="text/plain; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="journal.beancount"'
    return response
