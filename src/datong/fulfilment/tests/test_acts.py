"""What couriers' phones tell: each act once, in fixed steps, with proof; positions only while under way."""

from __future__ import annotations

import io
from base64 import b64encode
from datetime import timedelta
from typing import Any

import pytest
from PIL import Image

from datong.fulfilment import api
from datong.fulfilment.tests.conftest import Town, east
from datong.fulfilment.types import Act, ActKind, Courier, Outcome, Task, TaskState
from datong.kernel import clock
from datong.kernel.db import in_brand, rows
from datong.kernel.errors import Conflict
from datong.kernel.ids import uuid7


def tell(town: Town, courier: Courier, kind: ActKind, task: Task | None = None, id: Any = None, **body: Any) -> Any:
    act = Act(id or uuid7(), kind, clock.now(), task.id if task else None, body)
    return api.take_acts([act], courier, brand=town.id, sent_at=clock.now())[0]


def ready(town: Town, courier: Courier, **fields: Any) -> Task:
    """A delivery that is ready and the courier's."""
    task = town.open(TaskState.READY, **fields)
    api.take_delivery(task.id, courier, brand=town.id)
    return task


def under_way(town: Town, courier: Courier, **fields: Any) -> Task:
    task = ready(town, courier, **fields)
    assert tell(town, courier, ActKind.PICKED_UP, task, scan="261123-AAAA").taken
    return task


def photo(edge: int = 40, form: str = "PNG") -> str:
    out = io.BytesIO()
    Image.new("RGB", (edge, edge), "red").save(out, form)
    return b64encode(out.getvalue()).decode()


@pytest.mark.requirement("S-185")
@pytest.mark.requirement("S-186")
def test_a_courier_scans_the_bag_and_gives_it_over_for_the_customers_code(town):
    kim = town.courier()
    task = ready(town, kim)
    wrong = tell(town, kim, ActKind.PICKED_UP, task, scan="261123-BBBB")
    assert (wrong.taken, wrong.problem.code) == (False, "other_bag")
    assert tell(town, kim, ActKind.DELIVERED, task, proof="code", code=town.delivery(task).note.code).taken is False
    assert tell(town, kim, ActKind.PICKED_UP, task, scan="aaaa").taken
    assert town.delivery(task).note.state is TaskState.HANDED_OVER
    told = tell(town, kim, ActKind.DELIVERED, task, proof="code", code="12")
    assert told.problem.code == "wrong_code" and town.delivery(task).delivered_at is None
    assert tell(town, kim, ActKind.DELIVERED, task, proof="code", code=town.delivery(task).note.code).taken
    done = town.delivery(task)
    assert (done.note.state, done.proof, done.attempts) == (TaskState.DONE, "code", 1)


def test_an_act_that_is_told_twice_is_carried_out_once_and_another_under_its_id_is_refused(town):
    kim = town.courier()
    task, id_ = ready(town, kim), uuid7()
    first = tell(town, kim, ActKind.PICKED_UP, task, id_, scan="AAAA")
    again = tell(town, kim, ActKind.PICKED_UP, task, id_, scan="AAAA")
    other = tell(town, kim, ActKind.FAILED, task, id_, reason="nobody_there")
    assert (first.taken, first.repeat, again.taken, again.repeat) == (True, False, True, True)
    assert (other.taken, other.problem.code) == (False, "key_used")
    assert len(api.steps_of(town.id, [task.order_id])) == 3


def test_the_same_act_from_two_connections_at_once_is_one(committed_town, in_parallel):
    town = committed_town
    kim = town.courier()
    task, id_ = ready(town, kim), uuid7()
    told = in_parallel(4, lambda: tell(town, kim, ActKind.PICKED_UP, task, id_, scan="AAAA"))
    assert [each.taken for each in told] == [True] * 4 and sum(not each.repeat for each in told) == 1
    assert [s.state.value for s in api.steps_of(town.id, [task.order_id])] == ["accepted", "ready", "handed_over"]


def test_a_code_is_not_found_by_trying(town):
    kim = town.courier()
    task = under_way(town, kim)
    right = town.delivery(task).note.code
    wrong = "000000" if right != "000000" else "111111"
    for _ in range(5):
        assert tell(town, kim, ActKind.DELIVERED, task, proof="code", code=wrong).problem.code == "wrong_code"
    assert tell(town, kim, ActKind.DELIVERED, task, proof="code", code=right).taken is False
    assert tell(town, kim, ActKind.DELIVERED, task, proof="photo", photo=photo()).taken


def test_a_photo_is_drawn_anew_and_what_is_none_is_refused(town):
    kim = town.courier()
    task = under_way(town, kim)
    for bad in ("", "AAAA", "!!!", b64encode(b"<svg/>").decode()):
        assert tell(town, kim, ActKind.DELIVERED, task, proof="photo", photo=bad).problem.field == "photo"
    assert tell(town, kim, ActKind.DELIVERED, task, proof="signature", photo=photo(2000), name="Ann Lee").taken
    kept = Image.open(io.BytesIO(api.photo_of(town.id, task.id)))
    assert (kept.format, kept.size) == ("JPEG", (1280, 1280))
    assert town.delivery(task).signed_by == "Ann Lee"


def test_cash_is_collected_in_full_owed_by_the_courier_and_handed_in_once(town):
    kim = town.courier()
    task = under_way(town, kim, due_minor=1500)
    assert tell(town, kim, ActKind.DELIVERED, task, proof="photo", photo=photo()).problem.code == "not_paid"
    assert tell(town, kim, ActKind.DELIVERED, task, proof="photo", photo=photo(), cash_minor=1500).taken
    assert api.cash_owed(town.id) == {kim.id: 1500}
    assert api.hand_in_cash(kim.id, town.near.id, brand=town.id, by="ann") == 1500
    assert api.hand_in_cash(kim.id, town.near.id, brand=town.id, by="ann") == 0
    assert api.cash_owed(town.id) == {}


def test_a_failed_attempt_is_tried_again_and_after_the_third_it_goes_back_to_the_store(town):
    kim = town.courier()
    task = under_way(town, kim)
    for n in (1, 2):
        assert tell(town, kim, ActKind.FAILED, task, reason="nobody_there", next="again").taken
        each = town.delivery(task)
        assert (each.outcome, each.attempts, each.failure) == (Outcome.AGAIN, n, "nobody_there")
    assert tell(town, kim, ActKind.FAILED, task, reason="other", next="again").problem.field == "note"
    assert tell(town, kim, ActKind.RETURNED, task).taken is False
    tell(town, kim, ActKind.FAILED, task, reason="other", note="dog", next="again")
    assert (town.delivery(task).outcome, town.delivery(task).failure) == (Outcome.RETURNING, "other: dog")
    assert tell(town, kim, ActKind.RETURNED, task).taken
    assert town.delivery(task).outcome is Outcome.RETURNED
    assert api.deliveries_of_courier(town.id, kim.id) == []


def test_what_was_given_to_somebody_else_or_taken_back_meanwhile_is_refused_and_said(town):
    kim, lee = town.courier(), town.courier("Lee")
    task, gone = ready(town, kim), ready(town, kim)
    api.assign_delivery(task.id, lee.id, brand=town.id, by="ann")
    api.cancel_tasks([gone.order_id], brand=town.id)
    for each in (task, gone):
        told = tell(town, kim, ActKind.PICKED_UP, each, scan="AAAA")
        assert told.taken is False and told.problem.code == "conflict"


def test_a_courier_picks_up_while_the_customer_cancels_and_one_of_them_has_it(committed_town, in_parallel):
    town = committed_town
    kim = town.courier()
    for _ in range(4):
        task = ready(town, kim)
        turns = [
            lambda task=task: tell(town, kim, ActKind.PICKED_UP, task, scan="AAAA").taken,
            lambda task=task: api.cancel_tasks([task.order_id], brand=town.id) == 1,
        ]
        won = in_parallel(2, lambda turns=turns: turns.pop()())
        assert sorted(won) == [False, True]
        state = town.delivery(task).note.state
        assert state in (TaskState.HANDED_OVER, TaskState.CANCELLED)
        if state is TaskState.HANDED_OVER:
            with pytest.raises(Conflict):
                api.advance([task.id], TaskState.REFUSED, brand=town.id, by="ann", reason="late")


def places(town: Town) -> int:
    with in_brand(town.id):
        return rows("SELECT count(*) FROM fulfilment_position WHERE brand_id = %s", [town.id])[0][0]


def test_a_place_is_kept_and_shown_only_between_pickup_and_delivery(town):
    kim = town.courier()
    task = ready(town, kim)
    assert api.put_position(kim.id, east(10), brand=town.id) is False
    assert (places(town), api.where_is(town.id, task.order_id)) == (0, None)
    tell(town, kim, ActKind.PICKED_UP, task, scan="AAAA")
    assert api.put_position(kim.id, east(10), brand=town.id) is True
    assert api.put_position(kim.id, east(20), brand=town.id) is True
    assert places(town) == 1 and api.where_is(town.id, task.order_id)[0] == east(20)
    assert api.where_is(town.id, uuid7()) is None
    tell(town, kim, ActKind.DELIVERED, task, proof="photo", photo=photo())
    assert (places(town), api.where_is(town.id, task.order_id)) == (0, None)
    assert api.put_position(kim.id, east(10), brand=town.id) is False


def test_an_old_place_is_not_shown_and_is_deleted_by_the_job(town):
    kim = town.courier()
    task = under_way(town, kim)
    api.put_position(kim.id, east(10), brand=town.id)
    with clock.held_at(clock.now() + timedelta(minutes=6)):
        assert api.where_is(town.id, task.order_id) is None
        assert api.forget_positions(town.id) == 1
    assert places(town) == 0


def test_a_phone_whose_clock_is_wrong_is_put_right(town):
    kim = town.courier()
    task = ready(town, kim)
    late = clock.now() + timedelta(days=400)
    act = Act(uuid7(), ActKind.PICKED_UP, late - timedelta(minutes=2), task.id, {"scan": "AAAA"})
    api.take_acts([act], kim, brand=town.id, sent_at=late)
    assert abs((clock.now() - town.delivery(task).picked_at) - timedelta(minutes=2)) < timedelta(seconds=5)
