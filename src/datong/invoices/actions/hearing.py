"""What the provider says becomes of a document; said twice, late or out of order it changes nothing."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from datong.invoices import ports
from datong.invoices.queries import sellers
from datong.invoices.types import Heard, State
from datong.kernel import clock
from datong.kernel.db import execute, in_brand, rows
from datong.kernel.errors import NotFound

LOCK = "SELECT state, kind, of_id FROM invoices_document WHERE brand_id = %s AND id = %s FOR UPDATE"
ISSUED = """
    UPDATE invoices_document SET state = 'issued', number = %(number)s, pdf_url = %(pdf)s, ofd_url = %(ofd)s,
           issued_at = coalesce(%(at)s, %(now)s), error = '', error_code = '', due_at = NULL
     WHERE brand_id = %(brand)s AND id = %(id)s
"""
WHOLLY_RED = """
    UPDATE invoices_document b SET state = 'red', live = false
     WHERE b.brand_id = %(brand)s AND b.id = %(of)s AND b.state = 'issued'
       AND b.total_minor <= (SELECT sum(r.total_minor) FROM invoices_document r
                              WHERE r.brand_id = b.brand_id AND r.of_id = b.id AND r.state = 'issued')
"""
LINKS = """
    UPDATE invoices_document SET pdf_url = coalesce(nullif(%(pdf)s, ''), pdf_url),
           ofd_url = coalesce(nullif(%(ofd)s, ''), ofd_url)
     WHERE brand_id = %(brand)s AND id = %(id)s
"""
REFUSED = """
    UPDATE invoices_document SET state = %(state)s, error_code = %(code)s, error = %(message)s, due_at = %(due)s
     WHERE brand_id = %(brand)s AND id = %(id)s
"""
AGAIN = timedelta(minutes=30)


def hear(brand_id: UUID, heard: Heard, *, again: bool = False) -> bool:
    """Take in what is said of a document; whether it changed anything. What was issued stays issued.

    `again`: the refusal may pass (a credit limit): the document is sent again by itself, and says why it waits.
    """
    with in_brand(brand_id):
        found = rows(LOCK, [brand_id, heard.document_id])
        if not found:
            raise NotFound(f"no invoice {heard.document_id}")
        state, kind, of = found[0]
        key = {"brand": brand_id, "id": heard.document_id, "now": clock.now()}
        links = {"pdf": heard.pdf_url[:500], "ofd": heard.ofd_url[:500]}
        if state in (State.ISSUED, State.RED):
            if heard.state is State.ISSUED and (heard.pdf_url or heard.ofd_url):
                execute(LINKS, {**key, **links})
            return False
        if heard.state is State.ISSUED:
            execute(ISSUED, {**key, **links, "number": heard.number[:40], "at": heard.issued_at})
            if kind == "red":
                execute(WHOLLY_RED, {"brand": brand_id, "of": of})
            return True
        if heard.state is State.REFUSED:
            due = clock.now() + AGAIN if again else None
            told = {"code": heard.code[:40], "message": heard.message[:300], "due": due}
            execute(REFUSED, {**key, **told, "state": "asked" if again else "refused"})
            return True
        return False


CALLED = """
    UPDATE invoices_document SET due_at = %(now)s
     WHERE brand_id = %(brand)s AND id = %(id)s AND company_id = %(company)s AND state IN ('issuing', 'confirming')
"""


def receive_call(brand_id: UUID, company_id: UUID, body: bytes) -> bool:
    """A call of the provider's: its document is asked about at once; whether it waits for anything.

    Nothing a call says is believed, so that a forged one does no harm. Raises BadInput, NotFound.
    """
    seller = next((each for each in sellers(brand_id) if each.company_id == company_id), None)
    if seller is None or seller.provider not in ports.issuers():
        raise NotFound("no invoices are issued here")
    one = ports.issuers()[seller.provider].read(body)
    with in_brand(brand_id):
        told = {"brand": brand_id, "id": one, "company": company_id, "now": clock.now()}
        return bool(execute(CALLED, told))
