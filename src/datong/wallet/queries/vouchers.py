"""Reads of vouchers: offers, batches with their progress, one voucher with what became of it, a person's, the lists."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from datong.customers.api import records_of
from datong.kernel import clock
from datong.kernel.db import in_brand, rows
from datong.kernel.errors import NotFound
from datong.wallet.types import Batch, Offer, Redemption, Voucher, VoucherState

MAX_PAGE = 1_000
VOUCHER_COLUMNS = "id, offer_id, code, state, issued_at, starts_at, ends_at, customer_id, batch_id, price_minor"

OFFERS = "SELECT settings::text FROM wallet_offer WHERE brand_id = %(brand)s ORDER BY active DESC, id DESC LIMIT 500"


def offers(brand_id: UUID) -> list[Offer]:
    """What vouchers there can be, those in force first, the newest first; at most 500."""
    with in_brand(brand_id):
        return [msgspec.json.decode(text, type=Offer) for (text,) in rows(OFFERS, {"brand": brand_id})]


OFFER = "SELECT settings::text FROM wallet_offer WHERE brand_id = %(brand)s AND (code = %(code)s OR id = %(id)s)"


def offer(brand_id: UUID, code: str = "", *, id: UUID | None = None) -> Offer:
    """One offer by its code or id. Raises NotFound."""
    with in_brand(brand_id):
        found = rows(OFFER, {"brand": brand_id, "code": code, "id": id})
    if not found:
        raise NotFound(f"no offer {code or id}")
    return msgspec.json.decode(found[0][0], type=Offer)


def voucher_of(row: Sequence[Any]) -> Voucher:
    """A row of VOUCHER_COLUMNS."""
    id_, offer_id, code, state, *rest = row
    return Voucher(id_, offer_id, code, VoucherState(state), *rest)


OF_PERSON = f"""
    SELECT {VOUCHER_COLUMNS} FROM wallet_voucher
     WHERE brand_id = %(brand)s AND customer_id = ANY(%(records)s::uuid[])
       AND (NOT %(active)s OR (state = 'active' AND (ends_at IS NULL OR ends_at > %(now)s)))
     ORDER BY id DESC LIMIT %(limit)s
"""  # noqa: S608  constants only


def vouchers_of(brand_id: UUID, customer_id: UUID, *, active: bool = True, limit: int = 100) -> list[Voucher]:
    """A person's vouchers over all records of theirs, the newest first; `active`: those that can still be redeemed."""
    with in_brand(brand_id):
        records = records_of(brand_id, [customer_id]).get(customer_id, ()) or (customer_id,)
        key = {"brand": brand_id, "records": list(records), "active": active, "now": clock.now()}
        return [voucher_of(row) for row in rows(OF_PERSON, {**key, "limit": min(limit, MAX_PAGE)})]


BY_CODE = f"""
    SELECT {VOUCHER_COLUMNS} FROM wallet_voucher WHERE brand_id = %(brand)s AND code = ANY(%(codes)s::text[]) LIMIT 1
"""  # noqa: S608


def find_voucher(brand_id: UUID, codes: Sequence[str]) -> Voucher | None:
    """The voucher of a code, in any of its spellings."""
    with in_brand(brand_id):
        found = rows(BY_CODE, {"brand": brand_id, "codes": list(codes)})
    return voucher_of(found[0]) if found else None


ACTS = """
    SELECT a.id, a.voucher_id, a.at, a.by, a.store, a.channel, a.value_minor, a.subject_id, r.at, r.by, r.reason
      FROM wallet_voucheract a
      LEFT JOIN wallet_voucheract r ON r.brand_id = a.brand_id AND r.key = 'reverse:' || a.id::text
     WHERE a.brand_id = %(brand)s AND a.kind = 'redeem'
       AND (a.voucher_id = %(voucher)s OR a.key = %(key)s OR a.id = %(id)s)
     ORDER BY a.id DESC LIMIT 100
"""


def redemptions_of(
    brand_id: UUID, voucher_id: UUID | None = None, *, key: str | None = None, id: UUID | None = None
) -> list[Redemption]:
    """What was redeemed of one voucher, or under one key or id, the newest first."""
    with in_brand(brand_id):
        found = rows(ACTS, {"brand": brand_id, "voucher": voucher_id, "key": key, "id": id})
    return [
        Redemption(act, voucher, at, by, store, channel, value, subject, undone, undone_by or "", reason or "")
        for act, voucher, at, by, store, channel, value, subject, undone, undone_by, reason in found
    ]


BATCHES = """
    SELECT b.id, b.offer_id, b.name, b.wanted, b.made,
           (SELECT count(*) FROM wallet_voucher v
             WHERE v.brand_id = b.brand_id AND v.batch_id = b.id AND v.state = 'redeemed')::int, b.by, b.at
      FROM wallet_voucherbatch b
     WHERE b.brand_id = %(brand)s AND (%(id)s::uuid IS NULL OR b.id = %(id)s)
       AND (%(offer)s::uuid IS NULL OR b.offer_id = %(offer)s)
     ORDER BY b.id DESC LIMIT 200
"""


def batches(brand_id: UUID, *, offer_id: UUID | None = None, id: UUID | None = None) -> list[Batch]:
    """Batches with how far they are made and redeemed, the newest first; at most 200."""
    with in_brand(brand_id):
        return [Batch(*row) for row in rows(BATCHES, {"brand": brand_id, "offer": offer_id, "id": id})]


OF_BATCH = f"""
    SELECT {VOUCHER_COLUMNS} FROM wallet_voucher
     WHERE brand_id = %(brand)s AND batch_id = %(batch)s AND (%(after)s::uuid IS NULL OR id > %(after)s::uuid)
     ORDER BY id LIMIT %(limit)s
"""  # noqa: S608


def batch_vouchers(brand_id: UUID, batch_id: UUID, *, after: UUID | None = None, limit: int = 100) -> list[Voucher]:
    """A page of a batch, in the order they were made; `after` is the last of the page before."""
    key = {"brand": brand_id, "batch": batch_id, "after": after, "limit": min(limit, MAX_PAGE)}
    with in_brand(brand_id):
        return [voucher_of(row) for row in rows(OF_BATCH, key)]


OFFLINE = """
    SELECT v.id::text, v.code, v.ends_at, o.settings::text FROM wallet_voucher v
      JOIN wallet_offer o ON o.brand_id = v.brand_id AND o.id = v.offer_id
     WHERE v.brand_id = %(brand)s AND v.state = 'active' AND (v.ends_at IS NULL OR v.ends_at > %(now)s)
       AND (jsonb_array_length(o.settings->'stores') = 0 OR o.settings->'stores' ? %(store)s)
       AND (%(after)s::text = '' OR v.id::text > %(after)s::text)
     ORDER BY v.id LIMIT %(limit)s
"""


def offline_vouchers(
    brand_id: UUID, store: str, *, after: str = "", limit: int = MAX_PAGE
) -> tuple[list[tuple[str, datetime | None, Offer]], str | None]:
    """What a store may redeem without network: a page of (code, until when, offer), and where the next page begins."""
    key = {"brand": brand_id, "now": clock.now(), "store": store, "after": after, "limit": min(limit, MAX_PAGE)}
    with in_brand(brand_id):
        found = rows(OFFLINE, key)
    told = [(code, ends, msgspec.json.decode(text, type=Offer)) for _, code, ends, text in found]
    return told, found[-1][0] if len(found) == key["limit"] else None


COUNTS = """
    SELECT o.code, count(v.id) FILTER (WHERE v.state = 'active')::int,
           count(v.id) FILTER (WHERE v.state = 'redeemed')::int,
           count(v.id) FILTER (WHERE v.state IN ('expired', 'void'))::int
      FROM wallet_offer o LEFT JOIN wallet_voucher v ON v.brand_id = o.brand_id AND v.offer_id = o.id
     WHERE o.brand_id = %(brand)s GROUP BY o.code
"""


def voucher_counts(brand_id: UUID) -> dict[str, tuple[int, int, int]]:
    """By offer: how many can be redeemed, were redeemed, are gone."""
    with in_brand(brand_id):
        return {code: (active, redeemed, gone) for code, active, redeemed, gone in rows(COUNTS, {"brand": brand_id})}
