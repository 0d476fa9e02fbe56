"""Nobody gets in without the right signature: official vectors where there are any, tampering everywhere."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from datong.integration.tests.intents import context, example
from datong.integration.types import BadSignature, Connector, Context, Request
from datong.integration.wire import registry, wechat_shop, woocommerce
from datong.integration.wire.send import eleme, jd_daojia, meituan, native, pos, shopify
from datong.integration.wire.send import wechat_shop as send_wechat
from datong.integration.wire.send import woocommerce as send_woo
from datong.kernel import clock

pytestmark = pytest.mark.requirement("S-18", "S-162")

# The worked example of https://developers.weixin.qq.com/doc/oplatform/developers/dev/push/encryption.md
WECHAT = context(secrets={"token": "AAAAA", "aes_key": "A" * 43, "appid": "wxba5fad812f8e6fb9"})
WECHAT_ENCRYPT = (
    "+qdx1OKCy+5JPCBFWw70tm0fJGb2Jmeia4FCB7kao+/Q5c/ohsOzQHi8khUOb05JCpj0JB4RvQMkUyus8TPxLKJGQqcvZqzDpVzazhZv6JsXUnnR8XGT"
    "740XgXZUXQ7vJVnAG+tE8NUd4yFyjPy7GgiaviNrlCTj+l5kdfMuFUPpRSrfMZuMcp3Fn2Pede2IuQrKEYwKSqFIZoNqJ4M8EajAsjLY2km32IIjdf8YL"
    "/P50F7mStwntrA2cPDrM1kb6mOcfBgRtWygb3VIYnSeOBrebufAlr7F9mFUPAJGj04="
)
WECHAT_QUERY = {
    "timestamp": "1714112445",
    "nonce": "415670741",
    "encrypt_type": "aes",
    "signature": "6c5c811b55cc85e0e1b54100749188c20beb3f5d",
    "msg_signature": "046e02f8204d34f8ba5fa3b1db94908f3df2e9b3",
}


def test_wechat_message_of_the_official_example_opens() -> None:
    body = f'{{"ToUserName": "gh_97417a04a28d", "Encrypt": "{WECHAT_ENCRYPT}"}}'.encode()
    request = Request(body, query=WECHAT_QUERY)
    wechat_shop.verify(request, WECHAT)
    [piece] = wechat_shop.unpack(request, WECHAT)
    assert b'"debug_str":"hello world"' in piece.body
    assert not piece.orders


def test_wechat_plain_url_signature_does_not_vouch_for_the_body() -> None:
    """`signature` covers time and nonce only; whoever saw one URL could put any body behind it."""
    request = Request(b'{"Encrypt": "forged"}', query=WECHAT_QUERY | {"msg_signature": WECHAT_QUERY["signature"]})
    with pytest.raises(BadSignature):
        wechat_shop.verify(request, WECHAT)


def test_wechat_address_is_confirmed_by_the_official_example() -> None:
    query = {
        "signature": "f464b24fc39322e44b38aa78f5edd27bd1441696",
        "echostr": "4375120948345356249",
        "timestamp": "1714036504",
        "nonce": "1514711492",
    }
    assert wechat_shop.greet(Request(b"", query=query), WECHAT).body == "4375120948345356249"
    with pytest.raises(BadSignature):
        wechat_shop.greet(Request(b"", query=query | {"nonce": "1"}), WECHAT)


def test_wechat_speaks_xml_as_well_and_another_app_id_opens_nothing() -> None:
    ctx = context()
    request = send_wechat.encrypted('{"Event":"channels_ec_order_new","order_info":{"order_id":12}}', ctx, xml=True)
    wechat_shop.verify(request, ctx)
    [piece] = wechat_shop.unpack(request, ctx)
    assert (piece.external_id, piece.orders) == ("12", True)
    other = replace(ctx, secrets={**ctx.secrets, "appid": "wx2"})
    with pytest.raises(BadSignature):
        wechat_shop.unpack(request, other)


def doors() -> list[tuple[str, Connector, Context, Request]]:
    plain, order = context(), example()
    market = {
        name: context(settings={"mapping": name, "public_url": meituan.URL})
        for name in ("meituan", "eleme", "jd_daojia")
    }
    made = [
        ("shopify", plain, shopify.build(order, plain)),
        ("woocommerce", plain, send_woo.build(order, plain)),
        ("wechat_shop", plain, send_wechat.build(order, plain)),
        ("native", plain, native.build(order, plain)),
        ("meituan", market["meituan"], meituan.build(order, market["meituan"])),
        ("eleme", market["eleme"], eleme.build(order, market["eleme"])),
        ("jd_daojia", market["jd_daojia"], jd_daojia.build(order, market["jd_daojia"])),
        ("pos", plain, pos.build([order], plain, device="till-1")),
    ]
    return [
        (name, registry.connector_of("marketplace" if ctx.settings else name, ctx.settings), ctx, request)
        for name, ctx, request in made
    ]


@pytest.mark.parametrize("name", [name for name, *_ in doors()])
def test_a_changed_byte_a_wrong_secret_or_none_is_refused(name: str) -> None:
    connector, ctx, request = next(rest for n, *rest in doors() if n == name)  # type: ignore[misc]
    connector.verify(request, ctx)
    digit = next(i for i, c in enumerate(request.body) if c in b"123456789")
    changed = (
        request.body[:digit] + (b"7" if request.body[digit : digit + 1] != b"7" else b"8") + request.body[digit + 1 :]
    )
    if name == "wechat_shop":
        changed = request.body.replace(b'"Encrypt":"', b'"Encrypt":"A')
    for forged in (
        replace(request, body=changed),
        replace(request, body=b""),
        replace(request, headers={}, query={}, body=request.body.replace(b"sig", b"gis").replace(b"sign=", b"gis=")),
    ):
        with pytest.raises(BadSignature):
            connector.verify(forged, ctx)
    for secrets in ({**ctx.secrets, "secret": "other", "token": "other"}, {}):
        with pytest.raises(BadSignature):
            connector.verify(request, replace(ctx, secrets=secrets))


def test_an_old_till_upload_cannot_be_played_back() -> None:
    ctx = context()
    request = pos.build([example()], ctx, device="till-1")
    with clock.held_at(clock.now() + timedelta(hours=1)), pytest.raises(BadSignature):
        registry.connector_of("pos", {}).verify(request, ctx)


def test_one_tills_key_does_not_speak_for_another_till() -> None:
    ctx = context(secrets={"device:till-1": "k1", "device:till-2": "k2"})
    request = pos.build([example()], ctx, device="till-1")
    registry.connector_of("pos", {}).verify(request, ctx)
    with pytest.raises(BadSignature):
        registry.connector_of("pos", {}).verify(
            replace(request, headers={**request.headers, "x-datong-device": "till-2"}), ctx
        )


def test_another_shop_with_the_same_secret_is_refused() -> None:
    ours = context(settings={"shop_domain": "tea.myshopify.com"})
    request = shopify.build(example(), ours)
    registry.connector_of("shopify", {}).verify(request, ours)
    with pytest.raises(BadSignature, match="not of the shop"):
        registry.connector_of("shopify", {}).verify(request, context(settings={"shop_domain": "coffee.myshopify.com"}))
    ours = context(settings={"source": "https://tea.example/"})
    request = send_woo.build(example(), ours)
    woocommerce.verify(request, ours)
    with pytest.raises(BadSignature, match="not of https"):
        woocommerce.verify(request, context(settings={"source": "https://coffee.example/"}))


def test_woocommerce_ping_is_answered_but_is_no_order() -> None:
    """It comes unsigned, and WooCommerce switches a webhook off that refuses it (woocommerce issue 15642)."""
    ping = Request(b"webhook_id=3")
    woocommerce.verify(ping, context())
    assert [p.orders for p in woocommerce.unpack(ping, context())] == [False]
    with pytest.raises(BadSignature):
        woocommerce.verify(Request(b'webhook_id=3&{"id":1}'), context())


def test_a_mapping_without_signature_lets_nobody_in() -> None:
    ctx = context(settings={"mapping": "uci_online_retail"})
    with pytest.raises(BadSignature):
        registry.connector_of("marketplace", ctx.settings).verify(Request(b"{}"), ctx)
