"""The retail brand's world, put together."""

from __future__ import annotations

from datetime import date

from datong.site.demo.races import stage
from datong.site.demo.retail.channels import CHANNELS
from datong.site.demo.retail.people import people_of
from datong.site.demo.retail.plan import Planner
from datong.site.demo.retail.source import read_baskets, read_goods, read_shops
from datong.site.demo.stock import by_popularity, plan_stock
from datong.site.demo.troubles import disturb
from datong.site.demo.types import DemoBrand, World

BRAND = DemoBrand(
    key="retail",
    name="Juniper & Oak",
    currency="USD",
    locale="en-US",
    country="US",
    timezone="America/Chicago",
    tax_bps=800,
    tokens={"--accent": "#1f6f54"},
)

RACING_DOORS = {"webshop", "outlet", "app", "desk"}
RACE_REACH_M = 45_000  # as far as a big store delivers, and a home from its store


def retail_world(day: date, baskets: int | None = None) -> World:
    """The retail world on `day`, with all baskets or so many of them, taken evenly over the year."""
    real = read_baskets()
    goods, shops = read_goods(real), read_shops()
    wanted = len(real) if baskets is None else min(baskets, len(real))
    taken = [real[i * len(real) // wanted] for i in range(wanted)]
    planner = Planner(day, goods, shops, people_of(real, shops))
    orders, races = stage(planner.orders(taken), {shop.code: shop for shop in shops}, RACING_DOORS, RACE_REACH_M)
    racing = {number for race in races for number in race.orders}
    return World(
        brand=BRAND,
        goods=goods,
        shops=shops,
        channels=CHANNELS,
        stock=plan_stock(shops, orders, races, by_popularity(goods)),
        day=disturb(orders, CHANNELS, racing),
        races=races,
        stale_prices=planner.stale,
    )
