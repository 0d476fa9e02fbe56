"""SC-10: the same goods at one price on phone, computer, till and for a program; stores nearby; care to the end."""

from __future__ import annotations

import pytest
from django.test import Client

from datong.access.types import Role
from datong.channels.tests.conftest import HOME
from datong.site.tests.scenarios.conftest import Doors

pytestmark = pytest.mark.django_db
WAITING = {
    "S-45": "free Wi-Fi with log-in is the store's own network",
    "S-46": "the feed of electronic price tags",
    "S-47": "the layout of the shop for a screen in the store",
}
"""Steps that cannot be walked yet, and what they wait for."""
PHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 Mobile/15E148"


@pytest.mark.requirement("SC-10", "S-22", "S-115", "S-33", "S-252")
def test_sc_10_one_range_one_price_stores_nearby_and_a_sale_looked_after_to_its_end(doors: Doors) -> None:
    # 1, 2 the ends show one range at one price
    computer, phone = Client(), Client(headers={"User-Agent": PHONE})
    pages = [browser.get(f"{doors.home}p/CUP/").content.decode() for browser in (computer, phone)]
    goods = doors.api("GET", "/api/v1/till/snapshot", doors.till_key).json()["items"]
    quote = doors.api("POST", "/api/v1/quotes", doors.app_key, {"lines": [{"sku": "CUP", "units": 1}]}).json()
    assert all("$12.00" in page for page in pages)
    assert next(item["unit_minor"] for item in goods if item["sku"] == "CUP") == quote["total_minor"] == 1200
    shelf = computer.get(doors.home).content.decode()
    assert all(f"p/{item['sku']}/" in shelf for item in goods), "what the till sells the shop shows"
    # 4 stores nearby, the nearest first
    phone.post(f"{doors.home}place/", {"lon": str(HOME.lon), "lat": str(HOME.lat)})
    near = phone.get(f"{doors.home}stores/").content.decode()
    assert near.index("stores/NEAR/") < near.index("stores/FAR/")
    # 5 before, during and after the sale, each end sees it
    phone.post(f"{doors.home}place/", {"store": "NEAR"})
    order = doors.buy(phone)
    done = doors.hand_over(order)
    desk = doors.staff(Role.AGENT).get(f"/orders/{done.number}/").content.decode()
    store = doors.staff(Role.MANAGER).get(f"/orders/{done.number}/").content.decode()
    assert done.number in desk and done.number in store
