"""People's own data on the customer's page: a copy to read, an erasure two people decide, who looked."""

from __future__ import annotations

import json

from datong.access.types import Role
from datong.channels.tests.conftest import House
from datong.channels.tests.test_customers import bought
from datong.channels.tests.test_pages import texts
from datong.customers import api as customers
from datong.customers.types import RequestState
from datong.kernel.db import execute, in_brand


def test_a_copy_is_handed_out_to_read_and_for_programs_and_who_looked_is_shown(house: House) -> None:
    order = bought(house)
    agent, url = house.client(Role.AGENT), f"/customers/{order.customer_id}/"
    agent.get(url)
    read = agent.post(f"{url}copy/", {"as": "html", "reason": "letter of 1 November"})
    assert "attachment" in read["Content-Disposition"] and "Ann Lee" in texts(read) and order.number in texts(read)
    held = json.loads(agent.post(f"{url}copy/", {"as": "json", "reason": "letter"}).content)["held"]
    assert held["customers"]["identities"][0]["value"] == "+16125550100"
    assert held["orders"]["orders"][0]["lines"][0]["sku"] == "CUP"
    assert "Please give" in texts(agent.post(f"{url}copy/", {"as": "json", "reason": " "}, follow=True))
    looks = customers.looks_at(house.brand.id, order.customer_id)  # type: ignore[arg-type]
    assert [look.place for look in looks] == ["page", "export", "export", "page"]
    page = texts(house.client(Role.AUDITOR).get(url))
    assert "Who looked at them" in page and f"agent@{house.brand.slug} · by a copy" in page
    assert "Hand out a copy" not in page
    assert "Who looked at them" not in texts(house.client(Role.MANAGER).get(url))


def test_an_erasure_is_asked_by_a_typed_word_decided_by_another_and_then_nobody_is_found(house: House) -> None:
    order = bought(house)
    agent, url = house.client(Role.AGENT), f"/customers/{order.customer_id}/"
    form = {"reason": "letter of 1 November", "sure": "erase"}
    assert "orders under way: 1" in texts(agent.post(f"{url}erase/", form, follow=True))
    with in_brand(house.brand.id):
        execute("UPDATE orders_order SET state = 'completed' WHERE brand_id = %s", [house.brand.id])
    assert "Nothing was asked" in texts(agent.post(f"{url}erase/", {**form, "sure": "yes"}, follow=True))
    assert "A second person decides it" in texts(agent.post(f"{url}erase/", form, follow=True))
    assert "1 request is still due." in texts(agent.get("/customers/requests/"))
    (request,) = customers.data_requests(house.brand.id, only_open=True)
    boss = house.client(Role.HQ)
    assert "Erase a customer" in texts(boss.get("/approvals/"))
    boss.post(f"/approvals/{request.approval_id}/", {"do": "approve"})
    customers.erase_next(brand=house.brand.id)
    assert customers.data_requests(house.brand.id)[0].state is RequestState.DONE
    assert "Nothing is due" in texts(agent.get("/customers/requests/"))
    page = texts(agent.get(url))
    assert "Ann Lee" not in page and "+16125550100" not in page and order.number in page
