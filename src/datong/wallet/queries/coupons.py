"""Reads of platforms' coupons: where we verify, what deals are ours, what was verified, what a day comes to."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec

from datong.kernel.db import in_brand, rows
from datong.kernel.pages import read_cursor, write_cursor
from datong.kernel.secrets import unseal
from datong.wallet.types.coupons import (
    Connection,
    Coupon,
    CouponState,
    CouponTotals,
    CouponUnknown,
    Deal,
    Platform,
    Wanted,
)

MAX_PAGE = 1_000

CONNECTIONS = """
    SELECT platform, base_url, active, shops::text, changed_at, changed_by FROM wallet_couponplatform
     WHERE brand_id = %(brand)s ORDER BY platform
"""


def coupon_platforms(brand_id: UUID) -> list[Connection]:
    """The platforms we verify at, without their credentials."""
    with in_brand(brand_id):
        found = rows(CONNECTIONS, {"brand": brand_id})
    return [
        Connection(Platform(name), url, active, tuple(map(UUID, msgspec.json.decode(shops))), at, by)
        for name, url, active, shops, at, by in found
    ]


DEALS = """
    SELECT platform, deal_id, title, sku, value_minor, seen_at, by FROM wallet_coupondeal
     WHERE brand_id = %(brand)s AND (%(platform)s::text IS NULL OR platform = %(platform)s)
       AND (%(ids)s::text[] IS NULL OR deal_id = ANY(%(ids)s::text[]))
       AND (platform, deal_id) > (%(after)s::text, %(after_id)s::text)
     ORDER BY platform, deal_id LIMIT %(limit)s
"""


def coupon_deals(
    brand_id: UUID,
    platform: Platform | None = None,
    *,
    ids: Iterable[str] | None = None,
    after: tuple[str, str] = ("", ""),
    limit: int = 100,
) -> list[Deal]:
    """Deals by platform and number, from the one after `after` on; those nobody mapped have no `sku`."""
    key = {"brand": brand_id, "platform": platform and platform.value, "ids": None if ids is None else list(ids)}
    with in_brand(brand_id):
        found = rows(DEALS, {**key, "after": after[0], "after_id": after[1], "limit": min(limit, MAX_PAGE)})
    return [Deal(Platform(row[0]), *row[1:]) for row in found]


COUNT_UNMAPPED = "SELECT count(*) FROM wallet_coupondeal WHERE brand_id = %s AND sku = ''"


def unmapped_deals(brand_id: UUID) -> int:
    with in_brand(brand_id):
        return int(rows(COUNT_UNMAPPED, [brand_id])[0][0])


COLUMNS = """c.id, c.platform, c.certificate_id, c.code_end, c.deal_id, c.title, c.sku, c.currency, c.face_minor,
    c.price_minor, c.paid_minor, c.platform_minor, c.merchant_minor, c.value_minor, c.owed_minor, c.store_id, c.state,
    c.at, c.by, c.cancel_until, c.alone, c.payment_id, c.cancelled_at, c.cancelled_by, c.reason,
    c.rest_minor, c.rest_at"""


def coupon_of(row: Sequence[Any]) -> Coupon:
    """A row of COLUMNS."""
    told: tuple[Any, ...] = (row[0], Platform(row[1]), *row[2:16], CouponState(row[16]), *row[17:])
    return Coupon(*told)


BY_ID = f"SELECT {COLUMNS} FROM wallet_coupon c WHERE c.brand_id = %s AND c.id = ANY(%s::uuid[]) ORDER BY c.id"  # noqa: S608


def get_coupons(brand_id: UUID, ids: Iterable[UUID]) -> dict[UUID, Coupon]:
    """These coupons, those that exist; one statement."""
    with in_brand(brand_id):
        return {row[0]: coupon_of(row) for row in rows(BY_ID, [brand_id, list(ids)])}


def get_coupon(brand_id: UUID, coupon_id: UUID) -> Coupon:
    found = get_coupons(brand_id, [coupon_id])
    if not found:
        raise CouponUnknown(f"no coupon {coupon_id} was verified here")
    return found[coupon_id]


OF_ASK = f"SELECT {COLUMNS} FROM wallet_coupon c WHERE c.brand_id = %s AND c.ask_id = %s ORDER BY c.id"  # noqa: S608


def coupons_of_ask(brand_id: UUID, ask_id: UUID) -> list[Coupon]:
    with in_brand(brand_id):
        return [coupon_of(row) for row in rows(OF_ASK, [brand_id, ask_id])]


LIST = f"""
    SELECT {COLUMNS} FROM wallet_coupon c
     WHERE c.brand_id = %(brand)s AND (%(after)s::uuid IS NULL OR c.id < %(after)s::uuid)
       AND (%(platform)s::text IS NULL OR c.platform = %(platform)s)
       AND (%(stores)s::uuid[] IS NULL OR c.store_id = ANY(%(stores)s::uuid[]))
       AND (%(since)s::timestamptz IS NULL OR c.at >= %(since)s::timestamptz)
       AND (%(until)s::timestamptz IS NULL OR c.at < %(until)s::timestamptz)
       AND (%(text)s::text = '' OR c.title ILIKE %(like)s OR c.certificate_id = %(text)s OR c.deal_id = %(text)s
            OR c.sku = %(text)s OR right(c.code_end, 4) = right(%(text)s, 4) AND length(%(text)s::text) >= 4)
     ORDER BY c.id DESC LIMIT %(limit)s
"""  # noqa: S608  constants only


def list_coupons(brand_id: UUID, wanted: Wanted, *, cursor: str = "", limit: int = 50) -> tuple[list[Coupon], str]:
    """Verified coupons, the newest first, and the cursor of the next page. `text`: a title, the platform's number of
    the certificate or deal, our SKU, or the last four characters of the code."""
    text = wanted.text.strip()[:80]
    like = "%" + text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%"
    size = max(1, min(limit, MAX_PAGE))
    key = {
        "brand": brand_id,
        "after": read_cursor(cursor),
        "platform": wanted.platform and wanted.platform.value,
        "stores": None if wanted.store_ids is None else list(wanted.store_ids),
        "since": wanted.since,
        "until": wanted.until,
        "text": text,
        "like": like,
        "limit": size + 1,
    }
    with in_brand(brand_id):
        found = [coupon_of(row) for row in rows(LIST, key)]
    return found[:size], write_cursor(found[size - 1].id) if len(found) > size else ""


TOTALS = """
    SELECT platform, store_id, count(*) FILTER (WHERE state = 'verified')::int,
           coalesce(sum(value_minor) FILTER (WHERE state = 'verified'), 0)::bigint,
           coalesce(sum(owed_minor) FILTER (WHERE state = 'verified'), 0)::bigint,
           count(*) FILTER (WHERE state = 'cancelled')::int, currency
      FROM wallet_coupon
     WHERE brand_id = %(brand)s AND day = %(day)s AND (%(stores)s::uuid[] IS NULL OR store_id = ANY(%(stores)s::uuid[]))
     GROUP BY platform, store_id, currency ORDER BY platform, store_id LIMIT 20000
"""


def coupon_totals(brand_id: UUID, day: date, *, store_ids: Iterable[UUID] | None = None) -> list[CouponTotals]:
    """A business day's coupons by platform and store."""
    key = {"brand": brand_id, "day": day, "stores": None if store_ids is None else list(store_ids)}
    with in_brand(brand_id):
        return [CouponTotals(Platform(row[0]), *row[1:]) for row in rows(TOTALS, key)]


NAMES = """
    SELECT id, certificate_id, verify_id, sealed FROM wallet_coupon
     WHERE brand_id = %s AND id = ANY(%s::uuid[])
"""


def coupon_names(brand_id: UUID, ids: Iterable[UUID]) -> dict[UUID, tuple[str, frozenset[str]]]:
    """The certificate, and every name a coupon goes by in its platform's bill: that, the verification, the code itself;
    one statement."""
    with in_brand(brand_id):
        found = rows(NAMES, [brand_id, list(ids)])
    told = {}
    for id_, certificate, verify, sealed in found:
        code = msgspec.json.decode(unseal(bytes(sealed))).get("code", "")
        told[id_] = certificate, frozenset(filter(None, (certificate, verify, code)))
    return told


NAMED = """
    SELECT certificate_id, verify_id, id FROM wallet_coupon
     WHERE brand_id = %(brand)s AND (certificate_id = ANY(%(names)s::text[]) OR verify_id = ANY(%(names)s::text[]))
"""


def coupons_named(brand_id: UUID, names: Iterable[str]) -> dict[str, UUID]:
    """The coupon of each of these names that is one's certificate or verification."""
    wanted = set(names)
    with in_brand(brand_id):
        found = rows(NAMED, {"brand": brand_id, "names": sorted(wanted)})
    told = {name: id_ for certificate, verify, id_ in found for name in (certificate, verify)}
    return {name: id_ for name, id_ in told.items() if name in wanted}


OPEN_ASKS = """
    SELECT count(*) FROM wallet_couponask WHERE brand_id = %s AND state = 'asking' AND tried_at < %s
"""


def unclear_coupons(brand_id: UUID, now: datetime) -> int:
    """Verifications of which nobody knows after two minutes whether they took effect."""
    with in_brand(brand_id):
        return int(rows(OPEN_ASKS, [brand_id, now - timedelta(minutes=2)])[0][0])
