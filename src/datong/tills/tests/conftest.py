"""A till at the counter of a small shop."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from datong.access.api import client_of
from datong.access.types import Client
from datong.brand.api import always_open, put_stores, register_channel
from datong.brand.types import Brand, Channel, ChannelKind, Store
from datong.catalog.api import put_items, put_prices
from datong.catalog.types import Item, ItemKind, Price
from datong.fulfilment.types import FulfilmentKind
from datong.inventory.api import audit, put_stock, stock_of
from datong.inventory.types import StockRow
from datong.kernel import clock
from datong.kernel.geo import Point
from datong.kernel.ids import uuid7
from datong.ledger.api import check, trial_balance
from datong.orders.api import place, proof
from datong.orders.types import Accepted, Contact, IntentLine, OrderIntent
from datong.payments.types import PaymentMethod
from datong.tills import api
from datong.tills.types import Device, Fact, FactKind, Told

LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)
MENU = (
    ("TEA", "Green tea", ItemKind.ON_SITE, 500),
    ("CUP", "Cup", ItemKind.GOODS, 1200),
    ("FIX", "Repair", ItemKind.SERVICE, 3000),
)


@dataclass
class Shop:
    """Two stores, ten teas and cups at each, a web shop and the tills' channel."""

    brand: Brand
    near: Store
    far: Store
    channels: dict[str, UUID]
    items: dict[str, Item]

    def stock(self, sku: str) -> StockRow:
        (row,) = stock_of(self.brand.id, items=[self.items[sku].id], locations=[self.near.id])
        return row

    def order_cup(self) -> Accepted:
        """A cup to be fetched and paid at the store."""
        intent = OrderIntent(
            channel_id=self.channels["web"],
            external_id="W-1",
            placed_at=clock.now() - timedelta(seconds=5),
            currency="USD",
            lines=(IntentLine(1, "CUP", 1),),
            fulfilment=FulfilmentKind.PICKUP,
            payment=PaymentMethod.PAY_AT_STORE,
            store_code=self.near.code,
            contact=Contact(name="Ann Lee", phone="+16125550100"),
        )
        [outcome] = place([intent], brand=self.brand.id, actor="test")
        assert isinstance(outcome, Accepted), outcome
        return outcome


def open_shop(brand: Brand) -> Shop:
    stores = [
        Store(uuid7(), code, name, Point(-93.25 + east, 44.95), "Minneapolis", always_open(), "America/Chicago")
        for code, name, east in (("NEAR", "Uptown", 0.01), ("FAR", "Airport", 0.1))
    ]
    put_stores(brand.id, stores)
    channels = {}
    for code, kind in (("web", ChannelKind.SITE), ("till", ChannelKind.STORE)):
        channels[code] = register_channel(brand.id, Channel(uuid7(), code, code.title(), kind, role="sell")).id
    items = {sku: Item(uuid7(), sku, title, kind) for sku, title, kind, _ in MENU}
    put_items(brand.id, list(items.values()))
    put_prices(brand.id, [Price(sku, minor, LONG_AGO) for sku, _, _, minor in MENU])
    put_stock(brand.id, [StockRow(s.id, items[sku].id, 10) for s in stores for sku in ("TEA", "CUP")])
    return Shop(brand, stores[0], stores[1], channels, items)


@dataclass
class Counter:
    """The till of the near store. `tell` is an upload, `sold` a sale as the till would write it down."""

    shop: Shop
    device: Device
    client: Client

    def fact(self, kind: FactKind, body: Mapping[str, Any], **fields: Any) -> Fact:
        plain: dict[str, Any] = {"id": uuid7(), "kind": kind, "at": clock.now(), "by": "kim", "body": body}
        return Fact(**plain | fields)

    def sold(self, *lines: tuple[str, int, int], tenders: Any = None, fields: Any = None, **body: Any) -> Fact:
        said = [{"sku": sku, "title": sku, "units": units, "unit_minor": minor} for sku, units, minor in lines]
        total = sum(units * minor for _, units, minor in lines)
        paid = tenders or [{"kind": "cash", "amount_minor": total}]
        return self.fact(FactKind.SALE, {"lines": said, "total_minor": total, "tenders": paid, **body}, **fields or {})

    def tell(self, *facts: Fact, sent_at: datetime | None = None) -> list[Told]:
        return api.take(self.client, self.device, sent_at or clock.now(), facts)

    def nets(self) -> dict[str, int]:
        return {row.account.code: row.net_minor for row in trial_balance(self.shop.brand.id) if row.net_minor}

    def sound(self) -> None:
        brand = self.shop.brand.id
        assert audit(brand).sound and proof(brand).sound and check(brand) == []


def open_counter(shop: Shop, store: UUID | None = None, name: str = "Counter 1") -> Counter:
    made = api.register(shop.brand.id, store or shop.near.id, name, by="mia")
    client = client_of(made.key)
    assert client is not None
    return Counter(shop, made.device, client)


@pytest.fixture
def counter(brand: Any) -> Counter:
    return open_counter(open_shop(brand))


@pytest.fixture
def committed_counter(committed_db: str, make_brand: Any) -> Counter:
    return open_counter(open_shop(make_brand()))
