"""How far the brand is connected through: the three unifications, what was looked at, and who stands outside."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, ngettext_lazy, pgettext_lazy
from django.views.decorators.http import require_safe

from datong.access.types import Action
from datong.brand import api as brands
from datong.channels.console import words
from datong.channels.console.places import stores_of
from datong.channels.console.shell import desk, page
from datong.channels.console.who import Who
from datong.channels.design.formats import number
from datong.insight import api as insight
from datong.insight.types import Chain, Check, Link, Outside, Shared, Unification
from datong.kernel import clock

MOST_NAMES = 8
CHAIN_DAYS = timedelta(days=30)
OF_STORES = ("every_store_has_stock", "stock_serves_every_door", "shelf_as_counted")
IN_THE_INBOX = ("everything_understood", "one_number_one_order")
TITLE = {
    Unification.ORDERS: gettext_lazy("One order platform"),
    Unification.EXPERIENCE: gettext_lazy("One experience"),
    Unification.SUPPLY: gettext_lazy("One supply chain"),
}
CHECK = {
    "every_channel_arrives": gettext_lazy("Every open channel's orders arrive here"),
    "every_order_is_here": gettext_lazy("Every order a channel sent is in the book, once"),
    "everything_understood": gettext_lazy("Everything that came in was understood"),
    "one_number_one_order": gettext_lazy("One number at a channel is one order"),
    "one_price": gettext_lazy("The price is the same at every door"),
    "one_customer": gettext_lazy("Customers are known at every door"),
    "described": gettext_lazy("Every channel has a role and somebody responsible"),
    "every_store_has_stock": gettext_lazy("Every open store's stock is in the one record"),
    "stock_serves_every_door": gettext_lazy("Every store's stock serves every door"),
    "every_door_sees_stock": gettext_lazy("Every door may draw on every store"),
    "shelf_as_counted": gettext_lazy("The shelves hold what the record says"),
}
WHY = {
    "no_door": gettext_lazy("no door into the hub: it only guides visitors, what they buy is not joined"),
    "own_prices": gettext_lazy("own prices, with a reason"),
    "no_reason": gettext_lazy("own prices without a reason"),
    "nobody_known": gettext_lazy("no customer was ever recognized"),
    "not_described": gettext_lazy("no role or nobody responsible"),
    "no_stock": gettext_lazy("no stock in the record"),
    "keeps_stock": gettext_lazy("keeps its stock for itself, by its own choice"),
    "some_stores": gettext_lazy("limited to some stores, by setting"),
    "never_paid": gettext_lazy("no payment was ever recorded"),
}
COUNTED = {
    "missing": ngettext_lazy("%(n)s order missing", "%(n)s orders missing", "count"),
    "not_understood": ngettext_lazy("%(n)s delivery not understood", "%(n)s deliveries not understood", "count"),
    "conflicts": ngettext_lazy("%(n)s number used twice", "%(n)s numbers used twice", "count"),
    "short": ngettext_lazy("%(n)s unit missing on the shelf", "%(n)s units missing on the shelf", "count"),
}
LINK = {
    Link.PLACED: pgettext_lazy("link of a chain", "Placed"),
    Link.HELD: gettext_lazy("A store has it"),
    Link.ACCEPTED: gettext_lazy("Accepted"),
    Link.READY: gettext_lazy("Ready"),
    Link.COMPLETE: gettext_lazy("With the customer"),
    Link.AGAIN: gettext_lazy("Ordered again"),
}
SHARED = {
    Shared.ORDERS: gettext_lazy("Orders"),
    Shared.MEMBERS: gettext_lazy("Members"),
    Shared.PRICES: gettext_lazy("Prices"),
    Shared.STOCK: gettext_lazy("Stock"),
    Shared.PAYMENTS: gettext_lazy("Payments"),
}


@require_safe
@desk(Action.CHANNELS_VIEW)
def readiness(request: HttpRequest, who: Who) -> HttpResponse:
    found, now = insight.readiness(who.brand.id), clock.now()
    names = _names(who)
    failing = [check for check in found.checks if not check.ok]
    total = len(found.checks)
    if failing:
        said = ngettext(
            "%(bad)s of %(all)s checks finds a source outside",
            "%(bad)s of %(all)s checks find a source outside",
            len(failing),
        )
        lead = said % {"bad": number(len(failing)), "all": number(total)}
    else:
        lead = _("All %(all)s checks pass: orders, experience and supply chain are one") % {"all": number(total)}
    given = {
        "lead": lead,
        "parts": [
            {
                "title": TITLE[part],
                "ok": all(check.ok for check in found.of(part)),
                "checks": [_check(check, names) for check in found.of(part)],
            }
            for part in Unification
        ],
        "links": LINK.values(),
        "chains": [_chain(one) for one in insight.chains(who.brand.id, now - CHAIN_DAYS, now)],
        "columns": SHARED.values(),
        "rows": [(names[c], [WHY.get(shared[s], "") for s in Shared]) for c, shared in found.shared if c in names],
    }
    return page(request, who, "readiness", given)


def _names(who: Who) -> dict[UUID, tuple[str, str, str]]:
    """id -> (name, address, icon) of channels and stores."""
    known: dict[UUID, tuple[str, str, str]] = {}
    for c in brands.list_channels(who.brand.id):
        known[c.id] = (c.name, reverse("channel", args=[c.code]), words.CHANNEL_ICON[c.kind])
    for s in stores_of(who):
        known[s.id] = (s.name, reverse("store", args=[s.code]), "store")
    return known


def _chain(one: Chain) -> dict[str, Any]:
    """A row of the table: what came to each link, the break beside it."""
    reached = dict(one.reached)
    return {
        "name": words.word(words.FULFILMENT, one.flow),
        "cells": [
            {
                "count": reached.get(link),
                "lost": _("%(n)s fewer") % {"n": number(one.lost)} if link is one.broken else "",
            }
            for link in Link
        ],
    }


def _check(check: Check, names: dict[UUID, tuple[str, str, str]]) -> dict[str, Any]:
    return {
        "title": words.word(CHECK, check.code),
        "ok": check.ok,
        "looked_at": _count(check),
        "outside": [_outside(o, names) for o in check.outside[:MOST_NAMES]],
        "more": max(len(check.outside) - MOST_NAMES, 0),
        "fixes": f"{reverse('inbox')}?state=open" if check.code in IN_THE_INBOX else "",
    }


def _count(check: Check) -> str:
    """How many sources were looked at."""
    if check.code in OF_STORES:
        return ngettext("%(n)s store", "%(n)s stores", check.looked_at) % {"n": number(check.looked_at)}
    return ngettext("%(n)s channel", "%(n)s channels", check.looked_at) % {"n": number(check.looked_at)}


def _outside(source: Outside, names: dict[UUID, tuple[str, str, str]]) -> dict[str, Any]:
    name, href, icon = names.get(source.id, ("–", "", "plug"))
    counted = COUNTED.get(source.why)
    why = counted % {"count": source.count, "n": number(source.count)} if counted else words.word(WHY, source.why)
    return {
        "name": name,
        "href": href,
        "icon": icon,
        "why": why,
        "chosen": source.chosen,
    }
