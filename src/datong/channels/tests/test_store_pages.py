"""The store's screen as its staff get it: one queue, each step once, codes, undo, and nothing of another store."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from datong.access.types import Role
from datong.brand.types import Store
from datong.channels.shop.door import Shopper, shop_of
from datong.channels.shop.status import status_url
from datong.channels.tests.conftest import House
from datong.channels.tests.every_shop import open_shop
from datong.fulfilment import api as fulfilment
from datong.fulfilment.types import Calling, FulfilmentKind, Task, TaskState
from datong.kernel import clock
from datong.kernel.ids import uuid7
from datong.orders import api as orders
from datong.orders.types import IntentLine
from datong.payments.types import PaymentMethod


def comes(house: House, channel: str = "web", *, store: Store | None = None, **fields: Any) -> Calling:
    """An order that is fetched at a store, with its task open."""
    at = store or house.near
    kind = fields.pop("fulfilment", FulfilmentKind.PICKUP)
    plain = {"fulfilment": kind, "store_code": at.code, "paid": True, "payment": PaymentMethod.PREPAID}
    made = house.place(house.intent(channel, **{**plain, **fields}))
    promised = fields.get("promised_at")
    fulfilment.open_tasks([Task(uuid7(), made.order_id, at.id, kind, promised)], brand=house.brand.id)
    (calling,) = fulfilment.callings_of(house.brand.id, [made.order_id]).values()
    return calling


def state(house: House, calling: Calling) -> TaskState:
    return fulfilment.tasks_of(house.brand.id, [calling.order_id])[0].state


def step(client: Client, to: str, *tasks: UUID, **headers: Any) -> Any:
    said = {"store": "NEAR", "to": to, "task": [str(task) for task in tasks]}
    return client.post("/store/step/", said, headers=headers or None, follow=True)


def numbers(page: str, column: str) -> list[str]:
    part = re.search(rf'data-column="{column}".*?</section>', page, re.S)
    assert part
    return re.findall(r"</span>(\d+)</a>", part[0])


@pytest.mark.requirement("S-173", "S-164")
def test_a_prepaid_order_of_any_channel_stands_in_the_one_queue_like_a_guest_in_line(house: House) -> None:
    now = clock.now()
    late = comes(house, promised_at=now + timedelta(minutes=40))
    guest = comes(house, "till", fulfilment=FulfilmentKind.IN_STORE, paid=False, payment=PaymentMethod.PAY_AT_STORE)
    market = comes(house, "market", payment=PaymentMethod.PLATFORM)
    soon = comes(house, promised_at=now + timedelta(minutes=15), payment=PaymentMethod.STORED_VALUE, paid=False)
    page = house.client(Role.STORE).get("/store/?store=NEAR").content.decode()
    assert numbers(page, "new") == [c.said for c in (guest, market, soon, late)]
    assert len(re.findall(r"store-units", page)) == 4


def test_a_card_says_what_to_make_for_whom_and_whether_it_is_paid(house: House) -> None:
    comes(house, note="no ice please", lines=(IntentLine(1, "CUP", 3),), paid=False, payment=PaymentMethod.PAY_AT_STORE)
    page = house.client(Role.STORE).get("/store/").content.decode()
    for said in ("3 ×", "Cup", "no ice please", "Ann Lee", "pickup · The web", "Collect $36.00", "min left"):
        assert said in page, said


@pytest.mark.requirement("S-186")
def test_an_order_is_accepted_made_ready_and_handed_over_by_its_code(house: House) -> None:
    one, client = comes(house), house.client(Role.CASHIER)
    assert numbers(step(client, "accepted", one.task_id).content.decode(), "preparing") == [one.said]
    assert numbers(step(client, "ready", one.task_id).content.decode(), "ready") == [one.said]
    said = {"store": "NEAR", "number": one.said}
    wrong = client.post("/store/hand/", {**said, "code": f"{(int(one.code) + 1) % 10**6:06d}"})
    assert wrong.status_code == 422 and "This is not the code of the order" in wrong.content.decode()
    assert f'value="{one.said}"' in wrong.content.decode(), "what was typed is kept"
    assert state(house, one) is TaskState.READY
    page = client.post("/store/hand/", {**said, "code": one.code}, follow=True).content.decode()
    assert "001 handed over" in page and numbers(page, "handed") == [one.said]
    assert one.code not in page
    again = client.post("/store/hand/", {**said, "code": one.code})
    assert again.status_code == 422 and "handed over already" in again.content.decode()


def test_what_is_still_to_be_paid_is_not_handed_over_here(house: House) -> None:
    one = comes(house, paid=False, payment=PaymentMethod.PAY_AT_STORE)
    client = house.client(Role.CASHIER)
    page = client.post("/store/hand/", {"store": "NEAR", "number": one.said, "code": one.code})
    assert "$12.00 is still to be paid" in page.content.decode()
    orders.pay(one.order_id, amount_minor=1200, provider_ref="", brand=house.brand.id, who="till")
    client.post("/store/hand/", {"store": "NEAR", "number": one.said, "code": one.code})
    assert state(house, one) is TaskState.DONE


def test_only_a_manager_hands_over_without_the_code_and_says_why(house: House) -> None:
    one = comes(house)
    wish = {"store": "NEAR", "task": str(one.task_id), "without": "phone is dead, showed her card"}
    assert house.client(Role.CASHIER).post("/store/hand/", wish).status_code == 403
    manager = house.client(Role.MANAGER)
    manager.post("/store/hand/", {**wish, "without": " "})
    assert state(house, one) is TaskState.NEW
    manager.post("/store/hand/", wish)
    assert state(house, one) is TaskState.DONE


def test_a_slip_of_the_finger_is_undone_for_ten_seconds_and_not_by_somebody_else(house: House) -> None:
    one, client = comes(house), house.client(Role.STORE)
    page = step(client, "accepted", one.task_id).content.decode()
    assert f"/store/undo/{one.task_id}/" in page
    undo = f"/store/undo/{one.task_id}/?store=NEAR"
    house.client(Role.CASHIER).post(undo)
    assert state(house, one) is TaskState.ACCEPTED
    client.post(undo)
    client.post(undo)
    assert state(house, one) is TaskState.NEW
    step(client, "accepted", one.task_id)
    with clock.held_at(clock.now() + timedelta(seconds=20)):
        assert "too late" in client.post(undo, follow=True).content.decode()
    assert state(house, one) is TaskState.ACCEPTED
    states = [(s.state.value, s.reason) for s in fulfilment.steps_of(house.brand.id, [one.order_id])]
    assert states == [("accepted", ""), ("new", "undone"), ("accepted", "")]


def test_all_that_is_new_is_accepted_at_once_and_the_live_answer_is_the_columns(house: House) -> None:
    many = [comes(house) for _ in range(3)]
    live = step(house.client(Role.STORE), "accepted", *(one.task_id for one in many), HX_Request="true")
    page = live.content.decode()
    assert "<html" not in page and numbers(page, "preparing") == ["001", "002", "003"]
    assert "3 orders accepted." in page and 'hx-swap-oob="beforeend"' in page


def test_a_whole_order_is_refused_with_a_reason_and_never_without(house: House) -> None:
    one, client = comes(house), house.client(Role.STORE)
    url = f"/store/task/{one.task_id}/"
    page = client.post(url, {"store": "NEAR"})
    assert page.status_code == 422 and state(house, one) is TaskState.NEW
    client.post(url, {"store": "NEAR", "reason": "Sold out", "words": ""})
    assert fulfilment.tasks_of(house.brand.id, [one.order_id])[0].reason == "Sold out"
    assert state(house, one) is TaskState.REFUSED


@pytest.mark.requirement("S-177")
def test_another_stores_screen_and_orders_do_not_exist(house: House) -> None:
    theirs, client = comes(house, store=house.far), house.client(Role.STORE)
    assert client.get("/store/?store=FAR").status_code == 404
    assert step(client, "accepted", theirs.task_id).status_code == 200
    client.post("/store/hand/", {"store": "NEAR", "task": str(theirs.task_id), "code": theirs.code})
    client.post(f"/store/task/{theirs.task_id}/", {"store": "NEAR", "reason": "x"})
    assert state(house, theirs) is TaskState.NEW


def test_the_board_costs_the_same_whatever_waits(house: House) -> None:
    client, counts = house.client(Role.STORE), []
    for waiting in (1, 4):
        for _ in range(waiting):
            comes(house)
        client.get("/store/cards/")
        with CaptureQueriesContext(connection) as asked:
            client.get("/store/cards/")
        counts.append(len(asked))
    assert counts[0] == counts[1]


def test_what_is_missing_is_said_on_the_order_and_decided_on_the_customer_s_page(house: House) -> None:
    open_shop(house)
    brand, channel = shop_of(house.brand.slug)
    lines = (IntentLine(1, "CUP", 2), IntentLine(2, "POT", 1))
    one = comes(house, lines=lines, channel_id=channel.id)
    client, url = house.client(Role.STORE), f"/store/task/{one.task_id}/"
    page = client.get(f"{url}?store=NEAR").content.decode()
    assert "Missing, of 2" in page and '<option value="POT">' in page
    said = {"store": "NEAR", "key": "k1", "reason": "Sold out", "off_sale": "on", "units-2": "0", "instead-1": "POT"}
    assert "refuse the whole order" in client.post(f"{url}short/", {**said, "units-1": "2", "units-2": "1"},
                                                   follow=True).content.decode()  # fmt: skip
    told = client.post(f"{url}short/", {**said, "units-1": "1"}, follow=True).content.decode()
    assert "The customer is asked about 1 line." in told and "the customer is asked until" in told
    assert "The customer is asked about 1 × Cup" in client.get("/store/").content.decode()
    refused = client.post("/store/hand/", {"store": "NEAR", "number": one.said, "code": one.code})
    assert "still asked about Cup" in refused.content.decode()
    status = status_url(Shopper(brand, channel), one.order_id)
    shown = Client().get(status).content.decode()
    assert "The store does not have 1 × Cup." in shown and "Go without, $12.00 back" in shown
    (asked,) = orders.questions_of(house.brand.id, [one.order_id])
    wish = {"question": str(asked.id), "answer": "without"}
    Client().post(f"{status}answer/", wish)
    assert Client().post(f"{status}answer/", {**wish, "answer": "cancel"}).status_code == 409
    assert "The store does not have" not in Client().get(status).content.decode()
    assert "the customer goes without" in client.get(f"{url}?store=NEAR").content.decode()
    assert client.post("/store/hand/", {"store": "NEAR", "number": one.said, "code": one.code}).status_code == 302


def test_the_customer_at_the_counter_says_it_to_the_store(house: House) -> None:
    one = comes(house, lines=(IntentLine(1, "CUP", 2), IntentLine(2, "POT", 1)))
    client, url = house.client(Role.STORE), f"/store/task/{one.task_id}/"
    said = {"store": "NEAR", "key": "k1", "reason": "Sold out", "units-1": "1", "instead-1": "POT"}
    client.post(f"{url}short/", said)
    (asked,) = orders.questions_of(house.brand.id, [one.order_id])
    client.post(f"{url}settle/", {"store": "NEAR", "question": str(asked.id), "answer": "substitute"})
    (settled,) = orders.questions_of(house.brand.id, [one.order_id])
    assert (settled.answer, settled.answered_by) == ("substitute", f"store@{house.brand.slug}")


def test_a_manager_sets_a_printer_up_and_its_silence_is_an_alarm_on_the_board_and_in_the_console(house: House) -> None:
    said = {"store": "NEAR", "name": "Kitchen", "host": "8.8.8.8", "port": "9100", "columns": "32", "categories": ""}
    assert house.client(Role.CASHIER).post("/store/printers/", said).status_code == 403
    manager = house.client(Role.MANAGER)
    refused = manager.post("/store/printers/", said)
    assert refused.status_code == 422 and "such as 192.168.1.50" in refused.content.decode()
    assert 'value="8.8.8.8"' in refused.content.decode(), "what was typed is kept"
    manager.post("/store/printers/", {**said, "host": "127.0.0.1", "port": "1"})  # nobody listens there
    one = comes(house)
    step(manager, "accepted", one.task_id)
    orders.print_tickets([one.task_id], brand=house.brand.id, order_ids=[one.order_id])
    fulfilment.print_due(house.brand.id)
    assert "The printer Kitchen does not answer" in house.client(Role.STORE).get("/store/cards/").content.decode()
    assert "1 printer does not answer." in house.client(Role.HQ).get("/printers/").content.decode()
    copied = manager.post(f"/store/task/{one.task_id}/print/", {"store": "NEAR"}, follow=True)
    assert "It is printed again." in copied.content.decode()
    assert "copy" in manager.get("/store/printers/?store=NEAR").content.decode()


def test_the_pick_list_adds_up_many_orders_by_product_and_splits_them_by_order(house: House) -> None:
    first = comes(house, lines=(IntentLine(1, "CUP", 2), IntentLine(2, "POT", 1)))
    second = comes(house, lines=(IntentLine(1, "CUP", 3),))
    comes(house)  # nobody accepted it
    client = house.client(Role.STORE)
    step(client, "accepted", first.task_id, second.task_id)
    page = text(client.get("/store/pick/?store=NEAR").content.decode())
    assert "5 × Cup 001 : 2 · 002 : 3" in page and "1 × Teapot" in page
    only = text(client.get(f"/store/pick/?store=NEAR&task={second.task_id.hex}").content.decode())
    assert "3 × Cup 002 : 3" in only and "5 ×" not in only


def test_the_call_screen_shows_numbers_and_nothing_else_of_anybody(house: House) -> None:
    made, ready, ride = comes(house), comes(house), comes(house, fulfilment=FulfilmentKind.DELIVERY)
    client = house.client(Role.STORE)
    step(client, "accepted", made.task_id, ready.task_id, ride.task_id)
    step(client, "ready", ready.task_id)
    part = client.get("/store/call/?store=NEAR", headers={"HX-Request": "true"}).content.decode()
    making, called = text(part).split("Please come and get it")
    assert (making.split()[-1], called.split()) == (made.said, [ready.said])
    assert "Ann" not in part and ready.code not in part


@pytest.mark.requirement("S-195")
def test_a_customer_says_i_am_here_once_and_the_store_sees_it(house: House) -> None:
    open_shop(house)
    brand, channel = shop_of(house.brand.slug)
    one = comes(house, channel_id=channel.id)
    status = status_url(Shopper(brand, channel), one.order_id)
    assert "I am here" in Client().get(status).content.decode()
    Client().post(f"{status}here/")
    first = fulfilment.arrivals_of(house.brand.id, [one.task_id])
    Client().post(f"{status}here/")
    assert fulfilment.arrivals_of(house.brand.id, [one.task_id]) == first and len(first) == 1
    assert "The store knows that you are here." in Client().get(status).content.decode()
    assert "The customer is here, since" in house.client(Role.STORE).get("/store/").content.decode()


def text(html: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html))
