"""Customers over HTTP: found, read whole, made one and taken apart."""

from __future__ import annotations

from typing import Any

import pytest

from datong.access.types import Scope
from datong.customers import api as customers
from datong.customers.types import Identity, IdentityKind, Sighting
from datong.kernel.ids import uuid7
from datong.site.tests.house import House, open_house


@pytest.fixture
def house(db: None, make_brand: Any) -> House:
    return open_house(make_brand)


def seen(house: House, *cards: str) -> str:
    signs = tuple(Identity(IdentityKind.CARD, card, verified=True) for card in cards)
    [who] = customers.identify([Sighting(uuid7(), signs, name=cards[0])], brand=house.brand.id)
    assert who is not None
    return str(who.customer_id)


@pytest.mark.requirement("S-98")
def test_two_customers_are_made_one_and_taken_apart_over_http(house: House) -> None:
    ann, ben = seen(house, "ann"), seen(house, "ben")
    seen(house, "ann", "ben")
    key = house.key(Scope.CUSTOMERS_READ, Scope.CUSTOMERS_WRITE)
    waiting = house.call("GET", "/api/v1/merges/proposals", key).json()
    sign = {"kind": "card", "value": "ben"}
    assert waiting == {"proposals": [{"keep": ann, "other": ben, "evidence": sign}], "waiting": 1}
    body = {"a": ben, "b": ann, "reason": "one card holder"}
    made = house.call("POST", "/api/v1/merges", key, body).json()
    assert house.call("POST", "/api/v1/merges", key, body).json() == made
    one = house.call("GET", f"/api/v1/customers/{ben}", key).json()
    assert (one["id"], [r["id"] for r in one["records"]], one["proposals"]) == (ann, [ann, ben], [])
    assert [c["id"] for c in house.call("GET", "/api/v1/customers?q=ben", key).json()["customers"]] == [ann]
    undone = house.call("POST", f"/api/v1/merges/{made['id']}/undo", key, {"reason": "no"}).json()
    assert undone["undone_by"].startswith("client ")
    assert [c["id"] for c in house.call("GET", "/api/v1/customers", key).json()["customers"]] == [ben, ann]


def test_a_pair_is_refused_once_and_what_cannot_be_names_its_field(house: House) -> None:
    ann, ben = seen(house, "ann"), seen(house, "ben")
    seen(house, "ann", "ben")
    key = house.key(Scope.CUSTOMERS_READ, Scope.CUSTOMERS_WRITE)
    two = {"a": ann, "b": ben, "reason": "mother and son"}
    assert house.call("POST", "/api/v1/merges/refused", key, two).status_code == 204
    assert house.call("POST", "/api/v1/merges/refused", key, two).status_code == 404
    itself = house.call("POST", "/api/v1/merges", key, {**two, "b": ann})
    assert (itself.status_code, itself.json()["problems"][0]["fix"]) == (
        422,
        "another customer: these are one already",
    )
    assert house.call("GET", f"/api/v1/customers/{uuid7()}", key).status_code == 404


def test_reading_customers_and_merging_them_are_two_scopes(house: House) -> None:
    ann, ben = seen(house, "ann"), seen(house, "ben")
    reads = house.key(Scope.CUSTOMERS_READ)
    assert house.call("GET", "/api/v1/customers", reads).status_code == 200
    assert house.call("POST", "/api/v1/merges", reads, {"a": ann, "b": ben, "reason": "x"}).status_code == 403
    assert house.call("GET", "/api/v1/customers", house.key(Scope.ORDERS_READ)).status_code == 403


def test_consents_are_written_down_and_read_with_their_proof(house: House) -> None:
    ann = seen(house, "ann")
    key, url = house.key(Scope.CUSTOMERS_READ, Scope.CUSTOMERS_WRITE), f"/api/v1/customers/{ann}/consents"
    yes = {"about": [{"purpose": "marketing", "means": "sms"}], "said": "given", "source": "app", "text_version": "7"}
    (word,) = house.call("POST", url, key, yes).json()["written"]
    assert house.call("POST", url, key, yes).json() == {"written": []}
    assert house.call("GET", url, key).json() == {"now": [word], "history": [word]}
    assert house.call("POST", url, key, {**yes, "text_version": ""}).json()["problems"][0]["field"] == "text_version"
    assert house.call("POST", f"/api/v1/customers/{uuid7()}/consents", key, yes).status_code == 404
