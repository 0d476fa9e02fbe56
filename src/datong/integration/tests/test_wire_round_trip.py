"""What a sender writes for an order is read back as that order: every format, on the fields it carries."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings

from datong.brand.types import AddressText
from datong.customers.types import Identity, IdentityKind
from datong.fulfilment.types import FulfilmentKind
from datong.integration.tests.intents import context, intents
from datong.integration.types import Connector, Context, Request
from datong.integration.wire import registry
from datong.integration.wire.intents import contact_identities
from datong.integration.wire.send import eleme, jd_daojia, meituan, native, pos, shopify, wechat_shop, woocommerce
from datong.kernel import clock
from datong.orders.types import Amounts, Contact, Destination, OrderIntent
from datong.payments.types import PaymentMethod

quick = settings(max_examples=60, deadline=None)
pytestmark = pytest.mark.requirement("S-18", "S-162", "S-176")


def through(connector: Connector, request: Request, ctx: Context) -> list[OrderIntent]:
    connector.verify(request, ctx)
    pieces = connector.unpack(request, ctx)
    assert all(piece.orders for piece in pieces)
    return [intent for piece in pieces for intent in connector.parse(piece.body, ctx)]


def market(name: str) -> tuple[Connector, Context]:
    ctx = context(settings={"mapping": name, "public_url": meituan.URL})
    return registry.connector_of("marketplace", ctx.settings), ctx


def same_place(found: OrderIntent, sent: OrderIntent) -> OrderIntent:
    """GCJ-02 and back is exact to a decimetre, not to the bit."""
    assert found.destination and sent.destination and found.destination.place and sent.destination.place
    assert abs(found.destination.place.lon - sent.destination.place.lon) < 2e-6
    assert abs(found.destination.place.lat - sent.destination.place.lat) < 2e-6
    return replace(found, destination=replace(found.destination, place=sent.destination.place))


@quick
@given(intents(discounts=False, relay=True))
def test_meituan(intent: OrderIntent) -> None:
    connector, ctx = market("meituan")
    [found] = through(connector, meituan.build(intent, ctx), ctx)
    assert same_place(found, intent) == intent


@quick
@given(intents(discounts=False, relay=True))
def test_eleme(intent: OrderIntent) -> None:
    connector, ctx = market("eleme")
    [found] = through(connector, eleme.build(intent, ctx), ctx)
    assert same_place(found, intent) == intent


@quick
@given(intents(discounts=False, relay=True))
def test_jd_daojia_names_the_order_and_gives_it_when_asked(intent: OrderIntent) -> None:
    connector, ctx = market("jd_daojia")
    request = jd_daojia.build(intent, ctx)
    connector.verify(request, ctx)
    [piece] = connector.unpack(request, ctx)
    assert (piece.external_id, piece.orders) == (intent.external_id, True)
    [found] = connector.parse(jd_daojia.answer(intent), ctx)
    assert intent.amounts
    assert same_place(found, intent) == replace(intent, amounts=replace(intent.amounts, commission=0))


@quick
@given(intents(relay=True, packaging=False))
def test_wechat_shop(intent: OrderIntent) -> None:
    assert intent.destination
    intent = replace(
        intent,
        store_code="",
        promised_at=None,
        provider_ref="4200001",
        destination=Destination(intent.destination.text),
        identities=(
            Identity(IdentityKind.WECHAT_UNIONID, "un1", True),
            Identity(IdentityKind.WECHAT_OPENID, "wx1:op1", True),
        ),
    )
    ctx = context()
    body = msgspec.json.encode({"errcode": 0, "errmsg": "ok", "order": wechat_shop.details(intent)})
    [found] = registry.connector_of("wechat_shop", {}).parse(body, ctx)
    assert found == intent


def shop_order(intent: OrderIntent, *, packaging: bool) -> OrderIntent:
    """What a web shop sells by itself: no platform, no commission."""
    assert intent.amounts and intent.destination
    a = intent.amounts
    merchant = a.merchant_subsidy if packaging else 0
    boxes = a.packaging if packaging else 0
    amounts = Amounts(a.goods, a.goods - merchant + boxes + a.delivery, 0, merchant, boxes, a.delivery)
    contact = Contact("Ann Lee", intent.contact.phone, "ann@example.com")
    buyer = intent.identities
    return replace(
        intent,
        payment=PaymentMethod.PREPAID,
        amounts=amounts,
        contact=contact,
        promised_at=None,
        identities=(*buyer, *contact_identities(contact)),
        destination=Destination(
            AddressText(intent.destination.text.line, "Hangzhou", "ZJ", "310000", "CN"), intent.destination.place
        ),
    )


@quick
@given(intents())
def test_shopify(intent: OrderIntent) -> None:
    ctx = context()
    sent = shop_order(intent, packaging=False)
    [found] = through(registry.connector_of("shopify", {}), shopify.build(sent, ctx), ctx)
    assert found == sent


@quick
@given(intents())
def test_woocommerce_keeps_every_line_total(intent: OrderIntent) -> None:
    ctx = context()
    sent = shop_order(intent, packaging=True)
    sent = replace(
        sent,
        store_code="",
        provider_ref="pi_1",
        destination=replace(sent.destination, place=None) if sent.destination else None,
    )
    [found] = through(registry.connector_of("woocommerce", {}), woocommerce.build(sent, ctx), ctx)
    assert found == sent


@quick
@given(intents(relay=False))
def test_native(intent: OrderIntent) -> None:
    ctx = context(vouches=True)
    sent = replace(intent, identities=(*intent.identities, *contact_identities(intent.contact)))
    [found] = through(registry.connector_of("native", {}), native.build(sent, ctx), ctx)
    assert found == sent


@quick
@given(intents(packaging=False))
def test_till(intent: OrderIntent) -> None:
    ctx = context()
    assert intent.amounts
    a = intent.amounts
    sent = replace(
        intent,
        external_id=f"till-1/{intent.external_id}",
        fulfilment=FulfilmentKind.TILL,
        payment=PaymentMethod.TILL,
        completed=True,
        destination=None,
        promised_at=None,
        contact=Contact(),
        identities=(Identity(IdentityKind.CARD, "M-1", True),),
        amounts=Amounts(a.goods, a.goods - a.merchant_subsidy, merchant_subsidy=a.merchant_subsidy),
        provider_ref="auth 1",
        received_by="till-1/e17",
        associate="e17",
    )
    with clock.held_at(sent.placed_at):
        found = through(registry.connector_of("pos", {}), pos.build([sent], ctx, device="till-1"), ctx)
    assert found == [sent]


def test_collection_and_cash_are_told_apart() -> None:
    """A collected order has no destination and names its store; cash is due, not paid."""
    from datong.integration.tests.intents import example

    for kind, sender in (("shopify", shopify), ("woocommerce", woocommerce)):
        ctx: Any = context()
        sent = shop_order(example(identities=()), packaging=False)
        sent = replace(sent, fulfilment=FulfilmentKind.PICKUP, paid=False, payment=PaymentMethod.PAY_AT_STORE)
        [found] = through(registry.connector_of(kind, {}), sender.build(sent, ctx), ctx)
        assert (found.fulfilment, found.store_code, found.destination) == (FulfilmentKind.PICKUP, "S01", None)
        assert (found.payment, found.paid) == (PaymentMethod.PAY_AT_STORE, False)
