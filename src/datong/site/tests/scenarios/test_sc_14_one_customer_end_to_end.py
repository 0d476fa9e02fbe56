"""SC-14: one customer from looking to buying again, through the doors themselves."""

from __future__ import annotations

import pytest

from datong.access.types import Role
from datong.brand.types.entries import EntryType
from datong.orders.types import OrderState
from datong.site.tests.scenarios.conftest import Doors

pytestmark = pytest.mark.django_db
PHONE = "+16125550114"


@pytest.mark.requirement("SC-14", "S-95", "S-116", "S-110", "S-23")
def test_sc_14_looked_found_bought_had_and_bought_again_without_typing_it_twice(doors: Doors) -> None:
    customer = doors.logged_in(PHONE)
    # 1 search and discover
    assert "p/CUP/" in customer.get(f"{doors.home}?q=cup").content.decode()
    customer.post(f"{doors.home}place/", {"store": "NEAR"})
    # 2 buy, 3 have it
    first = doors.buy(customer, phone=PHONE)
    assert doors.hand_over(first).state == OrderState.COMPLETED
    # 3 tried in the store, ordered online: nothing is typed again
    entry = doors.entry(EntryType.PRODUCT, "Shelf", target="CUP")
    customer.get(f"/q/{entry.code}", follow=True)
    customer.post(f"{doors.home}basket/add/CUP/", {"units": "1"})
    form = customer.get(f"{doors.home}checkout/").content.decode()
    assert PHONE in form and 'value="NEAR" selected' in form
    # 4 again, by the same person, and one page shows the whole way
    second = doors.buy(customer, phone=PHONE)
    assert second.customer_id == first.customer_id is not None
    page = doors.staff(Role.AGENT).get(f"/customers/{first.customer_id}/").content.decode()
    assert first.number in page and second.number in page
