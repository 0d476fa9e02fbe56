"""The doors through HTTP, as their senders use them."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

import pytest
from django.test import Client
from wechatpy.utils import WeChatSigner

from datong.access.types import Scope
from datong.brand.types import ChannelKind
from datong.integration.tests.conftest import House
from datong.integration.types import Context, Request
from datong.integration.wire.send import eleme, jd_daojia, meituan, native, pos, shopify, wechat_shop, woocommerce
from datong.kernel.db import in_brand, rows
from datong.orders.types import Amounts, IntentLine
from datong.payments.types import PaymentMethod

pytestmark = pytest.mark.requirement("S-18", "S-58", "S-162", "S-163")


@pytest.fixture
def client() -> Client:
    return Client()


def deliver(client: Client, token: str, request: Request) -> Any:
    content_type = request.headers.get("content-type", "application/json")
    headers = {name: value for name, value in request.headers.items() if name != "content-type"}
    query = f"?{urlencode(request.query)}" if request.query else ""
    return client.post(f"/hooks/{token}{query}", request.body, content_type=content_type, headers=headers)


Build = Callable[[Any, Context], Request]
HOOKS: list[tuple[str, dict[str, Any], Build, str]] = [
    ("shopify", {}, shopify.build, "{}"),
    ("woocommerce", {}, woocommerce.build, "{}"),
    ("marketplace", {"mapping": "meituan"}, meituan.build, '{"data":"ok"}'),
    ("marketplace", {"mapping": "eleme"}, eleme.build, '{"message":"ok"}'),
    ("marketplace", {"mapping": "jd_daojia"}, jd_daojia.build, '{"code":"0","msg":"success","data":""}'),
    ("wechat_shop", {}, wechat_shop.build, "success"),
    ("pos", {}, lambda order, ctx: pos.build([order], ctx, device="till-1"), '{"code":0}'),
    ("native", {}, native.build, ""),
]
IDS = [settings.get("mapping", kind) for kind, settings, *_ in HOOKS]


@pytest.mark.parametrize(("kind", "settings", "build", "words"), HOOKS, ids=IDS)
def test_every_door_answers_in_its_senders_words_and_refuses_a_forged_delivery(
    house: House, client: Client, kind: str, settings: dict[str, Any], build: Build, words: str
) -> None:
    settings = settings | ({"public_url": meituan.URL} if kind == "marketplace" else {})
    token, ctx = house.door(kind, **settings)
    request = build(house.order(), ctx)
    answer = deliver(client, token, request)
    assert (answer.status_code, answer.content.decode()) == (200, words)
    assert len(house.inbox()) == 1
    forged = build(house.order(), Context(**{**_fields(ctx), "secrets": {**ctx.secrets, "secret": "x", "token": "x"}}))
    answer = deliver(client, token, forged)
    assert answer.status_code == 401 and answer["Content-Type"] == "application/problem+json"
    assert len(house.inbox()) == 1


def _fields(ctx: Context) -> dict[str, Any]:
    return {name: getattr(ctx, name) for name in ctx.__slots__}


def test_meituan_signs_the_address_it_calls(house: House, client: Client) -> None:
    """Without a `public_url` the signed address is the one in the request."""
    token, ctx = house.door("marketplace", mapping="meituan")
    request = meituan.build(house.order(), ctx, url=f"http://testserver/hooks/{token}")
    assert deliver(client, token, request).status_code == 200
    elsewhere = meituan.build(house.order(), ctx, url="http://testserver/hooks/other")
    assert deliver(client, token, elsewhere).status_code == 401


def test_unknown_addresses_large_bodies_and_other_methods(house: House, client: Client) -> None:
    token, ctx = house.door("shopify")
    request = shopify.build(house.order(), ctx)
    for wrong in ("nobody", token + "x", token[:-1], token[:-1] + "%00", "%E9%97%A8" * 43):
        assert deliver(client, wrong, request).status_code == 404
    assert client.put(f"/hooks/{token}", b"{}").status_code == 405
    assert client.get(f"/hooks/{token}").status_code == 404
    assert deliver(client, token, Request(b" " * (2 * 1024 * 1024 + 1), request.headers)).status_code == 413
    assert house.inbox() == []


def test_wechat_confirms_an_address_with_a_get(house: House, client: Client) -> None:
    token, ctx = house.door("wechat_shop")
    signer = WeChatSigner()
    signer.add_data(ctx.secrets["token"], "1", "2")
    query = {"timestamp": "1", "nonce": "2", "echostr": "4375", "signature": signer.signature}
    assert client.get(f"/hooks/{token}", query).content == b"4375"
    assert client.get(f"/hooks/{token}", query | {"nonce": "3"}).status_code == 401


def test_a_flood_gets_429_and_when_to_come_again(house: House, client: Client) -> None:
    token, ctx = house.door("shopify", rate_per_s=0.01, burst=2)
    request = shopify.build(house.order(), ctx)
    codes = [deliver(client, token, request) for _ in range(3)]
    assert [c.status_code for c in codes] == [200, 200, 429]
    assert 0 < int(codes[2]["Retry-After"]) <= 100
    assert len(house.inbox()) == 2


# our own API ---------------------------------------------------------------------------------------------------------


def own(house: House, **fields: Any) -> dict[str, Any]:
    order = house.order(**({"amounts": None, "paid": False, "payment": PaymentMethod.PAY_AT_STORE} | fields))
    return native.payload(order)


def call(client: Client, path: str, body: Any, key: str) -> Any:
    return client.post(path, body, content_type="application/json", headers={"Authorization": f"Bearer {key}"})


def test_an_order_is_taken_once_however_often_it_is_sent(house: House, client: Client) -> None:
    key, body = house.key(), own(house)
    first = call(client, "/api/v1/orders", body, key)
    assert first.status_code == 201, first.content
    taken = first.json()
    assert (taken["total_minor"], taken["currency"], taken["repeat"]) == (6100, "CNY", False)
    again = call(client, "/api/v1/orders", body, key)
    assert again.status_code == 200
    assert again.json() == taken | {"repeat": True, "inbox_id": again.json()["inbox_id"]}
    other = call(client, "/api/v1/orders", body | {"note": "something else"}, key)
    assert other.status_code == 409
    assert other.json()["problems"][0]["value"] == taken["order_id"]
    assert house.states() == ["placed", "repeat", "conflict"]
    assert len(house.orders()) == 1


def test_a_wrong_order_is_told_everything_and_kept(house: House, client: Client) -> None:
    key = house.key()
    body = own(house) | {"currency": "EURO", "surprise": 1, "lines": [{"sku": "TEA-1", "units": 0}]}
    answer = call(client, "/api/v1/orders", body, key)
    assert answer.status_code == 422
    assert {p["field"] for p in answer.json()["problems"]} == {"/currency", "/surprise", "/lines/0/units"}
    assert house.states() == ["rejected"]
    for rubbish in (b"", b"{", b"\xff", b"[]"):
        assert call(client, "/api/v1/orders", rubbish, key).status_code == 422
    unknown = call(client, "/api/v1/orders", own(house, lines=(IntentLine(1, "NOPE", 1),)), key)
    assert unknown.status_code == 422 and unknown.json()["problems"][0]["code"] == "unknown_sku"
    assert house.orders() == []


def test_a_batch_says_for_each_order_what_became_of_it(house: House, client: Client) -> None:
    key = house.key()
    orders = [own(house, external_id="1"), own(house, external_id="2"), own(house, external_id="1")]
    orders.append(own(house, external_id="2", note="other"))
    orders.append(own(house, external_id="5") | {"lines": []})
    answer = call(client, "/api/v1/orders/batch", {"orders": orders}, key)
    assert answer.status_code == 200, answer.content
    results = answer.json()["results"]
    assert [r["status"] for r in results] == [201, 201, 200, 409, 422]
    assert results[0]["order"]["order_id"] == results[2]["order"]["order_id"]
    assert [o[0] for o in house.orders()] == ["1", "2"]
    assert call(client, "/api/v1/orders/batch", {"orders": []}, key).status_code == 422


def test_a_till_uploads_sales_that_are_booked_even_without_stock(house: House, client: Client) -> None:
    key = house.key(kind=ChannelKind.STORE, code="till")
    sale = pos.sale(
        house.order(lines=(IntentLine(1, "TEA-1", 5000, 1800),), amounts=Amounts(9000000, 9000000)), "till-1"
    )
    body = {
        "device_id": "till-1",
        "store_code": "S01",
        "currency": "CNY",
        "orders": [sale, sale | {"id": "x", "lines": []}],
    }
    for expected in ([201, 422], [200, 422]):
        answer = call(client, "/api/v1/till/orders", body, key)
        assert [r["status"] for r in answer.json()["results"]] == expected, answer.content
    assert house.orders() == [("till-1:8001", 9000000, "completed")]


def test_without_a_key_or_with_a_key_that_may_not_nothing_happens(house: House, client: Client) -> None:
    assert client.post("/api/v1/orders", b"{}", content_type="application/json").status_code == 401
    assert call(client, "/api/v1/orders", own(house), "dtk_nobody").status_code == 401
    assert call(client, "/api/v1/orders", own(house), house.key(Scope.ORDERS_READ)).status_code == 403
    assert house.inbox() == []


def test_only_the_brands_own_doors_vouch_for_who_somebody_is(house: House, client: Client) -> None:
    """A partner's key cannot make an order somebody else's by saying that a phone number was verified."""
    signs = [{"kind": "phone", "value": "+8613900001111", "verified": True}]
    seen = {}
    kinds = {"own": ChannelKind.APP, "partner": ChannelKind.MARKETPLACE}
    keys = {code: house.key(kind=kind, code=code) for code, kind in kinds.items()}
    for code, key in keys.items():
        answer = call(
            client,
            "/api/v1/orders",
            own(house, external_id=code) | {"identities": signs},
            key,
        )
        assert answer.status_code == 201, answer.content
        with in_brand(house.brand.id):
            [(seen[code],)] = rows("SELECT customer_id FROM orders_order WHERE external_id = %s", [code])
    assert seen["own"] is not None
    assert seen["partner"] != seen["own"]


def test_the_inbox_of_the_clients_channel_is_read_corrected_and_replayed(house: House, client: Client) -> None:
    key = house.key(Scope.ORDERS_WRITE, Scope.ORDERS_READ, Scope.CUSTOMERS_READ)
    other = house.key(code="other")
    bad = own(house) | {"currency": "EURO"}
    call(client, "/api/v1/orders", bad, key)
    auth = {"Authorization": f"Bearer {key}"}
    page = client.get("/api/v1/inbox?state=rejected", headers=auth).json()
    [entry] = page["entries"]
    assert page["next"] is None and entry["problems"][0]["field"] == "/currency"
    assert client.get("/api/v1/inbox", headers={"Authorization": f"Bearer {other}"}).json()["entries"] == []
    path = f"/api/v1/inbox/{entry['id']}"
    assert client.get(path, headers={"Authorization": f"Bearer {other}"}).status_code == 404
    detail = client.get(path, headers=auth).json()
    assert json.loads(detail["body"])["currency"] == "EURO"
    assert call(client, f"{path}/replay", {}, key).json()["state"] == "rejected"
    done = call(client, f"{path}/correct", {"body": detail["body"].replace("EURO", "CNY")}, key)
    assert done.status_code == 200 and done.json()["state"] == "placed", done.content
    assert call(client, f"{path}/replay", {}, key).status_code == 409
    assert client.get("/api/v1/inbox?cursor=rubbish", headers=auth).status_code == 422


def test_the_openapi_schema_of_an_order_is_written_out(client: Client) -> None:
    schema = client.get("/api/openapi.json").json()
    body = schema["paths"]["/api/v1/orders"]["post"]["requestBody"]["content"]["application/json"]["schema"]
    assert body["properties"]["lines"]["items"]["properties"]["units"] == {
        "type": "integer",
        "minimum": 1,
        "maximum": 100000,
    }
    assert "$ref" not in json.dumps(body)
    assert set(body["required"]) == {"external_id", "placed_at", "currency", "lines"}
