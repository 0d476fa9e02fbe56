"""SC-09: on the chain's own page, somebody shares where they are, and shops at the nearest of all its stores."""

from __future__ import annotations

import pytest
from django.test import Client

from datong.channels.tests.conftest import HOME
from datong.site.tests.scenarios.conftest import Doors

pytestmark = pytest.mark.django_db
WAITING = {"S-426": "a chain's own section on a shared mall: the chain's own shop stands for it until then"}


@pytest.mark.requirement("SC-09", "S-35", "S-34", "S-33", "S-36")
def test_sc_09_the_nearest_store_is_first_and_its_pin_opens_it(doors: Doors) -> None:
    customer, near, far = Client(), doors.house.near, doors.house.far
    # 2 the position of the phone
    answer = customer.post(f"{doors.home}place/", {"lon": str(HOME.lon), "lat": str(HOME.lat)})
    assert answer.status_code == 302
    # 3 the nearest first, and on a map whose pin opens it
    page = customer.get(f"{doors.home}stores/").content.decode()
    assert page.index(f"stores/{near.code}/") < page.index(f"stores/{far.code}/")
    assert near.name in customer.get(f"{doors.home}stores/{near.code}/").content.decode()
    # from the other side of town the other is first
    customer.post(f"{doors.home}place/", {"lon": str(far.place.lon), "lat": str(far.place.lat)})
    page = customer.get(f"{doors.home}stores/").content.decode()
    assert page.index(f"stores/{far.code}/") < page.index(f"stores/{near.code}/")
    # and shop there
    customer.post(f"{doors.home}place/", {"store": "NEAR"})
    assert doors.buy(customer).store_id == near.id
