"""Whatever is sold where and whatever breaks: in the end both sides show the same stock and the same price."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable
from itertools import count as counting

import pytest
from django.db import connections
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from datong.catalog.api import change_price, quote
from datong.catalog.types import Ask, AskLine
from datong.inventory.api import audit, count, stock_of
from datong.inventory.types import StockRow
from datong.kernel import clock
from datong.kernel.db import in_brand, rows
from datong.kernel.money import minor_of
from datong.sync import api
from datong.sync.tests.shops import SKUS, TwoWay, owner

NUMBERS = counting(1)
TROUBLES = ["429", "500", "503", "lost", "drop", "500_applied", "twice", "late"]
skus = st.sampled_from(SKUS)
channels = st.sampled_from(["shopify", "woo"])
happenings = st.one_of(
    st.tuples(st.just("counted"), skus, st.integers(0, 30)),
    st.tuples(st.just("priced"), skus, st.integers(1, 9999)),
    st.tuples(st.just("sold_there"), skus, channels),
    st.tuples(st.just("sold_here"), skus, st.integers(1, 3)),
    st.tuples(st.just("trouble"), channels, st.sampled_from(TROUBLES)),
    st.tuples(st.just("sent"), st.integers(1, 3), st.none()),
    st.tuples(st.just("late"), channels, st.none()),
    st.tuples(st.just("paused"), channels, st.booleans()),
)


def happen(two_way: TwoWay, what: str, one: object, other: object) -> None:
    """One thing that may happen, and the marks its event would make."""
    shop = two_way.shop
    server = two_way.woo if one == "woo" else two_way.shopify
    if what == "counted":
        for store in (shop.near, shop.far):
            held = next((r.reserved for r in _rows(two_way, str(one)) if r.location_id == store.id), 0)
            count(two_way.brand, store.id, shop.items[str(one)].id, max(held, int(str(other))), who="test")
        two_way.mark(str(one))
    elif what == "priced":
        change_price(
            two_way.brand,
            str(one),
            int(str(other)),
            None,
            by=owner(two_way.brand),
            reason="test",
        )
        api.mark_prices(two_way.brand, [shop.items[str(one)].id], at=clock.now())
    elif what == "sold_there":
        at = two_way.at_shopify if other == "shopify" else two_way.at_woo
        if getattr(two_way, str(other)).sell(str(one)):
            shop.sold(at, f"P-{next(NUMBERS)}", str(one))
            two_way.mark(str(one))
    elif what == "sold_here":
        shop.till_sale(f"T-{next(NUMBERS)}", str(one), int(str(other)))
        two_way.mark(str(one))
    elif what == "trouble":
        server.trouble(str(other))
    elif what == "sent":
        two_way.pass_time(int(str(one)) * 4)
    elif what == "late":
        server.release_late()
    elif what == "paused":
        verb = api.pause if other else api.resume
        verb(two_way.brand, two_way.at_shopify if one == "shopify" else two_way.at_woo, by="test")


def _rows(two_way: TwoWay, sku: str) -> list[StockRow]:
    return stock_of(two_way.brand, items=[two_way.shop.items[sku].id])


@pytest.mark.requirement("S-62")
@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@example(
    [
        ("counted", "TEA", 7),
        ("trouble", "woo", "late"),
        ("sent", 1, None),
        ("counted", "TEA", 2),
        ("sent", 1, None),
        ("late", "woo", None),
    ]
)
@example([("sent", 1, None), ("counted", "TEA", 0), ("sold_there", "TEA", "shopify"), ("counted", "TEA", 3)])
@given(st.lists(happenings, min_size=1, max_size=14))
def test_both_sides_come_to_the_same_stock_and_price(two_way: TwoWay, story: list[tuple[str, object, object]]) -> None:
    for what, one, other in story:
        happen(two_way, what, one, other)
    for server, channel in ((two_way.shopify, two_way.at_shopify), (two_way.woo, two_way.at_woo)):
        server.troubles.clear()
        server.release_late()
        api.resume(two_way.brand, channel, by="test")
    two_way.settle()
    assert two_way.waiting() == 0
    for sku in SKUS:
        wanted = two_way.wanted(sku)
        assert two_way.shown(sku) == (wanted, wanted)
        (priced,) = quote([Ask(two_way.at_woo, "USD", clock.now(), (AskLine(1, sku, 1),))], brand=two_way.brand)
        minor = priced.lines[0].unit_minor
        assert minor_of(two_way.shopify.by_sku(sku).price, "USD") == minor
        assert minor_of(two_way.woo.by_sku(sku).regular_price, "USD") == minor
    assert audit(two_way.brand).sound


def test_a_worker_that_is_killed_in_the_middle_loses_nothing(committed_two_way: TwoWay) -> None:
    """kill -9 while the call is on its way: the lease ends, another worker says the figure again."""
    two_way = committed_two_way
    two_way.hear()
    two_way.send()
    for store in (two_way.shop.near, two_way.shop.far):
        count(two_way.brand, store.id, two_way.shop.items["TEA"].id, 3, who="test")
    two_way.hear()
    two_way.woo.latency_s = two_way.shopify.latency_s = 2.0
    child = _worker(two_way)
    try:
        assert _until(lambda: _leased(two_way) > 0), "it is at work"
    finally:
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
    two_way.woo.latency_s = two_way.shopify.latency_s = 0.0
    assert _leased(two_way) > 0, "it died with the lease in its hand"
    two_way.settle()
    assert two_way.shown("TEA") == (6, 6) and two_way.waiting() == 0


def _worker(two_way: TwoWay) -> int:
    """A process of its own that sends; its connections are its own too."""
    connections.close_all()
    if child := os.fork():
        return child
    try:
        while True:
            two_way.send()
    finally:
        os._exit(1)


def _leased(two_way: TwoWay) -> int:
    with in_brand(two_way.brand):
        return int(rows("SELECT count(*) FROM sync_lane WHERE token IS NOT NULL")[0][0])


def _until(holds: Callable[[], bool], limit_s: float = 20.0) -> bool:
    until = time.monotonic() + limit_s
    while time.monotonic() < until:
        if holds():
            return True
        time.sleep(0.02)
    return False
