"""Invoices outside of China: numbered here without a gap, printed as a plain PDF. No provider, the same path."""

from __future__ import annotations

from dataclasses import asdict
from uuid import UUID
from zoneinfo import ZoneInfo

from msgspec import json

from datong.brand.api import get_brand
from datong.invoices.actions.hearing import hear
from datong.invoices.rules.series import number_of, series_on
from datong.invoices.types import Document, Heard, Printed, Seller, State
from datong.kernel import clock
from datong.kernel.db import execute, in_brand, rows
from datong.kernel.errors import BadValue


class Plain:
    """The port's issuer that is ourselves: what it issues is there at once, and nobody needs to be asked."""

    plain = True

    def issue(self, brand_id: UUID, seller: Seller, secret: str, document: Document, of: Document | None) -> None:
        number_document(brand_id, seller, document)

    def result(self, seller: Seller, secret: str, document: Document) -> Heard | None:
        return None  # it is numbered and written in one transaction: whoever asks may safely issue it again

    def confirm(self, seller: Seller, secret: str, document: Document, of: Document) -> str:
        return ""

    def confirmation(self, seller: Seller, secret: str, document: Document) -> bool:
        return True

    def read(self, body: bytes) -> UUID:
        raise BadValue("body", body[:80].decode(errors="replace"), "nobody calls for plain invoices")


LOCK = "SELECT state FROM invoices_document WHERE brand_id = %s AND id = %s FOR UPDATE"
# The row stays ours until the transaction ends. Who rolls back gives the number back; the next one waiting takes it.
TAKE = """
    INSERT INTO invoices_series AS s (brand_id, company_id, series, last, last_at)
    VALUES (%(brand)s, %(company)s, %(series)s, 1, %(now)s)
    ON CONFLICT (brand_id, company_id, series) DO UPDATE
       SET last = s.last + 1, last_at = greatest(s.last_at, excluded.last_at)
    RETURNING last, last_at
"""
PRINT = """
    UPDATE invoices_document SET series = %(series)s, nth = %(nth)s, printed = %(printed)s::jsonb
     WHERE brand_id = %(brand)s AND id = %(id)s
"""


def number_document(brand_id: UUID, seller: Seller, document: Document) -> bool:
    """Give a document the next number of its series; False when it has one. All in one transaction, so without gap.

    The document's row is locked before the series' row, as everybody does. Days of a series never go back.
    """
    with in_brand(brand_id):
        found = rows(LOCK, [brand_id, document.id])
        if not found or found[0][0] != State.ISSUING.value:
            return False
        now = clock.now()
        day = now.astimezone(ZoneInfo(get_brand(brand_id).timezone)).date()
        series = series_on(seller.credit_series if document.of_id else seller.series, day)
        key = {"brand": brand_id, "company": seller.company_id, "series": series, "now": now}
        ((nth, at),) = rows(TAKE, key)
        printed = Printed(seller.title, seller.tax_no, seller.postal, seller.note, seller.clerk)
        kept = {"brand": brand_id, "id": document.id, "series": series, "nth": nth}
        execute(PRINT, {**kept, "printed": json.encode(asdict(printed)).decode()})
        return hear(brand_id, Heard(document.id, State.ISSUED, number=number_of(series, nth), issued_at=at))
