"""One person's way between online and offline, as one chain: visits, orders, what they had in a store."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from datong.access.types import Action
from datong.channels.console.flows.words import SIDE, WHAT, way_said
from datong.channels.console.shell import desk, page
from datong.channels.console.who import Who
from datong.channels.design.formats import number
from datong.customers import api as customers
from datong.kernel.errors import NotFound
from datong.orders import api as orders
from datong.orders.api import crossings, mode_of, turns

LISTED = 200


@require_safe
@desk(Action.CUSTOMERS_VIEW)
def chain(request: HttpRequest, who: Who, customer_id: UUID) -> HttpResponse:
    """Of the whole person, whichever of their records is named."""
    if who.stores is not None:
        raise NotFound(_("Whose whole way it is, head office and the service desk see."))
    person = customers.customer_page(who.brand.id, customer_id)
    customers.see_customer(customer_id, brand=who.brand.id, by=who.staff.username, place="way")
    found = orders.touches(who.brand.id, [record.id for record in person.records], limit=LISTED)
    sides = [touch.side for touch in found]
    crossed = sum(crossings(sides).values())
    said = ngettext(
        "Crossed between online and offline %(n)s time.", "Crossed between online and offline %(n)s times.", crossed
    ) % {"n": number(crossed)}
    modes = [mode_of(turns(sides)[: n + 1]) for n in range(1, len(turns(sides)))]
    given = {
        "person": person,
        "lead": said if found else _("Nothing is known of their way yet."),
        "way": way_said(turns(sides)),
        "modes": list(dict.fromkeys(mode for mode in modes if mode)),
        "touches": [{"t": one, "side": SIDE[one.side], "what": WHAT[one.what]} for one in reversed(found)],
    }
    return page(request, who, "flows/chain", given)
