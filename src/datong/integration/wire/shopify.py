"""Shopify's order webhooks: `orders/create`, `orders/paid`, `orders/updated`, `orders/cancelled`.

Sources: https://shopify.dev/docs/apps/build/webhooks/verify-deliveries (HMAC-SHA256 of the raw body, base64, keyed
with the app's client secret, in X-Shopify-Hmac-SHA256; X-Shopify-Topic, X-Shopify-Shop-Domain, X-Shopify-Webhook-Id,
X-Shopify-Triggered-At) and https://shopify.dev/docs/api/admin-rest/latest/resources/order (amounts are decimal text;
`line_items[].total_discount` holds the line's own discount, `discount_allocations` all of them; `taxes_included`).
Deliveries are repeated when no 2xx comes within 5 s, and the subscription is dropped after repeated refusals, so a
genuine delivery is always acknowledged. The REST order does not say that it is collected (Shopify/shopify_python_api
issue 492): a shipping line's `code` or `title` does, by the words of the shop, hence the endpoint's settings

- `pickup_codes`: codes or titles of shipping lines that mean collection, beside those that say so themselves
- `stores`: code, title or location id -> our store code
- `store_attribute`: name of a note attribute that holds our store code (default 'store_code')
"""

from __future__ import annotations

from typing import Any

from datong.brand.types import AddressText
from datong.customers.types import Identity, IdentityKind
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
)
from datong.integration.wire.phones import e164
from datong.integration.wire.reading import Problems, Reader, json_of
from datong.integration.wire.signing import hmac_text, require_same, secret_of
from datong.orders.types import MAX_LINES, Amounts, IntentLine, News, OrderIntent
from datong.payments.types import PaymentMethod

TOPIC = "orders/create"
TOPICS = frozenset({TOPIC, "orders/paid", "orders/updated", "orders/cancelled"})
"""All of them carry the whole order as it is now."""
_PICKUP = {"pickup", "pick_up", "pick-up", "local_pickup", "local pickup", "collect", "click and collect"}
_PAID = {"paid", "partially_refunded"}


def verify(request: Request, context: Context) -> None:
    require_same(
        request.headers.get("x-shopify-hmac-sha256", ""), hmac_text(secret_of(context), request.body, "sha256")
    )
    shop = context.settings.get("shop_domain")
    if shop and request.headers.get("x-shopify-shop-domain") != shop:
        raise BadSignature(f"the delivery is not of the shop {shop}")


def unpack(request: Request, context: Context) -> list[Piece]:
    return [Piece(request.body, orders=request.headers.get("x-shopify-topic", TOPIC) in TOPICS)]


def parse(body: bytes, context: Context) -> list[OrderIntent]:
    problems = Problems()
    order = Reader(json_of(body), problems)
    if order.has("cancelled_at"):
        raise NotAnOrder("the shop has cancelled the order already")
    currency = order.currency("currency", context.currency)
    lines = tuple(_lines(order, currency))
    pickup, store = _collection(order, context)
    address, country = _address(order, context)
    customer = order.sub("customer")
    contact = _contact(order, customer, country)
    paid = order.text("financial_status", limit=40) in _PAID
    intent = OrderIntent(
        channel_id=context.channel_id,
        external_id=order.external_id("id"),
        placed_at=order.time("created_at"),
        currency=currency,
        lines=lines,
        fulfilment=FulfilmentKind.PICKUP if pickup else FulfilmentKind.DELIVERY,
        payment=_payment(order, paid=paid, pickup=pickup),
        paid=paid,
        store_code=store,
        destination=None if pickup else address,
        contact=contact,
        identities=tuple(_identities(customer, contact, context, country)),
        amounts=_amounts(order, currency, lines),
        note=order.text("note", limit=MAX_NOTE, cut=True),
        received_by=context.received_by,
        inbox_id=context.inbox_id,
    )
    problems.done("the Shopify order")
    return [intent]


def news(body: bytes, context: Context) -> News:
    """How the order stands at the shop: paid, cancelled, given back (the successful transactions of its refunds)."""
    problems = Problems()
    order = Reader(json_of(body), problems)
    currency = order.currency("currency", context.currency)
    reason = order.text("cancel_reason", limit=100, cut=True) or "cancelled in the shop"
    refunds = []
    for refund in order.each("refunds", limit=200):
        amount = sum(
            t.minor("amount", currency)
            for t in refund.each("transactions", limit=50)
            if t.text("kind", limit=40) == "refund" and t.text("status", limit=40) == "success"
        )
        if amount:
            refunds.append((refund.text("id", limit=60), amount, refund.text("note", limit=300, cut=True)))
    said = News(
        context.channel_id,
        order.external_id("id"),
        paid=order.text("financial_status", limit=40) in _PAID,
        paid_minor=order.minor("total_price", currency),
        cancelled=reason if order.has("cancelled_at") else "",
        refunds=tuple(refunds),
    )
    problems.done("the Shopify order")
    return said


def _lines(order: Reader, currency: str) -> list[IntentLine]:
    found = []
    for no, item in enumerate(order.each("line_items", limit=MAX_LINES, required=True), 1):
        allocations = list(item.each("discount_allocations", limit=100))
        discount = (
            sum(a.minor("amount", currency) for a in allocations)
            if allocations
            else item.minor("total_discount", currency, default=0)
        )
        units = item.whole("quantity", low=1)
        price = item.minor("price", currency)
        if discount > price * units:
            item.complain("total_discount", "discount_over_price", "a discount not above the line's price", discount)
        title = item.text("title", limit=MAX_TITLE, cut=True)
        found.append(IntentLine(no, item.sku("sku"), units, price, discount, title))
    return found


def _amounts(order: Reader, currency: str, lines: tuple[IntentLine, ...]) -> Amounts:
    """The shop's own sums. What does not add up (a tip, a gift card) is a finding of orders, not ours to hide."""
    shipping = 0
    shipping_lines = list(order.each("shipping_lines", limit=50))
    for line in shipping_lines:
        key = "discounted_price" if line.has("discounted_price") else "price"
        shipping += line.minor(key, currency, default=0)
    if not shipping_lines:
        shipping = order.sub("total_shipping_price_set").sub("shop_money").minor("amount", currency, default=0)
    tax = 0 if order.flag("taxes_included") else order.minor("total_tax", currency, default=0)
    return Amounts(goods_of(lines), order.minor("total_price", currency), delivery=shipping, tax_added=tax)


def _collection(order: Reader, context: Context) -> tuple[bool, str]:
    """Whether the customer collects, and the store that was named for it."""
    stores: dict[str, Any] = context.settings.get("stores", {})
    words = _PICKUP | {str(code).lower() for code in context.settings.get("pickup_codes", ())}
    attribute = context.settings.get("store_attribute", "store_code")
    store = ""
    for note in order.each("note_attributes", limit=100):
        if note.text("name", limit=100, cut=True) == attribute:
            store = note.text("value", limit=64)
    pickup = False
    for line in order.each("shipping_lines", limit=50):
        code, title = line.text("code", limit=200, cut=True), line.text("title", limit=200, cut=True)
        category = line.text("delivery_category", limit=40, cut=True)
        if {code.lower(), title.lower(), category.lower()} & words or code in stores or title in stores:
            pickup = True
            store = store or stores.get(code) or stores.get(title) or ""
    location = order.text("location_id", limit=40)
    return pickup, store or str(stores.get(location, ""))


def _address(order: Reader, context: Context) -> tuple[Any, str]:
    key = "shipping_address" if order.has("shipping_address") else "billing_address"
    a = order.sub(key)
    country = a.text("country_code", limit=2) or context.country
    if key == "billing_address":
        return None, country
    line = ", ".join(part for part in (a.text("address1", limit=MAX_LINE), a.text("address2", limit=MAX_LINE)) if part)
    region = a.text("province_code", limit=80) or a.text("province", limit=80)
    text = AddressText(line, a.text("city", limit=120), region, a.text("zip", limit=20), country)
    return destination_of(text, a.place("longitude", "latitude")), country


def _contact(order: Reader, customer: Reader, country: str) -> Any:
    a = order.sub("shipping_address") if order.has("shipping_address") else order.sub("billing_address")
    whole = " ".join(
        p for p in (a.text("first_name", limit=80, cut=True), a.text("last_name", limit=80, cut=True)) if p
    )
    name = a.text("name", limit=MAX_NAME, cut=True) or whole
    phone = a.text("phone", limit=60) or order.text("phone", limit=60) or customer.text("phone", limit=60)
    email = order.text("email", limit=254) or customer.text("email", limit=254)
    return contact_of(name, phone, email, country)


def _identities(customer: Reader, contact: Any, context: Context, country: str) -> list[Identity]:
    """The shop's customer id, and its e-mail when the shop has verified it; the rest are contacts."""
    found = buyer_of(context, customer.text("id", limit=40))
    email = customer.text("email", limit=254).lower()
    verified = customer.flag("verified_email") and "@" in email
    if verified:
        found.append(Identity(IdentityKind.EMAIL, email, verified=True))
    phone = e164(customer.text("phone", limit=60), country)
    others = contact_identities(contact) + ([Identity(IdentityKind.PHONE, phone)] if phone else [])
    known = {(i.kind, i.value) for i in found}
    for other in others:
        if (other.kind, other.value) not in known:
            known.add((other.kind, other.value))
            found.append(other)
    return found


def _payment(order: Reader, *, paid: bool, pickup: bool) -> PaymentMethod:
    gateways = order.data.get("payment_gateway_names")
    names = " ".join(str(g) for g in gateways).lower() if isinstance(gateways, list) else ""
    if paid or not any(word in names for word in ("cash on delivery", "cod", "manual", "money order")):
        return PaymentMethod.PREPAID
    return PaymentMethod.PAY_AT_STORE if pickup else PaymentMethod.CASH_ON_DELIVERY


CONNECTOR = Connector("shopify", verify, unpack, parse, Reply("{}"), news=news, speaks="orders/create 2026-07")
