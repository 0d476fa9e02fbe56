"""The letter a purchase order goes out with: sent from here, or copied into one's own mail program."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from datong.channels.console.places import stores_of
from datong.channels.console.who import Who
from datong.channels.design.formats import money, number
from datong.kernel.ids import uuid7
from datong.kernel.mail import has_server
from datong.purchasing.types import OrderState, PurchaseOrder, Supplier


def letter(
    request: HttpRequest, who: Who, order: PurchaseOrder, supplier: Supplier, errors: Mapping[str, str]
) -> dict[str, Any]:
    """What the form shows: to whom, the text, and the same as an address that opens the mail program."""
    typed = request.POST if errors else {}
    to, body = typed.get("to", supplier.email), typed.get("body", "") or text_of(who, order)
    subject = subject_of(who, order)
    return {
        "to": to,
        "subject": subject,
        "body": body,
        "server": has_server(),
        "mailto": f"mailto:{quote(to)}?subject={quote(subject)}&body={quote(body.replace(chr(10), chr(13) + chr(10)))}",
        "again": order.state is not OrderState.APPROVED,
        "key": str(uuid7()),
    }


def subject_of(who: Who, order: PurchaseOrder) -> str:
    return _("Purchase order %(number)s of %(brand)s") % {"number": order.number, "brand": who.brand.name}


def text_of(who: Who, order: PurchaseOrder) -> str:
    """The letter: what is ordered, to where, until when."""
    store = next((s for s in stores_of(who) if s.id == order.store_id), None)
    place = ", ".join(filter(None, [store.name, store.address, store.postcode, store.city])) if store else ""
    units = sum(x.units for x in order.lines)
    lines = ngettext("%(n)s product", "%(n)s products", len(order.lines)) % {"n": number(len(order.lines))}
    return _(
        "Hello,\n\nwe order %(lines)s, %(units)s units, for %(total)s under the number %(number)s.\n"
        "Deliver to: %(place)s\nDeliver by: %(day)s\n\nThe lines are in the PDF, and in the CSV for your system. "
        "Please confirm, and write our number on the delivery note.\n\n%(by)s\n%(brand)s"
    ) % {
        "lines": lines,
        "units": number(units),
        "total": money(order.total_minor, who.brand.currency),
        "number": order.number,
        "place": place,
        "day": order.expected_on.isoformat() if order.expected_on else "–",
        "by": who.name,
        "brand": who.brand.name,
    }
