"""A small brand that sells and buys: two stores, a shop and a till, a cup, a tea and a repair."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from datong.brand.api import always_open, put_stores, register_channel
from datong.brand.types import AddressText, Brand, Channel, ChannelKind, Store
from datong.catalog.api import put_items, put_prices
from datong.catalog.types import Item, ItemKind, Price
from datong.fulfilment.types import FulfilmentKind
from datong.inventory.api import put_stock, stock_of
from datong.inventory.types import StockRow
from datong.kernel import clock
from datong.kernel.geo import Point
from datong.kernel.ids import uuid7
from datong.orders.api import place
from datong.orders.types import Contact, Destination, IntentLine, OrderIntent
from datong.payments.types import PaymentMethod

HOME = Point(-93.25, 44.95)


@dataclass
class Shop:
    brand: Brand
    near: Store
    far: Store
    web: UUID
    till: UUID
    items: dict[str, Item]
    _n: int = 0

    def order(self, *lines: tuple[str, int], **fields: Any) -> Any:
        self._n += 1
        plain = OrderIntent(
            channel_id=self.web,
            external_id=f"W-{self._n}",
            placed_at=clock.now() - timedelta(seconds=5),
            currency="USD",
            lines=tuple(IntentLine(n, sku, units) for n, (sku, units) in enumerate(lines, 1)),
            fulfilment=FulfilmentKind.DELIVERY,
            payment=PaymentMethod.CASH_ON_DELIVERY,
            destination=Destination(AddressText(line="1 Main St", city="Minneapolis"), HOME),
            contact=Contact(name="Ann Lee", phone="+16125550100"),
        )
        (outcome,) = place([replace(plain, **fields)], brand=self.brand.id, actor="test")
        return outcome

    def sale(self, *lines: tuple[str, int]) -> Any:
        return self.order(
            *lines,
            channel_id=self.till,
            fulfilment=FulfilmentKind.TILL,
            payment=PaymentMethod.TILL,
            completed=True,
            store_code=self.near.code,
            destination=None,
        )

    def on_hand(self, sku: str) -> int:
        (row,) = stock_of(self.brand.id, items=[self.items[sku].id], locations=[self.near.id])
        return row.on_hand


def open_shop(brand: Brand, units: int = 10) -> Shop:
    stores = [
        Store(
            uuid7(), code, name, Point(HOME.lon + east, HOME.lat), "Minneapolis", always_open(), "America/Chicago",
            serves_radius_m=20_000,
        )
        for code, name, east in (("NEAR", "Uptown", 0.01), ("FAR", "Airport", 0.1))
    ]  # fmt: skip
    put_stores(brand.id, stores)
    web = Channel(uuid7(), "web", "Web", ChannelKind.SITE, role="sell")
    till = Channel(uuid7(), "till", "Till", ChannelKind.STORE, role="sell")
    for channel in (web, till):
        register_channel(brand.id, channel)
    menu = (
        ("TEA", "Tea", ItemKind.ON_SITE, 500),
        ("CUP", "Cup", ItemKind.GOODS, 1200),
        ("FIX", "Fix", ItemKind.SERVICE, 9),
    )
    items = {sku: Item(uuid7(), sku, title, kind) for sku, title, kind, _ in menu}
    put_items(brand.id, list(items.values()))
    put_prices(brand.id, [Price(sku, minor, datetime(2020, 1, 1, tzinfo=UTC)) for sku, _, _, minor in menu])
    put_stock(brand.id, [StockRow(s.id, items[sku].id, units) for s in stores for sku in ("TEA", "CUP")])
    return Shop(brand, stores[0], stores[1], web.id, till.id, items)


@pytest.fixture
def shop(brand: Brand) -> Shop:
    return open_shop(brand)


@pytest.fixture
def committed_shop(committed_db: str, make_brand: Any) -> Shop:
    return open_shop(make_brand())
