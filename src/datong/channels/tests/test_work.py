"""What people do with an order on its page: the store's steps, cancelling, giving money back with a second person."""

from __future__ import annotations

from django.contrib.auth import get_user_model

from datong.access import api as access
from datong.access.types import ApprovalState, Role
from datong.channels.tests.conftest import House
from datong.channels.tests.test_pages import texts
from datong.fulfilment import api as fulfilment
from datong.fulfilment.types import FulfilmentKind, Task, TaskState
from datong.kernel.ids import uuid7
from datong.orders import api as orders
from datong.orders.types import IntentLine
from datong.payments import api as payments
from datong.payments.types import PaymentMethod


def task_at(house: House, order: object, kind: FulfilmentKind = FulfilmentKind.PICKUP) -> Task:
    page = orders.order_page(house.brand.id, order.order_id)  # type: ignore[attr-defined]
    task = Task(uuid7(), page.id, page.store_id or house.near.id, kind, None)
    fulfilment.open_tasks([task], brand=house.brand.id)
    return task


def state_of(house: House, task: Task) -> TaskState:
    return fulfilment.tasks_of(house.brand.id, [task.order_id])[0].state


def test_a_store_accepts_makes_ready_and_hands_over_on_the_orders_page(house: House) -> None:
    order = house.pickup(house.near)
    task = task_at(house, order)
    client = house.client(Role.STORE)
    page = texts(client.get(f"/orders/{order.number}/"))
    assert "Accept" in page and "Picked up" in page and "Hand over to the courier" not in page
    for to, said in (("accepted", "accepted"), ("ready", "ready"), ("done", "done")):
        answer = client.post(f"/orders/{order.number}/step/", {"task": str(task.id), "to": to}, follow=True)
        assert f"share is now: {said}." in texts(answer)
    assert state_of(house, task) is TaskState.DONE


def test_a_refusal_without_a_reason_says_so_and_changes_nothing(house: House) -> None:
    order = house.pickup(house.near)
    task = task_at(house, order)
    client = house.client(Role.STORE)
    answer = client.post(f"/orders/{order.number}/step/", {"task": str(task.id), "to": "refused"}, follow=True)
    assert "Please give a few words on why" in texts(answer)
    assert state_of(house, task) is TaskState.NEW


def test_another_store_takes_no_step_with_it(house: House) -> None:
    order = house.pickup(house.far)
    task = task_at(house, order)
    other = house.client(Role.STORE)  # of the near one
    assert other.post(f"/orders/{order.number}/step/", {"task": str(task.id), "to": "accepted"}).status_code == 404
    auditor = house.client(Role.AUDITOR)
    assert auditor.post(f"/orders/{order.number}/step/", {"task": str(task.id), "to": "accepted"}).status_code == 403
    assert state_of(house, task) is TaskState.NEW


def test_an_order_is_cancelled_with_a_reason_and_once(house: House) -> None:
    order = house.pickup(house.near)
    client = house.client()
    url = f"/orders/{order.number}/cancel/"
    assert "a few words on why" in texts(client.post(url, {"reason": " "}, follow=True))
    assert orders.order_page(house.brand.id, order.order_id).state == "assigned"
    page = texts(client.post(url, {"reason": "customer called"}, follow=True))
    assert "Cancelled. Its stock is free again" in page and "customer called" in page
    assert "Cancel the order" not in page


def test_a_refund_above_the_limit_waits_for_a_second_person_and_is_made_once(house: House) -> None:
    order = house.sold_elsewhere(30_000)
    agent, key = house.client(Role.AGENT), uuid7().hex
    url = f"/orders/{order.number}/refund/"
    too_much = texts(agent.post(url, {"amount": "300.01", "reason": "late", "key": key}, follow=True))
    assert "an amount up to $300.00" in too_much
    for _ in range(2):
        said = texts(agent.post(url, {"amount": "250", "reason": "late", "key": key}, follow=True))
        assert "it waits for a second person" in said
    assert payments.refunds_of(house.brand.id, [order.order_id]) == []
    (request,) = access.list_approvals(house.brand.id, state=ApprovalState.PENDING).approvals
    assert (request.amount_minor, request.subject) == (25_000, f"{order.number}: $250.00")
    boss = access.staff_of(get_user_model().objects.get(pk=house.users[Role.HQ]), house.brand.id)
    assert boss is not None
    access.decide(request.id, brand=house.brand.id, by=boss, approve=True)
    assert [r.amount_minor for r in payments.refunds_of(house.brand.id, [order.order_id])] == [25_000]
    assert "$250.00 late" in texts(agent.get(f"/orders/{order.number}/"))


def test_small_refunds_that_come_to_more_than_the_limit_wait_too(house: House) -> None:
    order = house.sold_elsewhere(30_000)
    agent, url = house.client(Role.AGENT), f"/orders/{order.number}/refund/"
    for amount in ("150", "50"):  # together what an agent does alone
        agent.post(url, {"amount": amount, "reason": "late", "key": uuid7().hex})
    said = texts(agent.post(url, {"amount": "0.01", "reason": "late", "key": uuid7().hex}, follow=True))
    assert "it waits for a second person" in said
    assert [r.amount_minor for r in payments.refunds_of(house.brand.id, [order.order_id])] == [15_000, 5_000]
    (request,) = access.list_approvals(house.brand.id, state=ApprovalState.PENDING).approvals
    assert (request.amount_minor, request.subject) == (20_001, f"{order.number}: $0.01")
    boss = access.staff_of(get_user_model().objects.get(pk=house.users[Role.HQ]), house.brand.id)
    assert boss is not None
    access.decide(request.id, brand=house.brand.id, by=boss, approve=True)
    assert sum(r.amount_minor for r in payments.refunds_of(house.brand.id, [order.order_id])) == 20_001
    page = texts(house.client(Role.HQ).get(f"/approvals/{request.id}/"))
    assert str(request.facts["key"]) not in page and "refund_minor" not in page


def test_units_are_taken_out_on_the_orders_page_and_it_says_so(house: House) -> None:
    lines = (IntentLine(1, "CUP", 3),)
    order = house.place(house.intent(lines=lines, payment=PaymentMethod.PREPAID, paid=True, provider_ref="p1"))
    client, url, key = house.client(), f"/orders/{order.number}/refund/", uuid7().hex
    assert "Up to 3, for which" in texts(client.get(f"/orders/{order.number}/"))
    wrong = texts(client.post(url, {"units-1": "4", "reason": "broken", "key": key}, follow=True))
    assert "Please give 0 to 3 units of" in wrong
    for _ in range(2):
        page = texts(client.post(url, {"units-1": "2", "amount": "", "reason": "broken", "key": key}, follow=True))
        assert "Taken out of the order" in page
    assert "2 taken out" in page and "Taken out: 2 ×" in page and "Up to 1, for which" in page
    view = orders.order_page(house.brand.id, order.order_id)
    (made,) = payments.refunds_of(house.brand.id, [order.order_id])
    assert (made.amount_minor * 3, view.lines[0].withdrawn) == (view.total_minor * 2, 2)
    client.post(url, {"units-1": "1", "reason": "broken", "key": uuid7().hex})
    assert orders.order_page(house.brand.id, order.order_id).state == "cancelled"
