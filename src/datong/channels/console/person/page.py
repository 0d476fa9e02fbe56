"""One customer: who they are at each channel, what they bought, what was agreed, what is to be done (S-91)."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from datong.access import api as access
from datong.access.types import Action
from datong.channels.console.board import Names
from datong.channels.console.contacts import narrowed, opened, orders_of, whole_brand
from datong.channels.console.person import (
    agreed,
    bonds,
    bought,
    cards,
    cases,
    golden,
    journey,
    known,
    packets,
    points,
    rights,
    stored,
    touches,
    voices,
    worth,
)
from datong.channels.console.person.blocks import Block, Seen, drawn
from datong.channels.console.shell import desk, page
from datong.channels.console.who import Who
from datong.customers import api as customers
from datong.kernel.db import in_brand
from datong.kernel.errors import NotFound
from datong.orders import api as orders

BLOCKS: tuple[Block, ...] = (
    journey.BLOCK,
    golden.BLOCK,
    touches.BLOCK,
    voices.BLOCK,
    cases.BLOCK,
    bought.BLOCK,
    known.BLOCK,
    stored.BLOCK,
    packets.BLOCK,
    cards.BLOCK,
    points.BLOCK,
    worth.BLOCK,
    bonds.BLOCK,
    agreed.BLOCK,
    known.MERGES,
    rights.BLOCK,
)
"""What the page shows, in its order; another module's block is one more name here."""


@require_safe
@desk(Action.CUSTOMERS_VIEW)
def customer(request: HttpRequest, who: Who, customer_id: UUID) -> HttpResponse:
    with in_brand(who.brand.id), customers.remembering_records():
        seen = see(request, who, customer_id)
        if seen.person.id != customer_id:
            return redirect("customer", seen.person.id)
        parts = drawn(BLOCKS, seen)
    customers.see_customer(customer_id, brand=who.brand.id, by=who.staff.username, place="page")
    given = {
        "seen": seen,
        "customer": seen.person,
        "key": str(customer_id),
        "name": (seen.person.name if seen.full else access.mask_name(seen.person.name)) or _("customer"),
        "main": [part for part in parts if not part.aside],
        "aside": [part for part in parts if part.aside],
        "lead": bought.sentence(list(seen.figures)),
        "may_merge": seen.full and who.may(Action.CUSTOMERS_MERGE),
    }
    return page(request, who, "person/page", given)


def see(request: HttpRequest, who: Who, customer_id: UUID) -> Seen:
    """The person a record is, as far as this reader may see them; NotFound for another store's customer."""
    found = customers.customer_page(who.brand.id, customer_id)
    rows = orders_of(who, customer_id, bought.SHOWN)
    if not rows and not whole_brand(who):
        raise NotFound("no such customer")
    figures = orders.bought(who.brand.id, found.id, **narrowed(who))
    return Seen(request, who, found, Names.of(who), rows, figures, opened(who, rows))
