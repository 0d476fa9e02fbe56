"""Writes of the ledger: one verb. What is posted stays; a correction is another transfer."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

import msgspec

from datong.kernel import clock
from datong.kernel.db import in_brand, rows
from datong.ledger import rules
from datong.ledger.queries import transfers_by_id
from datong.ledger.types import Account, Transfer

POST = """
    WITH opened AS (
        INSERT INTO ledger_account (brand_id, id, code, currency, kind, opened_at)
        SELECT %(brand)s, a.id, a.code, a.currency, split_part(a.code, ':', 1), %(now)s
          FROM unnest(%(accounts)s::uuid[], %(codes)s::text[], %(account_currencies)s::text[]) a(id, code, currency)
         WHERE NOT EXISTS (SELECT 1 FROM ledger_account x WHERE x.brand_id = %(brand)s AND x.id = a.id)
         ORDER BY a.id                         -- all batches open accounts in one order
        ON CONFLICT DO NOTHING                -- any constraint: two at once may meet at the code before the id
    )
    INSERT INTO ledger_transfer (brand_id, id, debit_id, credit_id, amount_minor, currency, kind, subject_id,
                                 business_date, dimensions, posted_at)
    SELECT %(brand)s, t.*, %(now)s
      FROM unnest(%(ids)s::uuid[], %(debits)s::uuid[], %(credits)s::uuid[], %(amounts)s::bigint[],
                  %(currencies)s::text[], %(kinds)s::text[], %(subjects)s::uuid[], %(days)s::date[],
                  %(dimensions)s::jsonb[]) AS t(id)
     ORDER BY t.id
    ON CONFLICT (brand_id, id) DO NOTHING
    RETURNING id
"""


def post(transfers: Sequence[Transfer], *, brand: UUID) -> int:
    """Write transfers into the books, each once: how many are new. One statement, two when some were there.

    Safe to repeat: the id is the key, and the same transfer again changes nothing. Raises BadInput for what cannot be
    posted and Conflict (`exists_with_different_<field>`) for an id whose transfer says something else; nothing of the
    batch is written then. Rows are only added, so two batches never wait for each other's balances.
    """
    batch = rules.check_transfers(transfers)
    if not batch:
        return 0
    accounts: dict[Account, UUID] = {}
    for transfer in batch:
        for account in (transfer.debit, transfer.credit):
            if account not in accounts:
                accounts[account] = rules.account_id(brand, account)
    with in_brand(brand):
        new = {row[0] for row in rows(POST, _columns(batch, accounts, brand))}
        if len(new) < len(batch):
            _compare([transfer for transfer in batch if transfer.id not in new], brand)
    return len(new)


def _columns(batch: Sequence[Transfer], accounts: dict[Account, UUID], brand: UUID) -> dict[str, object]:
    return {
        "brand": brand,
        "now": clock.now(),
        "accounts": list(accounts.values()),
        "codes": [account.code for account in accounts],
        "account_currencies": [account.currency for account in accounts],
        "ids": [transfer.id for transfer in batch],
        "debits": [accounts[transfer.debit] for transfer in batch],
        "credits": [accounts[transfer.credit] for transfer in batch],
        "amounts": [transfer.amount_minor for transfer in batch],
        "currencies": [transfer.debit.currency for transfer in batch],
        "kinds": [transfer.kind for transfer in batch],
        "subjects": [transfer.subject_id for transfer in batch],
        "days": [transfer.business_date for transfer in batch],
        "dimensions": [msgspec.json.encode(transfer.dimensions).decode() for transfer in batch],
    }


def _compare(repeats: Sequence[Transfer], brand: UUID) -> None:
    """What was there must be what is wanted; read in a statement of its own, which sees the winner of a race."""
    there = {posted.transfer.id: posted.transfer for posted in transfers_by_id(brand, [t.id for t in repeats])}
    for transfer in repeats:
        rules.refuse_other(there[transfer.id], transfer)
