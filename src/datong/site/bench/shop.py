"""What the pages of the own web shop cost: list, category, search (Chinese, and a slip of the finger), one product."""

from __future__ import annotations

import os
import random
import time
from datetime import UTC, datetime

from django.core import signing
from django.db import connections
from django.test import Client

from datong.brand.api import register_channel
from datong.brand.types import SHOP_CODE, Channel, ChannelKind
from datong.catalog.api import put_categories, put_items, put_prices
from datong.catalog.types import Category, Item, Price
from datong.channels.shop.door import SPOT_COOKIE, SPOT_SALT
from datong.inventory.api import put_stock
from datong.inventory.types import StockRow
from datong.kernel.db import count_statements, rows
from datong.kernel.ids import uuid7
from datong.site.bench.figures import Figure, Goal, Report, cpu_s, percentile
from datong.site.bench.world import CENTRE, World, open_world

ROUNDS, LOOKS = 5, 12
GOAL_MS = 50.0
CATEGORIES = 40
STOCKED = 30
"""Each product lies at so many stores."""
FIRST = ("乌龙", "茉莉", "红豆", "桂花", "海盐", "抹茶", "龙井", "杨梅", "生椰", "黑糖")
SECOND = ("奶茶", "拿铁", "果茶", "蛋糕", "饼干", "礼盒", "冰沙", "可可", "面包", "气泡水")
WORDS = ("Oolong", "Jasmine", "Redbean", "Osmanthus", "Sea salt", "Matcha", "Longjing", "Berry", "Coconut", "Sugar")
THINGS = ("milk tea", "latte", "fruit tea", "cake", "cookies", "gift box", "slush", "cocoa", "bread", "soda")


def run(products: int = 10_000, stores: int = 1_565) -> Report:
    """Each page as it is served: middleware, the database, the rendering; a customer who said where they are."""
    world, report = open_world(stores=stores, skus=1), Report("shop")
    _fill(world, products)
    base = f"/shop/{world.brand.slug}/"
    pages = {
        "list": base,
        "category": f"{base}?in=c7",
        "search": f"{base}?q=抹茶拿铁",
        "slip": f"{base}?q=jasmin+frut",
        "product": f"{base}p/P00042/",
    }
    client = Client(SERVER_NAME="127.0.0.1", headers={"accept-language": "zh-CN"})
    spot = ["Minneapolis", [CENTRE.lon, CENTRE.lat], "Minneapolis", "", ""]
    client.cookies[SPOT_COOKIE] = signing.dumps([str(world.brand.id), spot, ""], salt=SPOT_SALT, compress=True)
    backend = rows("SELECT pg_backend_pid()")[0][0]
    for name, url in pages.items():
        _measure(report, client, backend, name, url)
    report.notes |= {"products": products, "stores": stores, "load_average": os.getloadavg()[0]}
    return report


def _measure(report: Report, client: Client, backend: int, name: str, url: str) -> None:
    found: dict[str, list[float]] = {"cpu": [], "p50": [], "p95": []}
    for count in range(ROUNDS + 1):
        before, taken = cpu_s([os.getpid(), backend]), []
        for _ in range(LOOKS):
            start = time.perf_counter()
            answer = client.get(url)
            taken.append(1000 * (time.perf_counter() - start))
            assert answer.status_code == 200, (url, answer.status_code)
        if count:  # the first round warms up
            found["cpu"].append(1000 * (cpu_s([os.getpid(), backend]) - before) / LOOKS)
            found["p50"].append(percentile(taken, 0.5))
            found["p95"].append(percentile(taken, 0.95))
    for what, values in found.items():
        report.figures[f"{name}_{what}"] = Figure(tuple(values), "ms")
    report.goals[f"{name}: p95 of the server's time"] = Goal(f"{name}_p95", GOAL_MS)
    with count_statements() as seen:
        client.get(url)
    report.notes[f"{name}_statements"] = len(seen)


def _fill(world: World, products: int) -> None:
    rnd = random.Random(7)  # noqa: S311 - repeatable, not secret
    brand = world.brand.id
    put_categories(brand, [Category(f"c{n}", f"Category {n}") for n in range(CATEGORIES)], by="bench")
    since = datetime(2020, 1, 1, tzinfo=UTC)
    items = [
        Item(
            uuid7(), f"P{n:05}", f"{FIRST[n % 10]}{SECOND[n // 10 % 10]} {n}", category=f"c{n % CATEGORIES}",
            titles={"en": f"{WORDS[n % 10]} {THINGS[n // 10 % 10]} {n}"},
        )
        for n in range(products)
    ]  # fmt: skip
    put_items(brand, items)
    put_prices(brand, [Price(item.sku, 500 + n % 90 * 50, since) for n, item in enumerate(items)])
    for at in range(0, products, 1000):
        shelf = [(item, store) for item in items[at : at + 1000] for store in rnd.sample(world.stores, STOCKED)]
        put_stock(brand, [StockRow(store.id, item.id, 20) for item, store in shelf])
    register_channel(brand, Channel(uuid7(), SHOP_CODE, "Shop", ChannelKind.SITE, role="bench"))
    with connections["owner"].cursor() as cursor:
        cursor.execute("ANALYZE")
