"""A new marketplace is a mapping and no code."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from datetime import UTC, datetime
from urllib.parse import urlencode

import pytest

from datong.fulfilment.types import FulfilmentKind
from datong.integration.tests.intents import context
from datong.integration.types import BadSignature, Request
from datong.integration.wire import registry
from datong.integration.wire.mapping.language import mapping_of
from datong.integration.wire.mapping.paths import walk
from datong.kernel import clock
from datong.kernel.errors import BadInput, NotFound
from datong.kernel.geo import Point
from datong.orders.types import Amounts, IntentLine
from datong.payments.types import PaymentMethod

pytestmark = pytest.mark.requirement("S-18", "S-70", "S-176")

RIVERBANK = r"""
name = "riverbank"
title = "Riverbank Market"

[body]
orders = "/event/orders/*"
when = [{ path = "/event/kind", one_of = ["order.paid"] }]

[signature]
over = "body"
at = "header:X-River-Signature"
algorithm = "sha512"
encoding = "base64"
prefix = "v2,"
template = "${timestamp}\n${body}"
timestamp = { at = "header:X-River-Time", format = "epoch_ms", tolerance_s = 60 }

[reply]
body = "<ok/>"
content_type = "application/xml"

[money]
decimal_comma = true
strip = "€ "

[order]
external_id = "/ref"
placed_at = { path = "/day", format = "%d.%m.%Y %H:%M", zone = "Europe/Berlin" }
currency = { const = "EUR" }
store_code = { path = "/shop", split = "-", part = 1 }
fulfilment = { path = "/how", map = { abholung = "pickup", versand = "delivery" } }
payment = { const = "platform" }
paid = { const = true }
buyer = "/buyer/no"
contact = { name = { join = ["/buyer/first", "/buyer/last"] }, phone = "/buyer/tel" }

[order.address]
line = "/ship/street"
postcode = "/ship/plz"
country = { const = "DE" }
lon = "/ship/x"
lat = "/ship/y"

[order.lines]
each = "/items"
sku = "/article"
units = "/n"
unit_price = "/single"
total = "/sum"

[order.amounts]
paid = "/total"
delivery = { path = "/postage", default = 0 }
commission = { add = ["/total"], subtract = ["/payout"], floor_zero = true }
"""

ORDER = {
    "ref": "R-1",
    "day": "22.11.2026 10:30",
    "shop": "DE-0042",
    "how": "versand",
    "buyer": {"no": 7, "first": "Jo", "last": "Groß", "tel": "030 1234567"},
    "ship": {"street": "Unter den Linden 1", "plz": "10117", "x": 13.3888, "y": 52.5170},
    "items": [{"article": "A", "n": 3, "single": "1.000,10 €", "sum": "2.999,99 €"}],
    "total": "3.004,89 €",
    "payout": "2.700,00 €",
    "postage": "4,90 €",
}


def delivery(document: object, *, secret: bytes = b"s3cret", at: datetime | None = None) -> Request:
    body = json.dumps(document).encode()
    stamp = str(int((at or clock.now()).timestamp() * 1000))
    digest = hmac.digest(secret, stamp.encode() + b"\n" + body, "sha512")
    return Request(body, {"x-river-signature": "v2," + base64.b64encode(digest).decode(), "x-river-time": stamp})


CONTEXT = context(currency="EUR", country="DE", timezone="Europe/Berlin", settings={"mapping_toml": RIVERBANK})
CONNECTOR = registry.connector_of("marketplace", CONTEXT.settings)


def test_a_new_marketplace_needs_a_mapping_and_no_code() -> None:
    request = delivery({"event": {"kind": "order.paid", "orders": [ORDER, ORDER | {"ref": "R-2", "how": "abholung"}]}})
    CONNECTOR.verify(request, CONTEXT)
    [piece] = CONNECTOR.unpack(request, CONTEXT)
    first, second = CONNECTOR.parse(piece.body, CONTEXT)
    assert first.external_id == "R-1"
    assert first.placed_at == datetime(2026, 11, 22, 9, 30, tzinfo=UTC)
    assert first.store_code == "0042"
    assert first.lines == (IntentLine(1, "A", 3, 100010, 31, ""),)
    assert first.amounts == Amounts(goods=299999, paid=300489, delivery=490, commission=30489)
    assert (first.contact.name, first.contact.phone) == ("Jo Groß", "+49301234567")
    assert first.destination and first.destination.place == Point(13.3888, 52.517)
    assert first.payment is PaymentMethod.PLATFORM
    assert (second.fulfilment, second.destination) == (FulfilmentKind.PICKUP, None)
    assert (CONNECTOR.reply.body, CONNECTOR.reply.content_type) == ("<ok/>", "application/xml")


def test_its_signature_is_checked_as_it_declares() -> None:
    good = delivery({"event": {}})
    CONNECTOR.verify(good, CONTEXT)
    for forged in (
        delivery({"event": {}}, secret=b"other"),
        delivery({"event": {}}, at=datetime(2026, 1, 1, tzinfo=UTC)),
        Request(good.body + b" ", good.headers),
        Request(good.body, {**good.headers, "x-river-signature": good.headers["x-river-signature"][3:]}),
        Request(good.body, {}),
    ):
        with pytest.raises(BadSignature):
            CONNECTOR.verify(forged, CONTEXT)


def test_other_messages_are_kept_but_are_no_orders() -> None:
    [piece] = CONNECTOR.unpack(delivery({"event": {"kind": "review.written"}}), CONTEXT)
    assert not piece.orders


def test_all_problems_of_all_orders_with_their_places() -> None:
    bad = ORDER | {
        "ref": "",
        "day": "2026-11-22",
        "how": "taube",
        "items": [
            {"article": "A", "n": "2,5", "single": "x", "sum": "1,00"},
            {"n": 1, "single": "1,00", "sum": "1,00"},
        ],
        "total": None,
        "postage": "1,234",
    }
    body = json.dumps({"event": {"kind": "order.paid", "orders": [ORDER, bad]}}).encode()
    with pytest.raises(BadInput) as error:
        CONNECTOR.parse(body, CONTEXT)
    assert {p.field: p.code for p in error.value.problems} == {
        "/event/orders/1/items/0/n": "bad_number",
        "/event/orders/1/items/0/single": "bad_amount",
        "/event/orders/1/items/1/article": "missing",
        "/event/orders/1/how": "unknown_value",
        "/event/orders/1/ref": "missing",
        "/event/orders/1/day": "bad_time",
        "/event/orders/1/total": "missing",
        "/event/orders/1/postage": "bad_amount",
    }


def test_a_person_gets_a_text_that_can_be_corrected_and_read_again() -> None:
    body = json.dumps({"event": {"kind": "order.paid", "orders": [ORDER]}}).encode()
    assert CONNECTOR.readable
    text = CONNECTOR.readable(body)
    assert '\n  "event"' in text
    assert CONNECTOR.parse(text.encode(), CONTEXT) == CONNECTOR.parse(body, CONTEXT)


def test_a_slip_of_the_pen_in_a_mapping_is_told() -> None:
    for wrong, where in (
        ('name = "x"\n[order]\nexternal = "/a"', "external"),
        ('name = "x"', "order"),
        ("name = ", ""),
        (RIVERBANK.replace('encoding = "base64"', 'encoding = "base46"'), "base46"),
    ):
        with pytest.raises(BadInput) as error:
            mapping_of(wrong)
        assert where in str(error.value)
    with pytest.raises(NotFound):
        registry.connector_of("marketplace", {"mapping": "../../etc/passwd"})


def test_paths_find_filter_and_say_where() -> None:
    document = {"a": [{"t": "x", "v": 1}, {"t": "y", "v": 2}, {"t": "x", "v": 3}], "p/q": {"r~s": 5}, "n": None}
    assert walk(document, "/a[t=x]/v") == [("/a/0/v", 1), ("/a/2/v", 3)]
    assert walk(document, "/a/*/v") == [("/a/0/v", 1), ("/a/1/v", 2), ("/a/2/v", 3)]
    assert walk(document, "/a/1/v") == [("/a/1/v", 2)]
    assert walk(document, "/p~1q/r~0s") == [("/p~1q/r~0s", 5)]
    assert walk(document, "/n") == walk(document, "/a/9/v") == walk(document, "/zz/*/v") == []
    assert walk(document, "") == [("", document)]


def test_a_signature_over_sorted_params_is_what_the_papers_say() -> None:
    """JD: MD5(secret + key value ... + secret) in capitals, keys sorted, the signature itself left out."""
    params = {"v": "1.0", "app_key": "k", "format": "json", "timestamp": "2011-06-16 13:23:30", "jd_param_json": "{}"}
    text = "sapp_keykformatjsonjd_param_json{}timestamp2011-06-16 13:23:30v1.0s"
    expected = hashlib.md5(text.encode(), usedforsecurity=False).hexdigest().upper()
    ctx = context(settings={"mapping": "jd_daojia"}, secrets={"secret": "s"})
    body = urlencode(params | {"sign": expected}).encode()
    registry.connector_of("marketplace", ctx.settings).verify(Request(body), ctx)
