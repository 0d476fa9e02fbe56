"""A small brand that sells: two stores, a shop, a platform and a till, a cup."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from datong.brand.api import always_open, put_stores, register_channel
from datong.brand.types import AddressText, Brand, Channel, ChannelKind, Store
from datong.catalog.api import put_items, put_prices
from datong.catalog.types import Item, Price
from datong.customers.types import Identity, IdentityKind
from datong.fulfilment.types import FulfilmentKind
from datong.inventory.api import put_stock
from datong.inventory.types import StockRow
from datong.kernel import clock
from datong.kernel.geo import Point
from datong.kernel.ids import uuid7
from datong.orders.api import OrderView, order_page, place
from datong.orders.types import Accepted, Contact, Destination, IntentLine, OrderIntent
from datong.payments.types import PaymentMethod

HOME = Point(-93.25, 44.95)


@dataclass
class Shop:
    brand: Brand
    near: Store
    far: Store
    web: UUID
    platform: UUID
    till: UUID
    cup: UUID
    _n: int = 0

    def place_one(self, units: int = 1, **fields: Any) -> Accepted:
        self._n += 1
        plain: dict[str, Any] = {
            "channel_id": self.web,
            "external_id": f"W-{self._n}",
            "placed_at": clock.now() - timedelta(seconds=5),
            "currency": "USD",
            "lines": (IntentLine(1, "CUP", units),),
            "fulfilment": FulfilmentKind.DELIVERY,
            "payment": PaymentMethod.CASH_ON_DELIVERY,
            "destination": Destination(AddressText(line="1 Main St", city="Minneapolis"), HOME),
            "contact": Contact(name="Ann Lee", phone="+16125550100"),
        }
        (outcome,) = place([OrderIntent(**plain | fields)], brand=self.brand.id, actor="test")
        assert isinstance(outcome, Accepted), outcome
        return outcome

    def page(self, outcome: Accepted) -> OrderView:
        return order_page(self.brand.id, outcome.order_id)


def open_shop(brand: Brand) -> Shop:
    near, far = (
        Store(id=uuid7(), code=code, name=name, place=Point(HOME.lon + east, HOME.lat), city="Minneapolis",
              hours=always_open(), timezone="America/Chicago", serves_radius_m=20_000)
        for code, name, east in (("NEAR", "Uptown", 0.01), ("FAR", "Airport", 0.1))
    )  # fmt: skip
    put_stores(brand.id, [near, far])
    doors = []
    for code, kind in (("web", ChannelKind.SITE), ("platform", ChannelKind.MARKETPLACE), ("till", ChannelKind.STORE)):
        channel = Channel(uuid7(), code, code.title(), kind, role="sell")
        register_channel(brand.id, channel)
        doors.append(channel.id)
    cup = Item(uuid7(), "CUP", "Cup")
    put_items(brand.id, [cup])
    put_prices(brand.id, [Price("CUP", 1200, datetime(2020, 1, 1, tzinfo=UTC))])
    put_stock(brand.id, [StockRow(store.id, cup.id, 10) for store in (near, far)])
    return Shop(brand, near, far, *doors, cup.id)


@pytest.fixture
def shop(brand: Brand) -> Shop:
    return open_shop(brand)


@pytest.fixture
def committed_shop(committed_db: str, make_brand: Any) -> Shop:
    return open_shop(make_brand())


def phone(number: str = "+16125550100") -> Identity:
    return Identity(IdentityKind.PHONE, number, verified=True)
