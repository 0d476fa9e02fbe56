"""SC-02, mode 1: the offline business is sold online, the customer goes to the store, the loop closes."""

from __future__ import annotations

import pytest
from django.test import Client

from datong.brand.types.entries import EntryType
from datong.orders.types import OrderState
from datong.site.tests.scenarios.conftest import Doors

pytestmark = pytest.mark.django_db
WAITING = {"S-125": "each local-life service goes to the merchant of its kind: waits for merchants on the marketplace"}
"""Steps that cannot be walked yet, and what they wait for. S-29 (payment and map by connectors) and S-204 (points of
two companies) have tests of their own: test_scenarios_partners.py and those of the providers."""


@pytest.mark.requirement("SC-02", "S-157", "S-28", "S-195", "S-19")
def test_sc_02_found_online_paid_for_and_enjoyed_in_the_store(doors: Doors) -> None:
    # 1, 3 the platform stands and sells what the stores offer
    shop = Client().get(doors.home).content.decode()
    assert "Cup" in shop and "$12.00" in shop
    # 2, 5 the visit comes by an entry, and carries it
    entry = doors.entry(EntryType.SOCIAL, "WeChat menu", store_id=None)
    customer = doors.logged_in("+16125550102")
    assert customer.get(f"/q/{entry.code}", follow=True).redirect_chain[-1][0] == doors.home
    customer.post(f"{doors.home}place/", {"store": "NEAR"})
    order = doors.buy(customer, phone="+16125550102")
    assert (order.entry_id, order.referred_store_id) == (entry.id, None), "an online entry credits no store"
    # 4 the customer goes to the store and has it
    assert order.store_id == doors.house.near.id
    done = doors.hand_over(order)
    # 9 the loop is closed: used, and known by whom and by which entry
    assert done.state == OrderState.COMPLETED and done.customer_id is not None and done.visit_id is not None
    assert doors.credit(order) == [("selling", None, 600), ("fulfilling", doors.house.near.id, 600)]
    page = doors.staff().get("/entries/?all=1").content.decode()
    assert "WeChat menu" in page and "1 visit came by these codes" in page
