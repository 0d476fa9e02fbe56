"""The modes of online and offline, as far as an order's coming in and its assignment go."""

from __future__ import annotations

from datetime import timedelta

import pytest
from msgspec import json

from datong.catalog.api import quote
from datong.catalog.types import Ask, AskLine
from datong.fulfilment.api import queue_of
from datong.fulfilment.types import FulfilmentKind
from datong.kernel import clock
from datong.kernel.db import in_brand, rows
from datong.kernel.relay import Delivered
from datong.orders.subscribers import hand_to_stores
from datong.orders.tests.conftest import Shop, sound
from datong.orders.types import MODES, ExceptionKind, OrderState, Side
from datong.payments.types import PaymentMethod


@pytest.mark.requirement("S-169")
def test_two_basic_modes_and_two_derived_ones_that_add_a_side_to_a_basic_one():
    basic = {mode.sides for mode in MODES if mode.basic}
    derived = {mode.sides for mode in MODES if not mode.basic}
    assert basic == {(Side.ONLINE, Side.OFFLINE), (Side.OFFLINE, Side.ONLINE)}
    assert derived == {(Side.ONLINE, Side.OFFLINE, Side.ONLINE), (Side.OFFLINE, Side.ONLINE, Side.OFFLINE)}
    assert {sides[:2] for sides in derived} == basic and len({mode.code for mode in MODES}) == 4


@pytest.mark.requirement("S-170")
def test_an_order_that_a_store_led_online_is_credited_to_it_whoever_serves_it(shop: Shop):
    order = shop.place_one(("TEA", 1), referred_by="FAR")
    page = shop.page(order)
    assert (page.store_id, page.referred_store_id) == (shop.near.id, shop.far.id)
    stranger = shop.place_one(("TEA", 1), referred_by="NOWHERE")
    assert stranger.state is OrderState.ASSIGNED and stranger.exceptions == (ExceptionKind.STORE_UNKNOWN,)
    assert shop.page(stranger).referred_store_id is None
    sound(shop)


@pytest.mark.requirement("S-171", "S-177")
def test_what_is_queried_paid_and_bought_online_waits_in_the_store_that_was_chosen(shop: Shop):
    """The price that was asked for is the price that is paid; the order stands at its store, to be enjoyed there."""
    ask = Ask(shop.web, "USD", clock.now(), (AskLine(1, "TEA", 2),))
    (quoted,) = quote([ask], brand=shop.brand.id)
    order = shop.place_one(
        ("TEA", 2),
        fulfilment=FulfilmentKind.IN_STORE,
        payment=PaymentMethod.PREPAID,
        paid=True,
        provider_ref="wx_1",
        store_code="FAR",
        destination=None,
    )
    page = shop.page(order)
    assert (page.total_minor, page.paid, page.state) == (quoted.total_minor, True, "assigned")
    assert page.store_id == shop.far.id and shop.stock("TEA", shop.far).reserved == 2
    sound(shop)


@pytest.mark.requirement("S-173")
def test_a_prepaid_order_stands_in_the_stores_queue_like_one_of_the_counter(shop: Shop, monkeypatch):
    """By the promise, else by arrival: neither the channel nor who has paid moves anybody forward or back."""
    here = {"fulfilment": FulfilmentKind.IN_STORE, "store_code": "NEAR", "destination": None}
    start = clock.now()
    placed = []
    for minute, fields in enumerate(
        (
            {"payment": PaymentMethod.PAY_AT_STORE},
            {"payment": PaymentMethod.PREPAID, "paid": True, "provider_ref": "wx_2"},
            {"payment": PaymentMethod.PAY_AT_STORE},
            {"payment": PaymentMethod.PREPAID, "paid": True, "provider_ref": "wx_3", "promised_at": start},
        )
    ):
        monkeypatch.setattr(clock, "now", lambda minute=minute: start + timedelta(minutes=minute + 1))
        placed.append(shop.place_one(("TEA", 1), **here, **fields))
        hear(shop, placed[-1])
    queue = [task.order_id for task in queue_of(shop.brand.id, shop.near.id)]
    assert queue == [placed[n].order_id for n in (3, 0, 1, 2)]


def hear(shop: Shop, order) -> None:
    """The store hears of the order, as it does when the event of its placing is delivered."""
    with in_brand(shop.brand.id):
        found = rows(
            "SELECT id, aggregate, name, version, payload::text, trace FROM kernel_outboxevent"
            " WHERE aggregate = %s AND name = 'orders.placed'",
            [order.order_id],
        )
        hand_to_stores([Delivered(*row[:4], json.decode(row[4]), row[5]) for row in found])
