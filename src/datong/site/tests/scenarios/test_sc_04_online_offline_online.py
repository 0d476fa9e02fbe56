"""SC-04, mode 3: a campaign online leads to the store, and from there back to the shop."""

from __future__ import annotations

import pytest

from datong.brand.types.entries import EntryType, Opens
from datong.orders.types import OrderState
from datong.site.tests.scenarios.conftest import Doors

pytestmark = pytest.mark.django_db
WAITING = {"S-236": "campaigns that spend a budget and are judged by their effect: waits for engagement"}


@pytest.mark.requirement("SC-04", "S-159", "S-192")
def test_sc_04_a_campaign_online_a_visit_to_the_store_and_an_order_online_again(doors: Doors) -> None:
    # 1, 4 the brand's own shop, and a campaign online
    campaign = doors.entry(EntryType.CAMPAIGN, "Tea week", store_id=None, opens=Opens.SEARCH, target="cup")
    customer = doors.logged_in("+16125550104")
    assert customer.get(f"/q/{campaign.code}", follow=True).redirect_chain[-1][0] == f"{doors.home}?q=cup"
    customer.post(f"{doors.home}place/", {"store": "NEAR"})
    # 2, 5 it leads to a store, where the goods are had
    first = doors.buy(customer, phone="+16125550104")
    assert doors.hand_over(first).state == OrderState.COMPLETED and first.entry_id == campaign.id
    # in the store the customer scans its code
    entry = doors.entry(EntryType.STORE, "Counter")
    customer.get(f"/q/{entry.code}", follow=True)
    # 3, 6 and trades online again: the later order is linked to the visit in the store
    second = doors.buy(customer, phone="+16125550104")
    assert (second.entry_id, second.referred_store_id) == (entry.id, doors.house.near.id)
    assert second.customer_id == first.customer_id is not None
