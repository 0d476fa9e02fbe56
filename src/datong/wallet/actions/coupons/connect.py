"""Which platform is asked with what credentials, and which product each of its deals is."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from uuid import UUID

import msgspec

from datong.brand.api import get_brand, list_stores
from datong.catalog.api import items_by_sku
from datong.kernel import audit, clock
from datong.kernel.db import execute, in_brand, rows
from datong.kernel.errors import BadInput, Problem
from datong.kernel.secrets import seal, unseal
from datong.wallet.queries.coupons import coupon_deals, coupon_platforms
from datong.wallet.rules.coupons import check_connection, check_deal
from datong.wallet.types.coupons import (
    BASE_URLS,
    NEEDS,
    Certificate,
    Connection,
    Counter,
    Deal,
    NotConnected,
    Platform,
)

MAX_DEALS = 5_000

KEPT = "SELECT sealed FROM wallet_couponplatform WHERE brand_id = %s AND platform = %s FOR UPDATE"
PUT = """
    INSERT INTO wallet_couponplatform (brand_id, platform, base_url, sealed, shops, active, changed_at, changed_by)
    VALUES (%(brand)s, %(platform)s, %(url)s, %(sealed)s, %(shops)s::jsonb, %(active)s, %(now)s, %(by)s)
    ON CONFLICT (brand_id, platform) DO UPDATE
       SET base_url = excluded.base_url, sealed = excluded.sealed, shops = excluded.shops, active = excluded.active,
           changed_at = excluded.changed_at, changed_by = excluded.changed_by
"""


def put_coupon_platform(
    platform: Platform,
    *,
    brand: UUID,
    by: str,
    secrets: Mapping[str, str],
    shops: Mapping[UUID, str],
    base_url: str = "",
    active: bool = True,
) -> Connection:
    """Say with what credentials a platform is asked, and the mark each store has there. A credential that is left
    empty stays as it was, and so does a store's mark; a store that is not named is taken out.

    Raises BadInput naming every field that cannot be used.
    """
    with in_brand(brand):
        before = rows(KEPT, [brand, platform.value])
        kept = msgspec.json.decode(unseal(bytes(before[0][0]))) if before else {"secrets": {}, "shops": {}}
        given = {**kept["secrets"], **{name: value.strip() for name, value in secrets.items() if value.strip()}}
        marks = {store: mark.strip() or kept["shops"].get(str(store), "") for store, mark in shops.items()}
        known = {store.id for store in list_stores(brand)}
        if strangers := [store for store in marks if store not in known]:
            raise BadInput("some stores are not this brand's", Problem("shops", "unknown_store", "", str(strangers[0])))
        url = (base_url.strip() or BASE_URLS[platform]).rstrip("/")
        check_connection(platform, url, given, marks)
        whole = {"secrets": given, "shops": {str(store): mark for store, mark in marks.items()}}
        key: dict[str, object] = {
            "brand": brand,
            "platform": platform.value,
            "url": url,
            "active": active,
            "now": clock.now(),
        }
        key |= {"sealed": seal(msgspec.json.encode(whole).decode()), "by": by[:120]}
        execute(PUT, {**key, "shops": msgspec.json.encode(sorted(whole["shops"])).decode()})
        audit.record(
            brand=brand,
            actor=by,
            verb="coupon.connect",
            subject=f"coupons of {platform.value}",
            after={"base_url": url, "active": active, "stores": len(marks)},
        )
        return next(one for one in coupon_platforms(brand) if one.platform is platform)


SEALED = "SELECT base_url, sealed, active FROM wallet_couponplatform WHERE brand_id = %s AND platform = %s"


def counter_of(platform: Platform, store_id: UUID, brand: UUID) -> Counter:
    """Where a store asks the platform. Raises NotConnected where it cannot."""
    with in_brand(brand):
        found = rows(SEALED, [brand, platform.value])
    kept = msgspec.json.decode(unseal(bytes(found[0][1]))) if found and found[0][2] else None
    shop = kept["shops"].get(str(store_id), "") if kept else ""
    if not kept or not shop:
        raise NotConnected(str(store_id))
    secrets = {name: kept["secrets"].get(name, "") for name in NEEDS[platform]}
    return Counter(platform, found[0][0], secrets, shop, get_brand(brand).timezone)


SEEN = """
    INSERT INTO wallet_coupondeal (brand_id, platform, deal_id, title, sku, value_minor, seen_at, by)
    SELECT %(brand)s, %(platform)s, d.id, d.title, '', NULL, %(now)s, ''
      FROM unnest(%(ids)s::text[], %(titles)s::text[]) d(id, title) ORDER BY d.id
    ON CONFLICT (brand_id, platform, deal_id) DO UPDATE SET seen_at = excluded.seen_at,
       title = CASE WHEN wallet_coupondeal.title = '' THEN excluded.title ELSE wallet_coupondeal.title END
"""


def know_deals(platform: Platform, certificates: Iterable[Certificate], brand: UUID) -> dict[str, Deal]:
    """The deals of these certificates; one that is new is kept for somebody to say which product it is."""
    titles = {one.deal_id: one.title for one in certificates}
    with in_brand(brand):
        key = {"brand": brand, "platform": platform.value, "now": clock.now()}
        execute(SEEN, {**key, "ids": list(titles), "titles": list(titles.values())})
        return {deal.deal_id: deal for deal in coupon_deals(brand, platform, ids=titles, limit=len(titles))}


MAP = """
    INSERT INTO wallet_coupondeal (brand_id, platform, deal_id, title, sku, value_minor, seen_at, by)
    SELECT %(brand)s, d.platform, d.id, d.title, d.sku, d.value, NULL, %(by)s
      FROM unnest(%(platforms)s::text[], %(ids)s::text[], %(titles)s::text[], %(skus)s::text[], %(values)s::bigint[])
           d(platform, id, title, sku, value) ORDER BY d.platform, d.id
    ON CONFLICT (brand_id, platform, deal_id) DO UPDATE
       SET sku = excluded.sku, value_minor = excluded.value_minor, by = excluded.by,
           title = CASE WHEN excluded.title = '' THEN wallet_coupondeal.title ELSE excluded.title END
"""


def put_coupon_deals(deals: Sequence[Deal], *, brand: UUID, by: str) -> int:
    """Say which product each deal is and, if not its market price, what one takes off an order; all or nothing.

    Raises BadInput naming each deal whose product we do not have ("deals/3/sku").
    """
    if not 0 < len(deals) <= MAX_DEALS:
        raise BadInput("how many", Problem("deals", "length", f"1 to {MAX_DEALS} deals", len(deals)))
    for deal in deals:
        check_deal(deal)
    by_key = {(deal.platform, deal.deal_id): deal for deal in deals}
    with in_brand(brand):
        known = items_by_sku(brand, {deal.sku for deal in deals if deal.sku})
        problems = [
            Problem(f"deals/{n}/sku", "unknown_sku", "the SKU of a product we sell", deal.sku[:64])
            for n, deal in enumerate(deals)
            if deal.sku not in known
        ]
        if problems:
            raise BadInput("some deals name no product of ours", *problems[:50])
        wanted = list(by_key.values())
        columns = {
            "platforms": [deal.platform.value for deal in wanted],
            "ids": [deal.deal_id for deal in wanted],
            "titles": [deal.title[:200] for deal in wanted],
            "skus": [deal.sku for deal in wanted],
            "values": [deal.value_minor for deal in wanted],
        }
        execute(MAP, {"brand": brand, "by": by[:120], **columns})
        first = wanted[0]
        audit.record(
            brand=brand,
            actor=by,
            verb="coupon.map_deals",
            subject=f"deal {first.platform.value} {first.deal_id}" if len(wanted) == 1 else f"{len(wanted)} deals",
            after={"deals": [f"{d.platform.value} {d.deal_id} = {d.sku}" for d in wanted[:20]]},
        )
        return len(wanted)
