"""Pick-up numbers and codes: each number once in a day, each order handed to one who shows its code."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from datong.fulfilment import api
from datong.fulfilment.types import Calling, FulfilmentKind, Task, TaskState, WrongCodeError
from datong.kernel import clock
from datong.kernel.audit import page
from datong.kernel.db import in_brand, rows
from datong.kernel.errors import BadValue, Conflict, NotFound, TooManyTries
from datong.kernel.ids import uuid7
from datong.site.testing.steps import walk

NOON = datetime(2026, 11, 23, 18, tzinfo=UTC)  # noon in Chicago


def task(store: UUID, kind: FulfilmentKind = FulfilmentKind.PICKUP, promised: datetime | None = None) -> Task:
    return Task(uuid7(), uuid7(), store, kind, promised)


def opened(brand: UUID, *tasks: Task) -> list[Calling]:
    api.open_tasks(tasks, brand=brand)
    found = api.callings_of(brand, [t.order_id for t in tasks])
    return [found[t.id] for t in tasks if t.id in found]


def numbers(brand: UUID, *tasks: Task) -> list[int]:
    return [calling.number for calling in opened(brand, *tasks)]


def test_a_store_counts_its_orders_from_one_each_business_day_and_no_other_stores(brand):
    one, other = uuid7(), uuid7()
    with clock.held_at(NOON):
        assert numbers(brand.id, task(one), task(other), task(one)) == [1, 1, 2]
        assert numbers(brand.id, task(one, FulfilmentKind.DELIVERY), task(one, FulfilmentKind.IN_STORE)) == [3, 4]
    with clock.held_at(NOON + timedelta(days=1)):
        assert numbers(brand.id, task(one)) == [1]


def test_what_was_sold_at_the_counter_is_called_by_nobody(brand):
    store = uuid7()
    assert numbers(brand.id, task(store, FulfilmentKind.TILL), task(store)) == [1]


def test_an_order_for_tomorrow_is_called_among_tomorrows(brand):
    store = uuid7()
    with clock.held_at(NOON):
        (today,) = opened(brand.id, task(store))
        (later,) = opened(brand.id, task(store, promised=NOON + timedelta(days=1)))
    assert (today.number, later.number, later.day - today.day) == (1, 1, timedelta(days=1))


def test_an_order_keeps_the_number_its_customer_was_told_when_the_store_gets_it_again(brand):
    first = task(uuid7())
    (told,) = opened(brand.id, first)
    api.cancel_tasks([first.order_id], brand=brand.id)
    (again,) = opened(brand.id, first)
    assert (again.number, again.code, again.said) == (told.number, told.code, "001")


def test_many_doors_open_orders_at_once_and_no_number_is_given_twice(committed_db, make_brand, in_parallel):
    brand, stores = make_brand(), [uuid7() for _ in range(3)]
    got = in_parallel(6, lambda: opened(brand.id, *(task(store) for store in stores for _ in range(4))))
    for store in stores:
        given = sorted(c.number for batch in got for c in batch if c.store_id == store)
        assert given == list(range(1, 25)), "each once, and none left out"


def test_the_same_order_told_at_once_by_several_workers_has_one_number(committed_db, make_brand, in_parallel):
    brand, one = make_brand(), task(uuid7())
    in_parallel(4, lambda: api.open_tasks([replace(one, id=uuid7())], brand=brand.id))
    with in_brand(brand.id):
        assert rows("SELECT number FROM fulfilment_calling") == [(1,)]
        assert rows("SELECT last FROM fulfilment_number") == [(1,)]


def handed(brand: UUID, one: Calling, what: UUID | int | None = None, **said: str) -> Task:
    return api.hand_over(what or one.number, store_id=one.store_id, brand=brand, by="ann", **said)


@pytest.mark.requirement("S-154")
def test_the_code_on_the_customers_page_gets_the_order_once_and_only_once(brand):
    (one,) = opened(brand.id, task(uuid7(), FulfilmentKind.IN_STORE))
    wrong = f"{(int(one.code) + 1) % 1_000_000:06d}"
    with pytest.raises(WrongCodeError):
        handed(brand.id, one, code=wrong)
    assert api.tasks_of(brand.id, [one.order_id])[0].state is TaskState.NEW, "nothing was handed over"
    spaced = f" {one.code[:3]} {one.code[3:]} "
    assert handed(brand.id, one, code=spaced).state is TaskState.DONE
    with pytest.raises(Conflict, match="already"):
        handed(brand.id, one, code=one.code)


def test_a_code_of_another_order_opens_nothing_and_no_code_is_no_code(brand):
    store = uuid7()
    one, other = opened(brand.id, task(store), task(store))
    for code in (other.code, "", "abcdef"):
        with pytest.raises(WrongCodeError):
            handed(brand.id, one, code=code)


def test_after_five_wrong_codes_even_the_right_one_waits(brand):
    (one,) = opened(brand.id, task(uuid7()))
    for n in range(1, 6):
        with pytest.raises(WrongCodeError):
            handed(brand.id, one, code=f"{(int(one.code) + n) % 1_000_000:06d}")
    with pytest.raises(TooManyTries):
        handed(brand.id, one, code=one.code)
    with clock.held_at(clock.now() + timedelta(minutes=11)):
        assert handed(brand.id, one, code=one.code).state is TaskState.DONE


def test_a_manager_hands_over_without_a_code_for_a_reason_that_is_kept(brand):
    (one,) = opened(brand.id, task(uuid7()))
    with pytest.raises(BadValue, match="reason"):
        handed(brand.id, one, without="  ")
    handed(brand.id, one, without="phone is dead, shown her card")
    (entry,) = page(brand.id, verb="task.hand_over").entries
    assert (entry.actor, entry.reason) == ("ann", "phone is dead, shown her card")
    assert (entry.subject, entry.after) == (f"order {one.order_id}", {"state": "done", "code": "not shown"})


def test_a_delivery_goes_to_its_courier_by_the_number_alone(brand):
    (one,) = opened(brand.id, task(uuid7(), FulfilmentKind.DELIVERY))
    walk(one.task_id, TaskState.READY, brand=brand.id, by="ann")
    gone = handed(brand.id, one, carrier="own courier")
    assert (gone.state, gone.carrier) == (TaskState.HANDED_OVER, "own courier")


def test_another_stores_number_and_task_do_not_exist_here(brand):
    (one,) = opened(brand.id, task(uuid7()))
    for what in (one.number, one.task_id, 10**12, -1):
        with pytest.raises(NotFound):
            api.hand_over(what, store_id=uuid7(), brand=brand.id, by="eve", code=one.code)


def test_yesterdays_order_that_still_waits_is_found_by_its_number_unless_todays_has_it(brand):
    store = uuid7()
    with clock.held_at(NOON - timedelta(days=1)):
        first, second = opened(brand.id, task(store), task(store))
    with clock.held_at(NOON):
        (todays,) = opened(brand.id, task(store))
        assert handed(brand.id, todays, code=todays.code).id == todays.task_id
        assert handed(brand.id, second, code=second.code).id == second.task_id
        assert handed(brand.id, first, code=first.code).id == first.task_id


def test_two_cashiers_enter_the_code_at_once_and_one_hands_over(committed_db, make_brand, in_parallel):
    brand = make_brand()
    (one,) = opened(brand.id, task(uuid7()))

    def enter() -> str:
        try:
            return handed(brand.id, one, code=one.code).state.value
        except Conflict:
            return "already"

    assert sorted(in_parallel(4, enter)) == ["already", "already", "already", "done"]
    assert len(api.steps_of(brand.id, [one.order_id])) == 1


def test_the_code_is_told_to_nobody_who_hears_of_tasks(brand):
    (one,) = opened(brand.id, task(uuid7()))
    handed(brand.id, one, code=one.code)
    assert one.code not in repr(one) and one.code not in repr(api.tasks_of(brand.id, [one.order_id]))
    with in_brand(brand.id):
        payloads = rows("SELECT payload::text FROM kernel_outboxevent WHERE name = 'fulfilment.task_changed'")
    assert not any(f'"{one.code}"' in payload for (payload,) in payloads)
