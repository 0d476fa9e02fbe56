"""Small shared steps from a reader to the parts of an intent."""

from __future__ import annotations

from collections.abc import Iterable

from datong.brand.types import AddressText
from datong.customers.types import Identity, IdentityKind
from datong.integration.types import Context
from datong.integration.wire.phones import e164, masked, reach
from datong.kernel.geo import Point
from datong.orders.types import Contact, Destination, IntentLine

MAX_NAME, MAX_NOTE, MAX_TITLE, MAX_LINE = 120, 500, 200, 300  # what the order book keeps


def spread(line_no: int, sku: str, units: int, *, before: int, after: int, title: str) -> IntentLine:
    """A line of which only the sums are known: `before` and `after` its discount.

    The unit price is rounded up and what that adds is discounted again, so that the line's total is `after` exactly.
    """
    unit = -(-before // units) if units else before
    return IntentLine(line_no, sku, units, unit, unit * units - after, title)


def goods_of(lines: Iterable[IntentLine]) -> int:
    return sum((line.unit_minor or 0) * line.units - line.discount_minor for line in lines)


def contact_of(name: str, phone: str, email: str, country: str, *, relay: bool = False) -> Contact:
    """Whom to reach; `relay` True: the platform hides its customers, whatever the number looks like."""
    number, hidden = reach(phone, country)
    return Contact(name, number, email.lower(), relay or hidden or masked(name) or masked(email))


def contact_identities(contact: Contact) -> list[Identity]:
    """Phone and e-mail as signs, unverified; a masked or relay contact gives none."""
    if contact.masked:
        return []
    found = []
    if e164(contact.phone) == contact.phone and contact.phone:
        found.append(Identity(IdentityKind.PHONE, contact.phone))
    if "@" in contact.email:
        found.append(Identity(IdentityKind.EMAIL, contact.email))
    return found


def buyer_of(context: Context, buyer_id: str) -> list[Identity]:
    """The platform's own number of its customer; the signature of the delivery vouches for it."""
    return [Identity(IdentityKind.BUYER, f"{context.channel_code}:{buyer_id}", verified=True)] if buyer_id else []


def destination_of(text: AddressText, place: Point | None) -> Destination | None:
    return Destination(text, place) if place is not None or any(getattr(text, f) for f in text.__slots__) else None
