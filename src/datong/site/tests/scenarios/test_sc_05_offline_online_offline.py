"""SC-05, mode 4: from a store to a platform online, and back to a store."""

from __future__ import annotations

import pytest
from django.test import Client

from datong.brand.types.entries import EntryType
from datong.fulfilment.types import FulfilmentKind
from datong.orders import api as orders
from datong.orders.types import Amounts, IntentLine, OrderState
from datong.payments.types import PaymentMethod
from datong.site.tests.scenarios.conftest import Doors

pytestmark = pytest.mark.django_db


@pytest.mark.requirement("SC-05", "S-160", "S-39", "S-27")
def test_sc_05_from_the_store_to_a_platform_and_back_to_the_store(doors: Doors) -> None:
    near = doors.house.near
    # 1 the store's own campaign
    entry = doors.entry(EntryType.CAMPAIGN, "Leaflet of May")
    # 5 the store is found by the shop and by the link of another platform: the same one
    finder = Client().get(f"{doors.home}stores/").content.decode()
    told = doors.api("GET", "/api/v1/stores", doors.app_key).json()
    assert near.name in finder and near.code in {store["code"] for store in told}
    pin = doors.entry(EntryType.MAP, "Map of a platform")
    assert near.name in Client().get(f"/q/{pin.code}", follow=True).content.decode()
    # 2, 3 trade online: on a third-party platform, and in the shop, each counted apart
    sold = doors.house.place(
        doors.house.intent(
            "market", lines=(IntentLine(1, "CUP", 1, 1200, title="Cup"),), amounts=Amounts(goods=1200, paid=1200),
            payment=PaymentMethod.PLATFORM, paid=True, fulfilment=FulfilmentKind.PICKUP, store_code="NEAR",
            destination=None,
        )
    )  # fmt: skip
    customer = Client()
    customer.get(f"/q/{entry.code}", follow=True)
    own = doors.buy(customer)
    assert own.referred_store_id == near.id
    by_channel = [orders.order_page(doors.brand, one).channel_id for one in (sold.order_id, own.id)]
    assert by_channel == [doors.house.channels["market"], doors.channel]
    # 4, 6 both are had in the store
    doors.hear()
    for order in (orders.order_page(doors.brand, sold.order_id), own):
        assert doors.hand_over(order).state == OrderState.COMPLETED
        assert sum(amount for _, _, amount in doors.credit(order)) == order.total_minor
