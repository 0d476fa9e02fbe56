"""Taking purses in hand: their balance rows are there and locked, always in the order of the accounts."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import TypeVar
from uuid import UUID

from django.db import IntegrityError

from datong.kernel import bulk, clock
from datong.kernel.db import execute, rows, savepoint
from datong.kernel.errors import Conflict
from datong.ledger import rules
from datong.ledger.types import Account, Entry, GroupOutcome, Standing, is_purse

E = TypeVar("E", bound=Entry)

OPENED = """
    WITH opened AS (
        INSERT INTO ledger_account (brand_id, id, code, currency, kind, opened_at)
        SELECT %(brand)s, a.id, a.code, a.currency, split_part(a.code, ':', 1), %(now)s
          FROM unnest(%(accounts)s::uuid[], %(codes)s::text[], %(account_currencies)s::text[]) a(id, code, currency)
         WHERE NOT EXISTS (SELECT 1 FROM ledger_account x WHERE x.brand_id = %(brand)s AND x.id = a.id)
         ORDER BY a.id                         -- all batches open accounts in one order
        ON CONFLICT DO NOTHING                -- any constraint: two at once may meet at the code before the id
    )
"""
OPEN = f"""
    {OPENED}
    INSERT INTO ledger_balance (brand_id, account_id, debits_minor, credits_minor, held_debits_minor,
                                held_credits_minor, floor_minor)
    SELECT %(brand)s, a.id, 0, 0, 0, 0, 0 FROM unnest(%(accounts)s::uuid[]) a(id)
     WHERE NOT EXISTS (SELECT 1 FROM ledger_balance b WHERE b.brand_id = %(brand)s AND b.account_id = a.id)
     ORDER BY a.id
    ON CONFLICT DO NOTHING
"""  # noqa: S608 (constants)
LOCK = """
    SELECT account_id, debits_minor, credits_minor, held_debits_minor, held_credits_minor, floor_minor
      FROM ledger_balance WHERE brand_id = %(brand)s AND account_id = ANY(%(ids)s::uuid[])
       AND (SELECT count(*) FROM ledger_balance x
             WHERE x.brand_id = %(brand)s AND x.account_id = ANY(%(ids)s::uuid[])) = %(count)s
     ORDER BY account_id FOR UPDATE
"""


MOVED = """
        UPDATE ledger_balance b
           SET debits_minor = b.debits_minor + m.debits, credits_minor = b.credits_minor + m.credits,
               held_debits_minor = b.held_debits_minor + m.held_debits,
               held_credits_minor = b.held_credits_minor + m.held_credits
          FROM unnest(%(moved)s::uuid[], %(moved_debits)s::bigint[], %(moved_credits)s::bigint[],
                      %(moved_held_debits)s::bigint[], %(moved_held_credits)s::bigint[])
               AS m(id, debits, credits, held_debits, held_credits)
         WHERE b.brand_id = %(brand)s AND b.account_id = m.id
"""
"""Balance rows that are locked move by what was added up here: PostgreSQL would take longer to add the same."""


def ids_of(brand: UUID, entries: Iterable[Entry]) -> dict[Account, UUID]:
    """Every account the entries name, with its id."""
    accounts: dict[Account, UUID] = {}
    for entry in entries:
        for account in (entry.debit, entry.credit):
            if account not in accounts:
                accounts[account] = rules.account_id(brand, account)
    return accounts


def take_purses(accounts: dict[Account, UUID], brand: UUID) -> dict[Account, Standing]:
    """Lock the purses among the accounts and read how they stand: one statement; three where a purse is new; none
    where there is no purse.

    All rows or none are locked. Those that are missing are opened first and not after some are locked: so nobody who
    holds a lock waits for one that comes earlier in the order.
    """
    purses = {id: account for account, id in accounts.items() if is_purse(account)}
    if not purses:
        return {}
    ids = array(purses)
    wanted = {"brand": brand, "ids": ids, "count": len(purses)}
    found = rows(LOCK, wanted)
    if not found:
        execute(
            OPEN,
            {
                "brand": brand,
                "now": clock.now(),
                "accounts": ids,
                "codes": bulk.array(account.code for account in purses.values()),
                "account_currencies": bulk.array(account.currency for account in purses.values()),
            },
        )
        found = rows(LOCK, wanted)
    return {purses[id]: Standing(*figures) for id, *figures in found}


class _Repeated(Exception):  # noqa: N818 (nobody's error: a part is there already)
    """Not everything was new."""


def serve(
    batches: Sequence[Sequence[E]],
    accounts: dict[Account, UUID],
    brand: UUID,
    *,
    write: Callable[[Sequence[E], Mapping[str, object]], Collection[UUID] | None],
    there: Callable[[], Mapping[UUID, E]],
) -> list[GroupOutcome]:
    """Groups in order under the locks of their purses, each all or nothing: what became of each.

    At first everything is taken for new, as it mostly is: then nothing is looked up. Where something does not fit, or
    turns out to be there, it is done again with what `there` reads, after the locks and in a statement of its own:
    what a winner of the race wrote is seen. `write` gets the entries and the parameters of MOVED, and moves the
    balances if all of the entries are new: it says None then, otherwise which are. It raises where one is there with
    another content.
    """
    standings, now = take_purses(accounts, brand), clock.now()
    served = rules.serve(batches, dict(standings), {}, now)
    # A lone group that gives no purse anything needs no way back: a part that was there leaves more, not less.
    lone = len(batches) == 1 and not any(is_purse(entry.credit) for entry in batches[0])

    def wrote(fresh: Sequence[E]) -> Collection[UUID] | None:
        new = write(fresh, moved(rules.moves(fresh), accounts))
        if new is not None:
            part = [entry for entry in fresh if entry.id in new]
            execute(MOVED, {"brand": brand, **moved(rules.moves(part), accounts)})
        return new

    if not any(group.refused for group in served):
        fresh = [entry for group in served for entry in group.fresh]
        if lone:
            return _outcomes(served, wrote(fresh))
        try:
            with savepoint():
                if write(fresh, moved(rules.moves(fresh), accounts)) is not None:
                    raise _Repeated
            return _outcomes(served, None)
        except (_Repeated, Conflict, IntegrityError):
            pass
    served = rules.serve(batches, standings, there(), now)
    fresh = [entry for group in served for entry in group.fresh]
    return _outcomes(served, wrote(fresh) if fresh else ())


def _outcomes(served: Iterable[rules.Served[E]], new: Collection[UUID] | None) -> list[GroupOutcome]:
    """`new` is None when all are."""
    return [
        GroupOutcome(
            len(group.fresh) if new is None else sum(entry.id in new for entry in group.fresh),
            group.refused,
        )
        for group in served
    ]


def moved(moves: Mapping[Account, Standing], accounts: Mapping[Account, UUID]) -> dict[str, object]:
    """The parameters of MOVED: what each purse is moved by."""
    sums = list(moves.values())
    return {
        "moved": array(accounts[account] for account in moves),
        "moved_debits": _numbers(each.debits for each in sums),
        "moved_credits": _numbers(each.credits for each in sums),
        "moved_held_debits": _numbers(each.held_debits for each in sums),
        "moved_held_credits": _numbers(each.held_credits for each in sums),
    }


def _numbers(values: Iterable[int]) -> str:
    return "{" + ",".join(map(str, values)) + "}"


def purse_ids(accounts: dict[Account, UUID]) -> str:
    return array(id for account, id in accounts.items() if is_purse(account))


def array(ids: Iterable[UUID]) -> str:
    """Ids as `kernel.bulk.array` writes them."""
    return "{" + ",".join([id.hex for id in ids]) + "}"
