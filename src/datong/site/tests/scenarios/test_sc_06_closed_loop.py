"""SC-06, takeaway: the agent sees it, the note writes itself, the courier's phone leads, it is there in time.

Steps 1 to 3 are in test_scenarios.py, 6 to 8 in test_scenarios_purse.py.
"""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from django.test import Client

from datong.access.types import Role
from datong.channels.tests.test_courier_pages import hire, tell
from datong.fulfilment import api as fulfilment
from datong.fulfilment.types import TaskState
from datong.inventory import api as inventory
from datong.kernel import clock
from datong.orders import api as orders
from datong.orders.api import BoardFilter
from datong.orders.types import OrderState
from datong.site.tests.scenarios.conftest import Doors

pytestmark = pytest.mark.django_db
HOME = {"how": "delivery", "line": "3131 E 25th St", "city": "Minneapolis", "postcode": "55406"}


@pytest.mark.requirement("SC-06", "S-250", "S-146", "S-183", "S-184", "S-185", "S-186", "S-187", "S-193")
def test_sc_06_steps_4_and_9_to_13_the_takeaway_branch(doors: Doors) -> None:
    house = doors.house
    order = doors.buy(Client(), **HOME)
    platform = house.place(house.intent("market"))
    doors.hear()

    # 4 the agent sees the orders of all channels in one screen
    agent = doors.staff(Role.AGENT)
    for number in (order.number, orders.order_page(doors.brand, platform.order_id).number):
        assert number in agent.get(f"/desk/?q={number}", follow=True).content.decode()

    # 9 what is promised is what is there at this moment: with nothing on the shelves nothing is
    (task,) = fulfilment.tasks_of(doors.brand, [order.id])
    assert order.store_id == task.store_id and task.promised_at is not None
    _empty(doors)
    nobody = Client()
    nobody.post(f"{doors.home}basket/add/CUP/", {"units": "1"})
    form = {**HOME, "name": "Bo", "phone": "+16125550111", "order": "1"}
    for _ in range(2):
        page = nobody.post(f"{doors.home}checkout/", form).content.decode()
        form |= dict(re.findall(r'name="(version|total)" value="(\d+)"', page))
    doors.hear()
    (last,) = orders.board(doors.brand, BoardFilter(limit=1)).rows
    waits = orders.order_page(doors.brand, last.id)
    assert (waits.state, waits.store_id, waits.promised_at) == (OrderState.BACKORDER, None, None)
    assert fulfilment.tasks_of(doors.brand, [waits.id]) == []

    # 10 and 11 one note, filled in by the order
    (note,) = fulfilment.notes_of(doors.brand, [order.id])
    assert (note.number, note.contact_phone) == (order.number, "+16125550100")
    assert "3131 E 25th St" in note.address and [(g.sku, g.units) for g in note.goods] == [("CUP", 1)]
    assert note.distance_m is not None and note.bearing_deg is not None

    # 12 on the courier's phone, with the way
    hire(house)
    store = doors.staff(Role.STORE)
    _step(store, doors, task, "accepted")
    fulfilment.dispatch(doors.brand)
    phone = doors.staff(Role.COURIER)
    stops = phone.get("/courier/round/").json()["stops"]
    assert [(stop["kind"], stop["number"]) for stop in stops] == [("pickup", order.number), ("drop", order.number)]
    assert "3131 E 25th St" in stops[1]["address"]

    # 13 each link by the process, none skipped, and there within the promise
    assert tell(phone, "delivered", task, proof="code", code=note.code)["taken"] is False
    _step(store, doors, task, "ready")
    assert tell(phone, "picked_up", task, scan=order.number)["taken"]
    given = {"proof": "code", "code": note.code, "cash_minor": note.due_minor}
    assert tell(phone, "delivered", task, **given)["taken"]
    doors.hear()
    done = orders.order_page(doors.brand, order.id)
    assert done.state == OrderState.COMPLETED and clock.now() <= task.promised_at
    states = [step.state for step in fulfilment.steps_of(doors.brand, [order.id])]
    assert states == [TaskState.ACCEPTED, TaskState.READY, TaskState.HANDED_OVER, TaskState.DONE]


def _step(store: Client, doors: Doors, task: Any, to: str) -> None:
    code = next(s.code for s in (doors.house.near, doors.house.far) if s.id == task.store_id)
    who = store if code == "NEAR" else doors.staff(Role.HQ)
    assert who.post("/store/step/", {"store": code, "to": to, "task": [str(task.id)]}).status_code == 302
    now = fulfilment.tasks_of(doors.brand, [task.order_id])[0].state
    assert now == to, json.dumps(now)


def _empty(doors: Doors) -> None:
    item = doors.house.items["CUP"].id
    for store in (doors.house.near, doors.house.far):
        level = next((s for s in inventory.stock_of(doors.brand, items=[item]) if s.location_id == store.id), None)
        if level is not None:
            inventory.count(doors.brand, store.id, item, level.on_hand - level.free, who="stocktaking")
