"""Read the extract that tools/extract_demo_data.py made: goods, baskets, stores."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from statistics import median_high

from datong.brand.types import AddressText
from datong.kernel.geo import Point
from datong.site.demo.files import rows
from datong.site.demo.near import Near
from datong.site.demo.retail.states import zone_of
from datong.site.demo.types import Basket, BasketLine, Format, Good, Shop

HUBS = 24
HUB_COVERS_M = 250_000
FORMATS = {"BigBox": Format.BIG, "Mobile": Format.SMALL, "Express": Format.KIOSK}
REACH_M = {Format.HUB: 700_000, Format.BIG: 30_000, Format.SMALL: 12_000, Format.KIOSK: 0}
ORDER_LIMITS = {Format.HUB: 150, Format.BIG: 120, Format.SMALL: 80, Format.KIOSK: 60}


def read_baskets() -> tuple[Basket, ...]:
    """All baskets by invoice number."""
    return tuple(
        Basket(row["invoice"], datetime.fromisoformat(row["at"]), row["customer"], _lines(row["lines"]))
        for row in rows("retail_orders.csv.gz")
    )


def _lines(text: str) -> tuple[BasketLine, ...]:
    """`85123A*6@255 ...`: code, units, price of one in cents."""
    parts = (part.replace("@", "*").split("*") for part in text.split())
    return tuple(BasketLine(sku, int(units), int(price)) for sku, units, price in parts)


def read_goods(baskets: Sequence[Basket]) -> tuple[Good, ...]:
    """All goods by code, with how the baskets take them. Titles are in capitals in the source; here as a sentence."""
    taken: defaultdict[str, list[int]] = defaultdict(list)
    for basket in baskets:
        for line in basket.lines:
            taken[line.sku].append(line.units)
    return tuple(
        Good(
            row["sku"],
            row["title"].capitalize(),
            int(row["list_minor"]),
            int(row["trade_minor"]),
            median_high(taken[row["sku"]] or [1]),
            len(taken[row["sku"]]),
        )
        for row in rows("retail_goods.csv.gz")
    )


def read_shops() -> tuple[Shop, ...]:
    """All stores by number; the 24 big ones that have most stores within 250 km not covered yet also send parcels."""
    shops = [_shop(row, FORMATS[row["kind"]]) for row in rows("retail_stores.csv.gz")]
    hubs = _hubs(shops)
    return tuple(_with_format(shop, Format.HUB) if shop.code in hubs else shop for shop in shops)


def _shop(row: dict[str, str], kind: Format) -> Shop:
    place = Point(float(row["lon"]), float(row["lat"]))
    shop = Shop(
        code=row["code"],
        name=row["name"],
        place=place,
        address=AddressText(row["address"], row["city"], row["state"], row["zip"], "US"),
        hours=row["hours"],
        timezone=zone_of(row["state"], place),
        format=kind,
        services=tuple(row["services"].split("|")) if row["services"] else (),
    )
    return _with_format(shop, kind)


def _with_format(shop: Shop, kind: Format) -> Shop:
    return replace(shop, format=kind, serves_radius_m=REACH_M[kind], order_limit=ORDER_LIMITS[kind])


def _hubs(shops: Sequence[Shop]) -> set[str]:
    """Greedy cover: each time the big store that has most uncovered stores in reach; ties go to the lower number."""
    near = Near(shops)
    reach = {
        shop.code: {other.code for other in near.within(shop.place, HUB_COVERS_M)}
        for shop in shops
        if shop.format is Format.BIG
    }
    uncovered, hubs = {shop.code for shop in shops}, set()
    for _ in range(HUBS):
        best = max(reach, key=lambda code: len(reach[code] & uncovered))
        hubs.add(best)
        uncovered -= reach[best]
    return hubs
