"""Scenarios of partners, through the real doors: points across companies (SC-11)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from datong.access.api import decide, list_approvals, staff_of
from datong.access.types import Role
from datong.brand.api import put_company, set_company_stores
from datong.customers.api import identify
from datong.customers.types import Identity, IdentityKind, Sighting
from datong.ledger.api import verify
from datong.merchants.api import today
from datong.payments.types import PaymentMethod
from datong.site.tests.house import House, open_house
from datong.site.tests.test_scenarios_purse import HERE, done, native
from datong.wallet import api as wallet
from datong.wallet.types import EarningRule, RuleKind


@pytest.fixture
def house(committed_db: str, make_brand: Any) -> House:
    return open_house(make_brand)


def agree(house: House) -> None:
    """Somebody of head office agrees to all that waits."""
    from django.contrib.auth import get_user_model

    name = f"{Role.HQ.value}-0@{house.brand.slug}"
    users = get_user_model().objects
    if not users.filter(username=name).exists():
        house.staff(Role.HQ)
    boss = staff_of(users.get(username=name), house.brand.id)
    assert boss
    for asked in list_approvals(house.brand.id).approvals:
        if asked.state.value == "pending":
            decide(asked.id, brand=house.brand.id, by=boss, approve=True)


@pytest.mark.requirement("S-204")
def test_sc_11_points_earned_at_one_company_are_spent_at_another_and_settled_to_zero(house: House):
    """Step 2, offers to an audience chosen by points, waits for its part (S-224)."""
    brand, key = house.brand.id, house.key()

    def call(method: str, path: str, body: Any = None, **headers: str) -> Any:
        answer = house.call(method, f"/api/v1{path}", key, body, **headers)
        assert answer.status_code == 200, answer.content
        return answer.json()

    # an e-commerce company and a life-service company take part, at agreed rates; two people agree
    codes = sorted(house.stores)
    shop, spa = (put_company(brand, name, by="test") for name in ("Shop Ltd", "Spa Ltd"))
    set_company_stores(brand, shop.id, [house.stores[codes[0]].id], by="test")
    set_company_stores(brand, spa.id, [house.stores[codes[1]].id], by="test")
    wallet.put_programme(brand, wallet.new_programme("club", "Club"), by="test")
    rule = EarningRule("visit", RuleKind.EVENT, points=1000, event="visit")
    wallet.put_earning_rules(brand, "club", [rule], by="test")
    day = (today(brand) - timedelta(days=3)).isoformat()
    for company, terms in ((shop, {"earn_minor": 90, "bank": "ICBC 01"}), (spa, {"burn_minor": 80})):
        body = {"valid_from": day, "reason": "agreed", **terms}
        assert call("POST", f"/partners/{company.id}/contracts", body)["state"] == "pending"
    agree(house)
    assert [(p["name"], bool(p["contract"])) for p in call("GET", "/partners")["partners"]] == [
        ("Shop Ltd", True),
        ("Spa Ltd", True),
    ]

    # 1 points earned on A are spent on B: one balance, and each act once however often it is sent
    phone = Identity(IdentityKind.PHONE, "+8613800138011", verified=True)
    (who,) = identify([Sighting(house.channels["app"], (phone,), "Li Na")], brand=brand)
    assert who
    earn = {"event": "visit", "key": "visit-1", "store": codes[0]}
    spend = {"points": 400, "key": "spa-1", "store": codes[1]}
    for _ in range(2):
        assert call("POST", f"/customers/{who.customer_id}/points/earn", earn)["points"] == 1000
        assert call("POST", f"/customers/{who.customer_id}/points/burn", spend)["points"] == -400
    [balance] = call("GET", f"/customers/{who.customer_id}/points")["balances"]
    assert balance["spendable"] == 600
    call("POST", "/points/give-back", {"burn_key": "spa-1", "key": "spa-1-back", "points": 100})
    house.work()

    # each partner's statement lists its acts
    statement = call("GET", f"/partners/{spa.id}/statement")
    assert [(line["kind"], line["points"], line["net_minor"]) for line in statement["lines"]] == [
        ("points_burn", 300, 240)
    ]
    assert statement["closing_minor"] == 240
    assert call("GET", f"/partners/{shop.id}/statement")["closing_minor"] == -900
    text = house.call("GET", f"/api/v1/partners/{shop.id}/statement?format=csv", key)
    assert text["Content-Type"].startswith("text/csv") and b"points_earn" in text.content
    _settle(house, call, shop.id, spa.id)


def _settle(house: House, call: Any, shop: UUID, spa: UUID) -> None:
    """Two people, once, to zero."""
    brand, key = house.brand.id, house.key()
    body = {"until": today(brand).isoformat()}
    first = call("POST", "/settlements", body, **{"Idempotency-Key": "may"})
    assert call("POST", "/settlements", body, **{"Idempotency-Key": "may"}) == first
    assert first["approval"]["state"] == "pending"
    agree(house)
    found = call("GET", f"/settlements/{first['settlement']['id']}")
    assert (found["state"], sorted(item["net_minor"] for item in found["items"])) == ("posted", [-900, 240])
    assert [call("GET", f"/partners/{c}/statement")["closing_minor"] for c in (shop, spa)] == [0, 0]
    pairs = call("GET", "/ledger/balances?account=clearing:company:")["balances"]
    assert [pair["balance_minor"] for pair in pairs] == [0, 0]
    paid = {"paid_on": today(brand).isoformat(), "ref": "B-1"}
    assert call("POST", f"/settlements/{found['id']}/paid", paid)["state"] == "paid"
    assert house.call("POST", f"/api/v1/settlements/{found['id']}/undo", key, {"reason": "x"}).status_code == 409
    assert verify(brand).sound


@pytest.mark.requirement("S-93", "S-205", "S-208")
def test_sc_12_step_3_commission_is_collected_and_the_merchant_sees_where_each_order_stands(house: House):
    brand, key = house.brand.id, house.key()
    merchant = put_company(brand, "Lake Ltd", by="test")
    set_company_stores(brand, merchant.id, [house.stores["LAKE"].id], by="test")
    terms = {"commission": [{"rate_bp": 800, "least_minor": 100}], "fixed_minor": 50, "reason": "agreed"}
    terms["valid_from"] = (today(brand) - timedelta(days=3)).isoformat()
    assert house.call("POST", f"/api/v1/partners/{merchant.id}/contracts", key, terms).status_code == 200
    agree(house)

    def lines(order: Any) -> list[tuple[Any, ...]]:
        found = house.call("GET", f"/api/v1/orders/{order}/settlement", key).json()["lines"]
        return sorted((line["kind"], line["net_minor"], line["state"]) for line in found)

    # an order the merchant hands over pays its commission: 8 % of 30.00, and 0.50 an order
    order = native(house, key, "one", payment=PaymentMethod.PAY_AT_STORE, **HERE)
    house.work()
    assert lines(order) == []
    done(house, order)
    assert lines(order) == [("commission", -290, "open")]

    # another is paid with a gift card of the brand: the brand owes the merchant that money
    gift = {"count": 1, "face_minor": 5000, "currency": "CNY"}
    [card] = house.call("POST", "/api/v1/gift-cards", key, gift).json()["cards"]
    told = {"gifts": [card["code"]], "amount_minor": 3000, "currency": "CNY", "store": "LAKE"}
    payment = house.call("POST", "/api/v1/wallet/payments", key, told, **{"Idempotency-Key": "pay"}).json()
    second = native(house, key, "two", payment=PaymentMethod.STORED_VALUE, **HERE)
    took = house.call("POST", f"/api/v1/orders/{second}/wallet", key, {"payment_id": payment["id"]})
    assert took.status_code == 200, took.content
    done(house, second)
    assert lines(second) == [("card_spend", 3000, "open"), ("commission", -290, "open")]
    statement = house.call("GET", f"/api/v1/partners/{merchant.id}/statement", key).json()
    assert statement["closing_minor"] == 3000 - 580

    # settled and paid: the merchant sees it at each order
    run = house.call("POST", "/api/v1/settlements", key, {"until": today(brand).isoformat()}).json()["settlement"]
    assert {state for *_, state in lines(order) + lines(second)} == {"proposed"}
    agree(house)
    paid = {"paid_on": today(brand).isoformat(), "ref": "B-2"}
    house.call("POST", f"/api/v1/settlements/{run['id']}/paid", key, paid)
    assert {state for *_, state in lines(order) + lines(second)} == {"paid"}
