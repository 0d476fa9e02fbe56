"""The same day without the hub: what the channels do to each other when nobody stands between them.

A simulation with stated rules, the same for every channel:

- Each channel has its own copy of the stock of all stores and takes its own sales off it at once. All copies are
  refreshed from the truth every five minutes, on the minute.
- An order goes to the store it names; else to the nearest store that delivers there and has all lines by the channel's
  copy. If there is none, the sale is turned away (`unserved`): a loss, but no broken promise.
- A till sale has happened: the goods leave the shelf, as far as there are any.
- No message has an identity: what is sent twice is sold twice (`doubled`), with or without changes in between.
- A message that cannot be read is dropped and nobody hears of it (`lost`).
- A channel charges its own price, and nobody compares (`mispriced`: an order with a line not at our price).

An order is `oversold` when a unit that it was promised is not there.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from datong.site.demo.near import Near
from datong.site.demo.types import MALFORMED, PlannedOrder, Sending, Shop, Trouble, World

REFRESH = timedelta(minutes=5)
Key = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Baseline:
    """Orders, but `oversold_units`; `sent` counts messages, `served` orders that were promised (doubled ones too)."""

    sent: int
    served: int
    oversold: int
    oversold_units: int
    lost: int
    doubled: int
    mispriced: int
    unserved: int


def without_hub(world: World, refresh: timedelta = REFRESH) -> Baseline:
    """Run the day of `world` through channels that do not know of each other."""
    run = _Run(world, refresh)
    for sending in world.day:
        run.take(sending)
    return run.result(len(world.day))


class _Run:
    def __init__(self, world: World, refresh: timedelta) -> None:
        self._refresh = refresh
        self._truth = {(row.shop, row.sku): row.on_hand for row in world.stock}
        self._since: Counter[Key] = Counter()  # taken by anybody since the last refresh
        self._own: Counter[tuple[str, Key]] = Counter()  # taken by one channel since then
        self._tick: datetime | None = None
        self._near = Near(world.shops)
        self._serving: dict[str, list[Shop]] = {}
        self._known: set[str] = set()
        self._count: Counter[str] = Counter()

    def result(self, sent: int) -> Baseline:
        names = ("served", "oversold", "oversold_units", "lost", "doubled", "mispriced", "unserved")
        return Baseline(sent, **{name: self._count[name] for name in names})

    def take(self, sending: Sending) -> None:
        order = sending.order
        if sending.trouble is Trouble.BAD_SIGNATURE:
            return  # a stranger's message; every channel's own system turns it away
        if sending.trouble in MALFORMED:
            self._count["lost"] += 1
            return
        self._refresh_copies(sending.at)
        units: Counter[str] = Counter()
        for line in order.lines:
            units[line.sku] += line.units
        shop = order.named_shop or self._nearest(order, units)
        if not shop or not (order.completed or self._seems_there(order.channel, shop, units)):
            self._count["unserved"] += 1
            return
        self._count["doubled"] += order.number in self._known
        self._known.add(order.number)
        self._count["mispriced"] += any(line.unit_minor != line.list_minor for line in order.lines)
        self._sell(order, shop, units)

    def _refresh_copies(self, at: datetime) -> None:
        start = datetime(2000, 1, 1, tzinfo=at.tzinfo)
        tick = at - (at - start) % self._refresh if self._refresh else at
        if tick != self._tick or not self._refresh:
            self._tick = tick
            self._since.clear()
            self._own.clear()

    def _seems_there(self, channel: str, shop: str, units: Mapping[str, int]) -> bool:
        """Whether the channel's copy has it all: the truth at the last refresh less the channel's own sales."""
        return all(
            self._truth.get(key := (shop, sku), 0) + self._since[key] - self._own[channel, key] >= wanted
            for sku, wanted in units.items()
        )

    def _nearest(self, order: PlannedOrder, units: Mapping[str, int]) -> str:
        if order.place is None:
            return ""
        home = order.persona.key
        if home not in self._serving:
            self._serving[home] = self._near.serving(order.place)
        return next((s.code for s in self._serving[home] if self._seems_there(order.channel, s.code, units)), "")

    def _sell(self, order: PlannedOrder, shop: str, units: Mapping[str, int]) -> None:
        missing = 0
        for sku, wanted in units.items():
            key = shop, sku
            there = min(wanted, self._truth.get(key, 0))
            missing += wanted - there
            self._truth[key] = self._truth.get(key, 0) - there
            self._since[key] += there
            self._own[order.channel, key] += wanted
        self._count["served"] += 1
        if missing and not order.completed:
            self._count["oversold"] += 1
            self._count["oversold_units"] += missing
