"""Taking back what was posted, and exchanging currencies: new transfers, nothing rewritten."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from uuid import UUID

from datong.kernel import audit, clock
from datong.kernel.db import in_brand, rows
from datong.kernel.errors import BadValue, Conflict, NotFound, Problem
from datong.ledger import rules
from datong.ledger.actions.post import post
from datong.ledger.queries import transfers_by_id
from datong.ledger.types import Exchange, Reversal, Transfer

REVERSE = """
    INSERT INTO ledger_reversal (brand_id, transfer_id, reversal_id, reason, by, at)
    SELECT %(brand)s, r.*, %(by)s, %(now)s FROM unnest(%(transfers)s::uuid[], %(ids)s::uuid[], %(reasons)s::text[]) r(t)
     ORDER BY r.t
    ON CONFLICT DO NOTHING
"""
REVERSED = """
    SELECT transfer_id, reversal_id FROM ledger_reversal
     WHERE brand_id = %(brand)s AND transfer_id = ANY(%(transfers)s::uuid[])
"""
MAX_REASON = 200


def reverse(reversals: Sequence[Reversal], *, brand: UUID, by: str) -> int:
    """Take back transfers, all or none, each by one new transfer the other way round: how many are new.

    A transfer is taken back once: a second reversal of it is a Conflict `already_reversed`, the same one again changes
    nothing. Raises NotFound for a transfer there is not, and what `post` raises (a purse that has spent the money).
    """
    for reversal in reversals:
        if not 0 < len(reversal.reason.strip()) <= MAX_REASON:
            raise BadValue("reason", reversal.reason, f"why, in 1 to {MAX_REASON} characters")
    wanted = {reversal.transfer_id: reversal for reversal in reversals}
    if not wanted:
        return 0
    with in_brand(brand):
        there = {posted.transfer.id: posted.transfer for posted in transfers_by_id(brand, list(wanted))}
        for missing in wanted.keys() - there.keys():
            problem = Problem("transfer_id", "unknown_transfer", "a transfer that was posted", str(missing))
            raise NotFound(f"there is no transfer {missing}", problem)
        params = {
            "brand": brand,
            "by": by[:120],
            "now": clock.now(),
            "transfers": list(wanted),
            "ids": [reversal.id for reversal in wanted.values()],
            "reasons": [reversal.reason.strip() for reversal in wanted.values()],
        }
        rows(f"{REVERSE} RETURNING transfer_id", params)
        for transfer_id, reversal_id in rows(REVERSED, params):
            if reversal_id != wanted[transfer_id].id:
                problem = Problem("transfer_id", "already_reversed", "a transfer that stands", str(transfer_id))
                raise Conflict(f"transfer {transfer_id} was taken back by {reversal_id}", problem)
        new = post([_back(there[id], reversal) for id, reversal in wanted.items()], brand=brand)
        if new:
            for id, reversal in wanted.items():
                after = {"reversal": reversal.id, "amount_minor": there[id].amount_minor}
                audit.record(
                    brand=brand,
                    actor=by,
                    verb="transfer.reverse",
                    subject=f"transfer {id}",
                    after=after,
                    reason=reversal.reason,
                )
    return new


def _back(transfer: Transfer, reversal: Reversal) -> Transfer:
    return replace(
        transfer,
        id=reversal.id,
        debit=transfer.credit,
        credit=transfer.debit,
        kind="reversal",
        business_date=reversal.business_date,
        dimensions={**transfer.dimensions, "reverses": str(transfer.id)},
    )


def exchange(exchanges: Sequence[Exchange], *, brand: UUID) -> int:
    """Post exchanges of currency, all or none, two linked transfers each: how many transfers are new.

    They go through `clearing:exchange:<sold>-<bought>`, which keeps the position by currency; `verify` proves each pair
    against its rate. Raises BadInput for amounts that do not fit the rate, and what `post` raises.
    """
    return post([leg for each in exchanges for leg in rules.legs_of(each)], brand=brand)
