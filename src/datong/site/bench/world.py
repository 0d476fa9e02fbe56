"""The brand the benchmarks sell for: many stores around one city, a small menu, stock for all rounds."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from django.db import connections

from datong.access.api import create_client
from datong.access.types import Scope
from datong.brand.api import always_open, create_brand, put_stores, register_channel
from datong.brand.types import Brand, Channel, ChannelKind, Store
from datong.catalog.api import put_items, put_prices
from datong.catalog.types import Item, Price
from datong.inventory.api import put_stock
from datong.inventory.types import StockRow
from datong.kernel.geo import Point
from datong.kernel.ids import uuid7

CENTRE = Point(-93.25, 44.95)
SPREAD_DEG = 0.35


@dataclass(slots=True)
class World:
    brand: Brand
    channel: UUID
    key: str
    stores: list[Store]
    skus: list[str]
    rnd: random.Random

    def order(self, number: int, lines: int = 3) -> dict[str, Any]:
        """One order as the API takes it: three lines, an address in reach, cash on delivery."""
        return {
            "external_id": f"B-{number}",
            "placed_at": datetime.now(UTC).isoformat(),
            "currency": self.brand.currency,
            "fulfilment": "delivery",
            "payment": "cash_on_delivery",
            "lines": [{"sku": sku, "units": 1} for sku in self.rnd.sample(self.skus, lines)],
            "destination": {
                "line": "1 Bench St",
                "city": "Minneapolis",
                "lon": round(CENTRE.lon + self.rnd.uniform(-SPREAD_DEG, SPREAD_DEG), 6),
                "lat": round(CENTRE.lat + self.rnd.uniform(-SPREAD_DEG, SPREAD_DEG), 6),
            },
            "contact": {"name": "Bench", "phone": f"+1612555{number % 10_000:04}"},
            "identities": [{"kind": "phone", "value": f"+1612{5_000_000 + number % 4_000_000}", "verified": True}],
        }


def open_world(stores: int = 1500, skus: int = 40, units: int = 100_000) -> World:
    """A fresh brand with stock for every round; seed 1, so that every run asks the same."""
    rnd = random.Random(1)  # noqa: S311 - repeatable, not secret
    brand = create_brand(f"bench-{uuid7().hex[-10:]}", "Bench", "USD", "en-US", "US", "America/Chicago", {})
    places = [
        Store(
            id=uuid7(),
            code=f"B{n:04}",
            name=f"Store {n}",
            place=Point(CENTRE.lon + rnd.uniform(-0.5, 0.5), CENTRE.lat + rnd.uniform(-0.5, 0.5)),
            city="Minneapolis",
            hours=always_open(),
            timezone="America/Chicago",
            serves_radius_m=20_000,
        )
        for n in range(stores)
    ]
    put_stores(brand.id, places)
    items = [Item(uuid7(), f"SKU{n:03}", f"Item {n}") for n in range(skus)]
    put_items(brand.id, items)
    put_prices(brand.id, [Price(i.sku, 500 + n * 25, datetime(2020, 1, 1, tzinfo=UTC)) for n, i in enumerate(items)])
    put_stock(brand.id, [StockRow(s.id, i.id, units) for s in places for i in items])
    with connections["owner"].cursor() as cursor:
        cursor.execute("ANALYZE")  # what autovacuum does within seconds; the figures are of a database at work
    channel = Channel(uuid7(), "api", "API", ChannelKind.API, role="bench")
    register_channel(brand.id, channel)
    scopes = [Scope.ORDERS_WRITE, Scope.ORDERS_READ]
    client = create_client(brand.id, channel.id, "bench", scopes, by="bench")
    return World(brand, channel.id, client.key, places, [i.sku for i in items], rnd)
