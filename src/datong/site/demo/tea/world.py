"""The tea chain's world, put together."""

from __future__ import annotations

from datetime import date

from datong.site.demo.races import stage
from datong.site.demo.stock import by_menu, plan_stock
from datong.site.demo.tea.channels import CHANNELS
from datong.site.demo.tea.plan import ORDERS, plan_orders, stale_prices
from datong.site.demo.tea.source import TIMEZONE, read_menu, read_shops
from datong.site.demo.troubles import disturb
from datong.site.demo.types import DemoBrand, World

BRAND = DemoBrand(
    key="tea",
    name="青岫茶",
    currency="CNY",
    locale="zh-Hans",
    country="CN",
    timezone=TIMEZONE,
    tax_bps=600,
    tokens={"--accent": "#2f6b4f"},
)

RACING_DOORS = {"miniapp", "website", "desk"}
RACES = 12
FORESEEN = 0.88
RACE_REACH_M = 7_000


def tea_world(day: date, orders: int | None = None) -> World:
    """The tea chain on `day`, with the usual number of orders or so many of them."""
    goods, shops = read_menu(), read_shops()
    stale = stale_prices(goods)
    planned = plan_orders(day, goods, shops, stale, min(orders or ORDERS, ORDERS))
    staged, races = stage(planned, {shop.code: shop for shop in shops}, RACING_DOORS, RACE_REACH_M, RACES)
    return World(
        brand=BRAND,
        goods=goods,
        shops=shops,
        channels=CHANNELS,
        stock=plan_stock(shops, staged, races, by_menu(goods), FORESEEN),
        day=disturb(staged, CHANNELS, {number for race in races for number in race.orders}),
        races=races,
        stale_prices=stale,
    )
