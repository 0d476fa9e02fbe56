"""Datong's own order format (JSON): for a brand's own app and site, partners, and the call centre's screen.

Strict: an unknown field is a problem, so that a slip of the pen is not silently lost. Amounts are whole minor units
(`*_minor`), times are RFC 3339 with an offset. The structs are also the source of the OpenAPI schema.
docs/reference/api.md is the user's page.
"""

from __future__ import annotations

import types
from datetime import UTC, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Any, Literal, Union, get_args, get_origin

import msgspec
from msgspec import Meta

from datong.brand.types import AddressText
from datong.customers.types import Identity, IdentityKind
from datong.fulfilment.types import FulfilmentKind
from datong.integration.types import MAX_EXTERNAL_ID, MAX_ORDERS, MAX_SKU, Connector, Context, Piece, Request
from datong.integration.wire.intents import MAX_LINE, MAX_NAME, MAX_NOTE, MAX_TITLE, contact_identities
from datong.integration.wire.phones import e164, masked, reach
from datong.integration.wire.reading import Problems, clean, json_of
from datong.integration.wire.signing import hmac_text, require_same, secret_of
from datong.kernel.errors import BadInput, BadValue
from datong.kernel.geo import Point
from datong.kernel.money import exponent
from datong.orders.types import (
    MAX_LINES,
    MAX_UNITS,
    Amounts,
    BusinessModel,
    Contact,
    Destination,
    IntentLine,
    OrderIntent,
)
from datong.payments.types import PaymentMethod

Minor = Annotated[int, Meta(ge=0, le=10**15, description="whole minor units (cents, fen)")]
Short = Annotated[str, Meta(max_length=120)]
Zoned = Annotated[datetime, Meta(tz=True, description="RFC 3339 with an offset")]


class _Strict(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Every field is known."""


class Line(_Strict, kw_only=True):
    sku: Annotated[str, Meta(min_length=1, max_length=MAX_SKU)]
    units: Annotated[int, Meta(ge=1, le=MAX_UNITS)]
    unit_minor: Minor | None = None
    discount_minor: Minor = 0
    title: Annotated[str, Meta(max_length=MAX_TITLE)] = ""
    options: Annotated[list[Annotated[str, Meta(min_length=1, max_length=60)]], Meta(max_length=50)] = []


class Address(_Strict, kw_only=True):
    line: Annotated[str, Meta(max_length=MAX_LINE)] = ""
    city: Short = ""
    region: Short = ""
    postcode: Annotated[str, Meta(max_length=20)] = ""
    country: Annotated[str, Meta(max_length=2)] = ""
    lon: Annotated[float, Meta(ge=-180, le=180)] | None = None
    lat: Annotated[float, Meta(ge=-90, le=90)] | None = None


class Person(_Strict, kw_only=True):
    name: Annotated[str, Meta(max_length=MAX_NAME)] = ""
    phone: Annotated[str, Meta(max_length=40)] = ""
    email: Annotated[str, Meta(max_length=254)] = ""
    masked: bool = False


class Sign(_Strict, kw_only=True):
    kind: IdentityKind
    value: Annotated[str, Meta(min_length=1, max_length=200)]
    verified: bool = False


class Settled(_Strict, kw_only=True):
    """What was settled elsewhere; the goods are the sum of the lines."""

    paid_minor: Minor
    platform_subsidy_minor: Minor = 0
    merchant_subsidy_minor: Minor = 0
    packaging_minor: Minor = 0
    delivery_minor: Minor = 0
    commission_minor: Minor = 0
    tax_added_minor: Minor = 0


class Order(_Strict, kw_only=True):
    """One order. `amounts` only for one that is paid already: it is then booked at these amounts."""

    external_id: Annotated[str, Meta(min_length=1, max_length=MAX_EXTERNAL_ID)]
    placed_at: Zoned
    currency: Annotated[str, Meta(min_length=3, max_length=3)]
    lines: Annotated[list[Line], Meta(min_length=1, max_length=MAX_LINES)]
    fulfilment: Literal["delivery", "pickup", "in_store"] = "delivery"
    payment: Literal["prepaid", "platform", "pay_at_store", "cash_on_delivery", "stored_value"] = "prepaid"
    paid: bool = False
    store_code: Annotated[str, Meta(max_length=64)] = ""
    destination: Address | None = None
    contact: Person = Person()
    identities: Annotated[list[Sign], Meta(max_length=20)] = []
    amounts: Settled | None = None
    promised_at: Zoned | None = None
    provider_ref: Annotated[str, Meta(max_length=128)] = ""
    note: Annotated[str, Meta(max_length=MAX_NOTE)] = ""
    referred_by: Annotated[str, Meta(max_length=64)] = ""
    model: BusinessModel = BusinessModel.B2C


class Batch(_Strict, kw_only=True):
    orders: Annotated[list[Order], Meta(min_length=1, max_length=MAX_ORDERS)]


class _RawBatch(msgspec.Struct, forbid_unknown_fields=True):
    orders: list[msgspec.Raw]


def _number(text: str) -> int | float:
    """Many languages write a 2 as 2.0, and JSON Schema takes both for a whole number."""
    exact = Decimal(text)
    return int(exact) if abs(exact) < 2**63 and exact == exact.to_integral_value() else float(text)


_order = msgspec.json.Decoder(Order)
_any = msgspec.json.Decoder(type=Any, float_hook=_number)


def parse(body: bytes, context: Context) -> list[OrderIntent]:
    """One order. Raises BadInput with every problem and its JSON pointer."""
    try:
        order = _order.decode(body)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError, ValueError):
        order = _read_again(body)
    return [intent_of(order, context)]


def _read_again(body: bytes) -> Order:
    """What the quick decoder stopped at: taken when only the writing of a number was in its way, else explained."""
    json_of(body)  # says so when it is no JSON at all
    value = _any.decode(body)
    try:
        return msgspec.convert(value, Order)
    except (msgspec.ValidationError, ValueError) as error:
        problems = Problems()
        explain(value, Order, problems, "")
        if not problems.found:
            problems.add("", "bad_order", clean(str(error))[:300])
        problems.done()
        raise


def split(body: bytes) -> list[bytes]:
    """The orders of a batch, byte for byte. Raises BadInput when it is no batch."""
    try:
        found = msgspec.json.decode(body, type=_RawBatch).orders
    except (msgspec.DecodeError, RecursionError) as error:
        value, problems = json_of(body), Problems()
        for name in sorted(value.keys() - {"orders"}) if isinstance(value, dict) else ():
            problems.add(f"/{name}", "unknown_field", "orders only", value[name])
        if not problems.found:
            problems.add("/orders", "bad_batch", f"an object with a list named orders ({clean(str(error))[:200]})")
        problems.done("the batch")
        raise
    if not 0 < len(found) <= MAX_ORDERS:
        problems = Problems()
        problems.add("/orders", "too_many" if found else "missing", f"between 1 and {MAX_ORDERS} orders", len(found))
        problems.done("the batch")
    return [bytes(order) for order in found]


def intent_of(order: Order, context: Context) -> OrderIntent:
    problems = Problems()
    _cross_check(order, problems)
    problems.done()
    lines = tuple(
        IntentLine(no, clean(x.sku), x.units, x.unit_minor, x.discount_minor, clean(x.title), _options(x))
        for no, x in enumerate(order.lines, 1)
    )
    contact = _contact(order, context)
    return OrderIntent(
        channel_id=context.channel_id,
        external_id=clean(order.external_id),
        placed_at=order.placed_at.astimezone(UTC),
        currency=order.currency,
        lines=lines,
        fulfilment=FulfilmentKind(order.fulfilment),
        payment=PaymentMethod(order.payment),
        paid=order.paid,
        store_code=clean(order.store_code),
        destination=_destination(order.destination),
        contact=contact,
        identities=tuple(_identities(order, contact, context)),
        amounts=_amounts(order.amounts, lines),
        promised_at=order.promised_at.astimezone(UTC) if order.promised_at else None,
        provider_ref=clean(order.provider_ref),
        note=clean(order.note),
        referred_by=clean(order.referred_by),
        model=order.model,
        received_by=context.received_by,
        inbox_id=context.inbox_id,
    )


def _options(line: Line) -> tuple[str, ...]:
    """In one order, so that the same choices are the same line."""
    return tuple(sorted(clean(code).strip() for code in line.options))


def _cross_check(order: Order, problems: Problems) -> None:
    """What one field alone cannot show."""
    try:
        exponent(order.currency)
    except BadValue as error:
        problems.add("/currency", "bad_currency", error.problems[0].fix, order.currency)
    for i, line in enumerate(order.lines):
        if line.unit_minor is not None and line.discount_minor > line.unit_minor * line.units:
            fix = "a discount not above the line's price"
            problems.add(f"/lines/{i}/discount_minor", "discount_over_price", fix, line.discount_minor)
        if not clean(line.sku).strip():
            problems.add(f"/lines/{i}/sku", "missing", "the article number", line.sku)
        if order.amounts is not None and line.unit_minor is None:
            problems.add(f"/lines/{i}/unit_minor", "missing", "with settled amounts every line has its price")
    if order.amounts is not None and not order.paid:
        problems.add("/amounts", "not_settled", "amounts only for an order that is paid (paid: true)")
    if not clean(order.external_id).strip():
        problems.add("/external_id", "missing", "your own number of the order", order.external_id)
    if not 2000 <= order.placed_at.year <= 2100:
        problems.add("/placed_at", "bad_time", "a time between the years 2000 and 2100", order.placed_at.isoformat())
    where = order.destination
    if where is not None and (where.lon is None) != (where.lat is None):
        problems.add("/destination", "half_a_place", "both lon and lat, or none")


def _contact(order: Order, context: Context) -> Contact:
    person = order.contact
    country = (order.destination.country if order.destination else "") or context.country
    phone, hidden = reach(clean(person.phone), country)
    name, email = clean(person.name).strip(), clean(person.email).strip().lower()
    return Contact(name, phone, email, person.masked or hidden or masked(name) or masked(email))


def _identities(order: Order, contact: Contact, context: Context) -> list[Identity]:
    """What the sender shows, verified only if it may say so; then the contact's own, unverified."""
    found: list[Identity] = []
    for sign in order.identities:
        value = clean(sign.value).strip()
        if sign.kind is IdentityKind.PHONE:
            value = e164(value, context.country) or value
        elif sign.kind is IdentityKind.EMAIL:
            value = value.lower()
        elif sign.kind in (IdentityKind.BUYER, IdentityKind.APP_USER) and ":" not in value:
            value = f"{context.channel_code}:{value}"
        found.append(Identity(sign.kind, value, sign.verified and context.vouches))
    known = {(i.kind, i.value) for i in found}
    return found + [i for i in contact_identities(contact) if (i.kind, i.value) not in known]


def _destination(a: Address | None) -> Destination | None:
    if a is None:
        return None
    parts = (clean(part).strip() for part in (a.line, a.city, a.region, a.postcode, a.country.upper()))
    place = Point(a.lon, a.lat) if a.lon is not None and a.lat is not None else None
    return Destination(AddressText(*parts), place)


def _amounts(settled: Settled | None, lines: tuple[IntentLine, ...]) -> Amounts | None:
    if settled is None:
        return None
    return Amounts(
        goods=sum((line.unit_minor or 0) * line.units - line.discount_minor for line in lines),
        paid=settled.paid_minor,
        platform_subsidy=settled.platform_subsidy_minor,
        merchant_subsidy=settled.merchant_subsidy_minor,
        packaging=settled.packaging_minor,
        delivery=settled.delivery_minor,
        commission=settled.commission_minor,
        tax_added=settled.tax_added_minor,
    )


def explain(value: Any, kind: Any, problems: Problems, at: str) -> None:
    """Everything about `value` that is not as `kind` wants it. The decoder itself stops at the first."""
    kind, meta = _core(kind)
    if isinstance(kind, type) and issubclass(kind, msgspec.Struct) and isinstance(value, dict):
        fields = {field.name: field for field in msgspec.structs.fields(kind)}
        for name in sorted(value.keys() - fields.keys()):
            problems.add(f"{at}/{name}", "unknown_field", f"one of {', '.join(fields)}", value[name])
        for name, field in fields.items():
            if name in value:
                explain(value[name], field.type, problems, f"{at}/{name}")
            elif field.required:
                problems.add(f"{at}/{name}", "missing", "this is needed")
        return
    if get_origin(kind) is list and isinstance(value, list):
        for i, item in enumerate(value[: MAX_LINES + 1]):
            explain(item, get_args(kind)[0], problems, f"{at}/{i}")
        kind = list[Any]
    try:
        msgspec.convert(value, Annotated[kind, meta] if meta else kind)
    except msgspec.ValidationError as error:
        problems.add(at, "bad_value", _choices(kind) or clean(str(error).partition(" - at `")[0]), value)


def _choices(kind: Any) -> str:
    if get_origin(kind) is Literal:
        return f"one of {', '.join(get_args(kind))}"
    return f"one of {', '.join(kind)}" if isinstance(kind, type) and issubclass(kind, StrEnum) else ""


def _core(kind: Any) -> tuple[Any, Any]:
    """A type without Annotated and without None: (type, its Meta or None)."""
    meta = None
    if get_origin(kind) is Annotated:
        kind, meta = get_args(kind)[0], next((m for m in get_args(kind)[1:] if isinstance(m, Meta)), None)
    if get_origin(kind) in (Union, types.UnionType) and type(None) in get_args(kind):
        inner = [k for k in get_args(kind) if k is not type(None)]
        core, _ = _core(inner[0])
        if isinstance(core, type) and issubclass(core, msgspec.Struct):
            return core, None
    return kind, meta


def verify(request: Request, context: Context) -> None:
    """As a webhook: X-Datong-Signature: v1=<hex HMAC-SHA256 of the body>. The API itself goes by key instead."""
    given = request.headers.get("x-datong-signature", "")
    require_same(given, "v1=" + hmac_text(secret_of(context), request.body, "sha256", "hex"))


def unpack(request: Request, context: Context) -> list[Piece]:
    if b'"orders"' not in request.body:
        return [Piece(request.body)]
    try:
        return [Piece(order) for order in split(request.body)]
    except BadInput:
        return [Piece(request.body)]


CONNECTOR = Connector("native", verify, unpack, parse)
