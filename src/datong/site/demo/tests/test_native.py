"""What the demo sends is what the real doors read, in every channel's own format."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from uuid import UUID

import msgspec
import pytest

from datong.integration.types import BadSignature, Connector, Context, Request
from datong.integration.wire import native as own_format
from datong.integration.wire.registry import connector_of
from datong.integration.wire.send import jd_daojia
from datong.kernel.errors import BadInput
from datong.orders.types import OrderIntent
from datong.site.demo.marketplaces import mapping_text
from datong.site.demo.native import Gate, details_of, intent_of, request_of, spoilt
from datong.site.demo.retail.channels import CHANNELS as RETAIL
from datong.site.demo.tea.channels import CHANNELS as TEA
from datong.site.demo.types import DemoChannel, Door, Sending, Trouble, World
from datong.site.demo.worlds import WORLDS

DAY = date(2026, 11, 20)
AES_KEY = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"
SECRETS = {"secret": "s", "token": "t", "aes_key": AES_KEY, "appid": "wx1", "appsecret": "as", "app_key": "k"}
KINDS = {
    Door.SHOPIFY: "shopify",
    Door.WOOCOMMERCE: "woocommerce",
    Door.WECHAT_SHOP: "wechat_shop",
    Door.MARKETPLACE: "marketplace",
    Door.TILL: "pos",
    Door.DESK: "native",
    Door.JSON_API: "native",
}
WORLD: dict[str, World] = {}


def world(key: str) -> World:
    if key not in WORLD:
        WORLD[key] = WORLDS[key](DAY, 1_200)
    return WORLD[key]


DOORS = [
    pytest.param(key, channel, id=channel.code)
    for key, channels in (("retail", RETAIL), ("tea", TEA))
    for channel in channels
    if channel.door is not Door.FILE
]


SIGNED = [door for door in DOORS if door.values[1].door not in (Door.DESK, Door.JSON_API, Door.WECHAT_SHOP)]
ASKED = ("wechat", "wxshop", "jddj")
"""Platforms that are asked for the order; they themselves always name an article."""
BREAKABLE = [
    pytest.param(*door.values, trouble, id=f"{door.id}-{trouble}")
    for door in DOORS
    for trouble in (Trouble.BAD_QUANTITY, Trouble.MISSING_FIELD)
    if trouble is Trouble.BAD_QUANTITY or door.id not in ASKED
]


def gate(key: str, channel: DemoChannel) -> Gate:
    brand = world(key).brand
    settings = {"public_url": "https://hub.example/in/1", "currency": brand.currency, "country": brand.country}
    if channel.mapping in ("quickbasket", "megamall"):
        settings["mapping_toml"] = mapping_text(channel.mapping)
    else:
        settings["mapping"] = channel.mapping
    context = Context(
        UUID(int=1), channel.code, brand.currency, brand.country, brand.timezone, SECRETS, settings, vouches=True
    )
    return Gate(channel, context, "/in/1")


def connector(door: Gate) -> Connector:
    return connector_of(KINDS[door.channel.door], door.context.settings)


def received(sending: Sending, door: Gate) -> OrderIntent:
    """The message through the connector, as the hub would take it in; details are asked for where it must ask."""
    through, request = connector(door), request_of(sending, door)
    request = replace(request, url=str(door.context.settings["public_url"]))
    if door.channel.door not in (Door.DESK, Door.JSON_API):
        through.verify(request, door.context)
    [piece] = through.unpack(request, door.context)
    assert piece.orders
    body = piece.body
    if door.channel.door is Door.WECHAT_SHOP:
        assert piece.external_id == sending.order.number
        body = msgspec.json.encode({"errcode": 0, "order": details_of(sending, door)})
    if door.channel.mapping == "jd_daojia":
        body = jd_daojia.answer(spoilt(intent_of(sending.order, door), sending.trouble))
    [intent] = through.parse(body, door.context)
    return intent


@pytest.mark.requirement("S-18", "S-162")
@pytest.mark.parametrize(("key", "channel"), DOORS)
def test_a_door_reads_the_order_that_was_planned(key: str, channel: DemoChannel) -> None:
    door = gate(key, channel)
    planned = [s.order for s in world(key).day if s.order.channel == channel.code and s.trouble is Trouble.NONE]
    assert len(planned) >= 10
    for order in planned[:60]:
        found = received(Sending(order.placed_at, order), door)
        assert found.external_id.removeprefix(f"till-{order.named_shop}-1:") == order.number
        assert found.placed_at == order.placed_at
        assert [(x.sku, x.units) for x in found.lines] == [(x.sku, x.units) for x in order.lines]
        assert found.currency == order.currency
        assert found.fulfilment == order.fulfilment
        assert found.completed == order.completed
        if channel.states_price:
            assert [x.unit_minor for x in found.lines] == [x.unit_minor for x in order.lines]
            assert found.amounts is None or found.amounts.paid == order.amounts.paid
        else:
            assert {x.unit_minor for x in found.lines} == {None}
            assert found.amounts is None
        if order.named_shop:
            assert found.store_code == order.named_shop


def test_the_app_shows_every_sign_of_a_member_and_the_web_shop_two() -> None:
    whole = world("retail")
    channels = {channel.code: channel for channel in whole.channels}

    def signs(code: str) -> set[str]:
        order = next(o for o in whole.orders if o.channel == code and not o.persona.guest)
        found = received(Sending(order.placed_at, order), gate("retail", channels[code]))
        return {i.kind.value for i in found.identities if i.verified}

    assert signs("app") == {"app_user", "phone", "email", "card", "wechat_unionid"}
    assert signs("webshop") == {"buyer", "email"}
    assert signs("wechat") == {"wechat_openid", "wechat_unionid"}
    assert signs("desk") == {"phone"}
    assert signs("quickbasket") == {"buyer"}


@pytest.mark.parametrize(("key", "channel", "trouble"), BREAKABLE)
def test_a_broken_message_is_genuine_and_cannot_be_understood(key: str, channel: DemoChannel, trouble: Trouble) -> None:
    order = next(o for o in world(key).orders if o.channel == channel.code)
    with pytest.raises(BadInput) as refused:
        received(Sending(order.placed_at, order, trouble), gate(key, channel))
    assert refused.value.problems


@pytest.mark.parametrize("code", ["webshop", "outlet", "till", "app"])
def test_cut_off_json_is_genuine_too(code: str) -> None:
    channel = next(channel for channel in world("retail").channels if channel.code == code)
    order = next(o for o in world("retail").orders if o.channel == code)
    door = gate("retail", channel)
    request = request_of(Sending(order.placed_at, order, Trouble.BAD_JSON), door)
    if code == "app":
        with pytest.raises(BadInput):
            own_format.parse(request.body, door.context)
        return
    connector(door).verify(request, door.context)
    with pytest.raises(BadInput):
        connector(door).parse(request.body, door.context)


@pytest.mark.parametrize(("key", "channel"), SIGNED)
def test_a_forged_message_is_turned_away(key: str, channel: DemoChannel) -> None:
    door = gate(key, channel)
    order = next(o for o in world(key).orders if o.channel == channel.code)
    request: Request = request_of(Sending(order.placed_at, order, Trouble.BAD_SIGNATURE), door)
    request = replace(request, url=str(door.context.settings["public_url"]))
    with pytest.raises(BadSignature):
        connector(door).verify(request, door.context)
