"""Where an order stands in settling between companies, line by line: a block of the order's page (S-208)."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.urls import reverse

from datong.access.types import Action
from datong.channels.console.partners.common import kind_word, line_badge, names, seen
from datong.channels.console.who import Who
from datong.merchants import api as merchants


def settling_of(who: Who, order_id: UUID) -> list[dict[str, Any]]:
    """The lines of this order that this person may see; [] where no company is concerned. Three statements at most."""
    if not who.sees(Action.PARTNERS_VIEW):
        return []
    mine = seen(who)
    found = [
        line
        for line in merchants.order_states(who.brand.id, [order_id]).get(order_id, ())
        if mine is None or line.entry.company_id in mine or line.entry.counter_id in mine
    ]
    called = names(who) if found else {}
    return [
        {
            "kind": kind_word(line.entry.kind, line.entry.words),
            "company": called.get(line.entry.company_id, ""),
            "net": line.entry.net_minor,
            "currency": line.entry.currency,
            "badge": line_badge(line.state),
            "href": reverse("settlement", args=[line.entry.run_id]) if line.entry.run_id else "",
        }
        for line in found
    ]
