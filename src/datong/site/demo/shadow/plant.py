"""Errors as they happen between systems that do not know of each other, planted by a seed into a clean day.

Each takes other orders, shelves, goods and people than the others, so that what was planted is exactly what is wrong.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from random import Random

from datong.brand.types import AddressText
from datong.fulfilment.types import FulfilmentKind
from datong.kernel.geo import distance_m
from datong.kernel.money import part_minor
from datong.orders.types import Amounts
from datong.shadow.types import Kind
from datong.site.demo.near import Near
from datong.site.demo.shadow.today import SPARE, booked, item_of
from datong.site.demo.shadow.types import Booked, Card, Key, Planted, Sale, Today
from datong.site.demo.types import PlannedLine

COUNTS: Mapping[Kind, int] = {
    Kind.OVERSELL: 14,
    Kind.NEAR_MISS: 6,
    Kind.MISSING: 9,
    Kind.STRAY: 4,
    Kind.DOUBLED: 8,
    Kind.DIFFERS: 7,
    Kind.PRICE_GAP: 12,
    Kind.DUPLICATE: 18,
    Kind.MAYBE_SAME: 6,
    Kind.NEARER: 15,
}
INTERVAL_S = 300
FAR_M, FARTHER_M = 45_000, 20_000
ROUTED = frozenset({"webshop", "outlet", "wechat", "app"})
SHOWS_WHO = frozenset({"webshop", "outlet", "app", "wechat"})
PRICED = ("webshop", "outlet", "megamall", "app", "wechat")


@dataclass(slots=True)
class Garden:
    """The day being planted, and what was used already."""

    today: Today
    throws: Random
    planted: defaultdict[Kind, list[frozenset[str]]] = field(default_factory=lambda: defaultdict(list))
    numbers: set[str] = field(default_factory=set)
    keys: set[Key] = field(default_factory=set)
    goods: set[str] = field(default_factory=set)
    people: set[str] = field(default_factory=set)
    added: int = 0

    def note(self, kind: Kind, *signs: str) -> None:
        self.planted[kind].append(frozenset(signs))

    def item(self, sku: str) -> str:
        return item_of(self.today.world, sku)

    def sales(self, fits: Callable[[Sale], bool]) -> list[int]:
        """Positions of unused sales that fit, in a random order."""
        found = [n for n, s in enumerate(self.today.sales) if s.order.number not in self.numbers and fits(s)]
        self.throws.shuffle(found)
        return found

    def use(self, sale: Sale) -> None:
        self.numbers.add(sale.order.number)
        self.keys.update(sale.units)

    def free(self, sale: Sale) -> bool:
        return not self.keys & set(sale.units)

    def add(self, sale: Sale) -> None:
        """One more sale, with its goods on the shelf and its entry in the ERP."""
        self.added += 1
        self.today.sales.append(sale)
        self.today.booked.append(booked(800_000 + self.added, sale))
        for key, units in sale.units.items():
            self.today.opening[key] = self.today.opening.get(key, SPARE) + units
        self.use(sale)


def plant(today: Today, seed: int, counts: Mapping[Kind, int] = COUNTS) -> Planted:
    """Change `today` and tell what was planted; fewer than asked for where the day has no room for more."""
    garden = Garden(today, Random(seed))  # noqa: S311 repeatable, not secret
    for kind, sow in SOWERS.items():
        sow(garden, counts.get(kind, 0))
    return Planted({kind: tuple(found) for kind, found in garden.planted.items()})


def _nearer(g: Garden, count: int) -> None:
    """A delivery that went out from a store far away, with the goods lying around the corner."""
    shops = {shop.code: shop for shop in g.today.world.shops}
    near = Near(g.today.world.shops)
    for n in g.sales(lambda s: s.order.channel in ROUTED and s.order.place is not None and not s.order.named_shop):
        if len(g.planted[Kind.NEARER]) >= count:
            return
        sale = g.today.sales[n]
        place = sale.order.place
        assert place is not None
        metres = distance_m(shops[sale.store].place, place)
        far = [
            shop for shop in near.serving(place)
            if distance_m(shop.place, place) > max(FAR_M, metres + FARTHER_M) and shop.code != sale.store
        ]  # fmt: skip
        if metres > 25_000 or not far or not g.free(sale):
            continue
        moved = replace(sale, store=g.throws.choice(far).code)
        g.today.sales[n] = moved
        g.today.booked = [replace(b, store=moved.store) if b.ref == sale.order.number else b for b in g.today.booked]
        for key, units in moved.units.items():
            g.today.opening[key] = g.today.opening.get(key, SPARE) + units
        g.use(sale)
        g.use(moved)
        g.note(Kind.NEARER, sale.order.number)


def _near_miss(g: Garden, count: int) -> None:
    """Two systems sell the last units of a shelf within the interval; by luck there are enough for both."""
    last: dict[Key, Sale] = {}
    for sale in sorted(g.today.sales, key=lambda s: s.order.placed_at):
        for key in sale.units:
            last[key] = sale
    for n in g.sales(lambda s: s.order.channel != "till" and len(s.order.lines) == 1):
        if len(g.planted[Kind.NEAR_MISS]) >= count:
            return
        sale = g.today.sales[n]
        (key,) = sale.units
        at = sale.order.placed_at - timedelta(seconds=g.throws.randint(20, INTERVAL_S - 20))
        if last[key] is not sale or not g.free(sale) or at < g.today.since:
            continue
        other = "outlet" if sale.order.channel == "webshop" else "webshop"
        g.add(_pickup(sale, other, f"7{800_000 + n}", at))
        g.use(sale)
        g.today.opening[key] = g.today.sold()[key]
        g.note(Kind.NEAR_MISS, key[0], g.item(key[1]))


def _pickup(sale: Sale, channel: str, number: str, at: datetime) -> Sale:
    """One unit of the same good, bought in another system to be picked up at the same store."""
    line = sale.order.lines[0]
    one = PlannedLine(1, line.sku, line.title, 1, line.list_minor, line.list_minor)
    order = replace(
        sale.order, number=number, channel=channel, placed_at=at, lines=(one,), fulfilment=FulfilmentKind.PICKUP,
        amounts=Amounts(goods=one.amount_minor, paid=one.amount_minor), shop=sale.store, named_shop=sale.store,
        address=AddressText(), place=None, promised_at=None, note="",
    )  # fmt: skip
    return Sale(order, sale.store)


def _oversell(g: Garden, count: int) -> None:
    """The shelf held less than was sold from it."""
    sold = g.today.sold()
    for n in g.sales(lambda s: s.order.channel != "till"):
        if len(g.planted[Kind.OVERSELL]) >= count:
            return
        sale = g.today.sales[n]
        if not g.free(sale):
            continue
        key = g.throws.choice(sorted(sale.units))
        short = g.throws.randint(1, min(3, sold[key]))
        g.today.opening[key] = sold[key] - short
        g.use(sale)
        g.note(Kind.OVERSELL, key[0], g.item(key[1]))


def _missing(g: Garden, count: int) -> None:
    """Without its entry in the ERP nobody knows the place of a sale, so its shelves are others than those above."""
    for n in g.sales(g.free)[:count]:
        number = g.today.sales[n].order.number
        g.today.booked = [b for b in g.today.booked if b.ref != number]
        g.numbers.add(number)
        g.note(Kind.MISSING, number)


def _stray(g: Garden, count: int) -> None:
    for k, n in enumerate(g.sales(lambda s: s.order.channel != "till")[:count]):
        sale = g.today.sales[n]
        ghost = replace(booked(910_000 + k, sale), ref=f"{sale.order.number}77{k}")
        g.today.booked.append(ghost)
        g.numbers.add(sale.order.number)
        g.note(Kind.STRAY, ghost.number)


def _doubled(g: Garden, count: int) -> None:
    """Half of them booked twice in the ERP, half sent twice by a customer who pressed the button again."""
    twice = g.sales(lambda s: True)[: count - count // 2]
    for k, n in enumerate(twice):
        sale = g.today.sales[n]
        g.today.booked.append(booked(920_000 + k, sale))
        g.numbers.add(sale.order.number)
        g.note(Kind.DOUBLED, sale.order.number)
    again = g.sales(lambda s: s.order.channel in SHOWS_WHO and bool(s.order.contact.phone) and g.free(s))
    for k, n in enumerate(again[: count // 2]):
        sale = g.today.sales[n]
        at = sale.order.placed_at + timedelta(seconds=g.throws.randint(3, 500))
        number = f"{sale.order.number}9{k}"
        g.add(Sale(replace(sale.order, number=number, placed_at=at), sale.store))
        g.numbers.add(sale.order.number)
        g.note(Kind.DOUBLED, number)


def _differs(g: Garden, count: int) -> None:
    for k, n in enumerate(g.sales(lambda s: True)[:count]):
        number = g.today.sales[n].order.number
        at = next(i for i, b in enumerate(g.today.booked) if b.ref == number)
        g.today.booked[at] = _altered(g.today.booked[at], k)
        g.numbers.add(number)
        g.note(Kind.DIFFERS, number)


def _altered(entry: Booked, k: int) -> Booked:
    """Cancelled only here, a unit more, or another price."""
    if k % 3 == 0:
        return replace(entry, cancelled=True)
    sku, units, price = entry.lines[0]
    first = (sku, units + 1, price) if k % 3 == 1 else (sku, units, price + 50)
    return replace(entry, lines=(first, *entry.lines[1:]))


def _price_gap(g: Garden, count: int) -> None:
    """A price that one channel has not heard of: all day, or from some hour on."""
    sold = {line.sku for sale in g.today.sales for line in sale.order.lines}
    goods = [good for good in g.today.world.goods if good.list_minor >= 50 and good.sku not in g.goods]
    goods.sort(key=lambda good: (good.sku not in sold, g.throws.random()))
    for good in goods[:count]:
        channel = g.throws.choice(PRICED)
        stale = part_minor(good.list_minor, 100 - g.throws.randint(8, 30), 100)
        since = g.today.since + timedelta(hours=g.throws.choice((-24, 1, 9, 12)))
        g.today.prices[channel][good.sku].append((since, stale))
        g.goods.add(good.sku)
        g.note(Kind.PRICE_GAP, g.item(good.sku))


def _duplicate(g: Garden, count: int) -> None:
    """Somebody who signed up again: without the common number, the name or the number written in another way."""
    for k, own in enumerate(_people(g)[:count]):
        first = own[0]
        phone, name = first.phone, first.name
        shape = k % 4
        spelt = {0: name.upper(), 1: " ".join(reversed(name.split())), 2: f"Mr {name}", 3: name}[shape]
        written = f"({phone[2:5]}) {phone[5:8]}-{phone[8:]}" if phone.startswith("+1") else phone
        system = g.throws.choice(("webshop", "wechat", "loyalty"))
        extra = Card(
            system, f"N{k:05}", spelt, written if shape != 3 else "", first.email.upper() if shape == 3 else ""
        )
        g.today.cards.append(extra)
        g.note(Kind.DUPLICATE, *(f"{card.system}/{card.number}" for card in (*own, extra)))


def _maybe(g: Garden, count: int) -> None:
    """A family's telephone: the same number, another name, verified by nobody."""
    for k, own in enumerate(_people(g)[:count]):
        given = ("Wilhelmina", "Bartholomew", "Araminta", "Thaddeus")[k % 4]
        extra = Card("loyalty", f"F{k:05}", f"{given} {own[0].name.split()[-1]}", own[0].phone)
        g.today.cards.append(extra)
        g.note(Kind.MAYBE_SAME, f"{extra.system}/{extra.number}")


def _people(g: Garden) -> list[list[Card]]:
    """Unused people's records, in a random order; they are used now."""
    found: dict[str, list[Card]] = defaultdict(list)
    for card in g.today.cards:
        if card.link and card.link not in g.people:
            found[card.link].append(card)
    links = sorted(found)
    g.throws.shuffle(links)
    taken = links[:500]
    g.people.update(taken[: len(taken) // 2])
    return [found[link] for link in taken[: len(taken) // 2]]


SOWERS: Mapping[Kind, Callable[[Garden, int], None]] = {
    Kind.NEARER: _nearer,
    Kind.NEAR_MISS: _near_miss,
    Kind.OVERSELL: _oversell,
    Kind.MISSING: _missing,
    Kind.STRAY: _stray,
    Kind.DOUBLED: _doubled,
    Kind.DIFFERS: _differs,
    Kind.PRICE_GAP: _price_gap,
    Kind.DUPLICATE: _duplicate,
    Kind.MAYBE_SAME: _maybe,
}
