"""A small brand that sells: two stores, a shop, a platform and a till, a cup with a price and a tea."""

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
from datong.inventory.api import put_stock
from datong.inventory.types import StockRow
from datong.kernel import clock
from datong.kernel.geo import Point
from datong.kernel.ids import uuid7
from datong.orders.api import place
from datong.orders.types import Amounts, Contact, Destination, IntentLine, OrderIntent
from datong.payments.types import PaymentMethod

HOME = Point(-93.25, 44.95)
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)


@dataclass
class Shop:
    brand: Brand
    near: Store
    far: Store
    web: UUID
    platform: UUID
    till: UUID
    items: dict[str, Item]
    _n: int = 0

    def intent(self, *lines: tuple[str, int], **fields: Any) -> OrderIntent:
        self._n += 1
        plain = OrderIntent(
            channel_id=self.web,
            external_id=f"W-{self._n}",
            placed_at=clock.now() - timedelta(seconds=5),
            currency="USD",
            lines=tuple(IntentLine(n, sku, units) for n, (sku, units) in enumerate(lines or [("TEA", 1)], 1)),
            fulfilment=FulfilmentKind.DELIVERY,
            payment=PaymentMethod.CASH_ON_DELIVERY,
            destination=Destination(AddressText(line="1 Main St", city="Minneapolis"), HOME),
            contact=Contact(name="Ann Lee", phone="+16125550100"),
        )
        return replace(plain, **fields)

    def sold_elsewhere(self, *lines: tuple[str, int, int], **fields: Any) -> OrderIntent:
        booked = tuple(IntentLine(n, sku, units, unit) for n, (sku, units, unit) in enumerate(lines, 1))
        goods = sum(line.units * (line.unit_minor or 0) for line in booked)
        basis = {"channel_id": self.platform, "lines": booked, "payment": PaymentMethod.PLATFORM}
        return self.intent(**basis | {"amounts": Amounts(goods=goods, paid=goods)} | fields)

    def till_sale(self, *lines: tuple[str, int], **fields: Any) -> OrderIntent:
        basis = {"channel_id": self.till, "fulfilment": FulfilmentKind.TILL, "payment": PaymentMethod.TILL}
        where = {"completed": True, "store_code": self.near.code, "destination": None}
        return self.intent(*lines, **basis | where | fields)

    def place(self, *intents: OrderIntent) -> list[Any]:
        return place(intents, brand=self.brand.id, actor="test")


@pytest.fixture
def shop(brand: Brand) -> Shop:
    near, far = (
        Store(uuid7(), code, code.title(), Point(HOME.lon + east, HOME.lat), "Minneapolis", always_open(), "UTC",
              serves_radius_m=20_000)
        for code, east in (("NEAR", 0.01), ("FAR", 0.1))
    )  # fmt: skip
    put_stores(brand.id, [near, far])
    kinds = (("web", ChannelKind.SITE), ("platform", ChannelKind.MARKETPLACE), ("till", ChannelKind.STORE))
    channels = [Channel(uuid7(), code, code.title(), kind, role="sell") for code, kind in kinds]
    for channel in channels:
        register_channel(brand.id, channel)
    menu = (("TEA", ItemKind.ON_SITE, 500), ("CUP", ItemKind.GOODS, 1200))
    items = {sku: Item(uuid7(), sku, sku.title(), kind) for sku, kind, _ in menu}
    put_items(brand.id, list(items.values()))
    put_prices(brand.id, [Price(sku, minor, LONG_AGO) for sku, _, minor in menu])
    put_stock(brand.id, [StockRow(s.id, items[sku].id, 10) for s in (near, far) for sku in items])
    return Shop(brand, near, far, *(c.id for c in channels), items)
