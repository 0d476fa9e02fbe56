"""The promise: from preparation, load, couriers and the way; what was kept of it, and who hears when it is not."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from datong.fulfilment import api
from datong.fulfilment.rules.promise import left_s, needs_s, promise, risk_of
from datong.fulfilment.types import Pace, TaskState
from datong.kernel import clock
from datong.kernel.db import in_brand, rows
from datong.kernel.errors import BadValue
from datong.kernel.ids import uuid7

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)


@pytest.mark.requirement("S-187")
def test_a_promise_is_the_sum_of_its_parts():
    pace = Pace(prepare_s=600, each_s=60, wait_s=600, speed_m_s=5.0)
    # 600 to prepare, 5 open ones, 300 from hand to hand, 2000 m with detours at 5 m/s
    assert needs_s(pace, 5, 2000, couriers_free=True) == 600 + 300 + 300 + 520
    assert needs_s(pace, 5, 2000, couriers_free=False) == 600 + 300 + 300 + 520 + 600
    window = promise(pace, 5, 2000, NOON, couriers_free=True)
    assert (window.since, window.until) == (NOON + timedelta(minutes=30), NOON + timedelta(minutes=45))


@given(st.integers(0, 200), st.floats(0, 50_000), st.booleans(), st.integers(0, 3600))
def test_more_to_do_a_longer_way_or_no_courier_never_makes_a_promise_earlier(queue, metres, free, prepare):
    pace = Pace(prepare_s=prepare)
    window = promise(pace, queue, metres, NOON, couriers_free=free)
    assert NOON < window.since <= window.until and window.until.timestamp() % 300 == 0
    assert promise(pace, queue + 1, metres, NOON, couriers_free=free).until >= window.until
    assert promise(pace, queue, metres + 500, NOON, couriers_free=free).until >= window.until
    assert promise(pace, queue, metres, NOON, couriers_free=False).until >= window.until


@pytest.mark.requirement("S-187")
def test_a_delivery_is_at_risk_before_it_is_late():
    pace = Pace(prepare_s=600)
    assert left_s(pace, TaskState.NEW, 1000) > left_s(pace, TaskState.READY, 1000) == 560
    soon = NOON + timedelta(seconds=700)
    assert risk_of(pace, TaskState.NEW, 1000, soon, NOON) == "risk"
    assert risk_of(pace, TaskState.HANDED_OVER, 1000, soon, NOON) == ""
    assert risk_of(pace, TaskState.READY, 1000, NOON - timedelta(seconds=1), NOON) == "late"
    assert risk_of(pace, TaskState.READY, 1000, None, NOON) == ""


def test_a_store_with_more_to_do_promises_later_and_its_own_pace_counts(town):
    town.courier()
    api.put_pace(Pace(prepare_s=300), brand=town.id, by="ann")
    api.put_pace(Pace(prepare_s=3000, store_id=town.far.id), brand=town.id, by="ann")
    with clock.held_at(NOON):
        before = api.foresee_delivery(town.id, {town.near.id: 1000, town.far.id: 1000})
        for _ in range(10):
            town.open(TaskState.ACCEPTED)
        after = api.foresee_delivery(town.id, {town.near.id: 1000, town.far.id: 1000})
    assert before[town.near.id].until < after[town.near.id].until < before[town.far.id].until
    assert after[town.far.id] == before[town.far.id]
    with pytest.raises(BadValue, match="prepare_s"):
        api.put_pace(Pace(prepare_s=-1), brand=town.id, by="ann")


@pytest.mark.requirement("S-187")
def test_a_late_delivery_is_said_once_and_the_share_in_time_is_measured_by_store(town):
    now = clock.now()
    late = town.open(TaskState.HANDED_OVER, promised_at=now - timedelta(minutes=1))
    town.open(TaskState.DONE, promised_at=now + timedelta(hours=1))
    town.open(TaskState.ACCEPTED)
    assert (api.raise_late(town.id), api.raise_late(town.id)) == (1, 0)
    api.advance([late.id], TaskState.DONE, brand=town.id, by="kim")
    (share,) = api.on_time(town.id, now - timedelta(hours=1), now + timedelta(hours=1))
    assert (share.store_id, share.done, share.in_time) == (town.near.id, 2, 1)
    with in_brand(town.id):
        said = rows("SELECT aggregate FROM kernel_outboxevent WHERE name = 'fulfilment.delivery_late'")
    assert said == [(late.order_id,)]
    assert api.on_time(town.id, now, now + timedelta(hours=1), [uuid7()]) == []
