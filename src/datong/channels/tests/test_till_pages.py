"""What the till asks of a log-in, and the page of who looks after the tills."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.test import Client

from datong.access import api as access
from datong.access.types import Role
from datong.channels.tests.conftest import House
from datong.kernel import clock
from datong.kernel.ids import uuid7
from datong.ledger.api import rulebook
from datong.orders.types import IntentLine
from datong.payments.types import PaymentMethod
from datong.tills import api as tills
from datong.tills.types import Fact, FactKind, FactState, Told

pytestmark = pytest.mark.django_db


def send(client: Client, path: str, body: Any) -> Any:
    return client.post(path, json.dumps(body), content_type="application/json")


def refused(house: House, store: Any = None) -> Told:
    """Cash of no shift, told by a till of a store."""
    made = tills.register(house.brand.id, (store or house.near).id, "Counter", by="mia")
    client = access.client_of(made.key)
    assert client
    said = {"kind": "drop", "amount_minor": 5, "reason": "x"}
    [told] = tills.take(client, made.device, clock.now(), [Fact(uuid7(), FactKind.CASH, clock.now(), "kim", body=said)])
    return told


def test_a_manager_makes_a_browser_a_till_of_their_own_store_and_a_cashier_does_not(house: House) -> None:
    manager, cashier = house.client(Role.MANAGER), house.client(Role.CASHIER)
    made = send(manager, "/till/register/", {"store": "NEAR", "name": "Counter 1"})
    told = made.json()
    assert made.status_code == 200 and (told["store"], told["store_name"], told["name"]) == (
        "NEAR",
        "Uptown",
        "Counter 1",
    )
    client = access.client_of(told["key"])
    assert client and str(client.id) == told["id"]
    for body, status in (
        ({"store": "FAR", "name": "x"}, 404),
        ({"store": "NEAR", "name": ""}, 422),
        ({"store": "NEAR", "name": "x" * 81}, 422),
        ([], 422),
        ({"store": None}, 404),
    ):
        answer = send(manager, "/till/register/", body)
        assert answer.status_code == status and answer.json()["detail"], body
    assert manager.post("/till/register/", "{", content_type="application/json").status_code == 422
    assert send(cashier, "/till/register/", {"store": "NEAR", "name": "x"}).status_code == 403
    assert [device.name for device in tills.devices_of(house.brand.id)] == ["Counter 1"]


def test_the_page_tells_the_scripts_who_is_here_and_the_worker_keeps_every_file(house: House) -> None:
    page = house.client(Role.CASHIER).get("/till/")
    facts = json.loads(page.content.decode().split('id="till-facts" type="application/json">')[1].split("</script>")[0])
    assert (facts["staff"], facts["limit"], facts["may_register"]) == (f"cashier@{house.brand.slug}", 5_000, False)
    assert facts["faces"][0] == 10_000 and "camera=(self)" in page.headers["Permissions-Policy"]
    worker = Client().get("/till/worker.js").content.decode()
    for name in ("main.js", "money.js", "till.css"):
        assert f"till/{name}" in worker and "till/worker.js" not in worker.split("\n")[0]
    assert Client().get("/till/app.webmanifest").json()["scope"] == "/till/"


def test_an_order_of_any_channel_is_looked_up_with_what_is_left_to_give_back(house: House) -> None:
    till = house.place(house.intent("till", completed=True, store_code="NEAR", destination=None,
                                    payment=PaymentMethod.TILL, lines=(IntentLine(1, "CUP", 2),)))  # fmt: skip
    cashier = house.client(Role.CASHIER)
    told = cashier.get("/till/order/", {"number": till.number}).json()
    assert (told["left_minor"], told["counter"], told["lines"]) == (
        2400,
        True,
        [{"title": "Cup", "units": 2, "total_minor": 2400}],
    )
    open_ = house.place(house.intent(store_code="NEAR"))
    assert cashier.get("/till/order/", {"number": open_.number}).json()["left_minor"] == 0, "nothing was paid yet"
    assert cashier.get("/till/order/", {"number": "none"}).status_code == 404


def test_a_discount_beyond_the_limit_waits_for_a_manager_on_any_device(house: House) -> None:
    cashier = house.client(Role.CASHIER)
    wish = {"basket": "b1", "store": "NEAR"}
    small = send(cashier, "/till/discount/", {**wish, "amount_minor": 5_000}).json()
    large = send(cashier, "/till/discount/", {**wish, "amount_minor": 5_001}).json()
    assert (small["state"], large["state"]) == ("approved", "pending")
    assert cashier.get("/till/discount/", {"id": large["id"]}).json()["state"] == "pending"
    mia = access.staff_of(house.users[Role.MANAGER], house.brand.id)
    assert mia
    access.decide(access.list_approvals(house.brand.id).approvals[0].id, brand=house.brand.id, by=mia, approve=True)
    assert cashier.get("/till/discount/", {"id": large["id"]}).json()["state"] == "approved"
    for body in ({**wish, "amount_minor": 0}, {**wish, "amount_minor": "5"}, {**wish, "amount_minor": True}):
        assert send(cashier, "/till/discount/", body).status_code == 422
    assert cashier.get("/till/discount/", {"id": "x"}).status_code == 404


def test_a_manager_sees_to_what_was_refused_at_their_own_store_only(house: House) -> None:
    near, far = refused(house), refused(house, house.far)
    manager = house.client(Role.MANAGER)
    page = manager.get("/tills/").content.decode()
    assert str(near.id) in page and str(far.id) not in page and "the shift it belongs to" in page
    act = {"do": "close", "id": str(near.id)}
    manager.post("/tills/act/", {**act, "note": " "})
    assert tills.get_fact(house.brand.id, near.id).state is FactState.REFUSED
    manager.post("/tills/act/", {**act, "do": "again"})
    manager.post("/tills/act/", {**act, "note": "counted with the next shift"})
    fact = tills.get_fact(house.brand.id, near.id)
    assert (fact.state, fact.note) == (
        FactState.CLOSED,
        f"store_manager@{house.brand.slug}: counted with the next shift",
    )
    assert manager.post("/tills/act/", {"do": "close", "id": str(far.id), "note": "x"}).status_code == 403
    device = tills.get_fact(house.brand.id, far.id).device_id
    assert manager.post("/tills/act/", {"do": "revoke", "id": str(device)}).status_code == 403
    assert house.client(Role.HQ).post("/tills/act/", {"do": "revoke", "id": str(device)}).status_code == 302
    assert tills.get_device(house.brand.id, device).revoked_at is not None


def test_the_days_page_shows_its_shifts(house: House) -> None:
    made = tills.register(house.brand.id, house.near.id, "Counter 7", by="mia")
    client, shift, now = access.client_of(made.key), uuid7(), clock.now()
    assert client
    ends = (
        Fact(uuid7(), FactKind.OPENED, now, "kim", shift, {"float_minor": 500}),
        Fact(uuid7(), FactKind.CLOSED, now, "kim", shift, {"pieces": {"100": 4}, "note": "a coin rolled off"}),
    )
    tills.take(client, made.device, now, ends)
    day = rulebook(house.brand.id).business_date(now, house.near.id)
    page = house.client(Role.MANAGER).get(f"/days/NEAR/{day.isoformat()}/")
    text = page.content.decode()
    assert "Counter 7" in text and "a coin rolled off" in text and "-$1.00" in text.replace("\u2212", "-")
