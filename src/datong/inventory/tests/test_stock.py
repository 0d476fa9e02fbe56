"""Stock under concurrency and over time; every claim is recomputed from the raw rows."""

from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from datong.inventory import api
from datong.inventory.types import StockRow, Want
from datong.kernel import clock
from datong.kernel.db import count_statements
from datong.kernel.errors import BadValue
from datong.kernel.ids import uuid7


@pytest.fixture
def shelf(brand):
    """shelf(units, safety=0) -> (location, item) with that much on hand."""

    def put(units, safety=0):
        location, item = uuid7(), uuid7()
        api.put_stock(brand.id, [StockRow(location, item, units, safety=safety)])
        return location, item

    return put


def want(place, units, **fields):
    return Want(uuid7(), place[0], {place[1]: units}, **fields)


def row(brand, place):
    (found,) = api.stock_of(brand.id, items=[place[1]], locations=[place[0]])
    return found


@pytest.mark.requirement("S-147")
def test_a_hold_takes_from_what_is_free_and_leaves_the_safety_stock(brand, shelf):
    place = shelf(5, safety=2)
    first = want(place, 2)
    result = api.reserve([first, want(place, 2)], brand=brand.id)
    assert result.served == (first,)
    assert [(s.free, s.wanted) for s in result.refused] == [(1, 2)]
    assert row(brand, place) == StockRow(*place, on_hand=5, reserved=2, safety=2)
    assert api.audit(brand.id).sound


def test_the_channels_buffer_stays_free(brand, shelf):
    place = shelf(5)
    result = api.reserve([want(place, 3, floor=3), want(place, 3)], brand=brand.id)
    assert len(result.served) == 1 and result.refused[0].free == 2


def test_released_units_may_be_sold_again_and_a_release_counts_once(brand, shelf):
    place = shelf(1)
    order = want(place, 1)
    api.reserve([order], brand=brand.id)
    assert api.release([order.order_id], brand=brand.id) == {order.order_id}
    assert api.release([order.order_id], brand=brand.id) == set()
    assert row(brand, place).reserved == 0
    assert api.reserve([want(place, 1)], brand=brand.id).refused == ()


def test_unpaid_holds_expire_and_paid_ones_do_not(brand, shelf):
    place = shelf(4)
    now = clock.now()
    unpaid, paid = want(place, 1, expires_at=now + timedelta(minutes=15)), want(place, 1)
    api.reserve([unpaid, paid], brand=brand.id)
    assert api.expire(brand=brand.id, now=now + timedelta(minutes=14)) == set()
    assert api.expire(brand=brand.id, now=now + timedelta(minutes=16)) == {unpaid.order_id}
    assert row(brand, place).reserved == 1


def test_one_customer_cannot_hold_the_whole_shop_without_paying(brand, shelf):
    place = shelf(100)
    later = clock.now() + timedelta(minutes=15)
    asks = [want(place, 6, expires_at=later, customer_key="c1") for _ in range(3)]
    result = api.reserve(asks, brand=brand.id, cap=10)
    assert [s.capped for s in result.refused] == [True, True] and result.refused[0].free == 4
    assert api.reserve([want(place, 6, customer_key="c1")], brand=brand.id, cap=10).refused == ()


@pytest.mark.requirement("S-147")
def test_a_counter_sale_is_booked_beyond_the_stock_and_leaves_a_shortfall_and_a_count_task(brand, shelf):
    place = shelf(2)
    sale = want(place, 5)
    result = api.sell([sale], brand=brand.id)
    assert [(s.order_id, s.units) for s in result.shortfalls] == [(sale.order_id, 3)]
    assert row(brand, place).on_hand == 0
    assert [units for *_, units in api.open_shortfalls(brand.id)] == [3]
    assert api.audit(brand.id).sound
    assert api.count(brand.id, *place, 4, who="Kim") == 4
    assert api.open_shortfalls(brand.id) == [] and row(brand, place).on_hand == 4
    assert api.audit(brand.id).sound


def test_a_counter_sale_of_held_units_ends_the_youngest_hold(brand, shelf):
    place = shelf(3)
    old, young = want(place, 1), want(place, 2)
    with clock.held_at(clock.now() - timedelta(hours=1)):
        api.reserve([old], brand=brand.id)
    api.reserve([young], brand=brand.id)
    result = api.sell([want(place, 1)], brand=brand.id)
    assert [c.order_id for c in result.clashes] == [young.order_id] and result.shortfalls == ()
    assert row(brand, place) == StockRow(*place, on_hand=2, reserved=1)
    assert api.audit(brand.id).sound


def test_a_count_below_what_is_held_is_refused(brand, shelf):
    place = shelf(3)
    api.reserve([want(place, 2)], brand=brand.id)
    with pytest.raises(BadValue, match="at least 2"):
        api.count(brand.id, *place, 1, who="Kim")
    assert row(brand, place).on_hand == 3


@pytest.mark.parametrize("count", [1, 40])
def test_a_reservation_costs_the_same_statements_for_one_and_for_many(brand, shelf, count):
    places = [shelf(5) for _ in range(count)]
    later = clock.now() + timedelta(minutes=15)
    wants = [want(place, 1, expires_at=later, customer_key=f"c{i}") for i, place in enumerate(places)]
    api.release([uuid7()], brand=brand.id)
    with count_statements() as seen:
        api.reserve(wants, brand=brand.id)
    assert len([s for s in seen if "set_config" not in s and "SAVEPOINT" not in s]) == 4


STEPS = st.lists(
    st.tuples(st.sampled_from(["reserve", "sell", "release", "receive"]), st.integers(1, 6), st.integers(0, 2)),
    max_size=12,
)


@pytest.mark.requirement("S-147")
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS)
def test_counters_equal_the_rows_whatever_happens(make_brand, db, steps):
    brand = make_brand()
    location, items = uuid7(), [uuid7() for _ in range(3)]
    api.put_stock(brand.id, [StockRow(location, item, 5) for item in items])
    orders = []
    for verb, units, which in steps:
        one = Want(uuid7(), location, {items[which]: units, items[0]: 1})
        if verb == "reserve":
            orders += [w.order_id for w in api.reserve([one], brand=brand.id).served]
        elif verb == "sell":
            api.sell([one], brand=brand.id)
        elif verb == "receive":
            api.receive(brand.id, [StockRow(location, items[which], units)])
        elif orders:
            api.release([orders.pop(0)], brand=brand.id)
        assert api.audit(brand.id).sound


@pytest.mark.requirement("S-146", "S-161")
def test_eight_doors_cannot_sell_more_than_is_there(committed_db, make_brand, in_parallel):
    brand = make_brand()
    places = [(uuid7(), uuid7()) for _ in range(3)]
    api.put_stock(brand.id, [StockRow(*place, 20) for place in places])

    def buy():
        served = 0
        for i in range(15):
            shuffled = places[i % 3 :] + places[: i % 3]  # every door asks in another order
            wants = [want(place, 1) for place in shuffled]
            served += len(api.reserve(wants, brand=brand.id).served)
        return served

    assert sum(in_parallel(8, buy)) == 60
    assert all(row(brand, place).reserved == 20 for place in places)
    assert api.audit(brand.id).sound
