"""A day on which nothing is wrong: every order served by the nearest store that delivers there, booked once, one price.

The orders, people, stores and goods are the demo's own. Every shelf holds a little more than the day takes from it.
"""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from datong.shadow.rules import sku_key
from datong.site.demo.dice import dice
from datong.site.demo.near import Near
from datong.site.demo.shadow.types import Booked, Card, Key, Sale, Today
from datong.site.demo.types import PlannedOrder, World

SPARE = 4
"""Units left on every shelf at the end of a clean day."""
TRADE = "trade"
MEMBERS = ("webshop", "wechat", "loyalty")
DOUBLE = timedelta(minutes=10)
OWN_CODE_EVERY = 7
"""One good in so many has a code of its own in the ERP."""


def clean_day(world: World) -> Today:
    """The orders of the brand's own calendar day, without errors."""
    zone = ZoneInfo(world.brand.timezone)
    first = min(order.placed_at for order in world.orders).astimezone(zone)
    since = datetime.combine(first.date(), time(), zone)
    orders = _once([o for o in world.orders if since <= o.placed_at < since + timedelta(days=1)])
    near = Near(world.shops)
    home: dict[str, str] = {}
    sales = [Sale(order, _server(order, near, home)) for order in orders]
    today = Today(world, since.astimezone(UTC), sales, [], _shelves(world), _prices(world, since), _cards(orders))
    today.booked = [booked(n, sale) for n, sale in enumerate(sales, 1)]
    sold = today.sold()
    today.shelves = frozenset(sold)
    for key, units in sold.items():
        today.opening[key] = today.opening.get(key, 0) + units + SPARE
    return today


def _once(orders: list[PlannedOrder]) -> list[PlannedOrder]:
    """Without the few real baskets that one customer bought twice within minutes: they are doubles in the source."""
    last: dict[tuple[object, ...], datetime] = {}
    kept = []
    for order in sorted(orders, key=lambda o: (o.placed_at, o.number)):
        basket = tuple(sorted((line.sku, line.units, line.unit_minor) for line in order.lines))
        before = last.get((order.channel, order.persona.key, basket))
        if before is None or order.placed_at - before > DOUBLE:
            kept.append(order)
        last[order.channel, order.persona.key, basket] = order.placed_at
    return kept


def _server(order: PlannedOrder, near: Near, home: dict[str, str]) -> str:
    """The named store, else the nearest that delivers there: no rule could find a nearer one."""
    if order.named_shop or order.place is None:
        return order.named_shop or order.shop
    if order.persona.key not in home:
        serving = near.serving(order.place)
        home[order.persona.key] = serving[0].code if serving else order.shop
    return home[order.persona.key]


def booked(number: int, sale: Sale) -> Booked:
    """The sale as the ERP takes it over."""
    lines = tuple((line.sku, line.units, line.unit_minor) for line in sale.order.lines)
    return Booked(f"SO{number:06}", sale.order.number, sale.order.channel, sale.order.placed_at, sale.store, lines)


def _shelves(world: World) -> dict[Key, int]:
    return {(row.shop, row.sku): row.on_hand for row in world.stock}


def _prices(world: World, since: datetime) -> dict[str, dict[str, list[tuple[datetime, int]]]]:
    """Every channel's price list: one price everywhere, but the trade list, which is agreed."""
    before = (since - timedelta(days=10)).astimezone(UTC)
    return {
        channel.code: {
            good.sku: [(before, good.trade_minor if channel.price_list else good.list_minor)] for good in world.goods
        }
        for channel in world.channels
    }


def _cards(orders: list[PlannedOrder]) -> list[Card]:
    """Everybody who is no guest, in one to three systems, known there by one number that all of them share."""
    cards = []
    for who in {o.persona.key: o.persona for o in orders if not o.persona.guest}.values():
        throws = dice("member of", who.key)
        for system in throws.sample(MEMBERS, throws.randint(1, 3)):
            number = f"{system[:1].upper()}{who.key}"
            cards.append(Card(system, number, who.name, who.phone, who.email, f"P{who.key}"))
    return cards


def erp_code(world: World, sku: str) -> str:
    """What the ERP calls a good."""
    own = dice("erp code", sku).randrange(OWN_CODE_EVERY) == 0
    return f"JO-{sku}" if own else sku


def by_file(sku: str) -> bool:
    """Whether a code of the ERP's own is explained by the mapping file; the others by the barcode."""
    return dice("erp code by file", sku).randrange(2) == 0


def item_of(world: World, sku: str) -> str:
    """What shadow mode will call the good: the ERP's words, unless the mapping file says ours."""
    code = erp_code(world, sku)
    return sku_key(sku if by_file(sku) else code)


def gtin_of(number: int) -> str:
    """A GTIN-13 of the range for use inside a company (prefix 2), with its check digit."""
    digits = f"20{number:010}"
    total = sum(int(d) * (3 if i % 2 else 1) for i, d in enumerate(digits))
    return digits + str((10 - total % 10) % 10)
