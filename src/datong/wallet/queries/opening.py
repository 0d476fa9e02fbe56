"""What was taken over from another system, and whether something was done with it since."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from datong.kernel.db import in_brand, rows
from datong.wallet.types.opening import Bring, Brought, Taken

# A purse is spent when its balance is not what was opened, money of it is held, or its state is not as it came.
MONEY = """
    SELECT t.ref, t.thing_id, t.customer_id, t.unit, t."group", t.principal, t.bonus, t.face, t.expires_at,
           t.detail::text,
           p.state <> coalesce(t.detail->>'state', 'active')
           OR coalesce((SELECT b.credits_minor - b.debits_minor - b.held_debits_minor FROM ledger_account a
                          JOIN ledger_balance b ON b.brand_id = a.brand_id AND b.account_id = a.id
                         WHERE a.brand_id = t.brand_id AND a.currency = t.unit
                           AND a.code = 'liability:purse:' || replace(t.thing_id::text, '-', '') || ':principal'), 0)
              <> t.principal
           OR coalesce((SELECT b.credits_minor - b.debits_minor - b.held_debits_minor FROM ledger_account a
                          JOIN ledger_balance b ON b.brand_id = a.brand_id AND b.account_id = a.id
                         WHERE a.brand_id = t.brand_id AND a.currency = t.unit
                           AND a.code = 'liability:purse:' || replace(t.thing_id::text, '-', '') || ':bonus'), 0)
              <> t.bonus
           OR EXISTS (SELECT 1 FROM wallet_topup u
                       WHERE u.brand_id = t.brand_id AND u.purse_id = t.thing_id
                         AND (u.method <> 'opening' OR u.back_minor > 0))
      FROM unnest(%(refs)s::text[]) r(ref)
      JOIN wallet_takenover t ON t.brand_id = %(brand)s AND t.kind = %(kind)s AND t.ref = r.ref
      JOIN wallet_purse p ON p.brand_id = t.brand_id AND p.id = t.thing_id
"""
POINTS = """
    SELECT t.ref, t.thing_id, t.customer_id, t.unit, t."group", t.principal, t.bonus, t.face, t.expires_at,
           t.detail::text,
           EXISTS (SELECT 1 FROM jsonb_array_elements_text(t.detail->'ids') i(id)
                     JOIN wallet_lot l ON l.brand_id = t.brand_id AND l.id = i.id::uuid
                    WHERE l."left" < l.points)
      FROM unnest(%(refs)s::text[]) r(ref)
      JOIN wallet_takenover t ON t.brand_id = %(brand)s AND t.kind = %(kind)s AND t.ref = r.ref
"""
VOUCHERS = """
    SELECT t.ref, t.thing_id, t.customer_id, t.unit, t."group", t.principal, t.bonus, t.face, t.expires_at,
           t.detail::text, v.state <> t.detail->>'state'
      FROM unnest(%(refs)s::text[]) r(ref)
      JOIN wallet_takenover t ON t.brand_id = %(brand)s AND t.kind = %(kind)s AND t.ref = r.ref
      JOIN wallet_voucher v ON v.brand_id = t.brand_id AND v.id = t.thing_id
"""
READ = {Taken.STORED: MONEY, Taken.GIFT: MONEY, Taken.POINTS: POINTS, Taken.VOUCHER: VOUCHERS}


def taken_over(brand_id: UUID, kind: Taken, refs: Collection[str]) -> dict[str, Brought]:
    """What stands under these refs; one statement."""
    if not refs:
        return {}
    with in_brand(brand_id):
        found = rows(READ[kind], {"brand": brand_id, "kind": kind.value, "refs": list(refs)})
    return {row[0]: _brought(kind, row) for row in found}


def _brought(kind: Taken, row: Sequence[Any]) -> Brought:
    ref, thing_id, customer_id, unit, group, principal, bonus, face, expires_at, text, spent = row
    detail = msgspec.json.decode(text)
    made = Bring(
        kind=kind,
        ref=ref,
        unit=unit,
        principal=principal,
        customer_id=customer_id,
        group=group,
        bonus=bonus,
        face=face,
        expires_at=expires_at,
        state=detail.get("state", "active"),
        code_end=detail.get("end", ""),
        lots=tuple((points, datetime.fromisoformat(ends) if ends else None) for points, ends in detail.get("lots", ())),
    )
    return Brought(made, thing_id, bool(spent), detail)


GIFTS = "SELECT code_hash FROM wallet_purse WHERE brand_id = %s AND code_hash = ANY(%s::text[])"
CODES = "SELECT code FROM wallet_voucher WHERE brand_id = %s AND code = ANY(%s::text[])"


def codes_in_use(brand_id: UUID, kind: Taken, codes: Collection[str]) -> set[str]:
    """Those of the codes (of gift cards: their hashes) that a card or voucher here has; one statement."""
    with in_brand(brand_id):
        return {code for (code,) in rows(GIFTS if kind is Taken.GIFT else CODES, [brand_id, list(codes)])}
