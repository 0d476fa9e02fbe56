"""S-14, S-92: whichever door is asked, the same person has the same card, level, balance and orders."""

from __future__ import annotations

import re

import pytest

from datong.access.types import Role
from datong.customers import api as customers
from datong.customers.types import Identity, IdentityKind
from datong.site.tests.scenarios.conftest import Doors
from datong.wallet import api as wallet

pytestmark = pytest.mark.django_db
PHONE = "+16125550177"


@pytest.mark.requirement("S-14", "S-92", "S-20", "SC-10")
def test_every_door_knows_one_person_by_the_same_card_balance_and_orders(doors: Doors) -> None:
    sold = doors.sale(identities=(Identity(IdentityKind.PHONE, PHONE, verified=True),))
    person = sold.customer_id
    assert person is not None
    card = customers.issue_card(person, brand=doors.brand, by="mia")
    agent = doors.staff(Role.AGENT)
    agent.post(f"/customers/{person}/purses/", {"do": "open", "currency": "USD", "key": "p"})
    (purse,) = wallet.purses_of(doors.brand, person)
    wallet.top_up(purse.id, 4_200, brand=doors.brand, by="mia", key="two")
    online = doors.buy(doors.logged_in(PHONE), phone=PHONE)
    assert online.customer_id == person, "who joined in a store is known online"

    till = doors.api("POST", "/api/v1/cards/scan", doors.till_key, {"code": card.number}).json()
    program = doors.api("GET", f"/api/v1/customers/{person}", doors.app_key).json()
    purses = doors.api("GET", f"/api/v1/customers/{person}/purses", doors.app_key).json()
    cards = doors.api("GET", f"/api/v1/customers/{person}/cards", doors.app_key).json()
    shop = doors.logged_in(PHONE).get(f"{doors.home}me/").content.decode()
    desk = agent.get(f"/customers/{person}/").content.decode()
    book = doors.api("GET", "/api/v1/orders", doors.app_key).json()

    assert {str(person)} == {till["head_id"], program["id"]}, "one identity"
    assert card.number == till["number"] and card.number in str(cards), "one card"
    assert "$42.00" in shop and "$42.00" in desk and "4200" in re.sub(r"\D+", " ", str(purses)).split(), "one balance"
    for number in (sold.number, online.number):
        assert number in shop and number in desk and number in str(book), "one history"
