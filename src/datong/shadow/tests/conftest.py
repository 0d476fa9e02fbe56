"""A project with a shop, an ERP that keeps the stock, and registers; files by a few words."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

import pytest

from datong.brand import api as brands
from datong.brand.types import Brand, Store
from datong.kernel.geo import Point
from datong.kernel.ids import uuid7
from datong.shadow import api as shadow
from datong.shadow.types import Fed, FeedKind, Finding, Kind, Project, SystemKind

DAY = date(2026, 11, 20)
MORNING = datetime(2026, 11, 20, 6, 0, tzinfo=UTC)  # midnight in Chicago
HOME = Point(-93.25, 44.95)


@dataclass
class Beside:
    brand: Brand
    project: Project

    def connect(self, code: str, kind: SystemKind, **more: Any) -> None:
        shadow.connect(self.brand.id, self.project.id, code, kind, by="test", **more)

    def feed(self, kind: FeedKind, system: str, head: str, *rows: str, name: str = "x.csv") -> Fed:
        body = "\n".join([head, *rows]).encode()
        return shadow.feed_file(self.brand.id, self.project.id, system, kind, name, body)

    def orders(self, system: str, *rows: str) -> Fed:
        """order, placed (Chicago), store, sku, units, price, ref, source, phone."""
        return self.feed(FeedKind.ORDERS, system, "order,placed,store,sku,units,price,ref,source,phone", *rows)

    def stock(self, system: str, *rows: str) -> Fed:
        return self.feed(FeedKind.STOCK, system, "sku,store,units,at", *rows)

    def prices(self, system: str, *rows: str) -> Fed:
        return self.feed(FeedKind.PRICES, system, "sku,price,since", *rows)

    def members(self, system: str, *rows: str) -> Fed:
        head = "member,name,phone,email,phone verified,link"
        return self.feed(FeedKind.MEMBERS, system, head, *rows)

    def look(self) -> dict[Kind, list[Finding]]:
        shadow.run(self.brand.id, self.project.id, by="test")
        found: dict[Kind, list[Finding]] = {}
        for each in shadow.findings_page(self.brand.id, self.project.id, limit=500).rows:
            found.setdefault(each.kind, []).append(each)
        return found


@pytest.fixture
def beside(brand: Brand) -> Beside:
    return open_beside(brand)


@pytest.fixture
def committed_beside(committed_db: str, make_brand: Callable[..., Brand]) -> Beside:
    return open_beside(make_brand())


def open_beside(brand: Brand) -> Beside:
    stores = [
        Store(
            id=uuid7(), code=code, name=code.title(), place=Point(HOME.lon + east, HOME.lat), city="Minneapolis",
            hours=brands.always_open(), timezone="America/Chicago", serves_radius_m=60_000,
        )
        for code, east in (("NEAR", 0.01), ("FAR", 0.4))
    ]  # fmt: skip
    brands.put_stores(brand.id, stores)
    project = shadow.open_project(brand.id, "Today", by="test")
    made = Beside(brand, project)
    made.connect("shop", SystemKind.SHOP)
    made.connect("till", SystemKind.TILL)
    made.connect("erp", SystemKind.ERP)
    return made
