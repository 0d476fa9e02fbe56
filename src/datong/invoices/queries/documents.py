"""Invoices and red letters as they stand, and how much of what was sold was invoiced."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import msgspec

from datong.invoices.types import About, Buyer, Document, Figures, Kind, Line, Printed, State, TaxShare
from datong.kernel.db import in_brand, rows
from datong.kernel.errors import NotFound
from datong.kernel.pages import read_cursor, write_cursor
from datong.ledger.api import report, rulebook
from datong.ledger.types import Asked

FIELDS = """
    d.id, d.kind, d.about, d.subject_id, d.company_id, d.store_id, d.of_id, d.state, d.title, d.tax_no, d.email,
    d.phone, d.currency, d.total_minor, d.tax_minor, d.lines::text, d.asked_at, d.asked_by, d.bill, d.number,
    d.issued_at, d.pdf_url, d.ofd_url, d.error_code, d.error, d.tries,
    coalesce((SELECT sum(r.total_minor) FROM invoices_document r
               WHERE r.brand_id = d.brand_id AND r.of_id = d.id AND r.live), 0)::bigint, d.reference,
    d.supplied_at, d.taxes::text, d.printed::text, d.postal
"""
ONE = f"SELECT {FIELDS} FROM invoices_document d WHERE d.brand_id = %(brand)s AND d.id = %(id)s"  # noqa: S608
ABOUT = f"""
    SELECT {FIELDS} FROM invoices_document d
     WHERE d.brand_id = %(brand)s AND d.about = %(about)s AND d.subject_id = %(subject)s AND d.kind = 'blue' AND d.live
"""  # noqa: S608  constants only
OF = f"""
    SELECT {FIELDS} FROM invoices_document d
     WHERE d.brand_id = %(brand)s AND d.of_id = %(id)s AND d.live ORDER BY d.id
"""  # noqa: S608  constants only
LIST = f"""
    SELECT {FIELDS} FROM invoices_document d
     WHERE d.brand_id = %(brand)s AND (%(cursor)s::uuid IS NULL OR d.id < %(cursor)s::uuid)
       AND (%(state)s = '' OR d.state = %(state)s) AND (%(kind)s = '' OR d.kind = %(kind)s)
       AND (%(stores)s::uuid[] IS NULL OR d.store_id = ANY(%(stores)s::uuid[]))
       AND (%(since)s::timestamptz IS NULL OR d.asked_at >= %(since)s::timestamptz)
       AND (%(search)s = '' OR d.number = %(search)s OR d.reference = %(search)s OR d.tax_no = %(search)s
            OR strpos(lower(d.title), lower(%(search)s)) > 0)
     ORDER BY d.id DESC LIMIT %(limit)s
"""  # noqa: S608  constants only


def read(found_row: Sequence[Any]) -> Document:
    *row, taxes, printed, postal = found_row
    found, kind, about, subject, company, store, of, state, title, tax_no, email, phone, *rest = row
    currency, total, tax, lines, *tail = rest
    tail += [
        tuple(msgspec.json.decode(taxes, type=list[TaxShare])),
        msgspec.json.decode(printed, type=Printed) if printed else None,
    ]
    return Document(
        found, Kind(kind), About(about), subject, company, store, of, State(state),
        Buyer(title, tax_no, email, phone, postal), currency, total, tax,
        tuple(msgspec.json.decode(lines, type=list[Line])), *tail,
    )  # fmt: skip


def document(brand_id: UUID, document_id: UUID) -> Document:
    """One document; NotFound when there is none."""
    with in_brand(brand_id):
        found = rows(ONE, {"brand": brand_id, "id": document_id})
    if not found:
        raise NotFound(f"no invoice {document_id}")
    return read(found[0])


def document_about(brand_id: UUID, about: About, subject_id: UUID) -> Document | None:
    """The live invoice of an order or a top-up."""
    with in_brand(brand_id):
        found = rows(ABOUT, {"brand": brand_id, "about": about.value, "subject": subject_id})
    return read(found[0]) if found else None


def reds_of(brand_id: UUID, document_id: UUID) -> list[Document]:
    """The red letters of an invoice, the first first."""
    with in_brand(brand_id):
        return [read(row) for row in rows(OF, {"brand": brand_id, "id": document_id})]


EVER = f"""
    SELECT {FIELDS} FROM invoices_document d
     WHERE d.brand_id = %(brand)s AND d.subject_id = %(subject)s AND d.about = %(about)s AND d.number <> ''
     ORDER BY d.id LIMIT 200
"""  # noqa: S608  constants only


def issued_about(brand_id: UUID, about: About, subject_id: UUID) -> list[Document]:
    """Everything that was ever issued over an order or a top-up, the first first: what was taken back, too."""
    with in_brand(brand_id):
        key = {"brand": brand_id, "about": about.value, "subject": subject_id}
        return [read(row) for row in rows(EVER, key)]


@dataclass(frozen=True, slots=True)
class Filter:
    """`search`: number, order number, tax number, or part of the title. `stores` None: all."""

    state: str = ""
    kind: str = ""
    search: str = ""
    stores: tuple[UUID, ...] | None = None
    since: date | None = None


def documents(brand_id: UUID, wanted: Filter, *, cursor: str = "", limit: int = 50) -> tuple[list[Document], str]:
    """The latest first, and the cursor of the next page."""
    limit = max(1, min(limit, 1000))
    with in_brand(brand_id):
        found = rows(
            LIST,
            {
                "brand": brand_id,
                "cursor": read_cursor(cursor),
                "state": wanted.state,
                "kind": wanted.kind,
                "stores": list(wanted.stores) if wanted.stores is not None else None,
                "since": wanted.since,
                "search": wanted.search[:100],
                "limit": limit + 1,
            },
        )
    page = [read(row) for row in found[:limit]]
    return page, write_cursor(page[-1].id) if len(found) > limit else ""


SUMS = """
    SELECT coalesce(sum(CASE kind WHEN 'red' THEN -total_minor ELSE total_minor END)
                    FILTER (WHERE about = 'order' AND number <> ''), 0)::bigint,
           coalesce(sum(total_minor) FILTER (WHERE about = 'order' AND kind = 'blue'
                                             AND state IN ('asked', 'issuing')), 0)::bigint,
           coalesce(sum(total_minor) FILTER (WHERE about = 'order' AND state = 'refused'), 0)::bigint,
           coalesce(sum(CASE kind WHEN 'red' THEN -total_minor ELSE total_minor END)
                    FILTER (WHERE about = 'top_up' AND number <> ''), 0)::bigint
      FROM invoices_document
      LEFT JOIN unnest(%(places)s::uuid[], %(begin)s::timestamptz[], %(end)s::timestamptz[]) own(place, begins, ends)
             ON own.place = store_id
     WHERE brand_id = %(brand)s AND live
       AND asked_at >= coalesce(own.begins, %(begins)s) AND asked_at < coalesce(own.ends, %(ends)s)
       AND (%(stores)s::uuid[] IS NULL OR store_id = ANY(%(stores)s::uuid[]))
"""


def figures(
    brand_id: UUID, since: date, until: date, *, currency: str, stores: tuple[UUID, ...] | None = None
) -> Figures:
    """What was sold with its tax by the ledger, and what of it was invoiced, both days counted.

    Sold is what the ledger has as income, owed sales and tax of the period, less what was given back: it ties to the
    trial balance. Invoices count on the business day they were asked for. Two statements.
    """
    with in_brand(brand_id):
        days = rulebook(brand_id).days
        begins, ends = ({who: days.day_begins(day, who) for who in {None, *days.ends}}
                        for day in (since, until + timedelta(days=1)))  # fmt: skip
        told: dict[str, object] = {"brand": brand_id, "stores": list(stores) if stores else None}
        told |= {"begins": begins.pop(None), "ends": ends.pop(None)}
        own = {"places": list(begins), "begin": list(begins.values()), "end": [ends[who] for who in begins]}
        invoiced, waiting, refused, top_ups = rows(SUMS, {**told, **own})[0]
    asked = Asked(since=since, until=until, stores=stores, codes=_sales(brand_id))
    sold = sum(-row.net_minor for row in report(brand_id, asked).rows if row.account.currency == currency)
    return Figures(currency, sold, invoiced, waiting, refused, top_ups)


EVENTS = ("sale.goods", "sale.packaging", "sale.delivery")


def _sales(brand_id: UUID) -> tuple[str, ...]:
    """The accounts that sales, their tax and refunds were ever posted to, by the brand's rules."""
    book = rulebook(brand_id)
    credits = [*EVENTS, *(f"{event}.owed" for event in EVENTS), "sale.tax"]
    codes = {rule.credit for event in credits for rule in book.rules[event]}
    codes |= {rule.debit for event in ("refund.goods", "refund.tax") for rule in book.rules[event]}
    return tuple(sorted({code.partition("{")[0] for code in codes if code}))
