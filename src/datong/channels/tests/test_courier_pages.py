"""The courier's phone tells and is told; couriers and who delivers in the console."""

from __future__ import annotations

import json
from typing import Any

import pytest

from datong.access import api as access
from datong.access.types import Role
from datong.channels.tests.conftest import House
from datong.channels.tests.test_pages import texts
from datong.fulfilment import api as fulfilment
from datong.fulfilment.types import Courier, FulfilmentKind, Task, TaskState, Way
from datong.kernel import clock
from datong.kernel.ids import uuid7
from datong.orders.api import delivery_notes


def hire(house: House, **fields: Any) -> Courier:
    """Our courier, on duty."""
    made = Courier(uuid7(), "Kim", user_id=house.users[Role.COURIER], **fields)
    fulfilment.put_courier(made, brand=house.brand.id, by="test")
    fulfilment.set_duty(made.id, True, brand=house.brand.id, by="kim")
    return fulfilment.courier_of_user(house.brand.id, house.users[Role.COURIER])


def order(house: House, to: TaskState = TaskState.READY) -> Task:
    """A delivery of the near store."""
    placed = house.place()
    task = Task(uuid7(), placed.order_id, placed.store_ids[0], FulfilmentKind.DELIVERY, None)
    fulfilment.open_tasks([task], brand=house.brand.id, notes=delivery_notes(house.brand.id, [placed.order_id]))
    for step in (TaskState.ACCEPTED, TaskState.READY)[: 1 + (to is TaskState.READY)]:
        fulfilment.advance([task.id], step, brand=house.brand.id, by="ann")
    return task


def tell(client: Any, kind: str, task: Task, **body: Any) -> Any:
    act = {"id": str(uuid7()), "kind": kind, "at": clock.now().isoformat(), "task": str(task.id), "body": body}
    said = {"sent_at": clock.now().isoformat(), "acts": [act]}
    answer = client.post("/courier/acts/", json.dumps(said), content_type="application/json")
    return answer.json()["results"][0]


@pytest.mark.requirement("S-185")
def test_the_phone_shows_address_goods_and_way_and_each_step_is_taken_from_it(house: House) -> None:
    task = order(house)
    hire(house)
    client = house.client(Role.COURIER)
    fulfilment.dispatch(house.brand.id)
    assert client.get("/courier/").status_code == 200
    told = client.get("/courier/round/").json()
    pickup, drop = told["stops"]
    assert (pickup["kind"], drop["kind"]) == ("pickup", "drop")
    assert drop["goods"] and drop["address"] and drop["number"] == pickup["number"]
    assert "map-canvas" in told["map"] and "code" not in json.dumps(told["stops"])
    assert tell(client, "picked_up", task, scan=drop["number"])["taken"]
    note = fulfilment.deliveries_by_task(house.brand.id, [task.id])[0].note
    assert tell(client, "delivered", task, proof="code", code=note.code, cash_minor=note.due_minor)["taken"]
    assert client.get("/courier/round/").json()["stops"] == []
    assert fulfilment.tasks_of(house.brand.id, [task.order_id])[0].state is TaskState.DONE


def test_a_courier_lands_on_the_phones_page_and_sees_nothing_else(house: House) -> None:
    client = house.client(Role.COURIER)
    link = access.login_token(house.users[Role.COURIER], house.brand.id)
    assert client.get(f"/in/{link}").headers["Location"] == "/courier/"
    assert client.get("/customers/").status_code == 403
    assert client.get("/delivery/").status_code == 403
    assert client.get("/courier/round/").json()["courier"] is None


def test_nobody_elses_delivery_can_be_taken_along(house: House) -> None:
    task = order(house)
    hire(house)
    lee = Courier(uuid7(), "Lee")
    fulfilment.put_courier(lee, brand=house.brand.id, by="test")
    fulfilment.assign_delivery(task.id, lee.id, brand=house.brand.id, by="ann")
    client = house.client(Role.COURIER)
    assert client.get("/courier/round/").json()["stops"] == []
    assert tell(client, "picked_up", task, scan="x")["taken"] is False


def test_a_place_is_not_kept_before_something_is_picked_up(house: House) -> None:
    hire(house)
    client = house.client(Role.COURIER)
    body = json.dumps({"lon": -93.2, "lat": 44.9})
    assert client.post("/courier/position/", body, content_type="application/json").json() == {"kept": False}
    assert client.post("/courier/position/", "{}", content_type="application/json").status_code == 422


@pytest.mark.requirement("S-191")
@pytest.mark.requirement("S-194")
def test_stations_couriers_and_who_delivers_are_set_up_in_the_console(house: House) -> None:
    client = house.client(Role.HQ)
    page = "/delivery/couriers/"
    station = {"do": "station", "code": "S1", "station_name": "Uptown", "place": "44.95, -93.25", "hours": "Mon: 9-18"}
    assert client.post(page, station).status_code == 302
    (made,) = fulfilment.stations_of(house.brand.id)
    courier = {
        "do": "courier",
        "name": "Kim",
        "user": str(house.users[Role.COURIER]),
        "station": str(made.id),
        "room": "2",
    }
    assert client.post(page, courier).status_code == 302
    kim = fulfilment.courier_of_user(house.brand.id, house.users[Role.COURIER])
    assert (kim.station_id, kim.room) == (made.id, 2)
    assert client.post(page, {"do": "ways", "ways": "partner,own", "store": str(house.near.id)}).status_code == 302
    assert fulfilment.way_rules(house.brand.id)[0].ways == (Way.PARTNER, Way.OWN)
    wrong = client.post(page, {**courier, "name": "Twin"})
    assert wrong.status_code == 422
    said = texts(client.get(page))
    assert "Uptown" in said and "own couriers" in said


def test_a_store_assigns_its_own_deliveries_only(house: House) -> None:
    task = order(house)
    kim = hire(house)
    other = house.client(Role.STORE)
    answer = other.post("/delivery/assign/", {"task": str(task.id), "courier": str(kim.id)})
    mine = fulfilment.deliveries_by_task(house.brand.id, [task.id])[0]
    near = mine.note.store_id == house.near.id
    assert (answer.status_code, mine.courier_id) == ((302, kim.id) if near else (403, None))
