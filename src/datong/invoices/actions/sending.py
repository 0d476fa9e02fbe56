"""Documents that are due go to the provider, one step at a time; no transaction is open while it answers.

A step is written down before it is taken. Whoever dies in the middle leaves a document that is asked about first, by
its serial, and sent again only when the provider has not got it.
"""

from __future__ import annotations

import logging
from datetime import timedelta
from uuid import UUID

from datong.invoices import ports
from datong.invoices.actions.hearing import hear
from datong.invoices.actions.reds import red_letters_due
from datong.invoices.queries import document, secret_of, sellers
from datong.invoices.types import Document, Heard, Refusal, Seller, State
from datong.kernel import clock
from datong.kernel.db import execute, in_brand, rows
from datong.kernel.errors import Unavailable

log = logging.getLogger(__name__)

LEASE = timedelta(minutes=2)
ASK_AGAIN = (timedelta(seconds=10), timedelta(seconds=30), timedelta(minutes=2), timedelta(minutes=10))
MAX_TRIES = 60

CLAIM = """
    UPDATE invoices_document SET due_at = %(lease)s, tries = least(tries + 1, 30000)
     WHERE brand_id = %(brand)s AND id IN (
        SELECT id FROM invoices_document WHERE brand_id = %(brand)s AND due_at <= %(now)s AND live
         ORDER BY due_at, id LIMIT %(limit)s FOR UPDATE SKIP LOCKED)
    RETURNING id
"""
STEP = """
    UPDATE invoices_document SET state = %(state)s, bill = coalesce(nullif(%(bill)s, ''), bill), due_at = %(due)s
     WHERE brand_id = %(brand)s AND id = %(id)s AND state = %(was)s
"""


def send_due(brand_id: UUID, *, limit: int = 20) -> int:
    """Take what is due a step further; how many documents. Safe to run anywhere, any number of times."""
    with in_brand(brand_id):
        red_letters_due(brand_id)
        now = clock.now()
        found = rows(CLAIM, {"brand": brand_id, "now": now, "lease": now + LEASE, "limit": limit})
    who = {seller.company_id: seller for seller in sellers(brand_id)} if found else {}
    for (one,) in found:
        found_one = document(brand_id, one)
        seller = who.get(found_one.company_id)
        try:
            if seller is None or seller.provider not in ports.issuers():
                raise Refusal("no_seller", "nobody issues invoices here any more")
            _step(brand_id, found_one, seller)
        except Refusal as no:
            told = Heard(one, State.REFUSED, code=no.told, message=no.message)
            hear(brand_id, told, again=no.again and found_one.tries < MAX_TRIES)
        except Unavailable as gone:
            log.warning("invoice provider did not answer", extra={"invoice": str(one), "why": str(gone)[:200]})
            _later(brand_id, found_one)
    return len(found)


def _step(brand_id: UUID, one: Document, seller: Seller) -> None:
    issuer, secret = ports.issuers()[seller.provider], secret_of(brand_id, seller.company_id)
    of = document(brand_id, one.of_id) if one.of_id else None
    if one.state is State.ASKED and of is not None and not one.bill and not issuer.plain:
        _to(brand_id, one, State.CONFIRMING, bill=issuer.confirm(seller, secret, one, of))
    elif one.state is State.CONFIRMING:
        if issuer.confirmation(seller, secret, one):
            _to(brand_id, one, State.ASKED)
        else:
            _later(brand_id, one)
    elif one.state is State.ASKED:
        _to(brand_id, one, State.ISSUING)  # from here on the provider may have it
        issuer.issue(brand_id, seller, secret, one, of)
    elif one.state is State.ISSUING:
        told = issuer.result(seller, secret, one)
        if told is None:  # it never arrived
            issuer.issue(brand_id, seller, secret, one, of)
            _later(brand_id, one)
        elif not hear(brand_id, told):
            _later(brand_id, one)


def _to(brand_id: UUID, one: Document, state: State, *, bill: str = "") -> None:
    due = clock.now() if state is State.ASKED else clock.now() + ASK_AGAIN[0]
    with in_brand(brand_id):
        told = {"state": state.value, "was": one.state.value, "bill": bill, "due": due}
        execute(STEP, {"brand": brand_id, "id": one.id, **told})


LATER = """
    UPDATE invoices_document SET due_at = %(due)s
     WHERE brand_id = %(brand)s AND id = %(id)s AND state IN ('asked', 'confirming', 'issuing')
"""


def _later(brand_id: UUID, one: Document) -> None:
    wait = ASK_AGAIN[min(one.tries // 3, len(ASK_AGAIN) - 1)]
    with in_brand(brand_id):
        execute(LATER, {"brand": brand_id, "id": one.id, "due": clock.now() + wait})
