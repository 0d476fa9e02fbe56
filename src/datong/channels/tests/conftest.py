"""A brand with two stores, three doors, staff of every role, some orders and one delivery that cannot be understood."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.contrib.auth import get_user_model
from django.core.cache import cache
from django.test import Client

from datong.access import api as access
from datong.access.types import Role
from datong.brand import api as brands
from datong.brand.types import AddressText, Brand, Channel, ChannelKind, Store
from datong.catalog import api as catalog
from datong.catalog.types import Item, Price
from datong.fulfilment.types import FulfilmentKind
from datong.integration import api as integration
from datong.integration.types import InboxEntry, Request
from datong.inventory import api as inventory
from datong.inventory.types import StockRow
from datong.kernel import clock
from datong.kernel.geo import Point
from datong.kernel.ids import uuid7
from datong.orders import api as orders
from datong.orders.types import Accepted, Amounts, Contact, Destination, IntentLine, OrderIntent
from datong.payments.types import PaymentMethod

HOME = Point(-93.25, 44.95)
PASSWORD = "correct horse battery"
SECRET = "only-between-us"


@dataclass
class House:
    """The brand by short names: stores `near` and `far`, channels by code, items by SKU, a log-in for each role."""

    brand: Brand
    near: Store
    far: Store
    channels: dict[str, UUID]
    items: dict[str, Item]
    users: dict[Role, UUID]
    door: str
    _n: int = field(default=0)

    def intent(self, channel: str = "web", **fields: Any) -> OrderIntent:
        self._n += 1
        plain: dict[str, Any] = {
            "channel_id": self.channels[channel],
            "external_id": f"{channel}-{self._n}",
            "placed_at": clock.now() - timedelta(minutes=3),
            "currency": "USD",
            "lines": (IntentLine(1, "CUP", 1),),
            "fulfilment": FulfilmentKind.DELIVERY,
            "payment": PaymentMethod.CASH_ON_DELIVERY,
            "destination": Destination(AddressText(line="1 Main St", city="Minneapolis"), HOME),
            "contact": Contact(name="Ann Lee", phone="+16125550100"),
        }
        return OrderIntent(**plain | fields)

    def place(self, intent: OrderIntent | None = None) -> Accepted:
        (outcome,) = orders.place([intent or self.intent()], brand=self.brand.id, actor="test")
        assert isinstance(outcome, Accepted), outcome
        return outcome

    def sold_elsewhere(self, unit_minor: int) -> Accepted:
        """One cup that a marketplace sold at its own price, with its commission."""
        amounts = Amounts(goods=unit_minor, paid=unit_minor, commission=100)
        lines = (IntentLine(1, "CUP", 1, unit_minor, title="Cup"),)
        return self.place(
            self.intent("market", lines=lines, amounts=amounts, payment=PaymentMethod.PLATFORM, paid=True)
        )

    def pickup(self, store: Store) -> Accepted:
        basis = {"fulfilment": FulfilmentKind.PICKUP, "store_code": store.code, "destination": None}
        return self.place(self.intent(**basis))

    def deliver(self, *, quantity: Any = 1, number: int = 5001) -> InboxEntry:
        """A Shopify delivery through the web shop's door, read at once."""
        body = json.dumps(shopify_order(quantity=quantity, number=number)).encode()
        signature = base64.b64encode(hmac.new(SECRET.encode(), body, hashlib.sha256).digest()).decode()
        headers = {"x-shopify-topic": "orders/create", "x-shopify-hmac-sha256": signature}
        receipt = integration.receive(self.door, Request(body, headers))
        integration.drain(self.brand.id)
        return integration.inbox_entry(self.brand.id, receipt.inbox_ids[0])

    def client(self, role: Role = Role.HQ, **options: Any) -> Client:
        """A browser that somebody of this role has logged in with."""
        client = Client(**options)
        client.force_login(get_user_model().objects.get(pk=self.users[role]))
        return client


def shopify_order(*, quantity: Any, number: int) -> dict[str, Any]:
    return {
        "id": number,
        "created_at": (clock.now() - timedelta(minutes=1)).isoformat(),
        "currency": "USD",
        "taxes_included": True,
        "financial_status": "paid",
        "total_price": "12.00",
        "email": "ann@example.com",
        "phone": "+16125550100",
        "line_items": [{"sku": "CUP", "title": "Cup <b>", "quantity": quantity, "price": "12.00"}],
        "shipping_address": {
            "name": "Ann Lee",
            "address1": "1 Main St",
            "city": "Minneapolis",
            "province_code": "MN",
            "zip": "55401",
            "country_code": "US",
            "latitude": HOME.lat,
            "longitude": HOME.lon,
        },
    }


OF_STORES = {Role.STORE, Role.CASHIER, Role.MANAGER, Role.REGION}


def open_house(brand: Brand) -> House:
    stores = [_store(code, name, east) for code, name, east in (("NEAR", "Uptown", 0.01), ("FAR", "Airport", 0.1))]
    brands.put_stores(brand.id, stores)
    channels = {}
    for code, kind in (("web", ChannelKind.SITE), ("market", ChannelKind.MARKETPLACE), ("till", ChannelKind.STORE)):
        channels[code] = uuid7()
        brands.register_channel(brand.id, Channel(channels[code], code, f"The {code}", kind, role=f"sells by {code}"))
    access.own_channel(brand.id, channels["web"], "Elena Rossi", by="test")
    since = datetime(2020, 1, 1, tzinfo=UTC)
    menu = (("CUP", "Cup", 1200), ("POT", "Teapot with a name that is rather long for a table of this width", 250000))
    items = {sku: Item(uuid7(), sku, title) for sku, title, _ in menu}
    catalog.put_items(brand.id, list(items.values()))
    catalog.put_prices(brand.id, [Price(sku, minor, since) for sku, _, minor in menu])
    inventory.put_stock(brand.id, [StockRow(s.id, item.id, 10) for s in stores for item in items.values()])
    door = integration.create_endpoint(brand.id, channels["web"], "shopify", secrets={"secret": SECRET}).token
    users = {}
    for role in Role:
        users[role] = access.create_user(f"{role.value}@{brand.slug}", name=f"Our {role.value}")
        scope = [stores[0].id] if role in OF_STORES else []
        access.assign(brand.id, users[role], role, by="test", store_ids=scope)
    return House(brand, stores[0], stores[1], channels, items, users, door)


def _store(code: str, name: str, east: float) -> Store:
    return Store(
        id=uuid7(),
        code=code,
        name=name,
        place=Point(HOME.lon + east, HOME.lat),
        city="Minneapolis",
        region="MN",
        hours=brands.always_open(),
        timezone="America/Chicago",
        serves_radius_m=20_000,
        order_limit=50,
    )


@pytest.fixture(autouse=True)
def _no_tries_left_over() -> None:
    """The count of wrong log-ins lives in the process; each test begins without one."""
    cache.clear()


@pytest.fixture(scope="session", autouse=True)
def _translations() -> None:
    """The compiled translations are not in the repository; a test of Chinese needs them."""
    from pathlib import Path

    from babel.messages.mofile import write_mo
    from babel.messages.pofile import read_po

    source = Path(__file__).parents[1] / "locale" / "zh_Hans" / "LC_MESSAGES" / "django.po"
    target = source.with_suffix(".mo")
    if not target.exists() or target.stat().st_mtime < source.stat().st_mtime:
        with source.open("rb") as read, target.open("wb") as written:
            write_mo(written, read_po(read, locale="zh_Hans"))


@pytest.fixture
def house(brand: Brand) -> House:
    return open_house(brand)


@pytest.fixture
def committed_house(committed_db: str, make_brand: Callable[..., Brand]) -> House:
    return open_house(make_brand(tokens={"--accent": "#b4481e"}))
