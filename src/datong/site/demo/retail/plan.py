"""From a real basket to an order at a door: where it goes, when, how it is paid, what the platform took."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from random import Random
from zoneinfo import ZoneInfo

from datong.brand.types import AddressText
from datong.fulfilment.types import FulfilmentKind
from datong.kernel.money import part_minor
from datong.orders.types import BusinessModel
from datong.site.demo.dice import dice
from datong.site.demo.parts import Fees, contact_of, payment_of, settle
from datong.site.demo.retail.channels import CHANNELS, SUNDAY, channel_of
from datong.site.demo.retail.people import key_of
from datong.site.demo.types import Basket, DemoChannel, Door, Format, Good, Persona, PlannedLine, PlannedOrder, Shop

CURRENCY = "USD"
STALE_OFF_PERCENT = 12
FEES = Fees(
    shipping=495,
    free_from=5_000,
    packaging=50,
    courier=299,
    subsidy_from=2_000,
    subsidies=(200, 300, 500),
    commission_percent={"quickbasket": 18, "megamall": 12},
)
REGULAR_FROM = 5
"""From so many baskets on a customer is a regular, whose first order of the day is made in the app."""

DELIVERY_PERCENT = {"webshop": 68, "outlet": 90, "wechat": 100, "quickbasket": 100, "megamall": 100, "desk": 60}
DELIVERY_PERCENT |= {"app": 50, "trade": 80, "till": 0}


class Planner:
    """Turns the baskets of one day into orders; `stale` are the outlet's prices that should have changed."""

    def __init__(self, day: date, goods: Sequence[Good], shops: Sequence[Shop], people: Mapping[str, Persona]) -> None:
        self._day = day
        self._goods = {good.sku: good for good in goods}
        self._shops = {shop.code: shop for shop in shops}
        self._kiosks = [shop for shop in shops if shop.format is Format.KIOSK]
        self._people = people
        self.stale = stale_prices(goods)

    def orders(self, baskets: Sequence[Basket]) -> list[PlannedOrder]:
        """One order a basket, in the order of time."""
        baskets_of: dict[str, list[Basket]] = {}
        for basket in baskets:
            baskets_of.setdefault(key_of(basket), []).append(basket)
        first = {
            min(many, key=lambda b: (b.at.time(), b.invoice)).invoice
            for key, many in baskets_of.items()
            if len(many) >= REGULAR_FROM and not self._people[key].guest
        }
        app = next(channel for channel in CHANNELS if channel.door is Door.JSON_API)
        orders = []
        for basket in baskets:
            throws = dice("order", basket.invoice)
            channel = channel_of(basket, self._goods, self._day.weekday(), throws)
            orders.append(self._order(basket, app if basket.invoice in first else channel, throws))
        return sorted(orders, key=lambda order: (order.placed_at, order.number))

    def _order(self, basket: Basket, channel: DemoChannel, throws: Random) -> PlannedOrder:
        persona = self._people[key_of(basket)]
        delivery = throws.randrange(100) < DELIVERY_PERCENT[channel.code]
        till = channel.door is Door.TILL
        shop = self._shops[persona.home_shop]
        if till and throws.random() < 0.08:
            shop = throws.choice(self._kiosks)
        kind = FulfilmentKind.DELIVERY if delivery else FulfilmentKind.TILL if till else FulfilmentKind.PICKUP
        lines = self._lines(basket, channel)
        placed = datetime.combine(self._day, basket.at.time(), ZoneInfo(shop.timezone))
        placed += timedelta(seconds=throws.randrange(60))
        return PlannedOrder(
            number=number_of(channel, basket.invoice, shop),
            channel=channel.code,
            placed_at=placed.astimezone(UTC),
            currency=CURRENCY,
            lines=lines,
            fulfilment=kind,
            payment=payment_of(channel, kind, throws),
            persona=persona,
            contact=contact_of(channel, persona, f"{persona.phone[:5]}5550199", throws),
            amounts=settle(channel, kind, sum(line.amount_minor for line in lines), FEES, throws),
            shop=shop.code,
            named_shop=shop.code if not delivery or channel.code == "quickbasket" else "",
            address=persona.address if delivery else AddressText(),
            place=persona.place if delivery else None,
            promised_at=_promise(channel, kind, placed, shop, throws),
            model=BusinessModel.B2B if channel.door is Door.FILE else BusinessModel.B2C,
            source=f"invoice {basket.invoice}",
        )

    def _lines(self, basket: Basket, channel: DemoChannel) -> tuple[PlannedLine, ...]:
        """A channel that states no price is charged ours; the outlet charges its stale price where it has one."""
        lines = []
        for number, line in enumerate(basket.lines, start=1):
            good = self._goods[line.sku]
            ours = good.trade_minor if channel.price_list == "trade" else good.list_minor
            charged = line.unit_minor if channel.states_price else ours
            if channel.code == "outlet":
                charged = self.stale.get(line.sku, charged)
            lines.append(PlannedLine(number, line.sku, good.title, line.units, charged, ours))
        return tuple(lines)


def stale_prices(goods: Sequence[Good]) -> dict[str, int]:
    """The outlet's forgotten price list: one good in four is still at last season's price, 12 % lower."""
    return {
        good.sku: part_minor(good.list_minor, 100 - STALE_OFF_PERCENT, 100)
        for good in goods
        if good.list_minor >= 25 and dice("stale", good.sku).randrange(4) == 0
    }


def number_of(channel: DemoChannel, invoice: str, shop: Shop) -> str:
    """The order number as that kind of door writes it, with the real invoice's number inside."""
    shapes = {
        "webshop": f"5{invoice:0>12}",
        "outlet": f"2{invoice}",
        "wechat": f"37{invoice:0>17}",
        "quickbasket": f"81{invoice:0>16}",
        "megamall": f"90{invoice:0>14}",
        "till": f"{shop.code:0>4}-1-{invoice}",
        "desk": f"CC-{invoice}",
        "app": f"APP-{invoice}",
        "trade": f"PO-{invoice}",
    }
    return shapes[channel.code]


def _promise(
    channel: DemoChannel, kind: FulfilmentKind, placed: datetime, shop: Shop, throws: Random
) -> datetime | None:
    """Within the hour, in three hours, in two for a pickup, the next afternoon, or in two days for trade."""
    if kind is FulfilmentKind.TILL:
        return None
    if channel.door is Door.FILE:
        promise = datetime.combine(placed.date() + timedelta(days=2), time(13), placed.tzinfo)
    elif kind is FulfilmentKind.PICKUP:
        promise = _when_open(placed + timedelta(hours=2), shop)
    elif channel.door is Door.MARKETPLACE:
        promise = _when_open(placed + timedelta(minutes=55 if channel.code == "quickbasket" else 180), shop)
    else:
        promise = datetime.combine(placed.date() + timedelta(days=1), time(throws.randint(13, 16)), placed.tzinfo)
    return promise.astimezone(UTC).replace(second=0)


def _when_open(moment: datetime, shop: Shop) -> datetime:
    """The moment itself if every store is open then, else half an hour after the next opening, on the wall clock."""
    if shop.format is Format.KIOSK:
        return moment
    sunday = moment.weekday() == SUNDAY
    opens, closes = (time(12, 30), time(17)) if sunday else (time(10, 30), time(19, 30))
    if moment.time() < opens:
        return datetime.combine(moment.date(), opens, moment.tzinfo) + timedelta(minutes=30)
    if moment.time() > closes:
        return datetime.combine(moment.date() + timedelta(days=1), time(13), moment.tzinfo)
    return moment
