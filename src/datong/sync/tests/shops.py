"""A shop whose two channels are local platforms: what stands here, what stands there."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from datong.access.types import Role, Staff
from datong.brand.api import always_open, put_stores, register_channel
from datong.brand.types import AddressText, Brand, Channel, ChannelKind, Store
from datong.catalog.api import put_items, put_prices
from datong.catalog.types import Item, ItemKind, Price
from datong.fulfilment.types import FulfilmentKind
from datong.inventory.api import put_stock, stock_of
from datong.inventory.types import StockRow
from datong.kernel import clock, relay
from datong.kernel.db import in_brand, rows
from datong.kernel.geo import Point
from datong.kernel.ids import uuid7
from datong.kernel.tests.test_outbox import deliver_all
from datong.orders.api import place
from datong.orders.types import Amounts, Contact, Destination, IntentLine, OrderIntent
from datong.payments.types import PaymentMethod
from datong.sync import api
from datong.sync.local.shopify import LocalShopify
from datong.sync.local.woocommerce import LocalWooCommerce
from datong.sync.subscribers import CONSUMERS

SKUS = ("TEA", "CUP")
HOME = Point(-93.25, 44.95)
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)


@dataclass
class Shop:
    """A brand of two stores with ten units of tea and cups in each."""

    brand: Brand
    near: Store
    far: Store
    till: UUID
    items: dict[str, Item]

    def sold(self, channel: UUID, external_id: str, sku: str = "TEA", units: int = 1) -> Any:
        """An order a platform has sold and settled, for a customer near the near store."""
        lines = (IntentLine(1, sku, units, 500),)
        intent = OrderIntent(
            channel_id=channel,
            external_id=external_id,
            placed_at=clock.now() - timedelta(seconds=1),
            currency="USD",
            lines=lines,
            fulfilment=FulfilmentKind.DELIVERY,
            payment=PaymentMethod.PLATFORM,
            paid=True,
            amounts=Amounts(goods=500 * units, paid=500 * units),
            destination=Destination(AddressText(line="1 Main St", city="Minneapolis"), HOME),
            contact=Contact(name="Ann Lee", phone="+16125550100"),
        )
        return place([intent], brand=self.brand.id, actor="test")[0]

    def till_sale(self, external_id: str, sku: str = "TEA", units: int = 1) -> Any:
        intent = OrderIntent(
            channel_id=self.till,
            external_id=external_id,
            placed_at=clock.now(),
            currency="USD",
            lines=(IntentLine(1, sku, units),),
            fulfilment=FulfilmentKind.TILL,
            payment=PaymentMethod.TILL,
            completed=True,
            store_code=self.near.code,
        )
        return place([intent], brand=self.brand.id, actor="test")[0]


def owner(brand_id: UUID) -> Staff:
    """Somebody whom no limit holds."""
    return Staff(uuid7(), brand_id, "test", Role.OWNER)


def open_shop(brand: Brand, units: int = 10) -> Shop:
    stores = [
        Store(
            uuid7(),
            code,
            name,
            Point(HOME.lon + east, HOME.lat),
            "Minneapolis",
            always_open(),
            "America/Chicago",
            serves_radius_m=20_000,
        )
        for code, name, east in (("NEAR", "Uptown", 0.01), ("FAR", "Airport", 0.1))
    ]
    put_stores(brand.id, stores)
    till = uuid7()
    register_channel(brand.id, Channel(till, "till", "Till", ChannelKind.STORE, role="sell"))
    menu = (("TEA", "Green tea", 500), ("CUP", "Cup", 1200), ("FIX", "Repair kit", 3000))
    items = {sku: Item(uuid7(), sku, title, ItemKind.GOODS) for sku, title, _ in menu}
    put_items(brand.id, list(items.values()))
    put_prices(brand.id, [Price(sku, minor, LONG_AGO) for sku, _, minor in menu])
    put_stock(brand.id, [StockRow(s.id, items[sku].id, units) for s in stores for sku in SKUS])
    return Shop(brand, stores[0], stores[1], till, items)


@dataclass
class TwoWay:
    """The shop and its channels by short names."""

    shop: Shop
    shopify: LocalShopify
    woo: LocalWooCommerce
    at_shopify: UUID
    at_woo: UUID
    links: list[UUID] = field(default_factory=list)
    passed: timedelta = timedelta()

    @property
    def brand(self) -> UUID:
        return self.shop.brand.id

    def connect(self, **settings: Any) -> None:
        ours = {"timeout_s": 0.5}
        api.connect(
            self.brand,
            self.at_shopify,
            "shopify",
            self.shopify.url,
            secrets={"access_token": self.shopify.token},
            settings={"places": {"": "1"}, **ours, **settings},
            by="test",
        )
        keys = {"consumer_key": "ck_local", "consumer_secret": "cs_local"}
        api.connect(self.brand, self.at_woo, "woocommerce", self.woo.url, secrets=keys, settings=ours, by="test")
        self.links = [self.at_shopify, self.at_woo]
        for channel in self.links:
            api.learn(self.brand, channel, by="test")

    def hear(self) -> None:
        """Deliver every event that is there, whoever else writes in the cluster; needs committed rows."""
        relay.enrol(self.brand, CONSUMERS)
        for consumer in CONSUMERS:
            deliver_all(self.brand, consumer)

    def mark(self, *skus: str) -> None:
        """Events stand in the test's open transaction; the channels' rows are marked directly."""
        items = [self.shop.items[sku].id for sku in skus or SKUS]
        api.mark_stock(self.brand, items, at=clock.now())

    def send(self) -> None:
        for channel in self.links:
            api.send_due(self.brand, channel)

    def settle(self, tries: int = 40) -> None:
        """Let time pass until nothing is waiting: back-offs and echoes come due one after the other."""
        for _ in range(tries):
            self.pass_time(0)
            if not self.waiting():
                return
            self.pass_time(30)

    def pass_time(self, seconds: float) -> None:
        """So much later, send."""
        self.passed += timedelta(seconds=seconds)
        with clock.held_at(datetime.now(UTC) + self.passed):
            self.send()

    def waiting(self) -> int:
        with in_brand(self.brand):
            return int(rows("SELECT count(*) FROM sync_outward WHERE state = 'waiting'")[0][0])

    def states(self, channel: UUID) -> list[tuple[Any, ...]]:
        """(kind, state, shown, code) of every row of a channel, by kind and SKU."""
        with in_brand(self.brand):
            return rows(
                """SELECT o.kind, coalesce(c.sku, ''), o.state, o.shown, o.code FROM sync_outward o
                   LEFT JOIN sync_counterpart c ON c.channel_id = o.channel_id AND c.item_id = o.subject
                    WHERE o.channel_id = %s ORDER BY 1, 2, o.id""",
                [channel],
            )

    def wanted(self, sku: str, keep: int = 0) -> int:
        """What lies free at both stores, less what orders wait for that a platform sold and nobody had."""
        kept = stock_of(self.brand, items=[self.shop.items[sku].id])
        with in_brand(self.brand):
            ((promised,),) = rows(
                """SELECT coalesce(sum(l.units), 0) FROM orders_order o
                     JOIN orders_line l ON l.brand_id = o.brand_id AND l.order_id = o.id
                    WHERE o.state = 'backorder' AND l.sku = %s""",
                [sku],
            )
        return max(0, sum(max(0, row.free - keep) for row in kept) - int(promised))

    def shown(self, sku: str) -> tuple[int, int]:
        return self.shopify.shown(sku), self.woo.shown(sku)


def open_two_way(shop: Shop, shopify: LocalShopify, woo: LocalWooCommerce) -> TwoWay:
    ids = []
    for code in ("my-shopify", "my-woo"):
        ids.append(uuid7())
        register_channel(shop.brand.id, Channel(ids[-1], code, code.title(), ChannelKind.SITE, role="sell"))
    for n, (sku, title, price) in enumerate((("TEA", "Green tea", "4.00"), ("CUP", "Cup", "11.00")), 1):
        shopify.put(sku, title, price, n * 10, L1=0)
        woo.put(sku, title, price, n * 10)
    made = TwoWay(shop, shopify, woo, ids[0], ids[1])
    made.connect()
    return made


@pytest.fixture
def shop(brand: Brand) -> Shop:
    return open_shop(brand)


@pytest.fixture
def committed_two_way(
    committed_db: str, make_brand: Callable[..., Brand], shopify: LocalShopify, woo: LocalWooCommerce
) -> TwoWay:
    return open_two_way(open_shop(make_brand()), shopify, woo)


@pytest.fixture
def shopify() -> Iterator[LocalShopify]:
    with LocalShopify() as server:
        yield server


@pytest.fixture
def woo() -> Iterator[LocalWooCommerce]:
    with LocalWooCommerce() as server:
        yield server


@pytest.fixture
def two_way(shop: Shop, shopify: LocalShopify, woo: LocalWooCommerce) -> TwoWay:
    return open_two_way(shop, shopify, woo)
