"""Each format's fixture, read: exact values."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from datong.brand.types import AddressText
from datong.customers.types import Identity, IdentityKind
from datong.fulfilment.types import FulfilmentKind
from datong.integration.tests.fixtures import body, data, raw
from datong.integration.tests.intents import context
from datong.integration.types import NotAnOrder, NotYet
from datong.integration.wire import marketplace, pos, shopify, wechat_shop, woocommerce
from datong.kernel.errors import BadInput
from datong.kernel.geo import Point
from datong.orders.types import Amounts, IntentLine
from datong.payments.types import PaymentMethod

pytestmark = pytest.mark.requirement("S-18", "S-162", "S-176")
US = {"currency": "USD", "country": "US", "timezone": "America/Chicago"}


def problems(call: Any) -> dict[str, str]:
    with pytest.raises(BadInput) as error:
        call()
    return {p.field: p.code for p in error.value.problems}


def test_shopify_order() -> None:
    [order] = shopify.parse(raw("shopify_orders_create.json"), context(**US))
    assert order.external_id == "5940139491234"
    assert order.placed_at == datetime(2026, 11, 20, 15, 30, tzinfo=UTC)
    assert order.lines == (
        IntentLine(1, "IPOD2008GREEN", 1, 19900, 1990, "IPod Nano - 8gb"),
        IntentLine(2, "CASE-RED", 2, 9850, 1970, "Case"),
    )
    assert order.amounts == Amounts(goods=35640, paid=39291, delivery=800, tax_added=2851)
    assert (order.payment, order.paid, order.fulfilment) == (PaymentMethod.PREPAID, True, FulfilmentKind.DELIVERY)
    assert order.destination
    assert order.destination.text == AddressText("123 Amoebobacterieae St, Apt 2", "Louisville", "KY", "40202", "US")
    assert order.destination.place == Point(-85.7649, 38.2417)
    assert order.note == "Leave at the door"
    assert (order.contact.phone, order.contact.email) == ("+16135550147", "bob.norman@example.com")
    assert order.identities == (
        Identity(IdentityKind.BUYER, "c:207119551", True),
        Identity(IdentityKind.EMAIL, "bob.norman@example.com", True),
        Identity(IdentityKind.PHONE, "+16135550147", False),
    )


def test_shopify_says_everything_that_is_wrong_at_once() -> None:
    order = data("shopify_orders_create.json")
    order["line_items"][0]["quantity"] = -1
    order["line_items"][1]["sku"] = ""
    order["total_price"] = "12.345"
    order["created_at"] = "yesterday"
    order["currency"] = "DOLLAR"
    order["shipping_address"]["latitude"] = 238
    order["id"] = None
    assert problems(lambda: shopify.parse(body(order), context(**US))) == {
        "/currency": "too_long",
        "/line_items/0/quantity": "bad_number",
        "/line_items/1/sku": "missing",
        "/shipping_address/longitude": "bad_place",
        "/created_at": "bad_time",
        "/id": "missing",
        "/total_price": "bad_amount",
    }


def test_shopify_collection_is_told_by_the_shops_own_words() -> None:
    order = data("shopify_orders_create.json")
    order["shipping_lines"][0] |= {"code": "Downtown", "title": "Downtown"}
    order["shipping_address"] = None
    ctx = context(**US, settings={"stores": {"Downtown": "0042"}})
    [found] = shopify.parse(body(order), ctx)
    assert (found.fulfilment, found.store_code, found.destination) == (FulfilmentKind.PICKUP, "0042", None)


def test_a_cancelled_shopify_order_is_no_order() -> None:
    with pytest.raises(NotAnOrder):
        shopify.parse(
            body(data("shopify_orders_create.json") | {"cancelled_at": "2026-11-20T11:00:00Z"}), context(**US)
        )


def test_woocommerce_order_keeps_line_totals_that_do_not_divide() -> None:
    [order] = woocommerce.parse(raw("woocommerce_order_created.json"), context(**US))
    assert order.lines == (
        IntentLine(1, "WOO-1", 2, 300, 0, "Woo Single #1"),
        IntentLine(2, "SHIP-BLACK", 3, 434, 102, "Ship Your Idea"),
    )
    assert order.amounts == Amounts(goods=1800, paid=2935, delivery=1000, tax_added=135)
    assert order.placed_at == datetime(2026, 11, 20, 19, 28, 2, tzinfo=UTC)
    assert (order.paid, order.payment) == (True, PaymentMethod.PREPAID)
    assert order.contact.phone == "+14155552671"
    assert order.identities[0] == Identity(IdentityKind.BUYER, "c:26", True)
    assert not order.identities[1].verified


def test_woocommerce_prices_that_include_tax() -> None:
    shop = data("woocommerce_order_created.json") | {"prices_include_tax": True}
    [order] = woocommerce.parse(body(shop), context(**US))
    assert order.amounts == Amounts(goods=1935, paid=2935, delivery=1000)
    assert order.lines[0].unit_minor == 323 and order.lines[0].discount_minor == 1


def test_wechat_order_with_a_relay_number() -> None:
    [order] = wechat_shop.parse(raw("wechat_order_get.json"), context())
    assert order.external_id == "3713995673005065728"
    assert order.lines == (IntentLine(1, "KRILL-1000", 2, 6900, 1000, "去壳免洗磷虾肉 500g/包"),)
    assert order.amounts == Amounts(12800, 13100, platform_subsidy=500, delivery=800, commission=331)
    assert (order.contact.name, order.contact.phone, order.contact.masked) == ("林**", "+8613212345749;ext=1234", True)
    assert order.identities == (
        Identity(IdentityKind.WECHAT_UNIONID, "oHt1W6tzUnion", True),
        Identity(IdentityKind.WECHAT_OPENID, "wx1:o9AgO5Kd5ggOC-bXrbNODIiE3bGY", True),
    )
    assert order.provider_ref == "4200001896202308306862200509"
    assert order.destination and order.destination.text.city == "福州市"


def test_an_unpaid_wechat_order_is_asked_for_again_and_a_closed_one_is_not() -> None:
    answer = data("wechat_order_get.json")
    answer["order"]["status"] = 250
    with pytest.raises(NotAnOrder):
        wechat_shop.parse(body(answer), context())
    answer["order"]["status"] = 10
    del answer["order"]["order_detail"]["pay_info"]["pay_time"]
    with pytest.raises(NotYet):
        wechat_shop.parse(body(answer), context())


def test_meituan_order() -> None:
    ctx = context(settings={"mapping": "meituan"})
    document = data("meituan_order.json")
    for key in ("detail", "extras", "poi_receive_detail"):
        document[key] = json.dumps(document[key], ensure_ascii=False)
    [order] = marketplace.parse(body(document), ctx)
    assert order.lines == (IntentLine(1, "TEA-SET", 1, 2800, 0, "三文治套餐"),)
    assert order.amounts == Amounts(
        goods=2800, paid=2200, merchant_subsidy=1200, packaging=200, delivery=400, commission=1044
    )
    assert (order.store_code, order.promised_at, order.paid) == ("2268Z2697", None, True)
    assert order.contact.masked and order.contact.phone == "+8618449039731;ext=7333"
    assert order.identities == (Identity(IdentityKind.BUYER, "c:6769Z1", True),)
    assert order.destination and order.destination.place
    assert abs(order.destination.place.lon - 120.1232561) < 1e-6  # AMap's point lies 520 m away
    assert abs(order.destination.place.lat - 30.2797013) < 1e-6
    assert order.destination.text.line == "西溪银座 (2 幢 1001) 浙江省杭州市西湖区文三路 478 号"


@pytest.mark.requirement("S-18")
@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("去冰,半糖,珍珠", ("半糖", "去冰", "珍珠")),
        ("少冰， 半糖 ,", ("半糖", "少冰")),
        ("珍珠,珍珠", ("珍珠", "珍珠")),
        ("", ()),
        (None, ()),
    ],
)
def test_options_of_a_meituan_line_are_read_by_name(written: str | None, read: tuple[str, ...]) -> None:
    document = data("meituan_order.json")
    document["detail"][0]["food_property"] = written
    for key in ("detail", "extras", "poi_receive_detail"):
        document[key] = json.dumps(document[key], ensure_ascii=False)
    [order] = marketplace.parse(body(document), context(settings={"mapping": "meituan"}))
    assert order.lines == (IntentLine(1, "TEA-SET", 1, 2800, 0, "三文治套餐", read),)


@pytest.mark.requirement("S-18")
def test_options_of_a_jd_and_an_eleme_line_are_read_and_a_mapping_may_give_them_codes() -> None:
    answer = data("jd_order_query.json")
    answer["data"]["result"]["resultList"][0]["product"][1]["skuCostumeProperty"] = "微辣;不要香菜"
    answer["data"] = json.dumps(answer["data"], ensure_ascii=False)
    own = (marketplace.SHIPPED / "jd_daojia.toml").read_text("utf-8")
    own = own.replace('split = ";；"', 'split = ";；", map = { "微辣" = "hot-1" }')
    for settings, read in (({"mapping": "jd_daojia"}, "微辣"), ({"mapping_toml": own}, "hot-1")):
        [order] = marketplace.parse(body(answer), context(settings=settings))
        assert [line.options for line in order.lines] == [(), tuple(sorted((read, "不要香菜")))]
    message = {"type": 10, "message": raw("eleme_order.json").decode(), "shopId": 150994781}
    found = json.loads(message["message"])
    found["groups"][0]["items"][0]["attributes"] = [{"name": "温度", "value": "热"}]
    message["message"] = json.dumps(found)
    [order] = marketplace.parse(body(message), context(settings={"mapping": "eleme"}))
    assert [line.options for line in order.lines] == [("热",), ()]


def test_too_many_options_are_named_with_their_place() -> None:
    document = data("meituan_order.json")
    document["detail"][0]["food_property"] = ",".join(["珍珠"] * 51)
    with pytest.raises(BadInput) as error:
        marketplace.parse(body(document), context(settings={"mapping": "meituan"}))
    assert [(p.field, p.code) for p in error.value.problems] == [("/detail/0/food_property", "too_many_options")]


def test_eleme_order() -> None:
    ctx = context(settings={"mapping": "eleme"})
    message = {"type": 10, "message": raw("eleme_order.json").decode(), "shopId": 150994781}
    [order] = marketplace.parse(body(message), ctx)
    assert [(x.sku, x.units, x.unit_minor) for x in order.lines] == [("TEA-1", 4, 2575), ("690001", 1, 50)]
    assert order.amounts == Amounts(10350, 7808, 160, 3000, 200, 418, 1701)
    assert order.placed_at == datetime(2026, 11, 20, 6, 56, 23, tzinfo=UTC)
    assert (order.store_code, order.payment, order.paid) == ("6769Z100004565", PaymentMethod.PLATFORM, True)


def test_jd_order_from_text_in_text_in_json() -> None:
    ctx = context(settings={"mapping": "jd_daojia"})
    answer = data("jd_order_query.json")
    answer["data"]["result"] = json.dumps(answer["data"]["result"], ensure_ascii=False)
    answer["data"] = json.dumps(answer["data"], ensure_ascii=False)
    [order] = marketplace.parse(body(answer), ctx)
    assert order.amounts == Amounts(7300, 7000, 200, 300, 0, 200)
    assert order.promised_at == datetime(2026, 11, 20, 3, 50, tzinfo=UTC)
    assert (order.store_code, order.lines[1]) == ("0014", IntentLine(2, "6920734737901", 8, 300, 0, "牛肉面 98g"))


def test_till_upload() -> None:
    first, second = pos.parse(raw("pos_batch.json"), context(**US))
    assert first.amounts == Amounts(goods=2775, paid=2949, merchant_subsidy=100, tax_added=274)
    assert first.completed and first.happened and first.payment is PaymentMethod.TILL
    assert first.identities[0] == Identity(IdentityKind.CARD, "M-88", True)
    assert first.placed_at == datetime(2026, 11, 22, 17, 4, 59, tzinfo=UTC)
    assert (first.received_by, first.store_code) == ("till-0042-1/e17", "0042")
    assert (second.external_id, second.provider_ref) == ("till-0042-1:000018", "auth 4711")


def test_a_till_batch_falls_into_one_piece_a_sale() -> None:
    from datong.integration.types import Request

    pieces = pos.unpack(Request(raw("pos_batch.json")), context(**US))
    assert [pos.parse(p.body, context(**US))[0].external_id for p in pieces] == [
        "till-0042-1/2026-11-22/000017",
        "till-0042-1:000018",
    ]


def test_a_return_is_not_a_sale() -> None:
    batch = data("pos_batch.json")
    batch["orders"][0]["lines"][0]["units"] = -1
    found = problems(lambda: pos.parse(body(batch), context(**US)))
    assert found == {"/orders/0/lines/0/units": "return_not_sale"}
