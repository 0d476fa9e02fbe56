"""A courier's round: every bag is picked up before it is delivered, the urgent first, always within its time."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from datong.fulfilment.api import round_of
from datong.fulfilment.rules.routes import in_order, nearest_first
from datong.fulfilment.tests.conftest import east
from datong.fulfilment.types import Stop, StopKind, TaskState

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)


def pair(n: int, at: float, to: float, minutes: int = 60) -> list[Stop]:
    task, due = UUID(int=n), NOW + timedelta(minutes=minutes)
    return [Stop(task, StopKind.PICKUP, east(at), due), Stop(task, StopKind.DROP, east(to), due)]


def names(stops: list[Stop]) -> list[str]:
    return [f"{stop.kind.value} {stop.task_id.int}" for stop in stops]


@pytest.mark.requirement("S-193")
def test_two_stops_are_gone_to_nearest_first_with_the_bag_before_the_door():
    (bag, door) = pair(1, 500, 100)
    assert names(in_order(east(0), [door, bag], NOW)) == ["pickup 1", "drop 1"]


@pytest.mark.requirement("S-193")
def test_four_stops_on_one_street_are_one_way_along_it():
    stops = [*pair(1, 100, 3000), *pair(2, 200, 2000)]
    assert names(in_order(east(0), stops, NOW)) == ["pickup 1", "pickup 2", "drop 2", "drop 1"]


def test_what_was_promised_soon_is_brought_first_even_when_it_is_farther():
    stops = [Stop(UUID(int=n), StopKind.DROP, east(m), NOW + timedelta(minutes=t)) for n, m, t in
             ((1, 1000, 120), (2, -1500, 9), (3, 2000, 120))]  # fmt: skip
    assert names(in_order(east(0), stops, NOW))[0] == "drop 2"


@settings(max_examples=12, deadline=None)
@given(st.lists(st.tuples(st.integers(-5000, 5000), st.integers(-5000, 5000), st.booleans()), max_size=7))
def test_every_stop_is_in_the_round_once_and_no_bag_is_delivered_before_it_is_picked_up(deliveries):
    stops = []
    for n, (at, to, picked) in enumerate(deliveries):
        both = pair(n, at, to, 20)
        stops += both[1:] if picked else both
    for ordered in (in_order(east(0), stops, NOW, seconds=0.05), nearest_first(east(0), stops)):
        assert sorted(names(ordered)) == sorted(names(stops))
        seen = names(ordered)
        for n in range(len(deliveries)):
            if f"pickup {n}" in seen:
                assert seen.index(f"pickup {n}") < seen.index(f"drop {n}")


def test_a_full_round_is_planned_within_its_time():
    stops = [stop for n in range(15) for stop in pair(n, (n % 3) * 700, 1000 + 300 * (n * 7 % 15))]
    in_order(east(0), stops[:6], NOW)  # the import
    begun = time.monotonic()
    assert len(in_order(east(0), stops, NOW, seconds=0.2)) == 30
    assert time.monotonic() - begun < 5


@pytest.mark.requirement("S-185")
def test_a_couriers_round_has_their_deliveries_only(town):
    kim = town.courier()
    mine, other = town.open(TaskState.READY), town.open(TaskState.READY)
    from datong.fulfilment.api import take_delivery

    take_delivery(mine.id, kim, brand=town.id)
    stops, found, stores = round_of(town.id, kim)
    assert [(stop.task_id, stop.kind.value) for stop in stops] == [(mine.id, "pickup"), (mine.id, "drop")]
    assert list(found) == [mine.id] and list(stores) == [town.near.id]
    assert other.id not in found
