"""SC-03, mode 2: a store leads its customer to the shop, who orders there; the store is credited, the price is one."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client

from datong.access.types import Role
from datong.brand.types.entries import EntryType
from datong.kernel import clock
from datong.orders.types import OrderState
from datong.site.tests.scenarios.conftest import Doors

pytestmark = pytest.mark.django_db
WAITING = {"S-403": "merchants join the open platform: waits for the marketplace of merchants"}
"""Steps that cannot be walked yet, and what they wait for. Step 10 (four ends) is SC-10's."""


@pytest.mark.requirement("SC-03", "S-158", "S-170", "S-115", "S-16")
def test_sc_03_seen_in_the_store_ordered_online_credited_to_the_store(doors: Doors) -> None:
    near, far = doors.house.near, doors.house.far
    # 1, 7 the stores stand and sell before the shop is used
    first = doors.sale()
    assert first.store_id == near.id
    # 2 marketing from the store: a code of a member of its staff hangs at the shelf
    entry = doors.entry(EntryType.STAFF, "Shelf of cups", associate="mia")
    # 3 the customer is there and scans: the visit is recorded
    customer = Client()
    customer.get(f"/q/{entry.code}", follow=True)
    # 8, 9 shop and store say one price, also after it changed
    doors.reprice(1300, clock.now() - timedelta(seconds=1))
    goods = doors.api("GET", "/api/v1/till/snapshot", doors.till_key).json()["items"]
    assert "$13.00" in customer.get(f"{doors.home}p/CUP/").content.decode()
    assert next(item["unit_minor"] for item in goods if item["sku"] == "CUP") == 1300
    # 4, 5 they order online; the store that led them there is credited
    order = doors.buy(customer)
    assert (order.entry_id, order.referred_store_id, order.associate) == (entry.id, near.id, "mia")
    assert order.total_minor == 1300
    # 6 both sides show it
    done = doors.hand_over(order)
    assert done.state == OrderState.COMPLETED
    assert sum(amount for _, _, amount in doors.credit(order)) == 1300
    assert {store for _, store, _ in doors.credit(order)} == {near.id}
    mine = doors.staff(Role.MANAGER).get("/credit/").content.decode()
    assert order.number in mine and far.name not in mine
    assert done.number in doors.staff().get(f"/orders/{done.number}/").content.decode()
