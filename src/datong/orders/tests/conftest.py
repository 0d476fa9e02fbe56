"""A small brand that can sell: two stores, three channels, a menu with prices and stock."""

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
from datong.customers.types import Identity, IdentityKind
from datong.fulfilment.types import FulfilmentKind
from datong.inventory.api import audit, put_stock, stock_of
from datong.inventory.types import StockRow
from datong.kernel import clock
from datong.kernel.geo import Point
from datong.kernel.ids import uuid7
from datong.ledger.api import check
from datong.orders import api
from datong.orders.sourcing import supply
from datong.orders.types import Amounts, Contact, Destination, IntentLine, OrderIntent
from datong.payments.types import PaymentMethod

HOME = Point(-93.25, 44.95)
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)


@dataclass
class Shop:
    """The brand and its parts by short names; `intent()` makes an order of the web shop unless told otherwise."""

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
        wanted = tuple(IntentLine(n, sku, units) for n, (sku, units) in enumerate(lines or [("TEA", 1)], 1))
        plain = OrderIntent(
            channel_id=self.web,
            external_id=f"W-{self._n}",
            placed_at=clock.now() - timedelta(seconds=5),
            currency="USD",
            lines=wanted,
            fulfilment=FulfilmentKind.DELIVERY,
            payment=PaymentMethod.CASH_ON_DELIVERY,
            destination=Destination(AddressText(line="1 Main St", city="Minneapolis"), HOME),
            contact=Contact(name="Ann Lee", phone="+16125550100"),
        )
        return replace(plain, **fields)

    def sold_elsewhere(self, *lines: tuple[str, int, int], **fields: Any) -> OrderIntent:
        """An order a platform has sold and settled; lines are (sku, units, unit_minor)."""
        booked = tuple(IntentLine(n, sku, units, unit) for n, (sku, units, unit) in enumerate(lines, 1))
        goods = sum(line.units * (line.unit_minor or 0) for line in booked)
        settled = Amounts(goods=goods, paid=goods)
        basis = {"channel_id": self.platform, "lines": booked, "amounts": settled, "payment": PaymentMethod.PLATFORM}
        return self.intent(**basis | fields)

    def till_sale(self, *lines: tuple[str, int], **fields: Any) -> OrderIntent:
        basis = {
            "channel_id": self.till,
            "fulfilment": FulfilmentKind.TILL,
            "payment": PaymentMethod.TILL,
            "completed": True,
            "store_code": self.near.code,
            "destination": None,
        }
        return self.intent(*lines, **basis | fields)

    def place(self, *intents: OrderIntent) -> list[Any]:
        return api.place(intents, brand=self.brand.id, actor="test")

    def place_one(self, *args: Any, **fields: Any) -> Any:
        (outcome,) = self.place(self.intent(*args, **fields))
        return outcome

    def page(self, outcome: Any) -> Any:
        return api.order_page(self.brand.id, outcome.order_id)

    def stock(self, sku: str, store: Store | None = None) -> StockRow:
        place = (store or self.near).id
        (row,) = stock_of(self.brand.id, items=[self.items[sku].id], locations=[place])
        return row


def open_shop(brand: Brand, units: int = 10) -> Shop:
    stores = [
        Store(
            id=uuid7(),
            code=code,
            name=name,
            place=Point(HOME.lon + east, HOME.lat),
            city="Minneapolis",
            hours=always_open(),
            timezone="America/Chicago",
            serves_radius_m=20_000,
        )
        for code, name, east in (("NEAR", "Uptown", 0.01), ("FAR", "Airport", 0.1))
    ]
    put_stores(brand.id, stores)
    kinds = (("web", ChannelKind.SITE), ("platform", ChannelKind.MARKETPLACE), ("till", ChannelKind.STORE))
    channels = [Channel(uuid7(), code, code.title(), kind, role="sell") for code, kind in kinds]
    for channel in channels:
        register_channel(brand.id, channel)
    menu = (
        ("TEA", "Green tea", ItemKind.ON_SITE, 500),
        ("CUP", "Cup", ItemKind.GOODS, 1200),
        ("FIX", "Repair", ItemKind.SERVICE, 3000),
    )
    items = {sku: Item(uuid7(), sku, title, kind) for sku, title, kind, _ in menu}
    put_items(brand.id, list(items.values()))
    put_prices(brand.id, [Price(sku, minor, LONG_AGO) for sku, _, _, minor in menu])
    put_stock(brand.id, [StockRow(s.id, items[sku].id, units) for s in stores for sku in ("TEA", "CUP")])
    supply.forget(brand.id)
    return Shop(brand, stores[0], stores[1], *(c.id for c in channels), items)


@pytest.fixture
def shop(brand: Brand) -> Shop:
    return open_shop(brand)


@pytest.fixture
def committed_shop(committed_db: str, make_brand: Any) -> Shop:
    return open_shop(make_brand())


def phone(number: str = "+16125550100", *, verified: bool = True) -> Identity:
    return Identity(IdentityKind.PHONE, number, verified)


def sound(shop: Shop) -> None:
    """Stock, ledger and order book add up when recomputed from their rows."""
    assert audit(shop.brand.id).sound and api.proof(shop.brand.id).sound
    assert check(shop.brand.id) == []


def forget(shop: Shop) -> None:
    """The test's transaction is open, so that its own events are not yet to be read."""
    supply.forget(shop.brand.id)
