"""A planned order as its channel's own software would send it, whole or broken, with the signature of that channel."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import msgspec

from datong.customers.types import Identity, IdentityKind
from datong.integration.types import Context, Request
from datong.integration.wire.send import jd_daojia, meituan, native, pos, shopify, wechat_shop, woocommerce
from datong.integration.wire.signing import hmac_text
from datong.orders.types import Destination, IntentLine, OrderIntent
from datong.payments.types import PaymentMethod
from datong.site.demo.dice import dice
from datong.site.demo.marketplaces import megamall, quickbasket
from datong.site.demo.types import DemoChannel, Door, PlannedLine, PlannedOrder, Sending, Trouble

CARD_SHOWN_PERCENT = 60


@dataclass(frozen=True, slots=True)
class Gate:
    """A channel's door as its sender knows it: the secrets in `context`, and the path to send to."""

    channel: DemoChannel
    context: Context
    path: str


def request_of(sending: Sending, gate: Gate) -> Request:
    """The native message of `sending`; a forged one is signed with a secret that nobody gave out."""
    context = gate.context
    if sending.trouble is Trouble.BAD_SIGNATURE:
        context = replace(context, secrets={**context.secrets, "secret": "guessed"})
    intent = spoilt(intent_of(sending.order, gate), sending.trouble)
    request = _builder(gate)(intent, context)
    if sending.trouble is Trouble.BAD_JSON:
        return _resigned(replace(request, body=request.body[: len(request.body) * 2 // 3]), gate)
    return request


def intent_of(order: PlannedOrder, gate: Gate) -> OrderIntent:
    """The order with what its channel knows of it."""
    paid = order.payment in (PaymentMethod.PREPAID, PaymentMethod.PLATFORM, PaymentMethod.TILL)
    priced = gate.channel.states_price
    return OrderIntent(
        channel_id=gate.context.channel_id,
        external_id=order.number,
        placed_at=order.placed_at,
        currency=order.currency,
        lines=tuple(
            IntentLine(
                x.line_no, x.sku, x.units, x.unit_minor if priced else None, 0, x.title, options_of(order, x, gate)
            )
            for x in order.lines
        ),
        fulfilment=order.fulfilment,
        payment=order.payment,
        paid=paid,
        store_code=order.named_shop,
        destination=Destination(order.address, order.place) if order.place else None,
        contact=order.contact,
        identities=signs_of(order, gate),
        amounts=order.amounts if paid and priced else None,
        completed=order.completed,
        promised_at=order.promised_at,
        provider_ref=f"pay-{order.number}" if paid else "",
        note=order.note,
        model=order.model,
    )


SUGAR = ("sugar-100", "sugar-70", "sugar-50", "sugar-0")
ICE = ("ice-normal", "ice-less", "ice-none", "ice-hot")


def options_of(order: PlannedOrder, line: PlannedLine, gate: Gate) -> tuple[str, ...]:
    """How the tea of an order of our own doors is wanted: options that cost nothing; others' formats have none."""
    if gate.channel.door is not Door.JSON_API or line.sku[0] not in "GMFC" or order.currency != "CNY":
        return ()
    throws = dice("options", order.number, line.line_no)
    return (throws.choice(ICE), throws.choice(SUGAR))


def signs_of(order: PlannedOrder, gate: Gate) -> tuple[Identity, ...]:
    """What the door shows of the person: its own number of the customer; a till, a card if it is shown; the call
    centre, the number that calls; the app of a logged-in member, everything the account holds."""
    who, code, kind = order.persona, gate.channel.code, IdentityKind
    buyer = Identity(kind.BUYER, f"{code}:{''.join(filter(str.isdigit, who.key))}", verified=True)
    phone = Identity(kind.PHONE, who.phone, verified=True)
    email = Identity(kind.EMAIL, who.email, verified=True)
    match gate.channel.door:
        case Door.TILL:
            shown = dice("card", order.number).randrange(100) < CARD_SHOWN_PERCENT and not who.guest
            return (Identity(kind.CARD, who.card, verified=True),) if shown else ()
        case Door.WECHAT_SHOP:
            openid = f"{gate.context.secrets.get('appid', '')}:{who.openid}"
            return (
                Identity(kind.WECHAT_OPENID, openid, verified=True),
                Identity(kind.WECHAT_UNIONID, who.unionid, verified=True),
            )
        case Door.DESK:
            return (phone,)
        case Door.JSON_API if not who.guest:
            return (
                Identity(kind.APP_USER, f"{code}:{who.app_user}", verified=True),
                phone,
                email,
                Identity(kind.CARD, who.card, verified=True),
                Identity(kind.WECHAT_UNIONID, who.unionid, verified=True),
            )
        case Door.SHOPIFY if not who.guest:
            return (buyer, email)
        case Door.WOOCOMMERCE | Door.MARKETPLACE | Door.FILE if not who.guest:
            return (buyer,)
    return ()


def spoilt(intent: OrderIntent, trouble: Trouble) -> OrderIntent:
    """The order with a mistake that any format can carry."""
    first, rest = intent.lines[0], intent.lines[1:]
    match trouble:
        case Trouble.UNKNOWN_SKU:
            return replace(intent, lines=(replace(first, sku=f"{first.sku}-OLD"), *rest))
        case Trouble.BAD_QUANTITY:
            return replace(intent, lines=(replace(first, units=-first.units), *rest))
        case Trouble.MISSING_FIELD:
            return replace(intent, lines=(replace(first, sku=""), *rest))
        case Trouble.WRONG_CURRENCY:
            return replace(intent, currency="EUR")
    return intent


def _builder(gate: Gate) -> Callable[[OrderIntent, Context], Request]:
    if gate.channel.door is Door.MARKETPLACE:
        return MARKETPLACES[gate.channel.mapping]
    return BUILDERS[gate.channel.door]


def _meituan(intent: OrderIntent, context: Context) -> Request:
    return meituan.build(intent, context, url=str(context.settings["public_url"]))


def _till(intent: OrderIntent, context: Context) -> Request:
    return pos.build([intent], context, device=f"till-{intent.store_code}-1")


def _api(intent: OrderIntent, context: Context) -> Request:
    return Request(msgspec.json.encode(native.payload(intent)), _api_headers(context))


def _api_headers(context: Context) -> dict[str, str]:
    return {"content-type": "application/json", "authorization": f"Bearer {context.secrets['secret']}"}


def batch_of(sendings: Sequence[Sending], gate: Gate) -> Request:
    """Whole orders of our own API in one call."""
    orders = [native.payload(intent_of(sending.order, gate)) for sending in sendings]
    return Request(msgspec.json.encode({"orders": orders}), _api_headers(gate.context))


BUILDERS: Mapping[Door, Callable[[OrderIntent, Context], Request]] = {
    Door.SHOPIFY: shopify.build,
    Door.WOOCOMMERCE: woocommerce.build,
    Door.WECHAT_SHOP: wechat_shop.build,
    Door.TILL: _till,
    Door.DESK: _api,
    Door.JSON_API: _api,
}
MARKETPLACES: Mapping[str, Callable[[OrderIntent, Context], Request]] = {
    "quickbasket": quickbasket,
    "megamall": megamall,
    "meituan": _meituan,
    "jd_daojia": jd_daojia.build,
}


def _resigned(request: Request, gate: Gate) -> Request:
    """The same headers with the signature of this body: cut off by the sender, not on the way."""
    secret, headers = gate.context.secrets["secret"], dict(request.headers)
    match gate.channel.door:
        case Door.SHOPIFY:
            headers["x-shopify-hmac-sha256"] = hmac_text(secret, request.body)
        case Door.WOOCOMMERCE:
            headers["x-wc-webhook-signature"] = hmac_text(secret, request.body)
        case Door.TILL:
            signed = f"{headers['x-datong-timestamp']}.".encode() + request.body
            headers["x-datong-signature"] = "v1=" + hmac_text(secret, signed, "sha256", "hex")
    return replace(request, headers=headers)


def details_of(sending: Sending, gate: Gate) -> dict[str, object]:
    """What WeChat answers when it is asked for the order of a notice."""
    return wechat_shop.details(spoilt(intent_of(sending.order, gate), sending.trouble))
