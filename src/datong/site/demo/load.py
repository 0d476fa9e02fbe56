"""A fresh brand in the database from a world: every run its own, so that runs never see each other."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import connections

from datong.access import api as access
from datong.access.types import Role
from datong.brand import api as brands
from datong.brand.types import Brand, Channel, Gazetteer, Store
from datong.catalog import api as catalog
from datong.catalog.types import Item, Price, PriceList
from datong.inventory import api as inventory
from datong.inventory.types import StockRow
from datong.kernel.geo import Point
from datong.kernel.ids import uuid7
from datong.orders import api as orders
from datong.risk import api as risk
from datong.risk.types import Decision, Limit, LimitKind
from datong.site.demo import factory
from datong.site.demo.dice import beside, dice
from datong.site.demo.offers import ask_for_prices, put_offers
from datong.site.demo.people import hire
from datong.site.demo.rewards import put_rewards
from datong.site.demo.shop import open_shop
from datong.site.demo.taxes import put_taxes
from datong.site.demo.types import DemoBrand, Format, Shop, World

BY = "demo"
PRICES_FOR = timedelta(days=30)
REVIEW_FROM_MINOR = 250_000
"""An order above this (2,500.00) is looked at by a person; a few baskets are that large."""


@dataclass(frozen=True, slots=True)
class Loaded:
    """What was made: ids by the world's own codes."""

    brand: Brand
    channels: Mapping[str, UUID]
    stores: Mapping[str, UUID]
    items: Mapping[str, UUID]
    staff: Mapping[Role, UUID]


def new_slug(key: str, now: datetime) -> str:
    """A slug no run had before."""
    return f"{key}-{now:%m%d-%H%M%S}-{secrets.token_hex(2)}"


def load(world: World, *, slug: str, now: datetime) -> Loaded:
    """Write the world: brand, stores, places, channels with owners, goods, prices, stock, rules, people who log in."""
    given = world.brand
    brand = brands.create_brand(
        slug,
        given.name,
        given.currency,
        given.locale,
        given.country,
        given.timezone,
        given.tokens,
    )
    stores = {shop.code: uuid7() for shop in world.shops}
    brands.put_stores(brand.id, [_store(shop, stores[shop.code], given) for shop in world.shops])
    brands.put_gazetteer(brand.id, gazetteer(world.shops))
    channels = _channels(brand, world)
    items = _goods(brand, world, now - PRICES_FOR)
    rows = [StockRow(stores[row.shop], items[row.sku], row.on_hand, 0, row.safety) for row in world.stock]
    inventory.put_stock(brand.id, rows)
    inventory.put_costs(brand.id, {items[good.sku]: cost_of(good.sku, good.list_minor) for good in world.goods})
    factory.make(brand.id, world, stores, now - PRICES_FOR)
    orders.put_rules(brand.id, _rules(world.shops), who=BY)
    limit = Limit("large_order", LimitKind.ORDER_AMOUNT, REVIEW_FROM_MINOR, Decision.REVIEW, given.currency)
    risk.put_limits(brand.id, [limit], by=BY, reason="large orders are looked at by a person")
    staff = hire(brand, world, stores)
    put_offers(brand, world, now - PRICES_FOR, staff[Role.HQ])
    ask_for_prices(brand, world, staff[Role.MERCHANDISER])
    put_rewards(brand, world)
    open_shop(brand)
    return Loaded(brand, channels, stores, items, staff)


def learn_statistics() -> None:
    """Let the planner know the new brand, as autovacuum would in a minute: until then it takes the brand for a few rows
    and reads all of its stock for every order."""
    with connections["owner"].cursor() as cursor:
        cursor.execute(
            "ANALYZE inventory_stock, inventory_movement, catalog_item, catalog_price, brand_store, brand_place"
        )


def _store(shop: Shop, store_id: UUID, brand: DemoBrand) -> Store:
    return Store(
        id=store_id,
        code=shop.code,
        name=shop.name,
        place=shop.place,
        city=shop.address.city,
        hours=brands.parse_hours(shop.hours),
        timezone=shop.timezone,
        region=shop.address.region,
        country=brand.country,
        postcode=shop.address.postcode,
        address=shop.address.line,
        kind=shop.kind,
        tier=shop.tier,
        services=shop.services,
        serves_radius_m=shop.serves_radius_m,
        order_limit=shop.order_limit,
        lends_stock=shop.lends_stock,
    )


def gazetteer(shops: Sequence[Shop]) -> Gazetteer:
    """Where a ZIP code or a town lies, for addresses without coordinates: somewhat beside the stores in it.

    The offset is made up, since the store list has no middles of ZIP areas; without it everybody would live in a store.
    """
    found: dict[tuple[str, str], list[Point]] = {}
    for shop in shops:
        at = shop.address
        for key in (at.postcode, f"{at.city}, {at.region}".lower()):
            found.setdefault((at.country, key), []).append(shop.place)
    rows = []
    for (country, key), places in found.items():
        middle = Point(sum(p.lon for p in places) / len(places), sum(p.lat for p in places) / len(places))
        rows.append((country, key, beside(middle, dice("middle of", key), from_m=300, to_m=2_500)))
    return rows


def _channels(brand: Brand, world: World) -> dict[str, UUID]:
    ids = {}
    for channel in world.channels:
        ids[channel.code] = uuid7()
        record = Channel(
            id=ids[channel.code],
            code=channel.code,
            name=channel.name,
            kind=channel.kind,
            role=channel.role,
            price_list=channel.price_list,
            price_policy_note=channel.price_policy_note,
            buffer_units=channel.buffer_units,
        )
        brands.register_channel(brand.id, record, who=BY)
        access.own_channel(brand.id, record.id, channel.owner, by=BY)
    return ids


def cost_of(sku: str, list_minor: int) -> int:
    """What a product cost: 50 to 64 hundredths of its price, always the same for a SKU; the data does not say."""
    return list_minor * (50 + sum(sku.encode()) % 15) // 100


def _goods(brand: Brand, world: World, since: datetime) -> dict[str, UUID]:
    """Items, the brand's price list and a list for each channel that has one of its own, tax."""
    ids = {good.sku: uuid7() for good in world.goods}
    catalog.put_items(
        brand.id,
        [
            Item(ids[good.sku], good.sku, good.title, good.kind, category=good.category, titles=good.titles)
            for good in world.goods
        ],
        by=BY,
    )
    put_taxes(brand.id, brand.country, world.brand.tax_bps, since, by=BY)
    prices = [Price(good.sku, good.list_minor, since) for good in world.goods]
    own = sorted({channel.price_list for channel in world.channels if channel.price_list})
    if own:
        catalog.put_price_lists(brand.id, [PriceList(code, brand.currency) for code in own], by=BY)
    prices += [Price(good.sku, good.trade_minor, since, price_list=code) for code in own for good in world.goods]
    catalog.put_prices(brand.id, prices, by=BY, reason="price list of the demo")
    return ids


def _rules(shops: Sequence[Shop]) -> list[dict[str, object]]:
    """The nearest store with everything, then two stores, then a parcel from afar if any store sends parcels."""
    near: list[dict[str, object]] = [
        {"name": "nearest_with_everything", "max_distance_m": 30_000},
        {"name": "split_over_two", "max_distance_m": 30_000, "max_stores": 2},
    ]
    far = max((shop.serves_radius_m for shop in shops if shop.format is Format.HUB), default=0)
    return [*near, {"name": "parcel_from_afar", "max_distance_m": far, "max_stores": 2}] if far else near
