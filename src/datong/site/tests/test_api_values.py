"""Odd input at the API: text no database can hold, numbers without end, nesting without end. Refused, never a crash."""

from __future__ import annotations

import itertools
import json
import os
from collections.abc import Iterator, Sequence
from typing import Any
from urllib.parse import quote
from uuid import uuid4

import pytest

from datong.integration.rules import Bucket
from datong.integration.types import MAX_BODY_BYTES
from datong.kernel.bodies import Body
from datong.site.api import api
from datong.site.tests.api_values import books, coupons, customers, golden, partners, returns, service, taxes, tills
from datong.site.tests.house import House, open_house

NUL, HALF = "a\x00b", "\\ud800"
ODD = (NUL, 10**30, -(10**18), 1e308, True, None, [], {}, {NUL: 1}, "x" * 10_000, "\u202e\uffff\U0010ffff")
ODD_TEXT = (NUL, "\x00", "\u202e\uffff\U0010ffff", "%", "' OR 1=1 --", "x" * 500, "-1", "1e400", "0" * 400)
_turn = itertools.count()


def some(odd: Sequence[Any], count: int) -> list[Any]:
    """The next few in turn, so that all of them come about everywhere; each everywhere when asked."""
    return list(odd) if os.environ.get("DATONG_LONG") else [odd[next(_turn) % len(odd)] for _ in range(count)]


SOME_ID = "01a20462-e8b9-788d-9889-dd2cc2cbf29f"
ONE_PIXEL = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAIAAACQd1PeAAAADElEQVR4nGNgZGIGAAAOAAfXb+R4AAAAAElFTkSuQmCC"
PLACES = {
    "inbox_id": SOME_ID,
    "order_id": SOME_ID,
    "project_id": SOME_ID,
    "change_id": SOME_ID,
    "run_id": SOME_ID,
    "reconciliation_id": SOME_ID,
    "table": "products",
    "number": "1",
    "sku": "LONGJING",
    "code": "cake",
    "kind": "interest",
    "key": "deposit",
    "channel": "web",
    "day": "2026-11-22",
    "name": "delivery_fee",
    "picture_id": SOME_ID,
    "digest": "0" * 64,
    "customer_id": SOME_ID,
    "card_id": SOME_ID,
    "purse_id": SOME_ID,
    "payment_id": SOME_ID,
    "merge_id": SOME_ID,
    "redemption_id": SOME_ID,
    "bond_id": SOME_ID,
    "segment": "loyal",
    "manager": "mia",
    "count_id": SOME_ID,
    "transfer_id": SOME_ID,
    "basket_id": SOME_ID,
    "entry_id": SOME_ID,
    **books.PLACES,
    **coupons.PLACES,
    **golden.PLACES,
    **taxes.PLACES,
    **partners.PLACES,
    **service.PLACES,
    **returns.PLACES,
}
TABLE = {
    "title": "x",
    "inputs": [{"name": "distance_m", "kind": "number", "most": 1000}],
    "outputs": [{"name": "fee_minor", "kind": "number"}],
    "rows": [{"inputs": [""], "outputs": ["5"], "note": "x"}],
    "cases": [{"inputs": {"distance_m": "1"}, "outputs": {"fee_minor": "5"}}],
}
BODIES: dict[str, Any] = {
    "put_shop_entry": {"kind": "campaign", "title": "Flyer"},
    "put_sourcing_rules": {
        "rules": [
            {
                "name": "x",
                "channels": ["01a20462-e8b9-788d-9889-dd2cc2cbf29f"],
                "fulfilments": ["delivery"],
                "regions": ["x"],
                "store_kinds": ["own"],
                "min_total_minor": 1,
                "max_distance_m": 1000,
                "max_stores": 1,
                "weights": {"distance": 1, "load": 1, "depth": 1},
            }
        ]
    },
    "correct_inbox_entry": {"body": "{}"},
    "sell_out": {"skus": ["LONGJING"], "store": "", "until": "next_opening", "reason": "x"},
    "back_on_sale": {"skus": ["LONGJING"], "store": ""},
    "receive_purchase_order": {"key": "x", "lines": [{"sku": "LONGJING", "received": 1, "damaged": 0}]},
    "preview_prices": {"formula": "percent", "value": 500, "everything": True, "reason": "x"},
    "submit_price_change": {"reason": "x"},
    "check_promotion": {"title": "x", "kind": "percentage", "value": 1000},
    "put_promotion": {"title": "x", "kind": "percentage", "value": 1000},
    "put_rates": {"rates": [{"kind": "interest", "key": "x", "value": "2.75"}], "reason": "x"},
    "check_table": TABLE,
    "put_table": TABLE,
    "publish_table": {"reason": "x"},
    "open_count": {"store": "LAKE", "title": "x", "skus": ["LONGJING"]},
    "tally_count": {"lines": [{"sku": "LONGJING", "units": 1}]},
    "ask_transfer": {
        "from_store": "LAKE",
        "to_store": "EAST",
        "lines": [{"sku": "LONGJING", "units": 1}],
        "note": "x",
    },
    "send_transfer": {"lines": [{"sku": "LONGJING", "units": 1}]},
    "receive_transfer": {"lines": [{"sku": "LONGJING", "units": 1}]},
    "put_supplier": {
        "name": "x",
        "email": "x",
        "phone": "x",
        "terms": "x",
        "lead_days": 1,
        "min_order_minor": 1,
        "active": True,
    },
    "put_supplier_items": {
        "items": [
            {
                "sku": "LONGJING",
                "price_minor": 1,
                "pack_units": 1,
                "min_units": 1,
                "lead_days": 1,
                "shelf_life_days": 1,
            }
        ]
    },
    "put_levels": {"levels": [{"store": "LAKE", "sku": "LONGJING", "low": 1, "high": 2}]},
    "decide_by_table": {"inputs": {"distance_m": 1}},
    "put_template": {"based_on": "retail", "title": "x"},
    "put_categories": {"categories": [{"code": "x", "title": "x"}]},
    "put_assortments": {"set": [], "clear": []},
    "put_product": {"template": "retail", "title": "x"},
    "add_picture": {"data": ONE_PIXEL, "alt": {"en": "x"}},
    "arrange_pictures": {"pictures": []},
    "ask_reconciliation": {"totals": [{"group": ["CNY"], "measure": "rows", "value": 1}]},
    "sign_reconciliation": {"note": "x"},
    "send_import": {"kind": "products", "rows": [{"sku": "X", "title": "X"}], "columns": {}, "constants": {}},
    "map_import": {"columns": {"sku": "x"}, "constants": {"title": "x"}},
    "start_import": {"mode": "good"},
    "undo_import": {"partial": False},
    "say_consent": {
        "about": [{"purpose": "marketing", "means": "email"}],
        "said": "given",
        "source": "x",
        "text_version": "x",
    },
    "sell_choices_out": {"codes": ["pearl"], "store": "", "until": "2099-01-01T00:00:00Z", "reason": "x"},
    "sell_choices_again": {"codes": ["pearl"], "store": ""},
    "set_product_state": {"state": "development", "reason": "x"},
    "open_basket": {"customer_id": SOME_ID},
    "put_basket_line": {"sku": "LONGJING", "units": 1, "options": []},
    **books.BODIES,
    **customers.BODIES,
    **coupons.BODIES,
    **golden.BODIES,
    **taxes.BODIES,
    **partners.BODIES,
    **service.BODIES,
    **returns.BODIES,
    **tills.BODIES,
}


@pytest.fixture
def house(db: None, make_brand: Any, monkeypatch: pytest.MonkeyPatch) -> House:
    monkeypatch.setattr(Bucket, "take", lambda self, now: 0.0)  # a fast machine asks faster than one client may
    return open_house(make_brand)


def operations() -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, methods in api.get_openapi_schema(path_prefix="/api/")["paths"].items():
        yield from ((method.upper(), path, operation) for method, operation in methods.items())


def with_body() -> Iterator[tuple[str, str, Any]]:
    """(method, address, a good body) of every operation that takes one."""
    for method, path, operation in operations():
        if "requestBody" in operation:
            body = operation["requestBody"]["content"]["application/json"].get("example")
            yield method, path.format(**PLACES), body or BODIES[operation["operationId"]]


def leaves(value: Any, at: tuple[Any, ...] = ()) -> Iterator[tuple[tuple[Any, ...], Any]]:
    if isinstance(value, dict | list):
        for key, inner in value.items() if isinstance(value, dict) else enumerate(value):
            yield from leaves(inner, (*at, key))
    else:
        yield at, value


def changed(value: Any, at: tuple[Any, ...], new: Any) -> Any:
    copy = json.loads(json.dumps(value))
    inner = copy
    for key in at[:-1]:
        inner = inner[key]
    inner[at[-1]] = new
    return copy


def refused(answer: Any) -> None:
    """A problem of the sender's making; a batch answers 200 and says for each order what is wrong with it."""
    if answer.status_code == 200:
        assert {result["status"] for result in answer.json()["results"]} <= {200, 201, 409, 422}, answer.content
        return
    assert 400 <= answer.status_code < 500, (answer.status_code, answer.content)
    assert answer["Content-Type"] == "application/problem+json"
    assert answer.json()["problems"] or answer.status_code in (404, 409), answer.content


BROKEN = {
    "nothing": b"",
    "no JSON": b"{",
    "another encoding": '{"a": "\u00e9"}'.encode("utf-16"),
    "no UTF-8": b'{"a": "\xff"}',
    "NaN": b'{"a": NaN}',
    "half a surrogate pair": b'{"a": "\\ud800"}',
    "a digit too many": b'{"a": ' + b"9" * 5000 + b"}",
    "an exponent too many": b'{"a": 1e999999}',
    "deep": b'{"a": ' + b"[" * 50_000 + b"]" * 50_000 + b"}",
    "a list": b"[]",
    "null": b"null",
    "a byte order mark": b"\xef\xbb\xbf{}",
}


@pytest.mark.parametrize("raw", BROKEN.values(), ids=list(BROKEN))
def test_a_body_that_is_none_is_a_problem_everywhere(house: House, raw: bytes) -> None:
    key = house.key()
    for method, path, _ in with_body():
        answer = house.call(method, path, key, raw)
        assert answer.status_code in (400, 404, 422), (path, answer.status_code, answer.content)
        refused(answer)


def test_a_body_over_the_limit_is_told_so(house: House) -> None:
    key = house.key()
    for method, path, _ in with_body():
        answer = house.call(method, path, key, b'{"a": "' + b"x" * (MAX_BODY_BYTES * 3) + b'"}')
        assert (answer.status_code, answer.json()["type"]) == (413, "/api/docs#too_large"), path


def test_odd_values_in_any_field_of_any_body_never_crash(house: House) -> None:
    """Each field in turn holds NUL, half a surrogate pair, a huge number, the wrong type."""
    key = house.key()
    for method, path, good in with_body():
        once = {"Idempotency-Key": str(uuid4())}
        assert house.call(method, path, key, good, **once).status_code in (200, 201, 202, 204, 404), path
        for at, _ in leaves(good):
            for new in some(ODD, 4):
                answer = house.call(method, path, key, changed(good, at, new), **{"Idempotency-Key": str(uuid4())})
                assert answer.status_code < 500, (path, at, new, answer.content)
            half = json.dumps(changed(good, at, "HALF")).replace("HALF", HALF).encode()
            refused(house.call(method, path, key, half))


def test_an_unknown_field_with_any_name_is_named(house: House) -> None:
    key = house.key()
    for method, path, good in with_body():
        for name in ("surprise", NUL, "~/x", "x" * 5000):
            answer = house.call(method, path, key, {**good, name: 1})
            if path.endswith("/till/orders"):  # a till may write more than we read
                assert answer.status_code == 200
                continue
            assert answer.status_code in (404, 422), (path, name, answer.content)
            refused(answer)
            if name == "surprise" and answer.status_code == 422:
                assert "/surprise" in [problem["field"] for problem in answer.json()["problems"]]


def test_odd_text_in_any_address_or_parameter_never_crashes(house: House) -> None:
    key = house.key()
    for method, path, operation in operations():
        for text in some(ODD_TEXT, 4):
            odd = quote(text, safe="")
            answers = [house.call(method, path.format(**dict.fromkeys(PLACES, odd)), key, {})] if "{" in path else []
            for parameter in operation["parameters"]:
                if parameter["in"] == "query":
                    start = "?sku=LONGJING&lon=120&lat=30&" if path.endswith("availability") else "?"
                    where = f"{path.format(**PLACES)}{start}{parameter['name']}={odd}"
                    answers.append(house.call(method, where, key, {}))
            for answer in answers:
                assert answer.status_code < 500, (method, path, text, answer.content)
                assert answer.status_code < 400 or answer["Content-Type"] == "application/problem+json"


def test_bytes_that_are_no_utf8_in_an_address_are_a_problem(house: House) -> None:
    key = house.key()
    for path in ("/api/v1/orders/%ff", "/api/v1/orders?text=%ff%fe", "/api/v1/%c0%af", "/hooks/%ff"):
        assert house.call("GET", path, key).status_code in (200, 404), path


def test_numbers_are_numbers_and_times_have_their_offset(house: House) -> None:
    """What pydantic would let pass: text for a number, true for one, a number for a time, a time without an offset."""
    key = house.key()

    def price(**fields: Any) -> Any:
        return house.call("PUT", "/api/v1/prices/CUP", key, {"amount_minor": 1200, "reason": "x", **fields})

    for amount in ("1200", True, 1200.5, "", None):
        assert price(amount_minor=amount).json()["problems"][0]["field"] == "/amount_minor"
    for moment in (4_000_000_000, "4000000000", "2099-01-01", "2099-01-01T00:00:00", True):
        assert price(valid_from=moment).json()["problems"][0]["field"] == "/valid_from"
    assert price(amount_minor=1300.0, valid_from="2099-01-01T00:00:00+08:00").json()["amount_minor"] == 1300


def test_a_whole_number_may_be_written_with_a_point(house: House) -> None:
    """JSON knows one kind of number, and many languages write 2 as 2.0; it is the same order as with a 2."""
    body = {
        "external_id": "A-1",
        "placed_at": "2026-11-22T12:30:00+08:00",
        "currency": "CNY",
        "payment": "pay_at_store",
    }
    key = house.key()
    lines = [{"sku": "LONGJING", "units": 2.0, "unit_minor": 3000.0}]
    assert house.call("POST", "/api/v1/orders", key, {**body, "lines": lines}).json()["total_minor"] == 6000
    lines = [{"sku": "LONGJING", "units": 2, "unit_minor": 3000}]
    assert house.call("POST", "/api/v1/orders", key, {**body, "lines": lines}).status_code == 200
    lines = [{"sku": "LONGJING", "units": 1.5}]
    found = house.call("POST", "/api/v1/orders", key, {**body, "external_id": "A-2", "lines": lines})
    assert [problem["field"] for problem in found.json()["problems"]] == ["/lines/0/units"]


def test_a_cursor_is_one_of_ours_or_refused(house: House) -> None:
    key = house.key()
    for path in ("/api/v1/orders", "/api/v1/inbox"):
        assert house.call("GET", f"{path}?cursor={'A' * 22}", key).status_code == 200
        for cursor in ("A", "A" * 21, "A" * 23, "A" * 21 + "B", "%C2%ACA", "A" * 22 + "%0A"):
            answer = house.call("GET", f"{path}?cursor={cursor}", key)
            assert (answer.status_code, answer.json()["problems"][0]["field"]) == (422, "cursor"), cursor


def test_an_upload_that_is_none_is_refused_whole_and_keeps_nothing(house: House) -> None:
    """The till has it still. A single sale that is wrong does not hold up the others."""
    key = house.key()
    head = {"device_id": "till-1", "store_code": "LAKE", "orders": [{"id": "1"}]}
    for wrong, field in (
        ({}, "/device_id"),
        (head | {"device_id": 5}, "/device_id"),
        (head | {"store_code": ""}, "/store_code"),
        (head | {"orders": []}, "/orders"),
        (head | {"orders": [1]}, "/orders/0"),
        (head | {"currency": "YUAN"}, "/currency"),
    ):
        answer = house.call("POST", "/api/v1/till/orders", key, wrong)
        assert answer.status_code == 422
        assert field in [problem["field"] for problem in answer.json()["problems"]]
    assert house.rows("SELECT count(*) FROM integration_inbox") == [(0,)]
    answer = house.call("POST", "/api/v1/till/orders", key, head | {"sent_at": "2026-11-22T18:05:00Z"})
    assert [result["status"] for result in answer.json()["results"]] == [422]
    assert house.rows("SELECT state FROM integration_inbox") == [("rejected",)]


def bodies(kind: type[Body] = Body) -> Iterator[type[Body]]:
    for one in kind.__subclasses__():
        yield one
        yield from bodies(one)


def test_a_yes_or_no_in_a_body_is_no_number() -> None:
    """Pydantic takes 0 and "no" for false unless it is told not to."""
    lax = [
        f"{one.__name__}.{name}"
        for one in bodies()
        for name, field in one.model_fields.items()
        if field.annotation is bool and not any(getattr(m, "strict", False) for m in field.metadata)
    ]
    assert lax == []
