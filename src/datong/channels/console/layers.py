"""One order's way through the layers of the house (S-59, SC-17), each with the record it left there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from datong.access.types import Action
from datong.brand.types import Channel
from datong.channels.console import words
from datong.channels.console.who import Who
from datong.channels.design.formats import money, number
from datong.customers import api as customers
from datong.ledger import api as ledger
from datong.orders.api import OrderView


@dataclass(frozen=True, slots=True)
class Layer:
    """A layer, what it did with this order, and where its record is."""

    name: str
    did: str
    href: str = ""
    record: str = ""


def of(who: Who, order: OrderView, channel: Channel | None) -> list[Layer]:
    """The eight stations in order; one that left no record says so."""
    placed: dict[str, Any] = next((e.detail for e in order.timeline if e.kind == "placed"), {})
    return [
        _channel(order, channel),
        _integration(who, order, placed),
        _customer(who, order),
        _product(order),
        _risk(placed),
        _transaction(order),
        _accounting(who, order),
        _report(order, channel),
    ]


def _channel(order: OrderView, channel: Channel | None) -> Layer:
    name = channel.name if channel else ""
    did = _("%(channel)s took it under its number %(number)s") % {"channel": name, "number": order.external_id}
    return Layer(_("Channel"), did, reverse("channel", args=[channel.code]) if channel else "", _("registry"))


def _integration(who: Who, order: OrderView, placed: dict[str, Any]) -> Layer:
    by = placed.get("received_by") or ""
    if order.inbox_id and who.sees(Action.INBOX_VIEW):
        did = _("kept as it came and understood (%(connector)s)") % {"connector": by or "–"}
        return Layer(_("Integration"), did, reverse("inbox-entry", args=[order.inbox_id]), _("payload"))
    return Layer(_("Integration"), by or _("handed over directly"))


def _customer(who: Who, order: OrderView) -> Layer:
    name = pgettext("layer", "Customer")
    if order.customer_id is None:
        return Layer(name, _("nothing verified was shown; taken for a guest"))
    known = customers.customers_by_id(who.brand.id, [order.customer_id]).get(order.customer_id)
    count = len(known.identities) if known else 0
    did = ngettext("known by %(n)s verified sign", "known by %(n)s verified signs", count) % {"n": number(count)}
    return Layer(name, did, f"{reverse('board')}?customer={order.customer_id}", _("all orders"))


def _product(order: OrderView) -> Layer:
    if order.quoted_minor is None:
        return Layer(_("Product"), _("no quote of ours: a product is unknown"))
    quoted = money(order.quoted_minor, order.currency)
    if order.amounts:
        return Layer(_("Product"), _("our quote beside the platform's amounts: %(quote)s") % {"quote": quoted})
    return Layer(_("Product"), _("quoted at %(quote)s") % {"quote": quoted})


def _risk(placed: dict[str, Any]) -> Layer:
    verdict = placed.get("risk")
    if not verdict:
        return Layer(_("Risk"), _("not asked"))
    rules = ", ".join(verdict.get("rules") or ())
    said = str(words.word(words.RISK, verdict.get("decision")))
    return Layer(_("Risk"), f"{said} ({rules})" if rules else said)


def _transaction(order: OrderView) -> Layer:
    state = words.word(words.ORDER_STATE, order.state)
    did = _("booked as %(number)s, %(state)s") % {"number": order.number, "state": state}
    return Layer(_("Transaction"), did, "#decision", _("why this store"))


def _accounting(who: Who, order: OrderView) -> Layer:
    posted = ledger.transfers_of(who.brand.id, [order.id])
    if not posted:
        return Layer(_("Accounting"), _("nothing to post yet"))
    did = ngettext("%(n)s transfer posted", "%(n)s transfers posted", len(posted)) % {"n": number(len(posted))}
    return Layer(_("Accounting"), did, "#postings", _("postings"))


def _report(order: OrderView, channel: Channel | None) -> Layer:
    did = _("counted in the channel's figures of its day")
    href = f"{reverse('board')}?channel={channel.code}" if channel else ""
    return Layer(_("Report"), did, href, _("orders"))
