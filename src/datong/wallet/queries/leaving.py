"""What there is of balances, gift cards, points and vouchers, a page at a time: to leave as a table."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from datong.kernel.db import in_brand, rows
from datong.wallet.types import POINTS, VOUCHER
from datong.wallet.types.opening import Bring, Brought, Taken

PAGE = 1_000
WHICH = """
       AND (%(ids)s::uuid[] IS NULL OR x.id = ANY(%(ids)s::uuid[]))
       AND (%(after)s::uuid IS NULL OR x.id > %(after)s::uuid)
     ORDER BY x.id LIMIT %(limit)s
"""
# What is posted is owed, whether some of it is held for a payment or not.
MONEY = """
    SELECT x.id, x.customer_id, x.currency, x.state, x.expires_at, x.code_hash, x.code_end,
           coalesce((SELECT b.credits_minor - b.debits_minor FROM ledger_account a
                       JOIN ledger_balance b ON b.brand_id = a.brand_id AND b.account_id = a.id
                      WHERE a.brand_id = x.brand_id AND a.currency = x.currency
                        AND a.code = 'liability:purse:' || replace(x.id::text, '-', '') || ':principal'), 0)::bigint,
           coalesce((SELECT b.credits_minor - b.debits_minor FROM ledger_account a
                       JOIN ledger_balance b ON b.brand_id = a.brand_id AND b.account_id = a.id
                      WHERE a.brand_id = x.brand_id AND a.currency = x.currency
                        AND a.code = 'liability:purse:' || replace(x.id::text, '-', '') || ':bonus'), 0)::bigint,
           coalesce((SELECT t.face FROM wallet_takenover t WHERE t.brand_id = x.brand_id AND t.thing_id = x.id
                      AND t.kind = 'gift'),
                    (SELECT sum(u.principal_minor) FROM wallet_topup u
                      WHERE u.brand_id = x.brand_id AND u.purse_id = x.id), 0)::bigint
      FROM wallet_purse x
     WHERE x.brand_id = %(brand)s AND x.kind = %(purse)s AND x.state IN ('active', 'frozen')
"""
LOTS = """
    SELECT x.id, x.customer_id, p.code,
           (SELECT json_agg(json_build_array(l."left", l.expires_at) ORDER BY l.expires_at NULLS LAST, l.id)
              FROM wallet_lot l
             WHERE l.brand_id = x.brand_id AND l.purse_id = x.id AND l."left" > 0 AND NOT l.pending)::text
      FROM wallet_pointpurse x
      JOIN wallet_programme p ON p.brand_id = x.brand_id AND p.id = x.programme_id
     WHERE x.brand_id = %(brand)s
"""
CODES = """
    SELECT x.id, x.customer_id, o.code, x.code, x.state, x.ends_at
      FROM wallet_voucher x JOIN wallet_offer o ON o.brand_id = x.brand_id AND o.id = x.offer_id
     WHERE x.brand_id = %(brand)s
"""
READ = {Taken.STORED: MONEY, Taken.GIFT: MONEY, Taken.POINTS: LOTS, Taken.VOUCHER: CODES}
PURSE = {Taken.STORED: "prepaid", Taken.GIFT: "gift"}


def standing_things(brand: UUID, kind: Taken, ids: Collection[UUID]) -> dict[str, Brought]:
    """These purses, points or vouchers as they are now, by id; those of no worth any more are absent. One statement."""
    if not ids:
        return {}
    return {found.it.ref: found for found in _read(brand, kind, list(ids), None, len(ids))[0]}


def all_things(brand: UUID, kind: Taken) -> Iterator[list[Brought]]:
    """Everything of a kind that is worth something, by id, in pages of at most PAGE; a statement each.

    `it.ref` is the id. Of a gift card `detail` has the `hash` of its code, of a voucher its `code`. Frozen money and
    used vouchers are among them; points that are not active yet, and what a record owes, are not.
    """
    after: UUID | None = None
    while True:
        page, after = _read(brand, kind, None, after, PAGE)
        if page:
            yield page
        if after is None:
            return


def _read(
    brand: UUID, kind: Taken, ids: list[UUID] | None, after: UUID | None, limit: int
) -> tuple[list[Brought], UUID | None]:
    asked = {"brand": brand, "ids": ids, "after": after, "limit": limit, "purse": PURSE.get(kind)}
    with in_brand(brand):
        found = rows(READ[kind] + WHICH, asked)
    made = [one for row in found if (one := MADE[kind](row)) is not None]
    return made, found[-1][0] if ids is None and len(found) == limit else None


def _stored(row: Sequence[Any]) -> Brought | None:
    id, customer, currency, state, ends, _hash, _end, principal, bonus, _face = row
    if principal + bonus <= 0 or customer is None:
        return None
    it = Bring(Taken.STORED, str(id), currency, principal, customer, bonus=bonus, expires_at=ends, state=state)
    return Brought(it, id, spent=True)


def _gift(row: Sequence[Any]) -> Brought | None:
    id, _customer, currency, state, ends, code_hash, end, principal, bonus, face = row
    left = principal + bonus
    if left <= 0:
        return None
    it = Bring(Taken.GIFT, str(id), currency, left, face=max(face, left), expires_at=ends, state=state, code_end=end)
    return Brought(it, id, spent=True, detail={"hash": code_hash})


def _points(row: Sequence[Any]) -> Brought | None:
    id, customer, programme, text = row
    lots = tuple(msgspec.json.decode(text, type=list[tuple[int, datetime | None]])) if text else ()
    if not lots:
        return None
    total = sum(points for points, _ in lots)
    it = Bring(Taken.POINTS, str(id), POINTS, total, customer, group=programme, lots=lots)
    return Brought(it, id, spent=True)


def _voucher(row: Sequence[Any]) -> Brought | None:
    id, customer, offer, code, state, ends = row
    it = Bring(Taken.VOUCHER, str(id), VOUCHER, 1, customer, group=offer, expires_at=ends, state=state)
    return Brought(it, id, spent=True, detail={"code": code})


MADE = {Taken.STORED: _stored, Taken.GIFT: _gift, Taken.POINTS: _points, Taken.VOUCHER: _voucher}
