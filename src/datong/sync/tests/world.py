"""A small brand with one connected channel, and the channel's own orders, for the tests of what is fetched."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from datong.brand.api import always_open, put_stores, register_channel
from datong.brand.types import Brand, Channel, ChannelKind, Store
from datong.catalog.api import put_items, put_prices
from datong.catalog.types import Item, ItemKind, Price
from datong.integration import api as integration
from datong.integration.types import Request
from datong.inventory.api import put_stock
from datong.inventory.types import StockRow
from datong.kernel import clock
from datong.kernel.db import execute, in_brand, rows
from datong.kernel.geo import Point
from datong.kernel.ids import uuid7
from datong.kernel.secrets import seal
from datong.sync.local.orders import LocalOrders

LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)
AES_KEY = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"
SECRETS = {"secret": "s3cret", "token": "tok", "aes_key": AES_KEY, "appid": "wx1", "appsecret": "as"}
KEYS = {"access_token": "t", "consumer_key": "ck", "consumer_secret": "cs", "appid": "wx1", "appsecret": "as"}

LINK = """
    INSERT INTO sync_link (brand_id, channel_id, platform, base_url, settings, sealed, per_s, most, tokens, filled_at,
                           failures, paused_by, error, created_at)
    VALUES (%(brand)s, %(channel)s, %(platform)s, %(url)s, %(settings)s, %(sealed)s, 2, 40, 40, %(now)s, 0, '', '',
            %(now)s)
"""


@dataclass
class World:
    """The brand by short names: one store with tea and cups, one channel per platform that is connected."""

    brand: Brand
    store: Store
    items: dict[str, Item]
    channels: dict[str, UUID] = field(default_factory=dict)
    doors: dict[str, str] = field(default_factory=dict)

    def connect(self, platform: str, url: str, *, code: str = "", **settings: Any) -> UUID:
        """A channel with a door for its orders and a way out to `url`."""
        code = code or platform
        settings = {"currency": self.brand.currency, "country": "US", **settings}
        kind = ChannelKind.SITE if platform in ("shopify", "woocommerce") else ChannelKind.MARKETPLACE
        channel = self.channels[code] = uuid7()
        register_channel(self.brand.id, Channel(channel, code, code.title(), kind, role="sells"))
        door = integration.create_endpoint(self.brand.id, channel, platform, secrets=SECRETS, settings=settings)
        self.doors[code] = door.token
        params = {"brand": self.brand.id, "channel": channel, "platform": platform, "url": url, "now": clock.now()}
        with in_brand(self.brand.id):
            execute(LINK, {**params, "settings": json.dumps(settings), "sealed": seal(json.dumps(KEYS))})
        return channel

    def deliver(self, code: str, order: dict[str, Any], topic: str = "orders/create") -> None:
        """The webhook of a Shopify order."""
        from base64 import b64encode
        from hmac import digest

        body = json.dumps(order).encode()
        mac = b64encode(digest(b"s3cret", body, "sha256")).decode()
        headers = {"x-shopify-topic": topic, "x-shopify-hmac-sha256": mac}
        integration.receive(self.doors[code], Request(body, headers))

    def orders(self) -> list[tuple[str, int, str]]:
        """(external id, total, state) of every order, by external id."""
        with in_brand(self.brand.id):
            return rows("SELECT external_id, total_minor, state FROM orders_order ORDER BY external_id")

    def inbox(self) -> list[tuple[str, str]]:
        """(state, how it was found) of every entry, oldest first."""
        page = integration.inbox_page(self.brand.id, limit=100)
        return [(e.state.value, e.headers.get("x-datong-pulled", "")) for e in reversed(page.entries)]


def open_world(brand: Brand) -> World:
    store = Store(
        uuid7(),
        "S01",
        "S01",
        Point(-93.25, 44.95),
        "Minneapolis",
        always_open(),
        brand.timezone,
        serves_radius_m=50_000,
    )
    put_stores(brand.id, [store])
    menu = (("TEA", "Green tea", 500), ("CUP", "Cup", 1200))
    items = {sku: Item(uuid7(), sku, title, ItemKind.GOODS) for sku, title, _ in menu}
    put_items(brand.id, list(items.values()))
    put_prices(brand.id, [Price(sku, minor, LONG_AGO) for sku, _, minor in menu])
    put_stock(brand.id, [StockRow(store.id, item.id, 1000) for item in items.values()])
    return World(brand, store, items)


def shopify(number: int, *, total: str = "5.00", paid: bool = True, at: datetime | None = None, **more: Any) -> Any:
    """An order as Shopify writes it: one tea."""
    moment = (at or clock.now() - timedelta(minutes=30)).replace(microsecond=0)
    return {
        "id": number,
        "created_at": moment.isoformat(),
        "updated_at": moment.isoformat(),
        "cancelled_at": None,
        "currency": "USD",
        "financial_status": "paid" if paid else "pending",
        "payment_gateway_names": ["shopify_payments"] if paid else ["Cash on Delivery (COD)"],
        "taxes_included": True,
        "total_tax": "0.00",
        "total_price": total,
        "line_items": [{"id": 1, "sku": "TEA", "title": "Tea", "quantity": 1, "price": total}],
        "shipping_lines": [{"code": "standard", "title": "Standard", "price": "0.00"}],
        "shipping_address": _where(),
        **more,
    }


def woocommerce(number: int, *, total: str = "5.00", at: datetime | None = None, **more: Any) -> Any:
    stamp = (at or clock.now() - timedelta(minutes=30)).astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S")
    return {
        "id": number,
        "status": "processing",
        "currency": "USD",
        "prices_include_tax": True,
        "date_created_gmt": stamp,
        "date_paid_gmt": stamp,
        "total": total,
        "total_tax": "0.00",
        "shipping_total": "0.00",
        "customer_id": 0,
        "billing": {"first_name": "Ann", "last_name": "Lee", "address_1": "1 Main St", "city": "Minneapolis"},
        "shipping": {"address_1": "1 Main St", "city": "Minneapolis", "state": "MN", "country": "US"},
        "payment_method": "stripe",
        "line_items": [
            {
                "id": 1,
                "name": "Tea",
                "sku": "TEA",
                "quantity": 1,
                "subtotal": total,
                "total": total,
                "total_tax": "0.00",
            }
        ],
        "shipping_lines": [{"method_id": "flat_rate", "total": "0.00"}],
        **more,
    }


def wechat(number: str, *, fen: int = 500, status: int = 20, at: datetime | None = None) -> Any:
    stamp = int((at or clock.now() - timedelta(minutes=30)).timestamp())
    line = {"sku_id": "1", "sku_code": "TEA", "sku_cnt": 1, "sale_price": fen, "title": "Tea"}
    pay = {"pay_time": stamp} if status not in (10, 250) else {}
    return {
        "order_id": number,
        "status": status,
        "create_time": stamp,
        "update_time": stamp,
        "order_detail": {
            "product_infos": [line],
            "price_info": {"product_price": fen, "order_price": fen, "freight": 0},
            "pay_info": {"transaction_id": "t", **pay},
            "delivery_info": {"deliver_method": 0, "address_info": {"user_name": "A", "tel_number": "13800138000"}},
        },
    }


MAKE: dict[str, Callable[..., Any]] = {"shopify": shopify, "woocommerce": woocommerce, "wechat_shop": wechat}


def fill(shop: LocalOrders, numbers: range, *, start: datetime, step_s: int = 60) -> None:
    """Orders of that platform, one every `step_s` seconds from `start` on."""
    for n in numbers:
        moment = (start + timedelta(seconds=step_s * (n - numbers.start))).replace(microsecond=0)
        number: Any = str(n) if shop.platform == "wechat_shop" else n
        shop.put(MAKE[shop.platform](number, at=moment), updated_at=moment)


def _where() -> dict[str, Any]:
    return {
        "name": "Ann Lee",
        "address1": "1 Main St",
        "city": "Minneapolis",
        "province_code": "MN",
        "zip": "55401",
        "country_code": "US",
        "latitude": 44.95,
        "longitude": -93.25,
    }
