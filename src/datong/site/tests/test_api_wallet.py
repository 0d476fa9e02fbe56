"""Scan to pay over HTTP: top up, scan, pay an order, give back; every refusal names its field."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest

from datong.access.types import Scope
from datong.integration.wire.send import native
from datong.kernel.errors import BadValue
from datong.kernel.ids import uuid7
from datong.payments.types import PaymentMethod
from datong.site.tests.house import House, open_house
from datong.site.tests.test_api_cards import code_of
from datong.site.tests.test_api_customers import seen
from datong.wallet import api as wallet
from datong.wallet.types import Good

ALL = (
    Scope.CUSTOMERS_WRITE,
    Scope.ORDERS_WRITE,
    Scope.ORDERS_READ,
    Scope.WALLET_READ,
    Scope.WALLET_WRITE,
    Scope.WALLET_PAY,
)


@pytest.fixture
def house(db: None, make_brand: Any) -> House:
    return open_house(make_brand)


@pytest.fixture
def ann(house: House) -> dict[str, Any]:
    """Somebody with a card and 100.00 on a purse, and the till's key."""
    who, key = seen(house, "ann"), house.key(*ALL)
    card = house.call("POST", f"/api/v1/customers/{who}/cards", key, {}).json()
    currency = house.brand.currency
    purse = house.call("POST", f"/api/v1/customers/{who}/purses", key, {"currency": currency}).json()
    on = {"Idempotency-Key": "t1"}
    body = {"amount_minor": 10_000, "method": "wechat", "ref": "wx-1"}
    assert house.call("POST", f"/api/v1/purses/{purse['id']}/top-ups", key, body, **on).status_code == 200
    assert house.call("POST", f"/api/v1/purses/{purse['id']}/top-ups", key, body, **on).status_code == 200
    return {"id": who, "card": card, "purse": purse["id"], "key": key, "currency": currency}


def has(house: House, ann: dict[str, Any]) -> tuple[int, int]:
    [purse] = house.call("GET", f"/api/v1/customers/{ann['id']}/purses", ann["key"]).json()["purses"]
    return purse["principal_minor"], purse["held_minor"]


@pytest.mark.requirement("S-93", "S-166", "S-198")
def test_a_scanned_card_pays_an_order_and_its_cancellation_pays_the_card(house: House, ann: dict[str, Any]) -> None:
    key = ann["key"]
    plain = {"amounts": None, "paid": False, "payment": PaymentMethod.STORED_VALUE}
    order = house.call("POST", "/api/v1/orders", key, native.payload(house.order("A-1", **plain))).json()
    total = order["total_minor"]
    ask = {"amount_minor": total, "currency": ann["currency"], "code": code_of(house, ann["card"])}
    once = {"Idempotency-Key": "sale-1"}
    held = house.call("POST", "/api/v1/wallet/payments", key, ask, **once).json()
    assert house.call("POST", "/api/v1/wallet/payments", key, ask, **once).json() == held
    assert [(t["kind"], t["part"], t["amount_minor"]) for t in held["takes"]] == [("stored_value", "principal", total)]
    assert has(house, ann) == (10_000, total)
    url, body = f"/api/v1/orders/{order['order_id']}/wallet", {"payment_id": held["id"]}
    assert house.call("POST", url, key, body).json() == {"outcome": "paid"}
    assert house.call("POST", url, key, body).json() == {"outcome": "repeated"}
    assert has(house, ann) == (10_000 - total, 0)
    from datong.orders import api as orders

    assert orders.cancel(UUID(order["order_id"]), brand=house.brand.id, who="kim", reason="late")
    assert has(house, ann) == (10_000, 0)


def test_what_is_not_taken_is_released_and_refusals_name_their_field(house: House, ann: dict[str, Any]) -> None:
    key, n = ann["key"], iter(range(100))

    def ask(**fields: Any) -> Any:
        body = {"amount_minor": 100, "currency": ann["currency"], "code": code_of(house, ann["card"]), **fields}
        return house.call("POST", "/api/v1/wallet/payments", key, body, **{"Idempotency-Key": f"k{next(n)}"})

    def told(answer: Any) -> tuple[int, str, str]:
        problem = answer.json()["problems"][0]
        return answer.status_code, problem["field"], problem["code"]

    assert told(ask(amount_minor=10_001)) == (409, "amount_minor", "insufficient_balance")
    assert told(ask(code=ann["card"]["number"])) == (409, "code", "code_needed")
    assert told(ask(store="NOWHERE"))[:2] == (422, "/store")
    assert ask(amount_minor=0).status_code == ask(currency="cny").status_code == ask(partial="yes").status_code == 422
    assert house.call("POST", "/api/v1/wallet/payments", key, {"amount_minor": 1, "currency": "USD"}).status_code == 422
    made = ask(amount_minor=4_000).json()
    url = f"/api/v1/wallet/payments/{made['id']}"
    assert house.call("GET", url, key).json() == made and has(house, ann) == (10_000, 4_000)
    assert house.call("POST", f"{url}/release", key).json()["state"] == "released"
    assert house.call("POST", f"{url}/release", key).status_code == 200 and has(house, ann) == (10_000, 0)


def test_a_voucher_and_points_pay_beside_the_card_and_each_refusal_names_its_field(
    house: House, ann: dict[str, Any]
) -> None:
    key, brand, n = ann["key"], house.brand.id, iter(range(100))
    club = wallet.new_programme("club", "Club", burn_points=10, burn_minor=1, pay_percent=50)
    wallet.put_programme(brand, club, by="kim", fresh=True)
    with pytest.raises(BadValue, match="another short name"):
        wallet.put_programme(brand, wallet.new_programme("club", "Other"), by="kim", fresh=True)
    wallet.put_offer(brand, wallet.new_offer("five", "Five", Good.MONEY, amount_minor=500), by="kim", fresh=True)
    with pytest.raises(BadValue, match="another short name"):
        wallet.put_offer(brand, wallet.new_offer("five", "Six", Good.MONEY, amount_minor=600), by="kim", fresh=True)
    wallet.adjust_points(UUID(ann["id"]), 3_000, key="start", brand=brand, by="kim", reason="start")
    voucher = wallet.issue_voucher("five", brand=brand, by="kim", id=uuid7(), customer_id=UUID(ann["id"]))

    def ask(**fields: Any) -> Any:
        body = {"amount_minor": 2_000, "currency": ann["currency"], "code": code_of(house, ann["card"]), **fields}
        return house.call("POST", "/api/v1/wallet/payments", key, body, **{"Idempotency-Key": f"k{next(n)}"})

    def told(answer: Any) -> tuple[int, str, str]:
        problem = answer.json()["problems"][0]
        return answer.status_code, problem["field"], problem["code"]

    assert told(ask(points={"points": 20_000})) == (422, "points/points", "points_share")
    assert told(ask(points={"points": 5_000})) == (409, "points", "insufficient")
    assert told(ask(vouchers=["ABCD"])) == (404, "vouchers/0", "unknown")
    paid = ask(points={}, vouchers=[voucher.code]).json()
    assert [(t["kind"], t["name"], t["amount_minor"], t["points"]) for t in paid["takes"]] == [
        ("voucher", "five", 500, 0),
        ("points", "club", 300, 3_000),
        ("stored_value", "", 1_200, 0),
    ]
    assert told(ask(vouchers=[voucher.code]))[2] == "used"
    house.call("POST", f"/api/v1/wallet/payments/{paid['id']}/release", key)
    assert wallet.points_of(brand, UUID(ann["id"]))[0].spendable == 3_000 and has(house, ann) == (10_000, 0)
    assert ask(vouchers=[voucher.code]).status_code == 200


def test_money_is_paid_back_moved_frozen_and_put_on_gift_cards(house: House, ann: dict[str, Any]) -> None:
    key, purse = ann["key"], f"/api/v1/purses/{ann['purse']}"
    other = house.call("POST", f"/api/v1/customers/{ann['id']}/purses", key, {"currency": ann["currency"]}).json()
    move = {"to_id": other["id"], "amount_minor": 2_500, "reason": "split"}
    moved = house.call("POST", f"{purse}/transfers", key, move, **{"Idempotency-Key": "m"}).json()["purses"]
    assert [p["principal_minor"] for p in moved] == [7_500, 2_500]
    out = {"amount_minor": 500, "reason": "asked"}
    back = house.call("POST", f"{purse}/refunds", key, out, **{"Idempotency-Key": "r"}).json()["parts"]
    assert [(p["method"], p["ref"], p["amount_minor"]) for p in back] == [("wechat", "wx-1", 500)]
    assert house.call("POST", f"{purse}/freeze", key, {"reason": "lost"}).json()["state"] == "frozen"
    assert house.call("POST", f"{purse}/refunds", key, out, **{"Idempotency-Key": "r2"}).status_code == 409
    assert house.call("POST", f"{purse}/unfreeze", key, {"reason": "found"}).json()["state"] == "active"
    gifts = {"count": 2, "face_minor": 5_000, "currency": ann["currency"], "batch": "gala"}
    cards = house.call("POST", "/api/v1/gift-cards", key, gifts).json()["cards"]
    assert len({card["code"] for card in cards}) == 2
    pay = {"amount_minor": 6_000, "currency": ann["currency"], "gifts": [card["code"] for card in cards]}
    made = house.call("POST", "/api/v1/wallet/payments", key, pay, **{"Idempotency-Key": "g"}).json()
    assert [t["amount_minor"] for t in made["takes"]] == [5_000, 1_000] and made["customer_id"] is None
    assert wallet.stored_differences(house.brand.id) == []


def test_bonus_rules_are_put_listed_and_ended_by_a_program_and_top_ups_follow_them(
    house: House, ann: dict[str, Any]
) -> None:
    key, at = ann["key"], "/api/v1/wallet/bonus-rules"
    body = {"from_minor": 5_000, "percent": 10, "max_minor": 900}
    made = house.call("PUT", f"{at}/ten", key, body)
    assert made.status_code == 200 and house.call("PUT", f"{at}/ten", key, body).json() == made.json()
    (rule,) = house.call("GET", at, key).json()["rules"]
    assert (rule["code"], rule["percent"], rule["max_minor"], rule["stores"]) == ("ten", 10, 900, [])
    paid = {"amount_minor": 10_000, "method": "cash"}
    on = house.call("POST", f"/api/v1/purses/{ann['purse']}/top-ups", key, paid, **{"Idempotency-Key": "b1"}).json()
    assert on["bonus_minor"] == 900
    both = house.call("PUT", f"{at}/odd", key, {"from_minor": 1, "percent": 1, "bonus_minor": 1})
    assert both.status_code == 422 and "bonus_minor" in both.content.decode()
    for _ in range(2):
        assert house.call("POST", f"{at}/ten/end", key, {}).json()["rules"] == []
    on = house.call("POST", f"/api/v1/purses/{ann['purse']}/top-ups", key, paid, **{"Idempotency-Key": "b2"}).json()
    assert on["bonus_minor"] == 0
    assert house.call("GET", at, house.key(Scope.STORES_READ)).status_code == 403
    trail = house.rows("SELECT verb FROM kernel_auditentry WHERE verb = 'wallet.policy'")
    assert len(trail) >= 2
