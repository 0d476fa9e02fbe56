"""From one order in a sender's words to a canonical intent, by mapping."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from datong.brand.types import AddressText
from datong.fulfilment.types import FulfilmentKind
from datong.integration.types import MAX_EXTERNAL_ID, MAX_SKU, Context
from datong.integration.wire.datum import to_wgs84
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
from datong.integration.wire.mapping.evaluate import Values
from datong.integration.wire.mapping.language import Address, Lines, Mapping
from datong.integration.wire.mapping.language import Amounts as AmountsWords
from datong.integration.wire.mapping.paths import walk
from datong.integration.wire.reading import Problems
from datong.kernel.errors import BadValue
from datong.kernel.geo import Point
from datong.kernel.money import exponent
from datong.orders.types import MAX_LINES, MAX_UNITS, Amounts, Destination, IntentLine, OrderIntent
from datong.payments.types import PaymentMethod


def intent_of(document: Any, mapping: Mapping, context: Context, problems: Problems, at: str = "") -> OrderIntent:
    """The intent; what is wrong is in `problems`, and then the intent holds stand-ins and must not be used."""
    words = mapping.order
    values = Values(document, problems, at=at, money=mapping.money, time_format=mapping.time, zone=mapping.zone)
    values.zone = values.zone or context.timezone
    values.currency = _currency(values, mapping, context)
    lines = tuple(_lines(values, words.lines))
    contact = contact_of(
        values.text(words.contact.name, limit=MAX_NAME, cut=True),
        values.text(words.contact.phone, limit=60),
        values.text(words.contact.email, limit=254),
        values.text(words.address.country, limit=2) or context.country,
        relay=values.flag(words.contact.relay) if words.contact.relay else False,
    )
    fulfilment = _choice(values, words.fulfilment, FulfilmentKind, FulfilmentKind.DELIVERY)
    payment = _choice(values, words.payment, PaymentMethod, PaymentMethod.PREPAID)
    return OrderIntent(
        channel_id=context.channel_id,
        external_id=values.text(words.external_id, limit=MAX_EXTERNAL_ID, required=True),
        placed_at=values.time(words.placed_at),
        currency=values.currency,
        lines=lines,
        fulfilment=fulfilment,
        payment=payment,
        paid=values.flag(words.paid),
        store_code=values.text(words.store_code, limit=64),
        destination=_destination(values, words.address) if fulfilment is FulfilmentKind.DELIVERY else None,
        contact=contact,
        identities=(*buyer_of(context, values.text(words.buyer, limit=128)), *contact_identities(contact)),
        amounts=_amounts(values, words.amounts, lines) if words.amounts else None,
        completed=words.completed,
        promised_at=values.maybe_time(words.promised_at),
        provider_ref=values.text(words.provider_ref, limit=128),
        note=values.text(words.note, limit=MAX_NOTE, cut=True),
        received_by=context.received_by,
        inbox_id=context.inbox_id,
    )


def _currency(values: Values, mapping: Mapping, context: Context) -> str:
    found = values.text(mapping.order.currency, limit=3).upper() or context.currency
    try:
        exponent(found)
    except BadValue as error:
        values.complain("", "bad_currency", error.problems[0].fix, found)
        return context.currency
    return found


def _choice(values: Values, word: Any, kinds: Any, fallback: Any) -> Any:
    found = values.text(word, limit=40)
    if not found:
        return fallback  # a missing or unknown value is noted already, or the mapping means its default
    try:
        return kinds(found)
    except ValueError:
        path = word if isinstance(word, str) else word.path
        values.complain(path, "unknown_value", f"one of {', '.join(kinds)}", found)
        return fallback


def _lines(values: Values, words: Lines) -> list[IntentLine]:
    path = words.each if words.each.endswith("/*") else words.each + "/*"
    found = walk(values.document, path)
    if not found:
        values.complain(words.each, "missing", "send at least one line")
    if len(found) > MAX_LINES:
        values.complain(words.each, "too_many", f"send at most {MAX_LINES}", len(found))
        return []
    return [_line(no, values.inside(pointer, item), words) for no, (pointer, item) in enumerate(found, 1)]


def _line(no: int, line: Values, words: Lines) -> IntentLine:
    units = line.whole(words.units, low=1, high=MAX_UNITS)
    sku = line.text(words.sku, limit=MAX_SKU, required=True)
    title = line.text(words.title, limit=MAX_TITLE, cut=True)
    options = line.options(words.options)
    if words.total is not None:
        after = line.amount(words.total)
        before = line.amount(words.unit_price) * units if words.unit_price is not None else after
        spread_out = spread(no, sku, units, before=max(before, after), after=after, title=title)
        return replace(spread_out, options=options) if options else spread_out
    if words.unit_price is None:
        return IntentLine(no, sku, units, None, 0, title, options)
    price, discount = line.amount(words.unit_price), line.amount(words.discount)
    if discount > price * units:
        line.complain("", "discount_over_price", "a discount not above the line's price", discount)
    return IntentLine(no, sku, units, price, discount, title, options)


def _amounts(values: Values, words: AmountsWords, lines: tuple[IntentLine, ...]) -> Amounts:
    return Amounts(
        goods=goods_of(lines),
        paid=values.amount(words.paid),
        platform_subsidy=values.amount(words.platform_subsidy),
        merchant_subsidy=values.amount(words.merchant_subsidy),
        packaging=values.amount(words.packaging),
        delivery=values.amount(words.delivery),
        commission=values.amount(words.commission),
        tax_added=values.amount(words.tax_added),
    )


def _destination(values: Values, words: Address) -> Destination | None:
    text = AddressText(
        values.text(words.line, limit=MAX_LINE),
        values.text(words.city, limit=120),
        values.text(words.region, limit=80),
        values.text(words.postcode, limit=20),
        values.text(words.country, limit=2),
    )
    return destination_of(text, _place(values, words))


def _place(values: Values, words: Address) -> Point | None:
    lon, lat = values.text(words.lon, limit=30), values.text(words.lat, limit=30)
    if not lon or not lat:
        return None
    try:
        place = Point(float(lon), float(lat))
    except (ValueError, BadValue):
        path = words.lon if isinstance(words.lon, str) else words.lon.path if words.lon else ""
        values.complain(path, "bad_place", "longitude -180 to 180 and latitude -90 to 90", f"{lon}, {lat}")
        return None
    if place == Point(0.0, 0.0):  # how systems write 'unknown'
        return None
    return to_wgs84(place) if words.datum == "gcj02" else place
