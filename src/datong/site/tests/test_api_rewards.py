"""Points and vouchers over the API: what an app and a till do."""

from __future__ import annotations

from typing import Any

import pytest

from datong.access.types import Scope
from datong.customers.api import identify
from datong.customers.types import Identity, IdentityKind, Sighting
from datong.kernel.ids import uuid7
from datong.site.tests.house import House, open_house
from datong.wallet import api as wallet
from datong.wallet.types import EarningRule, Good, RuleKind


@pytest.fixture
def house(db: None, make_brand: Any) -> House:
    return open_house(make_brand)


def member(house: House) -> str:
    """Somebody in the club; there is a rule for a review and an offer of five off at the lake."""
    brand = house.brand.id
    wallet.put_programme(brand, wallet.new_programme("club", "Club"), by="owner")
    wallet.put_earning_rules(brand, "club", [EarningRule("review", RuleKind.EVENT, 50, event="review")], by="owner")
    five = wallet.new_offer("five", "Five off", Good.MONEY, amount_minor=500, stores=frozenset({"LAKE"}))
    wallet.put_offer(brand, five, by="owner")
    shown = Identity(IdentityKind.PHONE, "+8613800138000", True)
    (who,) = identify([Sighting(uuid7(), (shown,), "Ann")], brand=brand)
    assert who is not None
    return str(who.customer_id)


@pytest.mark.requirement("S-92")
def test_an_app_earns_shows_and_spends_points(house: House) -> None:
    ann = member(house)
    key, url = house.key(Scope.REWARDS_READ, Scope.REWARDS_WRITE), f"/api/v1/customers/{ann}/points"
    for _ in range(2):
        assert house.call("POST", f"{url}/earn", key, {"event": "review", "key": "r1"}).json()["points"] == 50
    (has,) = house.call("GET", url, key).json()["balances"]
    assert (has["spendable"], has["worth_minor"], has["standing"]["tier"]) == (50, 50, "")
    order = str(uuid7())
    spent = house.call("POST", f"{url}/burn", key, {"points": 30, "key": "b1", "order_id": order, "pays": True}).json()
    assert (spent["points"], spent["basis_minor"]) == (-30, 30)
    refused = house.call("POST", f"{url}/burn", key, {"points": 30, "key": "b2"})
    assert (refused.status_code, refused.json()["problems"][0]["fix"]) == (409, "at most 20 points")
    house.call("POST", "/api/v1/points/give-back", key, {"burn_key": "b1", "key": "g1"})
    house.call("POST", f"{url}/adjust", key, {"points": -10, "key": "a1", "reason": "typed twice"})
    acts = house.call("GET", f"{url}/history", key).json()["acts"]
    assert [(act["kind"], act["points"]) for act in acts] == [
        ("adjust", -10),
        ("give_back", 30),
        ("burn", -30),
        ("earn", 50),
    ]
    (programme,) = house.call("GET", "/api/v1/points/programmes", key).json()["programmes"]
    assert (programme["code"], programme["burn_points"], programme["tiers"]) == ("club", 100, [])


def test_a_till_checks_redeems_and_undoes_a_voucher(house: House) -> None:
    ann = member(house)
    app, till = house.key(Scope.REWARDS_READ, Scope.REWARDS_WRITE), house.key(Scope.VOUCHERS_REDEEM)
    body = {"id": str(uuid7()), "offer": "five"}
    made = house.call("POST", f"/api/v1/customers/{ann}/vouchers", app, body).json()
    assert house.call("GET", f"/api/v1/customers/{ann}/vouchers", app).json()["vouchers"] == [made]
    shown = {"code": made["code"], "store": "LAKE", "total_minor": 3000}
    assert house.call("POST", "/api/v1/vouchers/check", till, shown).json()["value_minor"] == 500

    def refusal(**fields: Any) -> tuple[int, str]:
        answer = house.call("POST", "/api/v1/vouchers/redeem", till, {**shown, "key": "k9", **fields})
        return answer.status_code, answer.json()["problems"][0]["code"]

    assert refusal(store="EAST") == (409, "other_store")
    assert refusal(code="ABCD-EFGH") == (404, "unknown")
    done = house.call("POST", "/api/v1/vouchers/redeem", till, {**shown, "key": "k1"}).json()
    assert (done["value_minor"], done["store"], done["repeat"]) == (500, "LAKE", False)
    assert house.call("POST", "/api/v1/vouchers/redeem", till, {**shown, "key": "k1"}).json()["repeat"] is True
    assert refusal() == (409, "used")
    where = f"/api/v1/vouchers/redemptions/{done['id']}/reverse"
    assert house.call("POST", where, till, {"reason": "wrong guest"}).json()["reason"] == "wrong guest"
    told = house.call("GET", "/api/v1/vouchers/offline?store=LAKE", till).json()
    assert [row["hash"] for row in told["vouchers"]] == [wallet.code_hash(told["salt"], made["code"])]
    assert house.call("GET", "/api/v1/vouchers/offline?store=EAST", till).json()["vouchers"] == []
    assert house.call("GET", "/api/v1/vouchers/offers", till).status_code == 403
