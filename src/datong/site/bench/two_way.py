"""The last unit at four doors: how fast a sale reaches the others, what is sold twice meanwhile, who answers for it.

Shopify and WooCommerce stand as local servers that sell what they show; their orders come by signed webhook after
`WEBHOOK_S`. The till sells what lies on the shelf. The shop is our own API. A worker runs beside, as in production.
"""

from __future__ import annotations

import random
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

from django.db import connections

from datong.brand.api import register_channel
from datong.brand.types import AddressText, Channel, ChannelKind
from datong.catalog.api import put_prices, put_products
from datong.catalog.types import Component, Price, Product, ProductState, Variant
from datong.fulfilment.types import FulfilmentKind
from datong.integration.api import create_endpoint, receive
from datong.integration.types import Context
from datong.integration.wire.send import shopify as shopify_wire
from datong.integration.wire.send import woocommerce as woo_wire
from datong.inventory.api import audit, open_shortfalls, put_stock, stock_of
from datong.inventory.types import StockRow
from datong.kernel import clock
from datong.kernel.db import in_brand, rows
from datong.kernel.ids import uuid7
from datong.orders.api import place
from datong.orders.types import Accepted, Amounts, Contact, Destination, IntentLine, OrderIntent
from datong.payments.types import PaymentMethod
from datong.site import wiring
from datong.site.bench.figures import Figure, Goal, Report
from datong.site.bench.world import World, open_world
from datong.sync import api as sync
from datong.sync.local.shopify import LocalShopify
from datong.sync.local.woocommerce import LocalWooCommerce

STORES, REACHED, RACED = 3, 40, 40
SPREADS_S = (0.0, 2.0, 10.0)
SKUS = REACHED + RACED * len(SPREADS_S)
WEBHOOK_S = 0.3
SECRET = "bench"  # noqa: S105 of a server that lives for a minute
LIMIT_S = 60.0
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)


@dataclass
class Doors:
    """The four doors over one brand; `sold` counts units by SKU, whoever sold them."""

    world: World
    shopify: LocalShopify
    woo: LocalWooCommerce
    ids: dict[str, Any]
    tokens: dict[str, str]
    sold: Counter[str] = field(default_factory=Counter)
    numbers: Iterator[int] = field(default_factory=lambda: iter(range(1, 10**6)))
    lock: threading.Lock = field(default_factory=threading.Lock)

    def count(self, sku: str) -> int:
        with self.lock:
            self.sold[sku] += 1
            return next(self.numbers)

    def number(self) -> int:
        with self.lock:
            return next(self.numbers)


def run() -> Report:
    report = Report("two_way")
    with _doors() as doors:
        delays = _reach(doors)
        report.figures["reaches_the_others_s"] = Figure(tuple(delays), "s")
        report.figures["reaches_the_others_p95_s"] = Figure((sorted(delays)[int(len(delays) * 0.95)],), "s")
        _goal(report, "reaches_the_others_max_s", max(delays), "s", 5.0)
        for n, spread in enumerate(SPREADS_S):
            # Fresh products each: orders of an earlier race wait for the next unit and would take it.
            _race(doors, doors.world.skus[REACHED + n * RACED :][:RACED], spread, report)
        report.notes["stock_sound"] = audit(doors.world.brand.id).sound
    report.notes |= {"stores": STORES, "reached": REACHED, "raced": RACED, "webhook_s": WEBHOOK_S, "doors": 4}
    return report


def _goal(report: Report, name: str, value: float, unit: str, at_most: float) -> None:
    report.figures[name] = Figure((value,), unit)
    report.goals[name] = Goal(name, at_most)


@contextmanager
def _doors() -> Iterator[Doors]:
    world = open_world(stores=STORES, skus=SKUS, units=0)
    brand = world.brand.id
    ids = {code: uuid7() for code in ("shopify", "woocommerce", "till", "shop")}
    kinds = {"till": ChannelKind.STORE, "shop": ChannelKind.SITE}
    for code, id_ in ids.items():
        register_channel(brand, Channel(id_, f"b-{code}", code, kinds.get(code, ChannelKind.SITE), role="bench"))
    tokens = {
        code: create_endpoint(brand, ids[code], code, secrets={"secret": SECRET}, settings={"rate_per_s": 1000}).token
        for code in ("shopify", "woocommerce")
    }
    stop = threading.Event()
    with LocalShopify(most=100_000, per_s=100_000) as shopify, LocalWooCommerce() as woo:
        menus = [_menu(sku) for sku in world.skus[:REACHED]]
        put_products(brand, menus, by="bench")
        put_prices(brand, [Price(menu.code, 900, LONG_AGO) for menu in menus])
        for n, sku in enumerate([*world.skus, *(menu.code for menu in menus)], 1):
            shopify.put(sku, sku, "5.00", n * 10, L1=0)
            woo.put(sku, sku, "5.00", n * 10)
        keys = {"consumer_key": "ck_local", "consumer_secret": "cs_local"}
        links: tuple[tuple[str, str, dict[str, str], dict[str, Any]], ...] = (
            ("shopify", shopify.url, {"access_token": shopify.token}, {"places": {"": "1"}}),
            ("woocommerce", woo.url, keys, {}),
        )
        for code, url, secrets, settings in links:
            sync.connect(brand, ids[code], code, url, secrets=secrets, settings=settings, by="bench")
            sync.learn(brand, ids[code], by="bench")
        thread = threading.Thread(target=wiring.worker([world.brand.slug]).run, args=(stop,), daemon=True)
        thread.start()
        try:
            yield Doors(world, shopify, woo, ids, tokens)
        finally:
            stop.set()
            thread.join(30)


def _fill(doors: Doors, skus: list[str]) -> None:
    """One unit of each at the first store, and both platforms show it."""
    brand, store = doors.world.brand.id, doors.world.stores[0].id
    known = _items(doors)
    put_stock(brand, [StockRow(store, known[sku], 1) for sku in skus])
    _wait(lambda: all(doors.shopify.shown(s) == 1 and doors.woo.shown(s) == 1 for s in skus), "the platforms show it")


def _items(doors: Doors) -> dict[str, Any]:
    with in_brand(doors.world.brand.id):
        return dict(rows("SELECT sku, id FROM catalog_item"))


def _menu(sku: str) -> Product:
    """A menu of one part."""
    code = f"M-{sku}"
    variant = Variant(code, parts=(Component(sku),))
    return Product(uuid7(), code, "retail", code, ProductState.ON_SALE, variants=(variant,), composed=True)


def _reach(doors: Doors) -> list[float]:
    """Seconds from the shop's sale of a last unit until both platforms show 0 of it and of the menu it is a part of,
    one sale after the other."""
    skus = doors.world.skus[:REACHED]
    _fill(doors, skus)
    found = []
    for sku in skus:
        begun = time.perf_counter()
        place([_ours(doors, sku)], brand=doors.world.brand.id, actor="bench")
        gone = (sku, f"M-{sku}")
        _wait(lambda gone=gone: not any(doors.shopify.shown(s) or doors.woo.shown(s) for s in gone), "gone", 0.002)
        found.append(time.perf_counter() - begun)
    return found


def _race(doors: Doors, skus: list[str], spread: float, report: Report) -> None:
    """A last unit of each SKU, wanted at all four doors at moments within `spread` seconds."""
    _fill(doors, skus)
    doors.sold.clear()
    rnd = random.Random(f"two_way {spread}")  # noqa: S311 repeatable, not secret
    begin = threading.Barrier(4)
    plans = {door: sorted((rnd.uniform(0, spread), sku) for sku in skus) for door in (_shopify, _woo, _till, _shop)}
    threads = [threading.Thread(target=_buy, args=(doors, door, plan, begin)) for door, plan in plans.items()]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(LIMIT_S + spread)
    _settle(doors, skus)
    twice = {sku: doors.sold[sku] - 1 for sku in skus if doors.sold[sku] > 1}
    answered = _answered(doors, skus)
    silent = sum(max(0, over - answered[sku]) for sku, over in twice.items())
    name = f"within_{spread:g}_s"
    report.figures[f"sold_{name}"] = Figure((float(sum(doors.sold[sku] for sku in skus)),), "units")
    report.figures[f"oversold_{name}"] = Figure((float(sum(twice.values())),), "units")
    _goal(report, f"silent_{name}", float(silent), "units", 0.0)
    lags = _lags(doors, skus)
    report.figures[f"lag_{name}"] = Figure(tuple(lags) or (0.0,), "s")
    report.notes[f"answered_{name}"] = sum(min(over, answered[sku]) for sku, over in twice.items())


def _buy(doors: Doors, door: Any, plan: list[tuple[float, str]], begin: threading.Barrier) -> None:
    begin.wait(LIMIT_S)
    start = time.perf_counter()
    for at, sku in plan:
        time.sleep(max(0.0, start + at - time.perf_counter()))
        door(doors, sku)
    connections.close_all()


def _shopify(doors: Doors, sku: str) -> None:
    if doors.shopify.sell(sku):
        _webhook(doors, "shopify", sku, doors.count(sku))


def _woo(doors: Doors, sku: str) -> None:
    if doors.woo.sell(sku):
        _webhook(doors, "woocommerce", sku, doors.count(sku))


def _webhook(doors: Doors, code: str, sku: str, number: int) -> None:
    """Their order, on its way to us."""
    brand = doors.world.brand
    context = Context(
        channel_id=doors.ids[code], channel_code=code, currency=brand.currency, secrets={"secret": SECRET}
    )
    build = shopify_wire.build if code == "shopify" else woo_wire.build
    request = build(_theirs(doors, code, sku, number), context)

    def deliver() -> None:
        time.sleep(WEBHOOK_S)
        receive(doors.tokens[code], request)
        connections.close_all()

    threading.Thread(target=deliver, daemon=True).start()


def _till(doors: Doors, sku: str) -> None:
    """The unit is on the shelf or it is not: a till cannot sell what somebody else has carried out."""
    brand, store = doors.world.brand.id, doors.world.stores[0]
    (row,) = stock_of(brand, items=[_items(doors)[sku]], locations=[store.id])
    if row.free < 1:  # held for an order of another door, so it lies in the back
        return
    number = doors.count(sku)
    intent = replace(
        _ours(doors, sku, number),
        channel_id=doors.ids["till"],
        fulfilment=FulfilmentKind.TILL,
        payment=PaymentMethod.TILL,
        completed=True,
        store_code=store.code,
        destination=None,
    )
    place([intent], brand=brand, actor="till")


def _shop(doors: Doors, sku: str) -> None:
    """Our own door asks the stock itself: what is gone waits and is not sold."""
    number = doors.number()
    (outcome,) = place([_ours(doors, sku, number)], brand=doors.world.brand.id, actor="shop")
    if isinstance(outcome, Accepted) and outcome.state == "assigned":
        with doors.lock:
            doors.sold[sku] += 1


def _ours(doors: Doors, sku: str, number: int | None = None) -> OrderIntent:
    return OrderIntent(
        channel_id=doors.ids["shop"],
        external_id=f"N{number or doors.number()}",
        placed_at=clock.now(),
        currency=doors.world.brand.currency,
        lines=(IntentLine(1, sku, 1),),
        fulfilment=FulfilmentKind.DELIVERY,
        payment=PaymentMethod.CASH_ON_DELIVERY,
        destination=Destination(AddressText(line="1 Bench St", city="Minneapolis"), doors.world.stores[0].place),
        contact=Contact(name="Bench", phone="+16125550100"),
    )


def _theirs(doors: Doors, code: str, sku: str, number: int) -> OrderIntent:
    return replace(
        _ours(doors, sku, number),
        channel_id=doors.ids[code],
        external_id=str(number),
        lines=(IntentLine(1, sku, 1, 500, title=sku),),
        payment=PaymentMethod.PLATFORM,
        paid=True,
        amounts=Amounts(goods=500, paid=500),
    )


WAITING = """
    SELECT (SELECT count(*) FROM integration_inbox WHERE brand_id = %(brand)s AND state = 'pending')
         + (SELECT count(*) FROM sync_outward WHERE brand_id = %(brand)s AND state = 'waiting' AND kind = 'stock')
"""


def _settle(doors: Doors, skus: list[str]) -> None:
    """Every order is taken, every platform has heard, every clash has been re-sourced."""
    time.sleep(WEBHOOK_S + 0.5)

    def done() -> bool:
        with in_brand(doors.world.brand.id):
            return rows(WAITING, {"brand": doors.world.brand.id})[0][0] == 0

    _wait(done, "everything is taken and told", 0.1)
    time.sleep(1.0)


LAGS = """
    SELECT o.lag_ms FROM sync_outward o JOIN catalog_item i ON i.brand_id = o.brand_id AND i.id = o.subject
     WHERE o.brand_id = %(brand)s AND o.kind = 'stock' AND o.lag_ms IS NOT NULL AND i.sku = ANY(%(skus)s::text[])
"""


def _lags(doors: Doors, skus: list[str]) -> list[float]:
    """Seconds from the last event of each product to the platforms' answer."""
    with in_brand(doors.world.brand.id):
        return [ms / 1000 for (ms,) in rows(LAGS, {"brand": doors.world.brand.id, "skus": skus})]


ANSWERED = """
    SELECT l.sku, o.id, o.state, o.exceptions FROM orders_order o
      JOIN orders_line l ON l.brand_id = o.brand_id AND l.order_id = o.id WHERE o.brand_id = %(brand)s
"""


def _answered(doors: Doors, skus: list[str]) -> Counter[str]:
    """Orders by SKU that a person or a rule has in hand: an exception, a shortfall, or waiting for another store."""
    brand = doors.world.brand.id
    short = {order for order, *_ in open_shortfalls(brand, limit=10_000)}
    with in_brand(brand):
        found = rows(ANSWERED, {"brand": brand})
    wanted = set(skus)
    return Counter(
        sku
        for sku, order, state, exceptions in found
        if sku in wanted and (exceptions or order in short or state in ("backorder", "review"))
    )


def _wait(holds: Any, what: str, pause_s: float = 0.02) -> None:
    until = time.monotonic() + LIMIT_S
    while not holds():
        if time.monotonic() > until:
            raise TimeoutError(f"waited {LIMIT_S:g} s until {what}")
        time.sleep(pause_s)
