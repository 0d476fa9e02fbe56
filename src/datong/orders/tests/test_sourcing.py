"""Which store serves an order: hard conditions, score, split, and sharing out what is scarce."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from datong.brand.api import always_open, parse_hours
from datong.brand.types import Store, StoreKind
from datong.fulfilment.types import FulfilmentKind
from datong.kernel.geo import Point, distance_m
from datong.kernel.ids import uuid7
from datong.orders.sourcing import choose, scarce
from datong.orders.sourcing.index import SupplyIndex
from datong.orders.sourcing.types import DEFAULT_RULES, Condition, Demand, DemandLine, Rule, Weights

NOON = datetime(2026, 11, 24, 18, 0, tzinfo=UTC)  # Tuesday noon in Chicago
HOME = Point(-93.25, 44.95)
TEA, CUP = uuid7(), uuid7()
NEAREST = (Rule("nearest", weights=Weights(distance=1, load=0, depth=0)),)


def store(east_km, **fields):
    place = Point(HOME.lon + east_km / 78.7, HOME.lat)
    defaults = {"hours": always_open(), "timezone": "America/Chicago", "serves_radius_m": 50_000, "city": "M"}
    return Store(id=uuid7(), code=f"S{east_km}", name=f"{east_km} km", place=place, **defaults | fields)


def index_of(*stores, **stock):
    index = SupplyIndex(stores)
    for s in stores:
        index.set_free(s.id, TEA, stock.get("tea", 10))
        index.set_free(s.id, CUP, stock.get("cup", 10))
    return index


def demand(*lines, **fields):
    wanted = tuple(DemandLine(n, item, units) for n, (item, units) in enumerate(lines or [(TEA, 1)], 1))
    return replace(Demand(uuid7(), uuid7(), FulfilmentKind.DELIVERY, wanted, NOON, place=HOME), **fields)


def why(plan):
    return {c.store_id: c.refused for c in plan.refused}


@pytest.mark.requirement("S-165", "S-164")
def test_the_nearest_store_that_can_deliver_gets_the_order():
    near_closed, near, far = store(1, hours=parse_hours("Sun: 10-18")), store(2), store(5)
    plan = choose.plan_one(demand(), index_of(far, near, near_closed), NEAREST)
    assert [s.store_id for s in plan.shares] == [near.id]
    assert why(plan) == {near_closed.id: Condition.HOURS, far.id: Condition.OUTSCORED}
    assert 1990 <= plan.shares[0].distance_m <= 2010


@pytest.mark.requirement("S-164")
@pytest.mark.parametrize(
    ("fields", "condition"),
    [
        ({"open": False}, Condition.CLOSED_DOWN),
        ({"lends_stock": False}, Condition.LENDING),
        ({"serves_radius_m": 500}, Condition.AREA),
        ({"area": (Point(0, 0), Point(1, 0), Point(1, 1))}, Condition.AREA),
        ({"hours": parse_hours("Tue: 13-20")}, Condition.HOURS),
        ({"kind": StoreKind.PARTNER}, Condition.GROUP),
    ],
)
def test_each_hard_condition_refuses_and_is_recorded(fields, condition):
    bad, good = store(1, **fields), store(3)
    rule = replace(NEAREST[0], store_kinds=frozenset({"own"}))
    plan = choose.plan_one(demand(), index_of(bad, good), [rule])
    assert plan.shares[0].store_id == good.id
    assert why(plan)[bad.id] == condition


def test_when_nothing_was_promised_a_parcel_may_wait_for_its_store_to_open():
    closed, far = store(1, hours=parse_hours("Sun: 10-18")), store(3)
    index = index_of(closed, far)
    assert choose.plan_one(demand(), index, NEAREST).shares[0].store_id == far.id
    assert choose.plan_one(demand(at=None), index, NEAREST).shares[0].store_id == closed.id


def test_a_store_at_its_order_limit_gets_no_more():
    near, far = store(1, order_limit=1), store(3)
    index = index_of(near, far)
    plans = choose.plan([demand(), demand()], index, NEAREST)
    assert [p.shares[0].store_id for p in plans] == [near.id, far.id]
    assert why(plans[1])[near.id] == Condition.LIMIT


def test_the_channels_buffer_is_left_on_the_shelf():
    near, far = store(1), store(3)
    index = index_of(near, far)
    index.set_free(near.id, TEA, 2)
    plan = choose.plan_one(demand((TEA, 1), buffer_units=2), index, NEAREST)
    assert plan.shares[0].store_id == far.id and why(plan)[near.id] == Condition.STOCK


@pytest.mark.requirement("S-172")
def test_when_no_one_store_has_all_lines_the_order_is_split():
    first, second = store(1), store(2)
    index = index_of(first, second, tea=0, cup=0)
    index.set_free(first.id, TEA, 3)
    index.set_free(second.id, CUP, 3)
    plan = choose.plan_one(demand((TEA, 1), (CUP, 1)), index, DEFAULT_RULES)
    assert {s.store_id: [line.item_id for line in s.lines] for s in plan.shares} == {first.id: [TEA], second.id: [CUP]}
    assert plan.rule == "split_over_two"


def test_a_pickup_order_is_never_moved():
    chosen, other = store(1), store(2)
    index = index_of(chosen, other)
    index.set_free(chosen.id, TEA, 0)
    plan = choose.plan_one(demand(fixed_store=chosen.id, fulfilment=FulfilmentKind.PICKUP), index, DEFAULT_RULES)
    assert plan.shares == () and plan.waits and plan.reason == "named_store_lacks_stock"


def test_rules_are_tried_in_the_brands_order():
    near, far = store(20), store(28)
    index = index_of(near, far)
    index.set_free(near.id, TEA, 1)
    deep_first = Rule("deep", weights=Weights(distance=0, load=0, depth=1))
    assert choose.plan_one(demand(), index, [deep_first, *NEAREST]).shares[0].store_id == far.id
    assert choose.plan_one(demand(), index, [*NEAREST, deep_first]).shares[0].store_id == near.id
    assert choose.plan_one(demand(), index, [replace(NEAREST[0], max_distance_m=10_000), deep_first]).rule == "deep"


def test_a_store_that_costs_less_to_serve_from_wins_where_cost_is_weighed():
    dear, cheap = store(1, serving_cost_minor=900), store(5, serving_cost_minor=100)
    by_cost = (replace(NEAREST[0], weights=Weights(distance=1, load=0, depth=0, cost=1)),)
    assert choose.plan_one(demand(), index_of(dear, cheap), NEAREST).shares[0].store_id == dear.id
    plan = choose.plan_one(demand(), index_of(dear, cheap), by_cost)
    assert plan.shares[0].store_id == cheap.id and plan.chosen[0].parts["cost"] == 0.889


@pytest.mark.parametrize(("split", "served"), [(100, "one far"), (10, "two near")])
def test_how_much_a_split_costs_decides_between_two_near_stores_and_one_far_away(split, served):
    tea_only, cup_only, both = store(1), store(2), store(25)
    index = index_of(tea_only, cup_only, both)
    index.set_free(tea_only.id, CUP, 0)
    index.set_free(cup_only.id, TEA, 0)
    lines = (DemandLine(1, TEA, 1), DemandLine(2, CUP, 1))
    rule = Rule("r", max_stores=2, weights=Weights(split=split))
    plan = choose.plan_one(demand(lines=lines), index, [rule])
    stores = {"one far": {both.id}, "two near": {tea_only.id, cup_only.id}}
    assert {share.store_id for share in plan.shares} == stores[served]
    assert {c.parts["split"] for c in plan.chosen} == ({1.0} if served == "one far" else {0.0})
    assert plan.reason == ("best_score" if served == "one far" else "split_scores_better")


def test_ten_orders_more_at_a_store_without_a_limit_do_not_send_the_next_one_four_kilometres_away():
    near, far = store(1), store(5)
    index = index_of(near, far, tea=100)
    index.load[0] = 10
    assert choose.plan_one(demand(), index, DEFAULT_RULES).shares[0].store_id == near.id
    closer = index_of(near, store(1.2), tea=100)
    closer.load[0] = 10
    assert choose.plan_one(demand(), closer, DEFAULT_RULES).shares[0].store_id == closer.stores[1].id


def test_nobody_in_reach_says_so():
    plan = choose.plan_one(demand(place=Point(0, 0)), index_of(store(1)), DEFAULT_RULES)
    assert plan.waits and plan.reason == "no_store_in_reach" and plan.refused == ()


def test_scarce_units_are_shared_out_so_that_both_orders_are_served():
    near, far = store(1), store(2, serves_radius_m=3_000)
    index = index_of(near, far, tea=1)
    anywhere, only_near = demand(), demand(place=Point(HOME.lon - 5 / 78.7, HOME.lat))  # 7 km from the far store
    greedy = choose.plan([anywhere, only_near], index_of(near, far, tea=1), NEAREST)
    assert [bool(p.shares) for p in greedy] == [True, False]
    plans = scarce.share_out([anywhere, only_near], index, NEAREST)
    assert [p.shares[0].store_id for p in plans] == [far.id, near.id]
    assert index.column(TEA).tolist() == [0, 0]


@settings(max_examples=50, deadline=None)
@given(st.data())
def test_sharing_out_never_serves_fewer_than_greedy_and_never_more_than_there_is(data):
    stores = [store(n, serves_radius_m=data.draw(st.integers(1, 6)) * 1000) for n in range(1, 5)]
    units = [data.draw(st.integers(0, 3)) for _ in stores]

    def fresh():
        index = SupplyIndex(stores)
        for s, n in zip(stores, units, strict=True):
            index.set_free(s.id, TEA, n)
        return index

    km = data.draw(st.lists(st.integers(-3, 6), max_size=8))
    demands = [demand((TEA, data.draw(st.integers(1, 2))), place=Point(HOME.lon + k / 78.7, HOME.lat)) for k in km]
    greedy = sum(bool(p.shares) for p in choose.plan(demands, fresh(), NEAREST))
    index = fresh()
    plans = scarce.share_out(demands, index, NEAREST)
    assert sum(bool(p.shares) for p in plans) >= greedy
    assert index.column(TEA).min() >= 0
    taken = sum(line.units for p in plans for s in p.shares for line in s.lines)
    assert taken == sum(units) - int(index.column(TEA).sum())


@settings(max_examples=100, deadline=None)
@given(
    st.lists(st.tuples(st.floats(-180, 180), st.floats(-89, 89)), min_size=1, max_size=60),
    st.floats(-180, 180),
    st.floats(-89, 89),
)
def test_nearest_is_exact(places, lon, lat):
    stores = [replace(store(1), id=uuid7(), place=Point(*p)) for p in places]
    here = Point(lon, lat)
    ((rows, metres),) = SupplyIndex(stores).nearest([here], 10, 5_000_000)
    truth = sorted(d for s in stores if (d := distance_m(s.place, here)) <= 5_000_000)[:10]
    assert len(rows) == len(truth)
    assert all(abs(a - b) < 1 for a, b in zip(metres, truth, strict=True))


def test_opening_hours_are_each_stores_own(monkeypatch):
    chicago, london = (
        store(1, hours=parse_hours("Tue: 10-14")),
        store(2, hours=parse_hours("Tue: 10-14"), timezone="Europe/London"),
    )
    assert SupplyIndex([chicago, london]).open_at(NOON).tolist() == [True, False]
    assert SupplyIndex([chicago, london]).open_at(NOON.replace(hour=10)).tolist() == [False, True]
