"""What other parts of the books posted to the pairs' accounts becomes a line, too: a settlement settles all of it."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import UUID

from datong.kernel.db import in_brand, rows
from datong.kernel.ids import uuid7
from datong.ledger.api import accounts, balances, list_transfers
from datong.ledger.types import COMPANY, Posted, company_pair
from datong.merchants.actions.enter import put_rows
from datong.merchants.queries.proof import entered
from datong.merchants.rules import SETTLEMENT
from datong.merchants.types import Entry, EntryKind

PAGE = 1_000
KNOWN = "SELECT id FROM merchants_entry WHERE brand_id = %s AND id = ANY(%s::uuid[])"


def adopt(*, brand: UUID) -> int:
    """Make lines of transfers on the pairs' accounts that have none: how many. Safe to repeat and to run at once.

    Two statements where no pair has an account, three where nothing is missing; else a page of a thousand transfers at
    a time of the accounts whose sums differ.
    """
    with in_brand(brand):
        codes = accounts(brand, COMPANY, limit=PAGE)
        if not codes:
            return 0
        ours = entered(brand)
        odd = {
            b.account.code
            for b in balances(brand, codes)
            if b.credits_minor - b.debits_minor != ours.get((b.account.code, b.account.currency), 0)
        }
        return sum(put_rows(page, brand) for code in sorted(odd) for page in _missing(code, brand))


def _missing(code: str, brand: UUID) -> Iterator[list[Entry]]:
    after = UUID(int=0)
    while found := list_transfers(brand, code=code, after=after, limit=PAGE):
        after = found[-1].transfer.id
        known = {id_ for (id_,) in rows(KNOWN, [brand, [posted.transfer.id for posted in found]])}
        yield [_entry(posted, code) for posted in found
               if posted.transfer.id not in known and SETTLEMENT not in posted.transfer.dimensions]  # fmt: skip


def _entry(posted: Posted, code: str) -> Entry:
    transfer, pair = posted.transfer, company_pair(code)
    assert pair is not None
    owes, owed = pair
    company, counter = (owes, owed) if owes else (owed, None)
    assert company is not None
    adds = transfer.credit.code == code
    both = company_pair(transfer.debit.code) and company_pair(transfer.credit.code)
    store = transfer.dimensions.get("store")
    return Entry(
        id=uuid7() if both and not adds else transfer.id,
        source_id=transfer.id,
        seq=1 if adds else 2,
        kind=EntryKind.POSTED,
        company_id=company,
        counter_id=counter,
        owes=owes is not None,
        amount_minor=transfer.amount_minor if adds else -transfer.amount_minor,
        currency=transfer.debit.currency,
        points=0,
        basis_minor=0,
        subject_id=transfer.subject_id,
        store_id=UUID(store) if store else None,
        contract_id=None,
        day=transfer.business_date,
        at=posted.posted_at,
        words=transfer.kind,
    )
