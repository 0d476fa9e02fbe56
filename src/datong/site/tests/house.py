"""A tea brand in Hangzhou for tests through the real doors: three stores, a short menu, a gazetteer, any channel."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, TypeVar
from urllib.parse import urlencode
from uuid import UUID

from django.contrib.auth import get_user_model
from django.test import Client

from datong.access.api import assign, create_client, create_user
from datong.access.types import Role, Scope
from datong.brand.api import always_open, put_gazetteer, put_stores, register_channel
from datong.brand.types import AddressText, Brand, Channel, ChannelKind, Store
from datong.catalog.api import items_by_sku, put_items, put_prices
from datong.catalog.types import Item, Price
from datong.customers.types import Identity, IdentityKind
from datong.fulfilment.types import FulfilmentKind
from datong.integration.api import create_endpoint
from datong.integration.types import Context, Request
from datong.inventory.api import put_stock
from datong.inventory.types import StockRow
from datong.kernel import clock
from datong.kernel.db import in_brand, rows
from datong.kernel.geo import Point
from datong.kernel.ids import uuid7
from datong.kernel.relay import Consumer, deliver
from datong.orders.api import OrderView, order_page
from datong.orders.types import Amounts, Contact, Destination, IntentLine, OrderIntent
from datong.payments.types import PaymentMethod
from datong.site.wiring import worker

T = TypeVar("T")
LAKE = Point(120.1400, 30.2500)
PRICES = {"LONGJING": 3000, "JASMINE": 2400, "CUP": 1200}
SINCE = datetime(2020, 1, 1, tzinfo=UTC)
SECRETS = {
    "secret": "only-between-us",
    "token": "tok",
    "aes_key": "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG",
    "appid": "wx1",
    "appsecret": "as",
}


@dataclass
class House:
    """The brand by short names; `call` and `deliver` are real HTTP requests."""

    brand: Brand
    stores: dict[str, Store]
    channels: dict[str, UUID] = field(default_factory=dict)
    http: Client = field(default_factory=lambda: Client(raise_request_exception=False))

    def channel(self, code: str, kind: ChannelKind, **fields: Any) -> UUID:
        if code not in self.channels:
            self.channels[code] = uuid7()
            made = Channel(self.channels[code], code, code.capitalize(), kind, role=f"sells by {code}", **fields)
            register_channel(self.brand.id, made)
        return self.channels[code]

    def key(self, *scopes: Scope, code: str = "app", kind: ChannelKind = ChannelKind.APP) -> str:
        channel = self.channel(code, kind)
        return create_client(self.brand.id, channel, f"client {code}", scopes or list(Scope), by="test").key

    def door(self, connector: str, code: str, kind: ChannelKind, **settings: Any) -> tuple[str, Context]:
        """An address for webhooks: its token, and what its sender knows."""
        channel = self.channel(code, kind)
        token = create_endpoint(self.brand.id, channel, connector, secrets=SECRETS, settings=settings).token
        plain = {"currency": "CNY", "country": "CN", "timezone": "Asia/Shanghai", "secrets": SECRETS}
        return token, Context(channel_id=channel, channel_code=code, settings=settings, **plain)

    def call(self, method: str, path: str, key: str = "", body: Any = None, **headers: str) -> Any:
        """One call of the API; `body` bytes as they are, anything else as JSON."""
        if key:
            headers["Authorization"] = f"Bearer {key}"
        raw = body if isinstance(body, bytes) else json.dumps(body).encode() if body is not None else b""
        return self.http.generic(method, path, raw, content_type="application/json", headers=headers)

    def deliver(self, token: str, request: Request, **headers: str) -> Any:
        """A platform's delivery as it goes over the wire."""
        own = {name: value for name, value in request.headers.items() if name != "content-type"}
        query = f"?{urlencode(request.query)}" if request.query else ""
        content_type = request.headers.get("content-type", "application/json")
        return self.http.post(
            f"/hooks/{token}{query}", request.body, content_type=content_type, headers={**own, **headers}
        )

    def order(self, number: str, code: str = "app", **fields: Any) -> OrderIntent:
        """One Longjing to a typed address near the lake, paid on a platform at our price."""
        plain: dict[str, Any] = {
            "channel_id": self.channels[code],
            "external_id": number,
            "placed_at": clock.now().replace(microsecond=0),
            "currency": "CNY",
            "lines": (IntentLine(1, "LONGJING", 1, PRICES["LONGJING"], title="Longjing"),),
            "fulfilment": FulfilmentKind.DELIVERY,
            "payment": PaymentMethod.PLATFORM,
            "paid": True,
            "destination": Destination(AddressText("8 Nanshan Road", "Hangzhou", "Zhejiang", "310002", "CN")),
            "contact": Contact("Li Na", "+8613800138000"),
            "identities": (Identity(IdentityKind.PHONE, "+8613800138000", verified=True),),
            "amounts": Amounts(goods=PRICES["LONGJING"], paid=PRICES["LONGJING"]),
        }
        return OrderIntent(**plain | fields)

    def rows(self, sql: str, *params: Any) -> list[tuple[Any, ...]]:
        with in_brand(self.brand.id):
            return rows(sql, params)

    def work(self, seconds: float = 20) -> None:
        """Let a worker of `datong worker` do all there is: drain the inbox, deliver the events; then nothing waits."""
        made = worker()
        until = time.monotonic() + seconds
        made.once()
        while self._unread(made.consumers) or self.rows("SELECT 1 FROM integration_inbox WHERE state = 'pending'"):
            assert time.monotonic() < until, "the worker did not get through"
            if not made.once():
                time.sleep(0.01)

    def staff(self, role: Role, *stores: str) -> Client:
        """A browser in which somebody of this role has logged in."""
        name = f"{role.value}-{len(stores)}@{self.brand.slug}"
        user = create_user(name, name=f"Our {role.value}")
        assign(self.brand.id, user, role, by="test", store_ids=[self.stores[code].id for code in stores])
        browser = Client()
        browser.force_login(get_user_model().objects.get(pk=user))
        return browser

    def placed(self, number: str) -> OrderView:
        """The one order with this number of its channel."""
        [(order_id,)] = self.rows("SELECT id FROM orders_order WHERE external_id = %s", number)
        return order_page(self.brand.id, order_id)

    def until(self, ask: Callable[[int], T], good: Callable[[T], bool], seconds: float = 10) -> T:
        """Ask again until the answer is good: a process's picture of channels and stock is a moment old."""
        end = time.monotonic() + seconds
        n = 0
        while not good(found := ask(n)):
            assert time.monotonic() < end, found
            time.sleep(0.05)
            n += 1
        return found

    def relay(self, *consumers: Consumer, seconds: float = 20) -> None:
        """Deliver events until there is none left; a write transaction open anywhere in the cluster delays them."""
        until = time.monotonic() + seconds
        while self._unread(consumers):
            assert time.monotonic() < until, "the relay did not get through"
            if not sum(deliver(self.brand.id, consumer) for consumer in consumers):
                time.sleep(0.01)

    def _unread(self, consumers: Sequence[Consumer]) -> bool:
        found = self.rows(
            "SELECT EXISTS (SELECT 1 FROM kernel_outboxevent o JOIN kernel_cursor c USING (brand_id, lane)"
            " WHERE c.consumer = ANY(%s) AND (o.xid, o.id) > (c.xid, c.last))",
            [consumer.name for consumer in consumers],
        )
        return bool(found[0][0])

    def item(self, sku: str) -> UUID:
        return items_by_sku(self.brand.id, [sku])[sku].id


def open_house(make_brand: Callable[..., Brand], **fields: Any) -> House:
    brand = make_brand(currency="CNY", country="CN", timezone="Asia/Shanghai", locale="zh-CN", **fields)
    stores = {
        code: Store(
            id=uuid7(),
            code=code,
            name=f"Store {code}",
            place=Point(LAKE.lon + east, LAKE.lat),
            city="Hangzhou",
            hours=always_open(),
            timezone="Asia/Shanghai",
            serves_radius_m=reach_m,
        )
        for code, east, reach_m in (("LAKE", 0.005, 5_000), ("EAST", 0.05, 20_000), ("FAR", 0.4, 100_000))
    }
    put_stores(brand.id, list(stores.values()))
    put_gazetteer(brand.id, [("CN", "310002", LAKE), ("CN", "hangzhou, zhejiang", LAKE)])
    put_items(brand.id, [Item(uuid7(), sku, sku.capitalize()) for sku in PRICES])
    put_prices(brand.id, [Price(sku, minor, SINCE) for sku, minor in PRICES.items()])
    items = items_by_sku(brand.id, list(PRICES))
    put_stock(brand.id, [StockRow(store.id, item.id, 100) for store in stores.values() for item in items.values()])
    return House(brand, stores)
