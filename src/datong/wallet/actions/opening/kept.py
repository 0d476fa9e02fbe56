"""What was taken over is written down once; what is taken back is struck out. And the trail of both."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from uuid import UUID

import msgspec

from datong.kernel import audit, clock
from datong.kernel.db import execute, rows
from datong.kernel.errors import Conflict
from datong.wallet.queries.opening import taken_over
from datong.wallet.types.opening import Bring, Brought, Taken

Step = tuple[Bring | None, Bring | None]
"""What a thing is, and what it shall be; None where there is nothing."""

KEEP = """
    INSERT INTO wallet_takenover (brand_id, kind, ref, thing_id, customer_id, unit, "group", principal, bonus, face,
                                  expires_at, detail, run_id, at)
    SELECT %(brand)s, %(kind)s, t.ref, t.thing, t.customer, t.unit, t.grp, t.principal, t.bonus, t.face, t.ends,
           t.detail, %(run)s, %(now)s
      FROM unnest(%(refs)s::text[], %(things)s::uuid[], %(customers)s::uuid[], %(units)s::text[], %(groups)s::text[],
                  %(principals)s::bigint[], %(bonuses)s::bigint[], %(faces)s::bigint[], %(ends)s::timestamptz[],
                  %(details)s::jsonb[])
           t(ref, thing, customer, unit, grp, principal, bonus, face, ends, detail) ORDER BY t.ref
    ON CONFLICT (brand_id, kind, ref) DO NOTHING
    RETURNING ref
"""
STRIKE = "DELETE FROM wallet_takenover WHERE brand_id = %s AND kind = %s AND ref = ANY(%s::text[])"
LOCK = """
    SELECT ref FROM wallet_takenover WHERE brand_id = %s AND kind = %s AND ref = ANY(%s::text[]) ORDER BY ref FOR UPDATE
"""

LOCK_PURSES = """
    SELECT id FROM wallet_purse
     WHERE brand_id = %s AND id IN (SELECT thing_id FROM wallet_takenover
                                     WHERE brand_id = %s AND kind = %s AND ref = ANY(%s::text[]))
     ORDER BY id FOR NO KEY UPDATE
"""


def keep(
    kind: Taken,
    made: Sequence[tuple[Bring, UUID]],
    run: UUID,
    brand: UUID,
    details: Mapping[UUID, Mapping[str, object]] | None = None,
) -> None:
    """Write down what was taken over. Conflict for what somebody else has taken over at this moment."""
    if not made:
        return
    new = rows(
        KEEP,
        {
            "brand": brand,
            "kind": kind.value,
            "run": run,
            "now": clock.now(),
            "refs": [it.ref for it, _ in made],
            "things": [thing for _, thing in made],
            "customers": [it.customer_id for it, _ in made],
            "units": [it.unit for it, _ in made],
            "groups": [it.group for it, _ in made],
            "principals": [it.principal for it, _ in made],
            "bonuses": [it.bonus for it, _ in made],
            "faces": [it.face for it, _ in made],
            "ends": [it.expires_at for it, _ in made],
            "details": [msgspec.json.encode((details or {}).get(thing, {})).decode() for _, thing in made],
        },
    )
    if len(new) < len(made):
        raise Conflict("it was taken over already")


def standing(kind: Taken, steps: Sequence[Step], brand: UUID) -> dict[str, Brought]:
    """What stands of the things that are to go, locked; Conflict when something was done with one since."""
    refs = [before.ref for before, _ in steps if before is not None]
    if not refs:
        return {}
    rows(LOCK, [brand, kind.value, refs])
    if kind in (Taken.STORED, Taken.GIFT):  # whoever takes money off a purse locks its row first
        rows(LOCK_PURSES, [brand, brand, kind.value, refs])
    found = taken_over(brand, kind, refs)
    for ref in refs:
        if ref not in found:
            raise Conflict("it was taken back already")
        if found[ref].spent:
            raise Conflict("something was done with it since")
    return found


def strike(kind: Taken, refs: Sequence[str], brand: UUID) -> None:
    if refs:
        execute(STRIKE, [brand, kind.value, list(refs)])


def trail(kind: Taken, steps: Sequence[Step], brand: UUID, by: str, run: UUID) -> None:
    """One entry for many: how many came and went, and what they come to by unit."""
    sums: dict[str, int] = {}
    for before, after in steps:
        for it, sign in ((before, -1), (after, 1)):
            if it is not None:
                sums[it.unit] = sums.get(it.unit, 0) + sign * (it.principal + it.bonus)
    came = sum(after is not None for _, after in steps)
    gone = sum(before is not None for before, _ in steps)
    audit.record(
        brand=brand,
        actor=by,
        verb="wallet.take_over",
        subject=f"import {run}",
        after={"kind": kind.value, "came": came, "gone": gone, "sums": sums},
    )
