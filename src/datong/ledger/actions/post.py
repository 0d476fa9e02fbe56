"""Writing transfers into the books. What is posted stays; a correction is another transfer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from uuid import UUID

import msgspec

from datong.kernel import bulk, clock
from datong.kernel.db import in_brand, rows
from datong.ledger import rules
from datong.ledger.actions.periods import STORE, as_asked, refuse_closed
from datong.ledger.actions.purses import MOVED, OPENED, array, ids_of, serve
from datong.ledger.queries import transfers_by_id
from datong.ledger.types import Account, Entry, GroupOutcome, Transfer, is_purse

POSTED = """
    INSERT INTO ledger_transfer (brand_id, id, debit_id, credit_id, amount_minor, currency, kind, subject_id,
                                 business_date, dimensions, posted_at)
    SELECT %(brand)s, t.id, t.debit, t.credit, t.amount, t.currency, t.kind, t.subject,
           greatest(t.day, store.closed_until + 1, CASE WHEN %(late)s THEN books.closed_until + 1 END),
           CASE WHEN run.company_id IS NULL THEN t.dimensions
                ELSE jsonb_build_object('company', run.company_id::text) || t.dimensions END, %(now)s
      FROM unnest(%(ids)s::uuid[], %(debits)s::uuid[], %(credits)s::uuid[], %(amounts)s::bigint[],
                  %(currencies)s::text[], %(kinds)s::text[], %(subjects)s::uuid[], %(days)s::date[],
                  %(dimensions)s::jsonb[], %(at)s::uuid[])
           AS t(id, debit, credit, amount, currency, kind, subject, day, dimensions, at)
      LEFT JOIN brand_belonging run ON run.brand_id = %(brand)s AND run.store_id = t.at
      LEFT JOIN ledger_gate books ON books.brand_id = %(brand)s AND books.scope = ''
      LEFT JOIN ledger_gate store ON store.brand_id = %(brand)s AND store.scope = t.dimensions->>'store'
     WHERE %(late)s OR books.closed_until IS NULL OR greatest(t.day, store.closed_until + 1) > books.closed_until
     ORDER BY t.id
    ON CONFLICT (brand_id, id) DO NOTHING
"""
NEW = "SELECT CASE WHEN count(*) <> %(count)s THEN coalesce(array_agg(id), '{}') END FROM posted"
"""Which were new; NULL when all were, so that a thousand ids need not be read."""
POST = f"{OPENED}, posted AS ({POSTED} RETURNING id) {NEW}"
POST_MOVING = f"""
    {OPENED}, posted AS ({POSTED} RETURNING id),
    moved AS ({MOVED} AND (SELECT count(*) FROM posted) = %(count)s) {NEW}
"""  # noqa: S608 (constants)


def _stores(batch: Sequence[Entry]) -> str:
    """The store of each as an array with NULLs: who runs it now is written to the entry, so that a store that changes
    hands does not take its past along."""
    known: dict[str, str] = {}
    for entry in batch:
        store = entry.dimensions.get(STORE, "")
        if store not in known:
            try:
                known[store] = str(UUID(store)) if store else "NULL"
            except ValueError:
                known[store] = "NULL"
    return "{" + ",".join(known[entry.dimensions.get(STORE, "")] for entry in batch) + "}"


def post(transfers: Sequence[Transfer], *, brand: UUID, late: bool = False) -> int:
    """Write transfers into the books, all or none, each once: how many are new.

    Safe to repeat: the id is the key, and the same transfer again changes nothing. Raises BadInput for what cannot be
    posted, Conflict (`exists_with_different_<field>`) for an id whose transfer says something else, and
    InsufficientBalance where a purse has not enough, and PeriodClosed for a business day the books are closed on;
    nothing of the batch is written then. What comes `late` goes to the first open day instead: a sale has happened.
    A store's locked day always sends what comes after it to its next.

    One statement where no purse is named, two when some were there: rows are only added, so two batches never wait
    for each other's balances. With purses two, their balance rows locked in order; up to five where a purse is new or
    something is there already.
    """
    batch = rules.check_transfers(transfers)
    if not batch:
        return 0
    if any(is_purse(transfer.debit) or is_purse(transfer.credit) for transfer in batch):
        [outcome] = _post_groups([batch], brand, late)
        if outcome.refused:
            raise outcome.refused
        return outcome.new
    with in_brand(brand):
        new = _write(POST, columns(batch, ids_of(brand, batch), brand, late), batch, brand)
    return len(batch) if new is None else len(new)


def post_each(groups: Sequence[Sequence[Transfer]], *, brand: UUID, late: bool = False) -> list[GroupOutcome]:
    """Write groups of transfers in order, each group all or nothing: what became of each.

    A group that a purse cannot bear, or that repeats an id with another content, is refused and the others go on.
    Two statements whatever the number (and a savepoint), five where a purse is new, a group repeats or does not fit.
    Raises BadInput for what could never be posted.
    """
    batches = [rules.check_transfers(group, f"groups/{i}") for i, group in enumerate(groups)]
    return _post_groups(batches, brand, late) if any(batches) else [GroupOutcome() for _ in batches]


def _post_groups(batches: Sequence[Sequence[Transfer]], brand: UUID, late: bool) -> list[GroupOutcome]:
    entries = [entry for batch in batches for entry in batch]
    accounts = ids_of(brand, entries)

    def write(fresh: Sequence[Transfer], moved: Mapping[str, object]) -> set[UUID] | None:
        return _write(POST_MOVING, {**columns(fresh, accounts, brand, late), **moved}, fresh, brand)

    def there() -> dict[UUID, Transfer]:
        found = {posted.transfer.id: posted.transfer for posted in transfers_by_id(brand, [e.id for e in entries])}
        return as_asked(found, entries, brand)

    with in_brand(brand):
        return serve(batches, accounts, brand, write=write, there=there)


def _write(statement: str, params: Mapping[str, object], batch: Sequence[Transfer], brand: UUID) -> set[UUID] | None:
    """The ids that are new, None for all; what was there meanwhile must be what is wanted, read in a statement that
    sees it."""
    new = which(rows(statement, params))
    if new is not None:
        repeats = [transfer for transfer in batch if transfer.id not in new]
        there = {posted.transfer.id: posted.transfer for posted in transfers_by_id(brand, [t.id for t in repeats])}
        if closed := [transfer for transfer in repeats if transfer.id not in there]:
            refuse_closed(closed, brand)
        there = as_asked(there, repeats, brand)
        for transfer in repeats:
            rules.refuse_other(there[transfer.id], transfer)
    return new


def which(found: Sequence[tuple[list[UUID] | None]]) -> set[UUID] | None:
    """What NEW says."""
    [(new,)] = found
    return None if new is None else set(new)


def columns(
    batch: Sequence[Entry], accounts: dict[Account, UUID], brand: UUID, late: bool = False
) -> dict[str, object]:
    """The parameters of OPENED and POSTED: accounts to open, without the purses, which are there; how many they are."""
    others = [account for account in accounts if not is_purse(account)]
    return {
        "brand": brand,
        "now": clock.now(),
        "late": late,
        "accounts": array(accounts[account] for account in others),
        "codes": bulk.array(account.code for account in others),
        "account_currencies": bulk.array(account.currency for account in others),
        "count": len(batch),
        "ids": array(transfer.id for transfer in batch),
        "debits": array(accounts[transfer.debit] for transfer in batch),
        "credits": array(accounts[transfer.credit] for transfer in batch),
        "amounts": bulk.array(str(transfer.amount_minor) for transfer in batch),
        "currencies": bulk.array(transfer.debit.currency for transfer in batch),
        "kinds": bulk.array(transfer.kind for transfer in batch),
        "subjects": array(transfer.subject_id for transfer in batch),
        "days": bulk.array(transfer.business_date.isoformat() for transfer in batch),
        "at": _stores(batch),
        "dimensions": bulk.array(msgspec.json.encode(transfer.dimensions).decode() for transfer in batch),
    }
