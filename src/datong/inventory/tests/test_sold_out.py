"""Sold out with one touch, and back: nothing is free, holds stay, and the truth outlives races and restarts."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from datong.brand.api import always_open, next_opening, parse_hours, put_stores
from datong.brand.types import Store
from datong.inventory import api
from datong.inventory.types import StockRow, Until, Want
from datong.kernel import clock
from datong.kernel.db import in_brand, rows
from datong.kernel.errors import BadValue, NotFound
from datong.kernel.geo import Point
from datong.kernel.ids import uuid7

PAYLOADS = "SELECT payload::text FROM kernel_outboxevent WHERE name = %s ORDER BY id"
NINE_TO_NINE = parse_hours("Mon-Sun: 9-21")


def open_store(brand, zone="America/Chicago", hours=NINE_TO_NINE):
    store = Store(uuid7(), str(uuid7())[-8:], "Store", Point(-93, 45), "Minneapolis", hours, zone)
    put_stores(brand.id, [store])
    return store


@pytest.fixture
def store(brand):
    return open_store(brand)


@pytest.fixture
def tea(brand, store):
    item = uuid7()
    api.put_stock(brand.id, [StockRow(store.id, item, 5)])
    return item


def shelf(brand, store, item):
    (row,) = api.stock_of(brand.id, items=[item], locations=[store.id])
    return row


def buys(brand, store, item, units=1):
    return not api.reserve([Want(uuid7(), store.id, {item: units})], brand=brand.id).refused


def events(brand, name):
    with in_brand(brand.id):
        return [json.loads(p) for (p,) in rows(PAYLOADS, [name])]


def test_what_is_sold_out_is_not_free_and_not_reserved_while_holds_that_exist_stay(brand, store, tea):
    order = uuid7()
    api.reserve([Want(order, store.id, {tea: 2})], brand=brand.id)
    assert api.set_sold_out(brand.id, [tea], store_id=store.id, by="kim").places == 1
    (short,) = api.reserve([Want(uuid7(), store.id, {tea: 1})], brand=brand.id).refused
    assert short.sold_out and short.free == 0
    assert (shelf(brand, store, tea).free, shelf(brand, store, tea).reserved) == (0, 2)
    assert [held for *_, held in api.holds_of(brand.id, order)] == [2]
    assert list(api.free_rows(brand.id)) == [(store.id, tea, 0)]
    assert api.back_on_sale(brand.id, [tea], store_id=store.id, by="kim").places == 1
    assert shelf(brand, store, tea).free == 3 and buys(brand, store, tea, 3)
    assert api.audit(brand.id).sound


def test_every_door_is_told_what_is_free_and_that_it_is_sold_out(brand, store, tea):
    until = clock.now() + timedelta(hours=1)
    api.set_sold_out(brand.id, [tea], store_id=store.id, by="kim", until=until)
    api.back_on_sale(brand.id, [tea], store_id=store.id, by="kim")
    assert [(e["free"], e["arrived"]) for e in events(brand, "inventory.stock_changed")] == [([0], False), ([5], True)]
    told = events(brand, "inventory.sold_out_changed")
    assert [(e["location_id"], e["item_id"], e["sold_out"]) for e in told] == [
        (str(store.id), str(tea), True),
        (str(store.id), str(tea), False),
    ]
    assert datetime.fromisoformat(told[0]["until"]) == until and told[1]["until"] is None


def test_a_touch_counts_once_and_a_second_one_moves_the_end(brand, store, tea):
    api.set_sold_out(brand.id, [tea], store_id=store.id, by="kim", until=Until.BY_HAND)
    assert api.set_sold_out(brand.id, [tea], store_id=store.id, by="kim", until=Until.BY_HAND).places == 0
    assert len(events(brand, "inventory.sold_out_changed")) == 1
    until = clock.now() + timedelta(hours=2)
    assert api.set_sold_out(brand.id, [tea], store_id=store.id, by="lee", until=until).places == 1
    (row,) = api.sold_out(brand.id)
    assert (row.until, row.by) == (until, "lee")
    api.back_on_sale(brand.id, [tea], store_id=None, by="kim")
    assert api.back_on_sale(brand.id, [tea], store_id=None, by="kim").places == 0


def test_all_stores_at_once_and_each_is_back_at_its_own_opening(brand, store, tea):
    west = open_store(brand, "America/Los_Angeles")
    api.put_stock(brand.id, [StockRow(west.id, tea, 3)])
    with clock.held_at(datetime(2026, 7, 1, 20, 0, tzinfo=UTC)):  # three in the afternoon in Chicago
        assert api.set_sold_out(brand.id, [tea], store_id=None, by="kim").places == 2
        (row,) = api.sold_out_items(brand.id)
        assert (row.places, row.until) == (2, datetime(2026, 7, 2, 14, 0, tzinfo=UTC))
    assert api.back_when_due(brand.id, now=datetime(2026, 7, 2, 13, 59, tzinfo=UTC)) == 0
    assert api.back_when_due(brand.id, now=datetime(2026, 7, 2, 14, 0, tzinfo=UTC)) == 1
    assert shelf(brand, store, tea).free == 5 and shelf(brand, west, tea).free == 0
    assert api.back_when_due(brand.id, now=datetime(2026, 7, 2, 16, 0, tzinfo=UTC)) == 1
    assert shelf(brand, west, tea).free == 3 and api.sold_out(brand.id) == []


def test_what_is_sold_out_until_goods_come_is_back_with_the_next_receipt(brand, store, tea):
    api.set_sold_out(brand.id, [tea], store_id=store.id, by="kim", until=Until.ARRIVAL)
    assert api.back_when_due(brand.id, now=clock.now() + timedelta(days=30)) == 0
    api.receive(brand.id, [StockRow(store.id, tea, 4)])
    assert api.sold_out(brand.id) == [] and shelf(brand, store, tea).free == 9
    api.set_sold_out(brand.id, [tea], store_id=store.id, by="kim", until=Until.BY_HAND)
    api.receive(brand.id, [StockRow(store.id, tea, 1)])
    assert shelf(brand, store, tea).free == 0 and shelf(brand, store, tea).on_hand == 10


def test_goods_that_come_to_a_shelf_for_the_first_time_are_sold_out_there_too(brand, store):
    item = uuid7()
    api.set_sold_out(brand.id, [item], store_id=store.id, by="kim", until=Until.BY_HAND)
    api.put_stock(brand.id, [StockRow(store.id, item, 4)])
    assert shelf(brand, store, item).free == 0 and not buys(brand, store, item)
    assert api.audit(brand.id).sound


def test_what_is_not_counted_can_be_sold_out_as_well(brand, store, tea):
    service = uuid7()
    api.set_sold_out(brand.id, [service], store_id=store.id, by="kim")
    both = Want(uuid7(), store.id, {tea: 1}, also=frozenset({service}))
    (short,) = api.reserve([both], brand=brand.id).refused
    assert (short.item_id, short.sold_out) == (service, True)
    api.back_on_sale(brand.id, [service], store_id=None, by="kim")
    assert api.reserve([both], brand=brand.id).refused == ()


def test_a_touch_can_be_taken_back_whichever_way_it_went(brand, store, tea):
    other = open_store(brand)
    api.put_stock(brand.id, [StockRow(other.id, tea, 1)])
    api.set_sold_out(brand.id, [tea], store_id=other.id, by="lee", until=Until.BY_HAND)
    touch = api.set_sold_out(brand.id, [tea], store_id=None, by="kim")
    assert api.undo_sold_out(brand.id, touch.batch, by="kim") == 1
    assert shelf(brand, store, tea).free == 5 and shelf(brand, other, tea).free == 0
    back = api.back_on_sale(brand.id, [tea], store_id=None, by="kim")
    assert api.undo_sold_out(brand.id, back.batch, by="kim") == 1
    (row,) = api.sold_out(brand.id)
    assert (row.location_id, row.by) == (other.id, "kim") and shelf(brand, other, tea).free == 0
    assert api.audit(brand.id).sound


def test_a_sale_at_the_counter_of_what_is_sold_out_is_booked(brand, store, tea):
    api.set_sold_out(brand.id, [tea], store_id=store.id, by="kim")
    assert api.sell([Want(uuid7(), store.id, {tea: 2})], brand=brand.id).shortfalls == ()
    assert shelf(brand, store, tea).on_hand == 3 and shelf(brand, store, tea).free == 0


def test_what_cannot_be_meant_is_named(brand, store, tea):
    with pytest.raises(BadValue, match="still to come"):
        api.set_sold_out(brand.id, [tea], store_id=store.id, by="kim", until=clock.now() - timedelta(minutes=1))
    with pytest.raises(NotFound):
        api.set_sold_out(brand.id, [tea], store_id=uuid7(), by="kim")
    with pytest.raises(BadValue, match="1 to 200 items"):
        api.set_sold_out(brand.id, [], store_id=store.id, by="kim")
    assert api.sold_out(brand.id) == []


@pytest.mark.parametrize(
    ("hours", "now", "opens"),
    [
        ("Mon-Sun: 9-21", "2026-07-01T15:00", "2026-07-02T09:00"),
        ("Mon-Sun: 9-21", "2026-07-01T07:00", "2026-07-01T09:00"),
        ("Mon-Sun: 11-14, 17-22", "2026-07-01T15:00", "2026-07-02T11:00"),
        ("Mon-Sun: 18-2", "2026-07-02T00:30", "2026-07-02T18:00"),
        ("Mon-Fri: 9-18", "2026-07-03T15:00", "2026-07-06T09:00"),
        ("", "2026-07-01T15:00", "2026-07-02T06:00"),
    ],
)
def test_the_next_opening_is_the_next_business_day(hours, now, opens):
    from zoneinfo import ZoneInfo

    zone = ZoneInfo("America/Chicago")
    moment = datetime.fromisoformat(now).replace(tzinfo=zone)
    expected = datetime.fromisoformat(opens).replace(tzinfo=zone)
    assert next_opening(parse_hours(hours), "America/Chicago", moment) == expected


def test_a_place_that_never_closes_begins_its_day_at_six():
    moment = datetime(2026, 7, 1, 20, 0, tzinfo=UTC)
    assert next_opening(always_open(), "UTC", moment) == datetime(2026, 7, 2, 6, 0, tzinfo=UTC)


STEPS = st.lists(
    st.tuples(st.sampled_from(["out", "back", "reserve", "sell", "receive"]), st.integers(0, 1)), max_size=12
)


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS)
def test_flag_and_record_agree_and_nothing_sold_out_is_promised(make_brand, db, steps):
    brand = make_brand()
    store = open_store(brand)
    items = [uuid7(), uuid7()]
    api.put_stock(brand.id, [StockRow(store.id, item, 5) for item in items])
    out = set()
    for verb, which in steps:
        item = items[which]
        if verb == "out":
            api.set_sold_out(brand.id, [item], store_id=store.id, by="kim", until=Until.BY_HAND)
            out.add(item)
        elif verb == "back":
            api.back_on_sale(brand.id, [item], store_id=store.id, by="kim")
            out.discard(item)
        elif verb == "reserve":
            assert not (buys(brand, store, item) and item in out)
        elif verb == "sell":
            api.sell([Want(uuid7(), store.id, {item: 1})], brand=brand.id)
        else:
            api.receive(brand.id, [StockRow(store.id, item, 1)])
        assert {row.item_id for row in api.sold_out(brand.id)} == out
        assert api.audit(brand.id).sound


def test_after_the_touch_has_returned_no_door_gets_a_unit_more(committed_db, make_brand, in_parallel):
    brand = make_brand()
    store, item = open_store(brand), uuid7()
    api.put_stock(brand.id, [StockRow(store.id, item, 1000)])
    done = []
    turn = iter(range(6))

    def work():
        late = 0
        if next(turn) == 0:
            for _ in range(10):
                buys(brand, store, item)
            api.set_sold_out(brand.id, [item], store_id=store.id, by="kim")
            done.append(True)
            return late
        for _ in range(40):
            after = bool(done)
            late += buys(brand, store, item) and after
        return late

    assert sum(in_parallel(6, work)) == 0
    assert api.audit(brand.id).sound


def test_twenty_touches_at_the_same_moment_make_one_record(committed_db, make_brand, in_parallel):
    brand = make_brand()
    stores, items = [open_store(brand) for _ in range(3)], [uuid7() for _ in range(3)]
    api.put_stock(brand.id, [StockRow(s.id, i, 5) for s in stores for i in items])

    def touch():
        api.set_sold_out(brand.id, items, store_id=None, by="kim", until=Until.BY_HAND)
        for item in reversed(items):
            api.set_sold_out(brand.id, [item], store_id=stores[0].id, by="lee", until=Until.BY_HAND)

    in_parallel(6, touch)
    assert len(api.sold_out(brand.id)) == 9 and api.audit(brand.id).sound
    assert all(row.free == 0 for row in api.stock_of(brand.id))
