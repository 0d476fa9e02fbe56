"""Counts, waste, own use and transfers: nothing is lost, and what is worth much needs a second person."""

from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from datong.access.api import assign, create_user, decide, set_limits, staff_of
from datong.access.types import Role
from datong.brand.api import always_open, put_stores
from datong.brand.types import Store
from datong.inventory import api
from datong.inventory.types import AdjustmentKind, StockRow, TransferState, Until, Want
from datong.kernel import audit, clock
from datong.kernel.errors import BadInput, BadValue, Conflict
from datong.kernel.geo import Point
from datong.kernel.ids import uuid7

WASTE = {"kind": AdjustmentKind.WASTE, "reason": "expired"}


def open_stores(brand, count=2):
    stores = [
        Store(uuid7(), f"S{n}", f"Store {n}", Point(-93, 45), "Minneapolis", always_open(), "America/Chicago")
        for n in range(count)
    ]
    put_stores(brand.id, stores)
    return stores


@pytest.fixture
def places(brand):
    return open_stores(brand)


def person(brand, role, *stores):
    user = create_user(f"{role.value}-{uuid7().hex[-6:]}@{brand.slug}")
    assign(brand.id, user, role, by="test", store_ids=[s.id for s in stores])
    return staff_of(user, brand.id)


@pytest.fixture
def keeper(brand, places):
    return person(brand, Role.MANAGER, places[0])


@pytest.fixture
def goods(brand, places):
    items = [uuid7() for _ in range(3)]
    api.put_stock(brand.id, [StockRow(places[0].id, item, 10) for item in items])
    api.put_costs(brand.id, dict.fromkeys(items, 250))
    return items


def on_hand(brand, store, item):
    found = api.stock_of(brand.id, items=[item], locations=[store.id])
    return found[0].on_hand if found else 0


def test_waste_leaves_the_shelf_with_its_reason_its_worth_and_who(brand, places, goods, keeper):
    done = api.write_off(brand.id, places[0].id, [(goods[0], 3)], **WASTE, by=keeper, note="cold chain broke")
    assert (done.state, done.value_minor, done.lines) == ("done", -750, ((goods[0], -3, 250_000),))
    assert on_hand(brand, places[0], goods[0]) == 7
    (moved, _) = api.movements(brand.id, locations=[places[0].id], item=goods[0])
    assert (moved.units, moved.reason, moved.subject_id) == (-3, "waste", done.id)
    assert audit.page(brand.id, verb="stock.adjust").entries[0].after["value_minor"] == -750
    assert api.audit(brand.id).sound


def test_own_use_under_one_key_is_booked_once(brand, places, goods, keeper):
    asked = {"kind": AdjustmentKind.OWN_USE, "reason": "tasting", "by": keeper, "key": "form-1"}
    first = api.write_off(brand.id, places[0].id, [(goods[0], 1)], **asked)
    assert api.write_off(brand.id, places[0].id, [(goods[0], 1)], **asked).id == first.id
    assert on_hand(brand, places[0], goods[0]) == 9


def test_what_is_not_there_or_is_held_cannot_be_written_off(brand, places, goods, keeper):
    api.reserve([Want(uuid7(), places[0].id, {goods[0]: 8})], brand=brand.id)
    with pytest.raises(BadInput) as caught:
        api.write_off(brand.id, places[0].id, [(goods[1], 1), (goods[0], 3)], **WASTE, by=keeper)
    assert [(p.field, p.value, p.fix[:9]) for p in caught.value.problems] == [("/lines/1/units", 3, "at most 2")]
    with pytest.raises(BadValue, match="one of the brand's reasons"):
        api.write_off(brand.id, places[0].id, [(goods[1], 1)], kind=AdjustmentKind.WASTE, reason="because", by=keeper)
    assert on_hand(brand, places[0], goods[1]) == 10 and api.adjustments(brand.id) == []


def test_what_is_worth_more_than_ones_limit_waits_for_a_second_person(brand, places, goods, keeper):
    set_limits(brand.id, "stock.adjust", {Role.MANAGER: 1000}, by="owner")
    small = api.write_off(brand.id, places[0].id, [(goods[0], 4)], **WASTE, by=keeper)
    large = api.write_off(brand.id, places[0].id, [(goods[1], 5)], **WASTE, by=keeper)
    assert (small.state, large.state) == ("done", "pending")
    assert (on_hand(brand, places[0], goods[0]), on_hand(brand, places[0], goods[1])) == (6, 10)
    decide(large.approval_id, brand=brand.id, by=person(brand, Role.FINANCE), approve=True)
    assert on_hand(brand, places[0], goods[1]) == 5
    (settled,) = api.adjustments(brand.id, ids=[large.id])
    assert settled.state == "done" and api.audit(brand.id).sound


def counting(brand, store, by="ann"):
    return api.open_count(brand.id, store.id, by=by, title="Evening")


def test_several_people_count_and_the_difference_is_booked_with_its_worth(brand, places, goods, keeper):
    count = counting(brand, places[0])
    api.tally(brand.id, count.id, goods[0], 6, by="ann", key="a1")
    api.tally(brand.id, count.id, goods[0], 6, by="ann", key="a1")
    api.tally(brand.id, count.id, goods[0], 2, by="bob")
    api.tally(brand.id, count.id, goods[1], 10, by="bob")
    lines = {line.item_id: line for line in api.count_lines(brand.id, count.id)}
    first = lines[goods[0]]
    assert (first.counted, first.expected, first.difference, first.value_minor) == (8, 10, -2, -500)
    assert first.by == ("ann", "bob")
    done = api.close_count(brand.id, count.id, by=keeper)
    assert (done.kind, done.state, done.value_minor) == (AdjustmentKind.COUNT, "done", -500)
    assert [on_hand(brand, places[0], item) for item in goods] == [8, 10, 10]
    assert api.close_count(brand.id, count.id, by=keeper).id == done.id
    with pytest.raises(Conflict, match="closed"):
        api.tally(brand.id, count.id, goods[0], 1, by="ann")
    assert api.audit(brand.id).sound


def test_a_sale_before_during_and_after_counting_stays_a_sale(brand, places, goods, keeper):
    start = clock.now()

    def at(minutes):
        return clock.held_at(start + timedelta(minutes=minutes))

    def sold(item, units):
        api.sell([Want(uuid7(), places[0].id, {item: units})], brand=brand.id)

    with at(1):
        count = counting(brand, places[0])
        sold(goods[0], 2)  # before it was counted: eight are left, and eight are counted
    with at(2):
        api.tally(brand.id, count.id, goods[0], 8, by="ann")
        api.tally(brand.id, count.id, goods[1], 9, by="ann")  # one is missing
    with at(3):
        sold(goods[0], 3)
        sold(goods[1], 4)  # after it was counted
    with at(4):
        lines = {line.item_id: line for line in api.count_lines(brand.id, count.id)}
        assert (lines[goods[0]].expected, lines[goods[0]].difference) == (8, 0)
        assert (lines[goods[1]].expected, lines[goods[1]].difference) == (10, -1)
        assert not lines[goods[0]].moved
        api.close_count(brand.id, count.id, by=keeper)
    assert [on_hand(brand, places[0], item) for item in goods] == [5, 5, 10]
    assert api.audit(brand.id).sound


def test_units_that_moved_between_two_entries_ask_for_another_look(brand, places, goods):
    start = clock.now()
    with clock.held_at(start + timedelta(minutes=1)):
        count = counting(brand, places[0])
        api.tally(brand.id, count.id, goods[0], 5, by="ann")
    with clock.held_at(start + timedelta(minutes=2)):
        api.sell([Want(uuid7(), places[0].id, {goods[0]: 1})], brand=brand.id)
    with clock.held_at(start + timedelta(minutes=3)):
        api.tally(brand.id, count.id, goods[0], 4, by="bob")
    (line,) = api.count_lines(brand.id, count.id)
    assert line.moved


def test_a_count_that_waits_for_approval_is_right_when_it_is_given_after_more_sales(brand, places, goods, keeper):
    set_limits(brand.id, "stock.adjust", {Role.MANAGER: 0}, by="owner")
    count = counting(brand, places[0])
    api.tally(brand.id, count.id, goods[0], 7, by="ann")
    asked = api.close_count(brand.id, count.id, by=keeper)
    assert asked.state == "pending" and on_hand(brand, places[0], goods[0]) == 10
    api.sell([Want(uuid7(), places[0].id, {goods[0]: 2})], brand=brand.id)
    decide(asked.approval_id, brand=brand.id, by=person(brand, Role.FINANCE), approve=True)
    assert on_hand(brand, places[0], goods[0]) == 5 and api.audit(brand.id).sound


def test_missing_units_that_orders_hold_end_the_youngest_holds(brand, places, goods, keeper):
    with clock.held_at(clock.now() - timedelta(hours=1)):
        old = Want(uuid7(), places[0].id, {goods[0]: 4})
        api.reserve([old], brand=brand.id)
    young = Want(uuid7(), places[0].id, {goods[0]: 4})
    api.reserve([young], brand=brand.id)
    count = counting(brand, places[0])
    api.tally(brand.id, count.id, goods[0], 5, by="ann")
    api.close_count(brand.id, count.id, by=keeper)
    assert api.holds_of(brand.id, old.order_id) and not api.holds_of(brand.id, young.order_id)
    assert on_hand(brand, places[0], goods[0]) == 5 and api.audit(brand.id).sound


@pytest.mark.requirement("S-151")
def test_a_transfer_leaves_one_shelf_lies_on_none_and_arrives_with_what_is_missing_named(brand, places, goods):
    here, there = places
    asked = api.ask_transfer(brand.id, here.id, there.id, {goods[0]: 4, goods[1]: 2}, by="ann")
    assert on_hand(brand, here, goods[0]) == 10 and asked.state is TransferState.ASKED
    api.send_transfer(brand.id, asked.id, by="ann")
    assert api.send_transfer(brand.id, asked.id, by="ann").state is TransferState.SENT
    assert (on_hand(brand, here, goods[0]), on_hand(brand, there, goods[0])) == (6, 0)
    assert api.in_transit(brand.id) == {(there.id, goods[0]): 4, (there.id, goods[1]): 2}
    assert api.audit(brand.id).sound
    done = api.receive_transfer(brand.id, asked.id, by="bob", received={goods[0]: 3, goods[1]: 2})
    assert {line.item_id: (line.sent, line.received) for line in done.lines} == {goods[0]: (4, 3), goods[1]: (2, 2)}
    assert on_hand(brand, there, goods[0]) == 3 and api.in_transit(brand.id) == {}
    moved = api.movements(brand.id, locations=[there.id], item=goods[0])
    assert sorted((m.units, m.reason) for m in moved) == [(-1, "transfer_loss"), (4, "transfer_in")]
    api.receive_transfer(brand.id, asked.id, by="bob")
    assert on_hand(brand, there, goods[0]) == 3 and api.audit(brand.id).sound
    with pytest.raises(Conflict, match="received"):
        api.cancel_transfer(brand.id, asked.id, by="bob")


def test_a_transfer_that_is_called_off_underway_goes_back_to_the_shelf_it_came_from(brand, places, goods):
    asked = api.ask_transfer(brand.id, places[0].id, places[1].id, {goods[0]: 4}, by="ann", key="k")
    assert api.ask_transfer(brand.id, places[0].id, places[1].id, {goods[0]: 4}, by="ann", key="k").id == asked.id
    api.send_transfer(brand.id, asked.id, by="ann")
    api.cancel_transfer(brand.id, asked.id, by="ann")
    assert api.cancel_transfer(brand.id, asked.id, by="ann").state is TransferState.CANCELLED
    assert on_hand(brand, places[0], goods[0]) == 10 and api.audit(brand.id).sound


def test_what_orders_hold_is_not_sent_and_the_line_is_named(brand, places, goods):
    api.reserve([Want(uuid7(), places[0].id, {goods[0]: 8})], brand=brand.id)
    asked = api.ask_transfer(brand.id, places[0].id, places[1].id, {goods[0]: 4}, by="ann")
    with pytest.raises(BadInput) as caught:
        api.send_transfer(brand.id, asked.id, by="ann")
    assert "at most 2" in caught.value.problems[0].fix
    assert api.transfer_view(brand.id, asked.id).state is TransferState.ASKED
    with pytest.raises(BadInput) as caught:
        api.ask_transfer(brand.id, places[0].id, places[0].id, {goods[0]: 0}, by="ann")
    assert [p.field for p in caught.value.problems] == ["/to", "/lines/0/units"]


def test_goods_of_a_transfer_bring_back_what_was_sold_out_until_goods_come(brand, places, goods):
    api.set_sold_out(brand.id, [goods[0]], store_id=places[1].id, by="kim", until=Until.ARRIVAL)
    asked = api.ask_transfer(brand.id, places[0].id, places[1].id, {goods[0]: 2}, by="ann")
    api.send_transfer(brand.id, asked.id, by="ann")
    api.receive_transfer(brand.id, asked.id, by="bob")
    assert api.sold_out(brand.id) == [] and api.audit(brand.id).sound


def test_the_cost_of_an_item_is_the_moving_average_of_its_receipts(brand, places):
    item = uuid7()
    api.receive(brand.id, [StockRow(places[0].id, item, 10)], cost_milli={item: 100_000})
    api.receive(brand.id, [StockRow(places[1].id, item, 20)], cost_milli={item: 130_000})
    assert api.costs_of(brand.id, [item]) == {item: 120_000}
    api.sell([Want(uuid7(), places[0].id, {item: 10})], brand=brand.id)
    api.receive(brand.id, [StockRow(places[0].id, item, 1)], cost_milli={item: 99_000})
    assert api.costs_of(brand.id, [item]) == {item: 119_000}


STEPS = st.lists(
    st.tuples(
        st.sampled_from(["ask", "send", "receive", "cancel", "sell", "reserve", "waste"]),
        st.integers(0, 2),
        st.integers(1, 6),
        st.integers(0, 3),
    ),
    max_size=14,
)


@pytest.mark.requirement("S-147")
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS)
def test_no_unit_appears_or_is_lost_whatever_the_stores_do(make_brand, db, steps):
    brand = make_brand()
    places, item = open_stores(brand, 3), uuid7()
    api.put_stock(brand.id, [StockRow(place.id, item, 8) for place in places])
    keeper = person(brand, Role.HQ)
    made, gone = [], 0

    def underway():
        return sum(api.in_transit(brand.id).values())

    for verb, which, units, pick in steps:
        here, there = places[which], places[(which + 1) % 3]
        transfer = made[pick % len(made)] if made else None
        try:
            if verb == "ask":
                made.append(api.ask_transfer(brand.id, here.id, there.id, {item: units}, by="ann").id)
            elif verb == "sell":
                before = on_hand(brand, here, item)
                api.sell([Want(uuid7(), here.id, {item: units})], brand=brand.id)
                gone += before - on_hand(brand, here, item)
            elif verb == "reserve":
                api.reserve([Want(uuid7(), here.id, {item: units})], brand=brand.id)
            elif verb == "waste":
                api.write_off(brand.id, here.id, [(item, units)], **WASTE, by=keeper)
                gone += units
            elif transfer and verb == "receive":
                sent = api.transfer_view(brand.id, transfer)
                api.receive_transfer(brand.id, transfer, by="bob", received={item: units})
                if sent.state is TransferState.SENT:
                    gone += sent.lines[0].sent - units
            elif transfer:
                {"send": api.send_transfer, "cancel": api.cancel_transfer}[verb](brand.id, transfer, by="bob")
        except (BadInput, Conflict):
            pass
        assert sum(on_hand(brand, place, item) for place in places) + underway() + gone == 24
        assert api.audit(brand.id).sound


def test_a_transfer_sent_by_many_at_once_is_sent_once(committed_db, make_brand, in_parallel):
    brand = make_brand()
    here, there = open_stores(brand)
    item = uuid7()
    api.put_stock(brand.id, [StockRow(here.id, item, 10)])
    asked = api.ask_transfer(brand.id, here.id, there.id, {item: 4}, by="ann")
    in_parallel(4, lambda: api.send_transfer(brand.id, asked.id, by="ann"))
    assert on_hand(brand, here, item) == 6
    in_parallel(4, lambda: api.receive_transfer(brand.id, asked.id, by="bob"))
    assert on_hand(brand, there, item) == 4 and api.audit(brand.id).sound
