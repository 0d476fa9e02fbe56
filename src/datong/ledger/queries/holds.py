"""Reads of purses and holds."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from datong.kernel import bulk
from datong.kernel.db import in_brand, rows
from datong.ledger import rules
from datong.ledger.types import Account, Available, Held, Hold, HoldStep, StepKind

AVAILABLE = """
    SELECT account_id, credits_minor - debits_minor, held_debits_minor, floor_minor FROM ledger_balance
     WHERE brand_id = %(brand)s AND account_id = ANY(%(ids)s::uuid[])
"""


def available(brand_id: UUID, accounts: Iterable[Account]) -> dict[Account, Available]:
    """What each purse account has now; one that never moved has nothing. One statement."""
    ids = {rules.account_id(brand_id, account): account for account in accounts}
    with in_brand(brand_id):
        found = {id: Available(*figures) for id, *figures in rows(AVAILABLE, {"brand": brand_id, "ids": list(ids)})}
    return {account: found.get(id, Available()) for id, account in ids.items()}


HELD = """
    SELECT h.id, d.code, d.currency, c.code, c.currency, h.amount_minor, h.kind, h.subject_id, h.business_date,
           h.expires_at, h.dimensions, h.held_at, s.captured, s.released
      FROM ledger_hold h
      JOIN ledger_account d ON d.brand_id = h.brand_id AND d.id = h.debit_id
      JOIN ledger_account c ON c.brand_id = h.brand_id AND c.id = h.credit_id
     CROSS JOIN LATERAL (
           SELECT coalesce(sum(x.amount_minor) FILTER (WHERE x.what = 'capture'), 0)::bigint AS captured,
                  coalesce(sum(x.amount_minor) FILTER (WHERE x.what <> 'capture'), 0)::bigint AS released
             FROM ledger_holdstep x WHERE x.brand_id = %(brand)s AND x.hold_id = h.id) s
"""
HOLDS_BY_ID = f"{HELD} WHERE h.brand_id = %(brand)s AND h.id = ANY(%(ids)s::uuid[]) ORDER BY h.id"
HOLDS_OF = f"{HELD} WHERE h.brand_id = %(brand)s AND h.subject_id = ANY(%(ids)s::uuid[]) ORDER BY h.id"


def holds_by_id(brand_id: UUID, ids: Sequence[UUID]) -> list[Held]:
    """These holds as they stand, those that exist; one statement."""
    with in_brand(brand_id):
        return [_held(row) for row in rows(HOLDS_BY_ID, {"brand": brand_id, "ids": bulk.array(id.hex for id in ids)})]


def holds_of(brand_id: UUID, subject_ids: Sequence[UUID]) -> list[Held]:
    """The holds about these subjects (orders), as they stand; one statement."""
    with in_brand(brand_id):
        return [_held(row) for row in rows(HOLDS_OF, {"brand": brand_id, "ids": list(subject_ids)})]


def _held(row: tuple[Any, ...]) -> Held:
    (id, debit, debit_in, credit, credit_in, amount, kind, subject, day, expires_at, dimensions, *figures) = row
    return Held(
        Hold(
            id=id,
            debit=Account(debit, debit_in),
            credit=Account(credit, credit_in),
            amount_minor=amount,
            kind=kind,
            subject_id=subject,
            business_date=day,
            expires_at=expires_at,
            dimensions=msgspec.json.decode(dimensions),
        ),
        *figures,
    )


STEPS = """
    SELECT id, hold_id, what, amount_minor FROM ledger_holdstep
     WHERE brand_id = %(brand)s AND id = ANY(%(ids)s::uuid[])
"""


def steps_by_id(brand_id: UUID, ids: Sequence[UUID]) -> dict[UUID, HoldStep]:
    with in_brand(brand_id):
        found = rows(STEPS, {"brand": brand_id, "ids": list(ids)})
    return {id: HoldStep(id, hold_id, StepKind(what), amount) for id, hold_id, what, amount in found}


DUE = """
    SELECT h.id FROM ledger_hold h
     WHERE h.brand_id = %(brand)s AND h.expires_at > %(since)s AND h.expires_at <= %(now)s
       AND h.amount_minor > (SELECT coalesce(sum(x.amount_minor), 0) FROM ledger_holdstep x
                              WHERE x.brand_id = %(brand)s AND x.hold_id = h.id)
     ORDER BY h.expires_at, h.id LIMIT %(limit)s
"""


def holds_due(brand_id: UUID, *, since: datetime, now: datetime, limit: int) -> list[UUID]:
    """Holds whose time passed after `since` and of which something is left."""
    with in_brand(brand_id):
        return [id for (id,) in rows(DUE, {"brand": brand_id, "since": since, "now": now, "limit": limit})]
