"""A brand with one store in Hangzhou that sells the tea and the cake of the example order, and doors of all kinds."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest

from datong.access.api import create_client
from datong.access.types import Scope
from datong.brand.api import always_open, put_stores, register_channel
from datong.brand.types import Brand, Channel, ChannelKind, Store
from datong.catalog.api import put_items, put_prices
from datong.catalog.types import Item, ItemKind, Price
from datong.integration import api
from datong.integration.tests.intents import context, example
from datong.integration.types import Context, InboxEntry, InboxState
from datong.inventory.api import put_stock
from datong.inventory.types import StockRow
from datong.kernel import clock
from datong.kernel.db import in_brand, rows
from datong.kernel.geo import Point
from datong.kernel.ids import uuid7
from datong.orders.types import OrderIntent

LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)
SECRETS = dict(context().secrets)
SKUS = ("TEA-1", "CAKE", "KRILL-1000")


@dataclass
class House:
    """The brand by short names. `door(kind)` opens one and gives its token and the sender's context."""

    brand: Brand
    store: Store
    channels: dict[str, UUID] = field(default_factory=dict)

    def channel(self, kind: ChannelKind = ChannelKind.MARKETPLACE, code: str = "c") -> UUID:
        if code not in self.channels:
            self.channels[code] = uuid7()
            register_channel(self.brand.id, Channel(self.channels[code], code, code, kind, role="sells"))
        return self.channels[code]

    def door(self, connector: str, **settings: Any) -> tuple[str, Context]:
        channel = self.channel()
        made = api.create_endpoint(self.brand.id, channel, connector, secrets=SECRETS, settings=settings)
        return made.token, context(channel_id=channel, settings=settings)

    def key(self, *scopes: Scope, kind: ChannelKind = ChannelKind.APP, code: str = "app") -> str:
        wanted = frozenset(scopes or (Scope.ORDERS_WRITE, Scope.ORDERS_READ))
        return create_client(self.brand.id, self.channel(kind, code), f"client-{code}", wanted, by="test").key

    def order(self, **fields: Any) -> OrderIntent:
        """The example order, of this house and of today."""
        return example(**({"channel_id": self.channel(), "placed_at": clock.now().replace(microsecond=0)} | fields))

    def inbox(self, *states: InboxState) -> list[InboxEntry]:
        return list(api.inbox_page(self.brand.id, api.InboxFilter(states=states), limit=100).entries)

    def states(self) -> list[str]:
        """Oldest first."""
        return [entry.state.value for entry in reversed(self.inbox())]

    def drain(self) -> dict[str, int]:
        return {state.value: count for state, count in api.drain(self.brand.id).states.items()}

    def orders(self) -> list[tuple[str, int, str]]:
        """(external id, total, state) of every order, oldest first."""
        with in_brand(self.brand.id):
            return rows("SELECT external_id, total_minor, state FROM orders_order ORDER BY id")


@pytest.fixture
def make_house(make_brand: Callable[..., Any]) -> Callable[..., House]:
    def make(**fields: Any) -> House:
        china = {"currency": "CNY", "country": "CN", "timezone": "Asia/Shanghai", "locale": "zh-CN"}
        brand = make_brand(**(china | fields))
        store = Store(
            uuid7(),
            "S01",
            "S01",
            Point(120.12, 30.27),
            "Hangzhou",
            always_open(),
            "Asia/Shanghai",
            serves_radius_m=20_000,
        )
        put_stores(brand.id, [store])
        items = [Item(uuid7(), sku, sku, ItemKind.GOODS) for sku in SKUS]
        put_items(brand.id, items)
        put_prices(
            brand.id,
            [Price("TEA-1", 1800, LONG_AGO), Price("CAKE", 2500, LONG_AGO), Price("KRILL-1000", 6900, LONG_AGO)],
        )
        put_stock(brand.id, [StockRow(store.id, item.id, 1000) for item in items])
        return House(brand, store)

    return make


@pytest.fixture
def house(db: None, make_house: Callable[..., House]) -> House:
    return make_house()


__all__ = ["House", "house", "make_house", "replace"]
