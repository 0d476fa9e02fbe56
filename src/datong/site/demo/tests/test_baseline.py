"""The baseline does what its rules say, on worlds small enough to work out by hand."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from datong.brand.types import AddressText, ChannelKind
from datong.fulfilment.types import FulfilmentKind
from datong.kernel.geo import Point
from datong.orders.types import Amounts, Contact
from datong.payments.types import PaymentMethod
from datong.site.demo.baseline import Baseline, without_hub
from datong.site.demo.retail.world import BRAND
from datong.site.demo.types import (
    DemoChannel,
    Door,
    Format,
    Persona,
    PlannedLine,
    PlannedOrder,
    Sending,
    Shop,
    Stock,
    Trouble,
    World,
)
from datong.site.demo.worlds import WORLDS

NOON = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
HERE = Point(10, 50)
SOMEBODY = Persona("p", "P", "", "", "", "", "", "", AddressText(), HERE, "1")


def shop(code: str, lon: float) -> Shop:
    return Shop(code, code, Point(lon, 50), AddressText(), "", "UTC", Format.BIG, serves_radius_m=10_000)


def order(number: str, channel: str, units: int = 1, charged: int = 100) -> PlannedOrder:
    line = PlannedLine(1, "A", "A", units, charged, 100)
    return PlannedOrder(
        number=number,
        channel=channel,
        placed_at=NOON,
        currency="USD",
        lines=(line,),
        fulfilment=FulfilmentKind.DELIVERY,
        payment=PaymentMethod.PREPAID,
        persona=SOMEBODY,
        contact=Contact(),
        amounts=Amounts(goods=line.amount_minor, paid=line.amount_minor),
        shop="1",
        place=HERE,
    )


def after(minutes: float, what: PlannedOrder, trouble: Trouble = Trouble.NONE) -> Sending:
    return Sending(NOON + timedelta(minutes=minutes), what, trouble)


def run(*day: Sending, on_hand: int = 1, shops: tuple[Shop, ...] = (shop("1", 10.0),)) -> Baseline:
    channels = tuple(DemoChannel(c, c, ChannelKind.SITE, Door.JSON_API, "r", "o", 1) for c in "ab")
    stock = tuple(Stock(one.code, "A", on_hand) for one in shops)
    return without_hub(World(BRAND, (), shops, channels, stock, day, (), {}))


def test_two_channels_sell_the_last_unit_between_two_refreshes() -> None:
    assert run(after(1, order("1", "a")), after(4, order("2", "b"))) == Baseline(2, 2, 1, 1, 0, 0, 0, 0)


def test_after_a_refresh_the_second_channel_knows() -> None:
    assert run(after(1, order("1", "a")), after(5, order("2", "b"))) == Baseline(2, 1, 0, 0, 0, 0, 0, 1)


def test_one_channel_does_not_oversell_its_own_copy() -> None:
    assert run(after(1, order("1", "a")), after(2, order("2", "a"))) == Baseline(2, 1, 0, 0, 0, 0, 0, 1)


def test_what_is_sent_twice_is_sold_twice() -> None:
    result = run(after(1, order("1", "a")), after(2, order("1", "a"), Trouble.TWICE), on_hand=5)
    assert result == Baseline(2, 2, 0, 0, 0, 1, 0, 0)


def test_a_broken_message_is_lost_and_a_forged_one_is_nobodys() -> None:
    result = run(after(1, order("1", "a"), Trouble.BAD_JSON), after(2, order("2", "a"), Trouble.BAD_SIGNATURE))
    assert result == Baseline(2, 0, 0, 0, 1, 0, 0, 0)


def test_a_wrong_price_is_charged_and_not_noticed() -> None:
    assert run(after(1, order("1", "a", charged=90))) == Baseline(1, 1, 0, 0, 0, 0, 1, 0)


def test_the_next_nearest_store_that_delivers_takes_over() -> None:
    near, far, out_of_reach = shop("1", 10.0), shop("2", 10.1), shop("3", 10.2)
    day = [after(m, order(str(m), "a")) for m in (1, 2, 3)]
    assert run(*day, shops=(near, far, out_of_reach)) == Baseline(3, 2, 0, 0, 0, 0, 0, 1)


def test_a_till_sale_takes_what_a_channel_has_promised_to_sell() -> None:
    till = replace(order("1", "b"), fulfilment=FulfilmentKind.TILL, named_shop="1", place=None)
    assert run(after(1, till), after(2, order("2", "a"))) == Baseline(2, 2, 1, 1, 0, 0, 0, 0)


@pytest.mark.parametrize(
    ("key", "expected"),
    [
        ("retail", Baseline(5635, 5349, 24, 159, 69, 159, 523, 211)),
        ("tea", Baseline(5615, 5458, 12, 14, 57, 201, 152, 94)),
    ],
)
def test_the_demo_days_without_the_hub(key: str, expected: Baseline) -> None:
    world = WORLDS[key](date(2026, 11, 21), None)
    assert without_hub(world) == expected
    assert without_hub(world, timedelta(0)).oversold == 0
