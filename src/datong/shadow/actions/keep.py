"""Observations go in by unnest: tens of thousands of rows are a few statements; the same row again changes nothing."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from datong.brand.api import locate
from datong.brand.types import AddressText
from datong.customers.api import is_masked, problems_of
from datong.customers.types import Identity, IdentityKind
from datong.integration.api import e164
from datong.kernel.db import current_brand, execute, rows
from datong.kernel.geo import Point
from datong.kernel.ids import uuid7
from datong.shadow.batches import chunks
from datong.shadow.rules import basket_key, contact_key, ref_key
from datong.shadow.types import ItemSeen, MemberSeen, OrderSeen, PriceSeen, Project, StockSeen, System


def phone_of(text: str, country: str) -> str:
    """The number as E.164, '' when it is none or masked: what the customers' rules would not take is no contact."""
    return _usable(IdentityKind.PHONE, e164(text, country) or "") if text and not is_masked(text) else ""


def email_of(text: str) -> str:
    return _usable(IdentityKind.EMAIL, text.strip().lower()) if text and not is_masked(text) else ""


def _usable(kind: IdentityKind, value: str) -> str:
    return value if value and not problems_of([Identity(kind, value)]) else ""


PUT_ORDERS = """
    INSERT INTO shadow_order (brand_id, id, project_id, system_id, native_id, ref, source, placed_at, currency,
                              goods_minor, units, basket, store, named, cancelled, fulfilment, phone_key, email_key,
                              lon, lat, promised_at, feed_id)
    SELECT %(brand)s, n.id, %(project)s, %(system)s, n.native_id, n.ref, n.source, n.placed_at, n.currency,
           n.goods_minor, n.units, n.basket, n.store, n.named, n.cancelled, n.fulfilment, n.phone_key, n.email_key,
           n.lon, n.lat, n.promised_at, %(feed)s
      FROM unnest(%(ids)s::uuid[], %(native_ids)s::text[], %(refs)s::text[], %(sources)s::text[],
                  %(placed)s::timestamptz[], %(currencies)s::text[], %(goods)s::bigint[], %(units)s::int[],
                  %(baskets)s::text[], %(stores)s::text[], %(named)s::bool[], %(cancelled)s::bool[],
                  %(fulfilments)s::text[],
                  %(phones)s::text[], %(emails)s::text[], %(lons)s::float8[], %(lats)s::float8[],
                  %(promised)s::timestamptz[])
        AS n(id, native_id, ref, source, placed_at, currency, goods_minor, units, basket, store, named, cancelled,
             fulfilment, phone_key, email_key, lon, lat, promised_at)
     ORDER BY n.native_id
    ON CONFLICT (brand_id, project_id, system_id, native_id) DO UPDATE
       SET ref = excluded.ref, source = excluded.source, placed_at = excluded.placed_at, currency = excluded.currency,
           goods_minor = excluded.goods_minor, units = excluded.units, basket = excluded.basket, store = excluded.store,
           named = excluded.named, cancelled = excluded.cancelled, fulfilment = excluded.fulfilment,
           phone_key = excluded.phone_key, email_key = excluded.email_key,
           lon = excluded.lon, lat = excluded.lat, promised_at = excluded.promised_at, feed_id = excluded.feed_id
    RETURNING native_id, id
"""
DROP_LINES = "DELETE FROM shadow_line WHERE brand_id = %(brand)s AND order_id = ANY(%(ids)s::uuid[])"
PUT_LINES = """
    INSERT INTO shadow_line (brand_id, order_id, line_no, project_id, sku, units, unit_minor, discount_minor)
    SELECT %(brand)s, n.order_id, n.line_no, %(project)s, n.sku, n.units, n.unit_minor, n.discount_minor
      FROM unnest(%(orders)s::uuid[], %(nos)s::smallint[], %(skus)s::text[], %(units)s::int[], %(prices)s::bigint[],
                  %(discounts)s::bigint[]) AS n(order_id, line_no, sku, units, unit_minor, discount_minor)
"""


def keep_orders(project: Project, system: System, feed_id: UUID, seen: Sequence[OrderSeen]) -> None:
    """The orders of a feed with their lines; one that was seen before is what it is now. Twice in a feed: the last."""
    newest = list({order.native_id: order for order in seen}.values())
    for part in chunks(newest):
        places = _places(project, part)
        ids = dict(rows(PUT_ORDERS, _order_columns(project, system, feed_id, part, places)))
        key = {"brand": current_brand(), "project": project.id}
        execute(DROP_LINES, {**key, "ids": list(ids.values())})
        lines = [(ids[order.native_id], no, line) for order in part for no, line in enumerate(order.lines, 1)]
        execute(
            PUT_LINES,
            {
                **key,
                "orders": [order for order, _, _ in lines],
                "nos": [no for _, no, _ in lines],
                "skus": [line.sku for _, _, line in lines],
                "units": [line.units for _, _, line in lines],
                "prices": [line.unit_minor for _, _, line in lines],
                "discounts": [line.discount_minor for _, _, line in lines],
            },
        )
    keep_items(project, system, [(x.sku, x.gtin, x.title) for order in newest for x in order.lines])


CANCEL = """
    UPDATE shadow_order SET cancelled = true
     WHERE brand_id = %(brand)s AND project_id = %(project)s AND system_id = %(system)s
       AND native_id = ANY (%(ids)s::text[]) AND NOT cancelled
"""


def cancel_orders(project: Project, system: System, native_ids: Sequence[str]) -> None:
    """Orders that were seen alive and are called off now."""
    if native_ids:
        key = {"brand": current_brand(), "project": project.id, "system": system.id}
        execute(CANCEL, {**key, "ids": list(native_ids)})


def _order_columns(
    project: Project, system: System, feed_id: UUID, part: Sequence[OrderSeen], places: Sequence[Point | None]
) -> dict[str, Any]:
    salt = project.id.bytes
    return {
        "brand": current_brand(),
        "project": project.id,
        "system": system.id,
        "feed": feed_id,
        "ids": [uuid7() for _ in part],
        "native_ids": [o.native_id for o in part],
        "refs": [ref_key(o.ref or o.native_id, system.ref_prefixes) for o in part],
        "sources": [_source(project, o.source) for o in part],
        "placed": [o.placed_at for o in part],
        "currencies": [o.currency for o in part],
        "goods": [o.goods_minor for o in part],
        "units": [o.units for o in part],
        "baskets": [basket_key([(line.sku, line.units) for line in o.lines]) for o in part],
        "stores": [o.store for o in part],
        "named": [o.named for o in part],
        "cancelled": [o.cancelled for o in part],
        "fulfilments": [o.fulfilment for o in part],
        "phones": [contact_key(salt, phone_of(o.phone, project.country)) for o in part],
        "emails": [contact_key(salt, email_of(o.email)) for o in part],
        "lons": [p.lon if p else None for p in places],
        "lats": [p.lat if p else None for p in places],
        "promised": [o.promised_at for o in part],
    }


def _source(project: Project, text: str) -> str:
    """The code of the system a book means, by its code or its name; '' when it is none of them."""
    wanted = text.strip().casefold()
    return next((s.code for s in project.systems if wanted and wanted in (s.code.casefold(), s.name.casefold())), "")


def _places(project: Project, part: Sequence[OrderSeen]) -> list[Point | None]:
    """Where the orders go: as the system says, else by the brand's gazetteer; one statement for all."""
    lacking = [n for n, order in enumerate(part) if order.place is None and any(order.where)]
    found: list[Point | None] = [order.place for order in part]
    if not lacking:
        return found
    texts = []
    for n in lacking:
        city, region, postcode, country = part[n].where
        texts.append(AddressText("", city, region, postcode.lstrip("'"), country or project.country))
    for n, point in zip(lacking, locate(current_brand(), texts), strict=True):
        found[n] = point
    return found


PUT_STOCK = """
    INSERT INTO shadow_stock (brand_id, project_id, system_id, store, sku, at, units)
    SELECT %(brand)s, %(project)s, %(system)s, n.store, n.sku, n.at, n.units
      FROM unnest(%(stores)s::text[], %(skus)s::text[], %(ats)s::timestamptz[], %(units)s::int[])
        AS n(store, sku, at, units)
     ORDER BY n.store, n.sku, n.at
    ON CONFLICT (brand_id, project_id, system_id, store, sku, at) DO UPDATE SET units = excluded.units
     WHERE shadow_stock.units <> excluded.units
"""


def keep_stock(project: Project, system: System, seen: Sequence[StockSeen]) -> None:
    newest = list({(row.store, row.sku, row.at): row for row in seen}.values())
    for part in chunks(newest):
        params = {
            "stores": [row.store for row in part],
            "skus": [row.sku for row in part],
            "ats": [row.at for row in part],
            "units": [row.units for row in part],
        }
        execute(PUT_STOCK, {"brand": current_brand(), "project": project.id, "system": system.id, **params})
    keep_items(project, system, [(row.sku, row.gtin, row.title) for row in newest])


PUT_PRICES = """
    INSERT INTO shadow_price (brand_id, project_id, system_id, store, sku, since, minor, currency)
    SELECT %(brand)s, %(project)s, %(system)s, n.store, n.sku, n.since, n.minor, n.currency
      FROM unnest(%(stores)s::text[], %(skus)s::text[], %(since)s::timestamptz[], %(minors)s::bigint[],
                  %(currencies)s::text[]) AS n(store, sku, since, minor, currency)
     ORDER BY n.store, n.sku, n.since
    ON CONFLICT (brand_id, project_id, system_id, store, sku, since)
    DO UPDATE SET minor = excluded.minor, currency = excluded.currency
"""


def keep_prices(project: Project, system: System, seen: Sequence[PriceSeen]) -> None:
    newest = list({(row.store, row.sku, row.since): row for row in seen}.values())
    for part in chunks(newest):
        params = {
            "stores": [row.store for row in part],
            "skus": [row.sku for row in part],
            "since": [row.since for row in part],
            "minors": [row.minor for row in part],
            "currencies": [row.currency for row in part],
        }
        execute(PUT_PRICES, {"brand": current_brand(), "project": project.id, "system": system.id, **params})
    keep_items(project, system, [(row.sku, row.gtin, row.title) for row in newest])


PUT_MEMBERS = """
    INSERT INTO shadow_member (brand_id, project_id, system_id, native_id, name, phone, email, phone_verified,
                               email_verified, link, phone_key, email_key)
    SELECT %(brand)s, %(project)s, %(system)s, n.*
      FROM unnest(%(ids)s::text[], %(names)s::text[], %(phones)s::text[], %(emails)s::text[], %(phone_ok)s::bool[],
                  %(email_ok)s::bool[], %(links)s::text[], %(phone_keys)s::text[], %(email_keys)s::text[])
        AS n(native_id, name, phone, email, phone_verified, email_verified, link, phone_key, email_key)
     ORDER BY n.native_id
    ON CONFLICT (brand_id, project_id, system_id, native_id) DO UPDATE
       SET name = excluded.name, phone = excluded.phone, email = excluded.email, link = excluded.link,
           phone_verified = excluded.phone_verified, email_verified = excluded.email_verified,
           phone_key = excluded.phone_key, email_key = excluded.email_key
"""


def keep_members(project: Project, system: System, seen: Sequence[MemberSeen]) -> None:
    salt = project.id.bytes
    for part in chunks(list({member.native_id: member for member in seen}.values())):
        phones = [phone_of(m.phone, project.country) for m in part]
        emails = [email_of(m.email) for m in part]
        params = {
            "ids": [m.native_id for m in part],
            "names": [m.name for m in part],
            "phones": phones,
            "emails": emails,
            "phone_ok": [m.phone_verified for m in part],
            "email_ok": [m.email_verified for m in part],
            "links": [m.link for m in part],
            "phone_keys": [contact_key(salt, phone) for phone in phones],
            "email_keys": [contact_key(salt, email) for email in emails],
        }
        execute(PUT_MEMBERS, {"brand": current_brand(), "project": project.id, "system": system.id, **params})


PUT_ITEMS = """
    INSERT INTO shadow_item (brand_id, project_id, system_id, sku, item, gtin, title, how, others)
    SELECT %(brand)s, %(project)s, %(system)s, n.sku, '', n.gtin, n.title, 'sku', 0
      FROM unnest(%(skus)s::text[], %(gtins)s::text[], %(titles)s::text[]) AS n(sku, gtin, title)
     ORDER BY n.sku
    ON CONFLICT (brand_id, project_id, system_id, sku) DO UPDATE
       SET gtin = coalesce(nullif(excluded.gtin, ''), shadow_item.gtin),
           title = coalesce(nullif(shadow_item.title, ''), excluded.title)
     WHERE excluded.gtin NOT IN ('', shadow_item.gtin) OR (shadow_item.title = '' AND excluded.title <> '')
"""


def keep_items(project: Project, system: System, seen: Sequence[tuple[str, str, str]]) -> None:
    """(SKU, GTIN, title) as a system writes them; what was known and is empty now stays."""
    known: dict[str, tuple[str, str]] = {}
    for sku, gtin, title in seen:
        old = known.get(sku, ("", ""))
        known[sku] = old[0] or gtin, old[1] or title
    for part in chunks(list(known)):
        params = {"skus": list(part), "gtins": [known[s][0] for s in part], "titles": [known[s][1] for s in part]}
        execute(PUT_ITEMS, {"brand": current_brand(), "project": project.id, "system": system.id, **params})


MAP_ITEMS = """
    INSERT INTO shadow_item (brand_id, project_id, system_id, sku, item, gtin, title, how, others)
    SELECT %(brand)s, %(project)s, n.system_id, n.sku, n.item, '', '', 'file', 0
      FROM unnest(%(systems)s::uuid[], %(skus)s::text[], %(items)s::text[]) AS n(system_id, sku, item)
     ORDER BY n.system_id, n.sku
    ON CONFLICT (brand_id, project_id, system_id, sku) DO UPDATE SET item = excluded.item, how = 'file'
"""


def keep_mapping(project: Project, seen: Sequence[ItemSeen], systems: dict[str, UUID]) -> None:
    newest = list({(row.system, row.sku): row for row in seen}.values())
    for part in chunks(newest):
        params = {
            "systems": [systems[row.system] for row in part],
            "skus": [row.sku for row in part],
            "items": [row.item for row in part],
        }
        execute(MAP_ITEMS, {"brand": current_brand(), "project": project.id, **params})
