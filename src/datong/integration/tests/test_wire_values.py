"""Phones, places, limits, and payloads that mean harm."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from datong.integration.tests.fixtures import body, data, raw
from datong.integration.tests.intents import context
from datong.integration.types import MAX_BODY_BYTES, BadSignature, Request, TooLarge
from datong.integration.wire import marketplace, native, pos, shopify, wechat_shop, woocommerce
from datong.integration.wire.datum import to_gcj02, to_wgs84
from datong.integration.wire.intents import contact_identities, contact_of
from datong.integration.wire.phones import e164, reach, variants
from datong.kernel.errors import BadInput
from datong.kernel.geo import Point, distance_m


@pytest.mark.parametrize(
    ("text", "country", "expected"),
    [
        ("138 1234 5678", "CN", "+8613812345678"),
        ("0755-26551234", "CN", "+8675526551234"),
        ("+44 20 7183 8750", "CN", "+442071838750"),
        ("(11) 8123-4567", "BR", "+5511981234567"),  # before the ninth digit
        ("+55 11 98123-4567", "", "+5511981234567"),
        ("+55 11 3123-4567", "", "+551131234567"),  # a landline gets no ninth digit
        ("+52 1 55 1234 5678", "", "+525512345678"),
        ("044 55 1234 5678", "MX", "+525512345678"),
        ("011 15-5123-4567", "AR", "+5491151234567"),
        ("(312) 555-0142", "US", "+13125550142"),
        ("0086 138 1234 5678", "CN", "+8613812345678"),
        ("12", "CN", None),
        ("no phone", "CN", None),
        ("138****5678", "CN", None),
        ("9" * 50, "CN", None),
    ],
)
def test_numbers_become_e164(text: str, country: str, expected: str | None) -> None:
    assert e164(text, country) == expected


def test_one_line_has_its_old_spellings_too() -> None:
    assert variants("+5511981234567") == ("+5511981234567", "+551181234567")
    assert variants("+525512345678") == ("+525512345678", "+5215512345678")
    assert variants("+5491151234567") == ("+5491151234567", "+541151234567")
    assert variants("+8613812345678") == ("+8613812345678",)


@pytest.mark.parametrize("text", ["13212345749-1234", "13212345749_1234", "13212345749,1234", "13212345749转1234"])
def test_relay_numbers_are_contacts_for_one_delivery(text: str) -> None:
    assert reach(text, "CN") == ("+8613212345749;ext=1234", True)


@pytest.mark.requirement("S-162")
@pytest.mark.parametrize(
    ("name", "phone", "email", "relay"),
    [
        ("Ann", "13812345678", "ann@example.com", True),
        ("林**", "13812345678", "ann@example.com", False),
        ("Ann", "138****5678", "ann@example.com", False),
        ("Ann", "13212345749-1234", "ann@example.com", False),
        ("Ann", "13812345678", "a***@example.com", False),
    ],
)
def test_who_is_hidden_by_a_platform_is_told_from_nobody(name: str, phone: str, email: str, relay: bool) -> None:
    contact = contact_of(name, phone, email, "CN", relay=relay)
    assert contact.masked and contact_identities(contact) == []
    open_contact = contact_of("Ann", "13812345678", "Ann@example.com", "CN")
    assert [(i.value, i.verified) for i in contact_identities(open_contact)] == [
        ("+8613812345678", False),
        ("ann@example.com", False),
    ]


@given(st.text(max_size=60), st.sampled_from(["", "CN", "US", "BR", "MX", "AR", "GB"]))
def test_any_text_is_a_contact_and_e164_is_stable(text: str, country: str) -> None:
    reach(text, country)
    found = e164(text, country)
    assert found is None or e164(found) == found


def test_gcj02_is_the_published_transformation() -> None:
    shifted = to_gcj02(Point(116.404, 39.915))
    assert (round(shifted.lon, 10), round(shifted.lat, 10)) == (116.4102444992, 39.9164042815)
    assert to_gcj02(Point(-0.1276, 51.5072)) == Point(-0.1276, 51.5072)


@given(st.floats(76, 134), st.floats(19, 52))
def test_gcj02_comes_back_to_the_decimetre(lon: float, lat: float) -> None:
    assert distance_m(to_wgs84(to_gcj02(Point(lon, lat))), Point(lon, lat)) < 0.1


MARKET = {name: context(settings={"mapping": name}) for name in ("meituan", "eleme", "jd_daojia")}
PARSERS: dict[str, tuple[Any, Any, Any]] = {
    "shopify": (shopify.parse, context(), data("shopify_orders_create.json")),
    "woocommerce": (woocommerce.parse, context(), data("woocommerce_order_created.json")),
    "wechat": (wechat_shop.parse, context(), data("wechat_order_get.json")),
    "pos": (pos.parse, context(), data("pos_batch.json")),
    "native": (native.parse, context(), {"external_id": "1", "placed_at": "2026-01-01T00:00:00Z", "currency": "CNY",
                                         "lines": [{"sku": "a", "units": 1}]}),
    "meituan": (marketplace.parse, MARKET["meituan"], data("meituan_order.json")),
    "eleme": (marketplace.parse, MARKET["eleme"], {"type": 10, "message": data("eleme_order.json")}),
    "jd": (marketplace.parse, MARKET["jd_daojia"], data("jd_order_query.json")),
}  # fmt: skip

anything = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**20), 10**20) | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=6,
)


def spots(document: Any, at: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    if isinstance(document, dict):
        return [at, *(p for k, v in document.items() for p in spots(v, (*at, k)))]
    if isinstance(document, list):
        return [at, *(p for i, v in enumerate(document) for p in spots(v, (*at, i)))]
    return [at]


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(sorted(PARSERS)), st.data())
def test_any_damage_to_a_payload_is_read_or_refused_with_reasons_never_a_crash(name: str, pick: st.DataObject) -> None:
    parse, ctx, good = PARSERS[name]
    document = json.loads(json.dumps(good))
    places = [p for p in spots(document) if p]
    for _ in range(pick.draw(st.integers(1, 3))):
        *path, last = pick.draw(st.sampled_from(places))
        parent = document
        try:
            for step in path:
                parent = parent[step]
            parent[last] = pick.draw(anything)
        except (KeyError, IndexError, TypeError):
            continue  # an earlier damage took this place away
    try:
        intents = parse(body(document), ctx)
    except BadInput as error:
        assert error.problems or error.code == "not_an_order"
        assert all(p.fix and len(str(p.value)) <= 220 for p in error.problems)
        return
    except Exception as error:
        if getattr(error, "code", "") == "not_yet":
            return
        raise
    for intent in intents:
        texts = [intent.external_id, intent.note, intent.contact.name, *(x.sku for x in intent.lines)]
        assert all("\x00" not in text for text in texts)
        assert all(x.units >= 1 for x in intent.lines)


@pytest.mark.parametrize(
    "payload", [b"", b"[]", b"null", b"\xff\xfe", b'{"a":' + b"[" * 100_000, b"{" * 5000, b"1", b'"x"']
)
@pytest.mark.parametrize("name", sorted(PARSERS))
def test_rubbish_is_refused_with_a_reason(name: str, payload: bytes) -> None:
    parse, ctx, _ = PARSERS[name]
    with pytest.raises(BadInput) as error:
        parse(payload, ctx)
    assert error.value.problems or error.value.code == "not_an_order"


def test_a_payload_over_two_mebibytes_is_not_read() -> None:
    with pytest.raises(TooLarge):
        shopify.parse(b"[" + b" " * MAX_BODY_BYTES + b"]", context())


def test_five_hundred_lines_are_taken_and_one_more_is_not() -> None:
    order = data("shopify_orders_create.json")
    line = order["line_items"][0]
    order["line_items"] = [line] * 500
    assert len(shopify.parse(body(order), context())[0].lines) == 500
    order["line_items"] = [line] * 501
    with pytest.raises(BadInput) as error:
        shopify.parse(body(order), context())
    assert error.value.problems[0].code == "too_many"


def test_a_long_note_is_cut_and_a_long_id_is_refused() -> None:
    order = data("shopify_orders_create.json") | {"note": "x" * 5000}
    assert len(shopify.parse(body(order), context())[0].note) == 500
    with pytest.raises(BadInput):
        shopify.parse(body(order | {"id": "9" * 200}), context())


def test_xml_that_would_unfold_into_gigabytes_opens_nothing() -> None:
    entities = b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'
    bomb = entities + b"<xml><Encrypt>&b;</Encrypt></xml>"
    with pytest.raises(BadSignature):
        wechat_shop.verify(Request(bomb, query={"msg_signature": "x"}), context())


def test_a_batch_of_our_own_is_cut_byte_for_byte() -> None:
    one = b'{"external_id" : "1","x":  1.10}'
    assert native.split(b'{"orders":[' + one + b", " + one + b"]}") == [one, one]
    for bad in (b"{}", b'{"orders":[]}', b'{"orders":{}}', b'{"orders":[1],"more":1}', raw("pos_batch.json")):
        with pytest.raises(BadInput):
            native.split(bad)
