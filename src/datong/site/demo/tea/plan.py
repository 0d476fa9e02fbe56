"""A generated day of the tea chain: when people want tea, what they take, by which door."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from itertools import accumulate
from random import Random
from zoneinfo import ZoneInfo

from datong.brand.types import AddressText
from datong.catalog.types import ItemKind
from datong.fulfilment.types import FulfilmentKind
from datong.orders.types import BusinessModel
from datong.site.demo.dice import dice
from datong.site.demo.parts import Fees, contact_of, payment_of, settle
from datong.site.demo.tea.channels import CHANNELS
from datong.site.demo.tea.people import person, regulars
from datong.site.demo.tea.source import TIMEZONE
from datong.site.demo.types import DemoChannel, Door, Good, Persona, PlannedLine, PlannedOrder, Shop

CURRENCY = "CNY"
ORDERS = 5_400
RELAY = "+8615499990000"

BY_HOUR = {10: 5, 11: 9, 12: 12, 13: 11, 14: 13, 15: 14, 16: 10, 17: 7, 18: 7, 19: 8, 20: 6, 21: 2}
"""Orders by hour of the day, in parts: after lunch, in the afternoon, after dinner."""
LINES, LINE_WEIGHTS = (1, 2, 3, 4), (52, 30, 12, 6)
UNITS, UNIT_WEIGHTS = (1, 2, 3), (82, 14, 4)
GUEST_PERCENT = 22
DELIVERY_PERCENT = {"wxshop": 100, "meituan": 100, "jddj": 100, "till": 0, "desk": 70, "miniapp": 25, "website": 70}
DELIVERY_PERCENT |= {"group": 100}
STALE_FEN = 200
FEES = Fees(
    shipping=500,
    free_from=5_000,
    packaging=100,
    courier=400,
    subsidy_from=2_500,
    subsidies=(300, 500, 800),
    commission_percent={"meituan": 18, "jddj": 15},
)
SHAPES = {
    "wxshop": "37{:017}",
    "meituan": "2{:017}",
    "jddj": "26{:014}",
    "till": "POS-{}",
    "desk": "KF-{}",
    "miniapp": "MP-{}",
    "website": "7{:07}",
    "group": "TG-{}",
}


def stale_prices(goods: Sequence[Good]) -> dict[str, int]:
    """The website's forgotten menu: one drink in four still costs two yuan less."""
    return {good.sku: good.list_minor - STALE_FEN for good in goods if dice("stale", good.sku).randrange(4) == 0}


def plan_orders(
    day: date, goods: Sequence[Good], shops: Sequence[Shop], stale: dict[str, int], wanted: int = ORDERS
) -> list[PlannedOrder]:
    """`wanted` orders of the day in the order of time; the day is over before midnight in Shanghai."""
    members = regulars(shops)
    orders = [_order(number, day, goods, shops, members, stale) for number in range(1, wanted + 1)]
    return sorted(orders, key=lambda order: (order.placed_at, order.number))


def _order(
    number: int,
    day: date,
    goods: Sequence[Good],
    shops: Sequence[Shop],
    members: Sequence[Persona],
    stale: dict[str, int],
) -> PlannedOrder:
    throws = dice("tea order", number)
    channel = throws.choices(CHANNELS, [channel.share for channel in CHANNELS])[0]
    guest = throws.randrange(100) < GUEST_PERCENT
    buyer = person(f"g{number:05}", shops, guest=True) if guest else _member(members, throws)
    delivery = throws.randrange(100) < DELIVERY_PERCENT[channel.code]
    till = channel.door is Door.TILL
    kind = FulfilmentKind.DELIVERY if delivery else FulfilmentKind.TILL if till else FulfilmentKind.PICKUP
    shop = next(shop for shop in shops if shop.code == buyer.home_shop)
    lines = _lines(range_of(channel, kind, goods), channel, stale, throws)
    hour = throws.choices(list(BY_HOUR), list(BY_HOUR.values()))[0]
    placed = datetime.combine(day, time(hour, throws.randrange(60), throws.randrange(60)), ZoneInfo(TIMEZONE))
    return PlannedOrder(
        number=SHAPES[channel.code].format(number),
        channel=channel.code,
        placed_at=placed.astimezone(UTC),
        currency=CURRENCY,
        lines=lines,
        fulfilment=kind,
        payment=payment_of(channel, kind, throws),
        persona=buyer,
        contact=contact_of(channel, buyer, RELAY, throws),
        amounts=settle(channel, kind, sum(line.amount_minor for line in lines), FEES, throws),
        shop=shop.code,
        named_shop=shop.code if not delivery or channel.door is Door.MARKETPLACE else "",
        address=buyer.address if delivery else AddressText(),
        place=buyer.place if delivery else None,
        promised_at=None if till else _promise(channel, delivery, placed),
        model=BusinessModel.B2B if channel.door is Door.FILE else BusinessModel.O2O,
        source=f"generated {number}",
        note="少冰，五分糖" if throws.random() < 0.3 else "",
    )


def _member(members: Sequence[Persona], throws: Random) -> Persona:
    """Some come every day and more: the square favours low numbers."""
    return members[int(throws.random() ** 2 * len(members))]


def range_of(channel: DemoChannel, kind: FulfilmentKind, goods: Sequence[Good]) -> list[Good]:
    """What a door sells: WeChat and the website send tea gifts as parcels, everywhere else it is mostly drinks."""
    parcels = channel.door in (Door.WECHAT_SHOP, Door.WOOCOMMERCE) and kind is FulfilmentKind.DELIVERY
    return [good for good in goods if good.kind is ItemKind.GOODS or not parcels]


def _lines(
    goods: Sequence[Good], channel: DemoChannel, stale: dict[str, int], throws: Random
) -> tuple[PlannedLine, ...]:
    """Different drinks by popularity; a company orders twenty to sixty cups of each."""
    weights = list(accumulate(good.baskets for good in goods))
    many = throws.choices(LINES, LINE_WEIGHTS)[0]
    taken = {good.sku: good for good in throws.choices(goods, cum_weights=weights, k=many)}
    lines = []
    for line_no, good in enumerate(taken.values(), start=1):
        units = throws.randint(20, 60) if channel.door is Door.FILE else throws.choices(UNITS, UNIT_WEIGHTS)[0]
        charged = stale.get(good.sku, good.list_minor) if channel.code == "website" else good.list_minor
        lines.append(PlannedLine(line_no, good.sku, good.title, units, charged, good.list_minor))
    return tuple(lines)


def _promise(channel: DemoChannel, delivery: bool, placed: datetime) -> datetime:
    """In 40 minutes to the door, in 15 at the counter; a company's tea comes the next afternoon at two."""
    if channel.door is Door.FILE:
        promise = datetime.combine(placed.date() + timedelta(days=1), time(14), placed.tzinfo)
    else:
        promise = placed + timedelta(minutes=40 if delivery else 15)
    opens, closes = time(10, 15), time(21, 15)
    if promise.time() < opens:
        promise = datetime.combine(promise.date(), opens, promise.tzinfo)
    if promise.time() > closes or promise.date() > placed.date() + timedelta(days=1):
        promise = datetime.combine(placed.date() + timedelta(days=1), time(10, 30), promise.tzinfo)
    return promise.astimezone(UTC).replace(second=0)
