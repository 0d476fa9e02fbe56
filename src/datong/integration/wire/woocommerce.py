"""WooCommerce's `order.created` and `order.updated` webhooks (REST API v3 order).

Sources: https://developer.woocommerce.com/docs/apis/rest-api/v3/webhooks/ (X-WC-Webhook-Signature: base64 of the
HMAC-SHA256 of the body; -Topic, -Resource, -Event, -Source, -ID, -Delivery-ID), the order resource beside it, and
https://github.com/woocommerce/woocommerce/wiki/Order-and-Order-Line-Item-Data. A line's `subtotal` and `total` are for
the whole line, before and after its discount, always without tax; `price` is a rounded number and is not used. A
webhook that is saved sends an unsigned ping `webhook_id=N` and counts a refusal as a failure (woocommerce issues 15642
and 60886): such a ping is answered, and kept as what it is. Collection: method `local_pickup` (classic) or
`pickup_location` (blocks), whose meta data names the place (woocommerce PR 65603). Settings of the endpoint:

- `stores`: name of a pickup location, or a method id with instance ('local_pickup:3') -> our store code
"""

from __future__ import annotations

import re
from datetime import datetime

from datong.brand.types import AddressText
from datong.fulfilment.types import FulfilmentKind
from datong.integration.types import BadSignature, Connector, Context, NotAnOrder, Piece, Reply, Request
from datong.integration.wire.intents import (
    MAX_LINE,
    MAX_NAME,
    MAX_NOTE,
    MAX_TITLE,
    buyer_of,
    contact_identities,
    contact_of,
    destination_of,
    goods_of,
    spread,
)
from datong.integration.wire.reading import Problems, Reader, json_of
from datong.integration.wire.signing import hmac_text, require_same, secret_of
from datong.orders.types import MAX_LINES, Amounts, Contact, Destination, IntentLine, News, OrderIntent
from datong.payments.types import PaymentMethod

TOPIC = "order.created"
TOPICS = frozenset({TOPIC, "order.updated"})
_PING = re.compile(rb"webhook_id=\d{1,12}")
_CANCELLED = {"cancelled", "refunded", "trash"}
_NOT_ORDERS = {"checkout-draft", "auto-draft", "cancelled", "failed", "refunded", "trash"}


def verify(request: Request, context: Context) -> None:
    if _PING.fullmatch(request.body.strip()):
        return
    given = request.headers.get("x-wc-webhook-signature", "")
    require_same(given, hmac_text(secret_of(context), request.body, "sha256"))
    source = context.settings.get("source")
    if source and request.headers.get("x-wc-webhook-source", "").rstrip("/") != str(source).rstrip("/"):
        raise BadSignature(f"the delivery is not of {source}")


def unpack(request: Request, context: Context) -> list[Piece]:
    ping = _PING.fullmatch(request.body.strip()) is not None
    return [Piece(request.body, orders=not ping and request.headers.get("x-wc-webhook-topic", TOPIC) in TOPICS)]


def parse(body: bytes, context: Context) -> list[OrderIntent]:
    problems = Problems()
    order = Reader(json_of(body), problems)
    status = order.text("status", limit=40)
    if status in _NOT_ORDERS:
        raise NotAnOrder(f"the shop's status is {status}")
    currency = order.currency("currency", context.currency)
    with_tax = order.flag("prices_include_tax")
    lines = tuple(_lines(order, currency, with_tax=with_tax))
    pickup, store = _collection(order, context)
    billing, shipping = order.sub("billing"), order.sub("shipping")
    contact = _contact(billing, shipping, context)
    method = order.text("payment_method", limit=60)
    paid = order.has("date_paid_gmt") or order.has("date_paid")
    intent = OrderIntent(
        channel_id=context.channel_id,
        external_id=order.external_id("id"),
        placed_at=_placed_at(order, context),
        currency=currency,
        lines=lines,
        fulfilment=FulfilmentKind.PICKUP if pickup else FulfilmentKind.DELIVERY,
        payment=_payment(method, paid=paid, pickup=pickup),
        paid=paid,
        store_code=store,
        destination=None if pickup else _destination(shipping if shipping.text("address_1") else billing),
        contact=contact,
        identities=(*buyer_of(context, _customer(order)), *contact_identities(contact)),
        amounts=_amounts(order, currency, lines, with_tax=with_tax),
        provider_ref=order.text("transaction_id", limit=128),
        note=order.text("customer_note", limit=MAX_NOTE, cut=True),
        received_by=context.received_by,
        inbox_id=context.inbox_id,
    )
    problems.done("the WooCommerce order")
    return [intent]


def news(body: bytes, context: Context) -> News:
    """How the order stands at the shop. A refund's `total` is below zero."""
    problems = Problems()
    order = Reader(json_of(body), problems)
    currency = order.currency("currency", context.currency)
    status = order.text("status", limit=40)
    refunds = [
        (r.text("id", limit=60), -r.minor("total", currency, signed=True), r.text("reason", limit=300, cut=True))
        for r in order.each("refunds", limit=200)
    ]
    said = News(
        context.channel_id,
        order.external_id("id"),
        paid=order.has("date_paid_gmt") or order.has("date_paid"),
        paid_minor=order.minor("total", currency),
        provider_ref=order.text("transaction_id", limit=128),
        cancelled=f"the shop's status is {status}" if status in _CANCELLED else "",
        refunds=tuple(refund for refund in refunds if refund[1] > 0),
    )
    problems.done("the WooCommerce order")
    return said


def _lines(order: Reader, currency: str, *, with_tax: bool) -> list[IntentLine]:
    found = []
    for no, item in enumerate(order.each("line_items", limit=MAX_LINES, required=True), 1):
        before, after = item.minor("subtotal", currency), item.minor("total", currency)
        if with_tax:
            before += item.minor("subtotal_tax", currency, default=0)
            after += item.minor("total_tax", currency, default=0)
        if after > before:
            item.complain("total", "total_over_subtotal", "a total not above the subtotal")
        title = item.text("name", limit=MAX_TITLE, cut=True)
        units = item.whole("quantity", low=1)
        found.append(spread(no, item.sku("sku"), units, before=before, after=min(before, after), title=title))
    return found


def _amounts(order: Reader, currency: str, lines: tuple[IntentLine, ...], *, with_tax: bool) -> Amounts:
    """Fee lines: what is charged on top counts as packaging, what is given as the merchant's subsidy."""
    delivery = order.minor("shipping_total", currency, default=0)
    charged = given = 0
    for fee in order.each("fee_lines", limit=100):
        amount = fee.minor("total", currency, default=0, signed=True)
        if with_tax:
            amount += fee.minor("total_tax", currency, default=0, signed=True)
        charged, given = charged + max(0, amount), given + max(0, -amount)
    if with_tax:
        delivery += order.minor("shipping_tax", currency, default=0)
    return Amounts(
        goods=goods_of(lines),
        paid=order.minor("total", currency),
        merchant_subsidy=given,
        packaging=charged,
        delivery=delivery,
        tax_added=0 if with_tax else order.minor("total_tax", currency, default=0),
    )


def _collection(order: Reader, context: Context) -> tuple[bool, str]:
    stores = context.settings.get("stores", {})
    for line in order.each("shipping_lines", limit=50):
        method, instance = line.text("method_id", limit=80), line.text("instance_id", limit=20)
        base = method.partition(":")[0]
        if base not in ("local_pickup", "pickup_location"):
            continue
        name = ""
        for meta in line.each("meta_data", limit=100):
            if meta.data.get("key") == "pickup_location":
                name = meta.text("value", limit=64, cut=True)
        return True, str(stores.get(name) or stores.get(f"{base}:{instance}") or name)
    return False, ""


def _destination(a: Reader) -> Destination | None:
    parts = (a.text("address_1", limit=MAX_LINE), a.text("address_2", limit=MAX_LINE))
    city, region = a.text("city", limit=120), a.text("state", limit=80)
    postcode, country = a.text("postcode", limit=20), a.text("country", limit=2)
    return destination_of(AddressText(", ".join(p for p in parts if p), city, region, postcode, country), None)


def _contact(billing: Reader, shipping: Reader, context: Context) -> Contact:
    def name(a: Reader) -> str:
        parts = (a.text("first_name", limit=80, cut=True), a.text("last_name", limit=80, cut=True))
        return " ".join(p for p in parts if p)[:MAX_NAME]

    phone = shipping.text("phone", limit=60) or billing.text("phone", limit=60)
    country = shipping.text("country", limit=2) or billing.text("country", limit=2) or context.country
    return contact_of(name(shipping) or name(billing), phone, billing.text("email", limit=254), country)


def _customer(order: Reader) -> str:
    """The shop's log-in of the customer; 0 is a guest."""
    found = order.text("customer_id", limit=40)
    return "" if found == "0" else found


def _placed_at(order: Reader, context: Context) -> datetime:
    if order.has("date_created_gmt"):
        return order.time("date_created_gmt", zone="UTC")
    return order.time("date_created", zone=context.timezone)


def _payment(method: str, *, paid: bool, pickup: bool) -> PaymentMethod:
    if not paid and method == "cod":
        return PaymentMethod.PAY_AT_STORE if pickup else PaymentMethod.CASH_ON_DELIVERY
    return PaymentMethod.PREPAID


CONNECTOR = Connector("woocommerce", verify, unpack, parse, Reply("{}"), news=news, speaks="order.created, REST v3")
