"""What a store does with its share of an order: each step once, in order, told to the others."""

from __future__ import annotations

from uuid import UUID

import pytest

from datong.fulfilment import api
from datong.fulfilment.types import FulfilmentKind, Task, TaskState
from datong.kernel.db import in_brand, rows
from datong.kernel.errors import BadValue, Conflict, NotFound
from datong.kernel.ids import uuid7
from datong.site.testing.steps import walk


def opened(brand: UUID, kind: FulfilmentKind = FulfilmentKind.DELIVERY, n: int = 1) -> list[Task]:
    tasks = [Task(uuid7(), uuid7(), uuid7(), kind, None) for _ in range(n)]
    api.open_tasks(tasks, brand=brand)
    return tasks


def told(brand: UUID) -> list[tuple[str, str]]:
    with in_brand(brand):
        found = rows(
            "SELECT payload->>'state', payload->>'tracking' FROM kernel_outboxevent WHERE name = %s ORDER BY id",
            ["fulfilment.task_changed"],
        )
    return [(state, tracking) for state, tracking in found]


def test_a_delivery_goes_from_the_store_to_the_carrier_to_the_door_and_each_step_says_who(brand):
    (task,) = opened(brand.id)
    api.advance([task.id], TaskState.ACCEPTED, brand=brand.id, by="ann")
    api.advance([task.id], TaskState.READY, brand=brand.id, by="ann")
    api.advance([task.id], TaskState.HANDED_OVER, brand=brand.id, by="bob", carrier="SF", tracking="SF123")
    (done,) = api.advance([task.id], TaskState.DONE, brand=brand.id, by="courier")
    assert (done.state, done.carrier, done.tracking) == (TaskState.DONE, "SF", "SF123")
    steps = api.steps_of(brand.id, [task.order_id])
    assert [(s.state.value, s.by) for s in steps] == [
        ("accepted", "ann"),
        ("ready", "ann"),
        ("handed_over", "bob"),
        ("done", "courier"),
    ]
    assert told(brand.id) == [("accepted", ""), ("ready", ""), ("handed_over", "SF123"), ("done", "SF123")]


def test_a_step_taken_twice_is_one_step(brand):
    (task,) = opened(brand.id)
    first = api.advance([task.id], TaskState.ACCEPTED, brand=brand.id, by="ann")
    assert api.advance([task.id], TaskState.ACCEPTED, brand=brand.id, by="ben") == first
    assert len(api.steps_of(brand.id, [task.order_id])) == 1


@pytest.mark.parametrize("to", [TaskState.ACCEPTED, TaskState.REFUSED, TaskState.READY])
def test_what_has_left_the_store_does_not_come_back_by_a_step(brand, to):
    (task,) = opened(brand.id)
    walk(task.id, TaskState.HANDED_OVER, brand=brand.id, by="ann")
    with pytest.raises(Conflict, match="handed_over"):
        api.advance([task.id], to, brand=brand.id, by="ann", reason="no")
    assert api.cancel_tasks([task.order_id], brand=brand.id) == 0
    assert api.tasks_of(brand.id, [task.order_id])[0].state is TaskState.HANDED_OVER


def test_one_task_that_cannot_follow_keeps_all_of_them_where_they_are(brand):
    one, other = opened(brand.id, n=2)
    walk(other.id, TaskState.DONE, brand=brand.id, by="ann")
    with pytest.raises(Conflict):
        api.advance([one.id, other.id], TaskState.ACCEPTED, brand=brand.id, by="ann")
    assert api.tasks_of(brand.id, [one.order_id])[0].state is TaskState.NEW


def test_another_stores_task_does_not_exist_for_a_store(brand):
    (task,) = opened(brand.id)
    with pytest.raises(NotFound):
        api.advance([task.id], TaskState.ACCEPTED, brand=brand.id, by="eve", stores={uuid7()})
    assert api.tasks_of(brand.id, [task.order_id])[0].state is TaskState.NEW
    api.advance([task.id], TaskState.ACCEPTED, brand=brand.id, by="ann", stores={task.store_id})


def test_a_refusal_needs_its_reason_and_the_share_can_be_given_to_the_store_again(brand):
    (task,) = opened(brand.id)
    with pytest.raises(BadValue, match="reason"):
        api.advance([task.id], TaskState.REFUSED, brand=brand.id, by="ann")
    api.advance([task.id], TaskState.REFUSED, brand=brand.id, by="ann", reason="oven is down")
    assert api.open_by_store(brand.id) == {}
    api.open_tasks([task], brand=brand.id)
    again = api.tasks_of(brand.id, [task.order_id])[0]
    assert (again.state, again.reason) == (TaskState.NEW, "")


def test_two_people_take_the_same_step_at_once_and_one_is_written(committed_db, make_brand, in_parallel):
    brand = make_brand()
    (task,) = opened(brand.id)
    in_parallel(4, lambda: api.advance([task.id], TaskState.ACCEPTED, brand=brand.id, by="ann"))
    assert [s.state for s in api.steps_of(brand.id, [task.order_id])] == [TaskState.ACCEPTED]
