"""Deliveries find their couriers: by the dated rule of who delivers, the nearest on duty with room, or by hand."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from datong.brand.api import put_company, set_company_stores
from datong.fulfilment import api
from datong.fulfilment.rules.couriers import DEFAULT_WAYS, bearing_deg, choose, ways_of
from datong.fulfilment.tests.conftest import HERE, east
from datong.fulfilment.types import Courier, TaskState, Way, WayRule
from datong.kernel import clock
from datong.kernel.errors import BadValue, Conflict
from datong.kernel.geo import Point
from datong.kernel.ids import uuid7


@pytest.mark.requirement("S-188")
@pytest.mark.requirement("S-191")
def test_an_accepted_delivery_goes_to_the_nearest_courier_on_duty_with_room_and_their_station(town):
    other = api.put_station(
        town.id, "S2", "Airport", east(4000), hours="Mon-Sun: 00:00-24:00", timezone="America/Chicago", by="ann"
    )
    far = town.courier("Far", station_id=other.id)
    off = town.courier("Off", on_duty=False)
    near = town.courier("Near", room=1)
    first, second, new = town.open(TaskState.ACCEPTED), town.open(TaskState.ACCEPTED), town.open()
    assert api.dispatch(town.id) == 2
    one, two = town.delivery(first), town.delivery(second)
    assert (one.courier_id, one.station_id, one.way, one.by) == (near.id, town.station.id, "own", "rule")
    assert (two.courier_id, two.station_id) == (far.id, other.id)
    assert town.delivery(new).courier_id is None
    assert off.id not in (one.courier_id, two.courier_id)
    assert api.dispatch(town.id) == 0


def test_what_nobody_can_take_waits_until_somebody_comes_on_duty(town):
    kim = town.courier(on_duty=False)
    task = town.open(TaskState.READY)
    assert api.dispatch(town.id) == 0
    api.set_duty(kim.id, True, brand=town.id, by="kim")
    assert api.dispatch(town.id) == 1
    assert town.delivery(task).courier_id == kim.id


@pytest.mark.requirement("S-189")
@pytest.mark.requirement("S-192")
def test_a_partners_store_is_delivered_by_its_own_people_when_the_rule_says_so(town):
    company = put_company(town.id, "Green Grocers", by="ann")
    set_company_stores(town.id, company.id, [town.far.id], by="ann")
    own, theirs = town.courier("Own"), town.courier("Theirs", company_id=company.id)
    since = clock.now() - timedelta(minutes=1)
    api.put_ways([Way.PARTNER, Way.OWN], brand=town.id, by="ann", since=since, store_id=town.far.id)
    at_partner, at_own = town.open(TaskState.ACCEPTED, store_id=town.far.id), town.open(TaskState.ACCEPTED)
    api.dispatch(town.id)
    assert (town.delivery(at_partner).way, town.delivery(at_partner).courier_id) == ("partner", theirs.id)
    assert (town.delivery(at_own).way, town.delivery(at_own).courier_id) == ("own", own.id)


@pytest.mark.requirement("S-194")
def test_who_delivers_is_switched_from_a_day_on_by_brand_and_store(town):
    now = clock.now()
    api.put_ways([Way.NONE], brand=town.id, by="ann", since=now - timedelta(days=1))
    api.put_ways([Way.RIDER], brand=town.id, by="ann", since=now + timedelta(days=1))
    api.put_ways([Way.OWN, Way.RIDER], brand=town.id, by="ann", since=now - timedelta(hours=1), store_id=town.near.id)
    rules = api.way_rules(town.id)
    assert ways_of(rules, town.near.id, now) == (Way.OWN, Way.RIDER)
    assert ways_of(rules, town.far.id, now) == (Way.NONE,)
    assert ways_of(rules, town.far.id, now + timedelta(days=2)) == (Way.RIDER,)
    assert ways_of(rules, town.far.id, now - timedelta(days=2)) == DEFAULT_WAYS
    town.courier()
    task = town.open(TaskState.ACCEPTED, store_id=town.far.id)
    api.dispatch(town.id)
    assert (town.delivery(task).way, town.delivery(task).courier_id) == ("none", None)


@pytest.mark.parametrize("ways", [[], [Way.OWN, Way.OWN], [Way.NONE, Way.OWN]])
def test_a_list_of_ways_that_cannot_be_is_refused(town, ways):
    with pytest.raises(BadValue, match="ways"):
        api.put_ways(ways, brand=town.id, by="ann", since=clock.now())
    assert api.way_rules(town.id) == []


def test_a_person_overrules_the_rule_until_it_was_picked_up(town):
    kim, lee = town.courier("Kim"), town.courier("Lee", on_duty=False)
    task = town.open(TaskState.ACCEPTED)
    api.dispatch(town.id)
    assert town.delivery(task).courier_id == kim.id
    api.assign_delivery(task.id, lee.id, brand=town.id, by="ann", reason="Kim has a flat tyre")
    assert (town.delivery(task).courier_id, town.delivery(task).by) == (lee.id, "ann")
    api.assign_delivery(task.id, None, brand=town.id, by="ann")
    assert town.delivery(task).courier_id is None
    for step in (TaskState.READY, TaskState.HANDED_OVER):
        api.advance([task.id], step, brand=town.id, by="ann")
    with pytest.raises(Conflict):
        api.assign_delivery(task.id, kim.id, brand=town.id, by="ann")


def test_two_couriers_take_one_delivery_and_the_first_has_it(committed_town, in_parallel):
    town = committed_town
    couriers = [town.courier(name, on_duty=False) for name in ("Kim", "Lee", "Max", "Zoe")]
    task = town.open(TaskState.READY)
    left = list(couriers)

    def take() -> str:
        courier = left.pop()
        try:
            api.take_delivery(task.id, courier, brand=town.id)
        except Conflict:
            return ""
        return courier.name

    won = [name for name in in_parallel(4, take) if name]
    assert len(won) == 1
    assert town.delivery(task).courier_id == next(c.id for c in couriers if c.name == won[0])


def test_dispatchers_at_the_same_time_give_nobody_more_than_their_room(committed_town, in_parallel):
    town = committed_town
    town.courier(room=2)
    for _ in range(5):
        town.open(TaskState.ACCEPTED)
    assert sum(in_parallel(4, lambda: api.dispatch(town.id))) == 2


def test_a_log_in_brings_one_courier(town):
    kim = town.courier()
    with pytest.raises(Conflict):
        town.courier("Twin", user_id=kim.user_id)
    with pytest.raises(BadValue, match="room"):
        town.courier("Many", room=31)


@given(st.lists(st.tuples(st.integers(0, 20_000), st.integers(0, 3), st.booleans()), max_size=8))
def test_whoever_is_chosen_is_on_duty_has_room_and_nobody_fit_is_much_nearer(people):
    couriers = [
        Courier(uuid7(), str(n), room=3, on_duty=duty, load=load, place=east(metres))
        for n, (metres, load, duty) in enumerate(people)
    ]
    found = choose(HERE, [Way.OWN], couriers, company_id=None)
    fit = [c for c, (metres, load, duty) in zip(couriers, people, strict=True) if duty and load < 3 and metres < 14_900]
    if found is None:
        assert not fit
        return
    _, chosen = found
    assert chosen and chosen.on_duty and chosen.load < 3
    assert all(abs(chosen.place.lon - HERE.lon) <= abs(c.place.lon - HERE.lon) + 0.003 for c in fit)


def test_a_direction_is_that_of_the_compass():
    assert [bearing_deg(HERE, Point(HERE.lon + x, HERE.lat + y)) for x, y in ((0, 1), (0, -1), (0.01, 0))] == [
        0,
        180,
        90,
    ]


def test_the_newest_rule_that_holds_counts():
    now, store = clock.now(), uuid7()
    old = WayRule(uuid7(), now - timedelta(days=2), (Way.OWN,))
    new = WayRule(uuid7(), now - timedelta(days=1), (Way.RIDER,))
    assert ways_of([old, new], store, now) == (Way.RIDER,)
