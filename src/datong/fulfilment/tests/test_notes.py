"""The delivery note is the order's: one for each delivery, written with its task, moving with it, in fixed steps."""

from __future__ import annotations

import pytest

from datong.fulfilment import api
from datong.fulfilment.types import FulfilmentKind, Goods, Task, TaskState
from datong.kernel.db import in_brand, rows
from datong.kernel.errors import Conflict
from datong.kernel.ids import uuid7
from datong.kernel.keepers import Traces, erase


@pytest.mark.requirement("S-183")
@pytest.mark.requirement("S-184")
def test_a_delivery_has_one_note_with_address_goods_and_way_and_nothing_is_typed(town):
    task = town.open(due_minor=1500)
    api.open_tasks([task], brand=town.id, notes=[town.text(order_id=task.order_id, due_minor=1500)])
    (note,) = api.notes_of(town.id, [task.order_id])
    assert (note.task_id, note.state, note.address) == (task.id, TaskState.NEW, "1 Main St, Minneapolis")
    assert note.goods == (Goods("TEA", "Green tea", 2, ("Large",)),)
    assert (note.due_minor, note.currency, note.contact_phone) == (1500, "USD", "+16125550100")
    assert (note.distance_m, note.bearing_deg) == (999, 90)
    assert len(note.code) == 6 and note.calling == 1


def test_what_is_fetched_has_no_note(town):
    text = town.text()
    task = Task(uuid7(), text.order_id, text.store_id, FulfilmentKind.PICKUP, None)
    api.open_tasks([task], brand=town.id, notes=[text])
    assert api.notes_of(town.id, [task.order_id]) == []


def test_a_note_follows_what_the_order_says_and_keeps_the_customers_code(town):
    task = town.open()
    before = api.notes_of(town.id, [task.order_id])[0]
    api.write_notes([town.text(order_id=task.order_id, goods=(Goods("TEA", "Green tea", 1),))], brand=town.id)
    (after,) = api.notes_of(town.id, [task.order_id])
    assert (after.goods[0].units, after.code) == (1, before.code)


@pytest.mark.requirement("S-186")
def test_note_and_task_are_in_one_state_through_accepted_prepared_picked_up_and_delivered(town):
    task, seen = town.open(), []
    for step in (TaskState.ACCEPTED, TaskState.READY, TaskState.HANDED_OVER, TaskState.DONE):
        api.advance([task.id], step, brand=town.id, by="ann")
        seen.append(api.notes_of(town.id, [task.order_id])[0].state)
    assert [state.value for state in seen] == ["accepted", "ready", "handed_over", "done"]


@pytest.mark.requirement("S-186")
@pytest.mark.parametrize(
    ("at", "to"),
    [
        (None, TaskState.READY),
        (None, TaskState.DONE),
        (TaskState.ACCEPTED, TaskState.HANDED_OVER),
        (TaskState.READY, TaskState.DONE),
        (TaskState.HANDED_OVER, TaskState.ACCEPTED),
    ],
)
def test_no_step_of_a_delivery_is_skipped_or_taken_back(town, at, to):
    task = town.open(at)
    with pytest.raises(Conflict):
        api.advance([task.id], to, brand=town.id, by="ann")
    assert town.delivery(task).note.state is (at or TaskState.NEW)


def test_a_person_who_is_erased_is_gone_from_the_note_and_the_row_stays(town):
    task = town.open()
    erase(Traces(town.id, (), {task.order_id}))
    (note,) = api.notes_of(town.id, [task.order_id])
    assert (note.address, note.contact_name, note.contact_phone, note.place) == ("", "", "", None)
    assert note.goods[0].sku == "TEA"


def test_many_opened_at_once_have_one_note_each(committed_town, in_parallel):
    town = committed_town
    text = town.text()
    in_parallel(
        4,
        lambda: api.open_tasks(
            [Task(uuid7(), text.order_id, text.store_id, FulfilmentKind.DELIVERY, None)], brand=town.id, notes=[text]
        ),
    )
    with in_brand(town.id):
        assert rows("SELECT count(*) FROM fulfilment_note WHERE brand_id = %s", [town.id]) == [(1,)]
        assert rows("SELECT count(*) FROM fulfilment_delivery WHERE brand_id = %s", [town.id]) == [(1,)]
