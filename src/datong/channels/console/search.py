"""The command palette: anything by number, name or phone, and every page by its name."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_safe

from datong.access.types import Action
from datong.catalog import api as catalog
from datong.channels.console import words
from datong.channels.console.board import callers
from datong.channels.console.contacts import name_for, narrowed
from datong.channels.console.nav import rail
from datong.channels.console.places import stores_of
from datong.channels.console.shell import desk
from datong.channels.console.titles import title_of
from datong.channels.console.who import Who
from datong.channels.design.formats import money
from datong.customers import api as customers
from datong.orders import api as orders
from datong.orders.api import BoardFilter

EACH = 6


@dataclass(frozen=True, slots=True)
class Hit:
    text: str
    note: Any
    href: str
    icon: str


@require_safe
@desk(Action.ORDERS_VIEW)
def search(request: HttpRequest, who: Who) -> HttpResponse:
    """Results for what is typed; nothing typed: the pages."""
    text = request.GET.get("q", "").strip()[:80]
    pages = [
        Hit(link.text, _("page"), link.href, link.icon)
        for link in rail(request, who.sees)
        if text.lower() in link.text.lower()
    ]
    hits = [*_orders(who, text), *_customers(who, text), *_products(who, text), *_stores(who, text)] if text else []
    return render(request, "console/_search.html", {"hits": [*hits, *pages], "text": text})


def _orders(who: Who, text: str) -> list[Hit]:
    found = orders.board(who.brand.id, BoardFilter(text=text, limit=EACH, **narrowed(who)))
    called = callers(who, found.rows)
    return [
        Hit(
            row.number,
            " · ".join(
                (
                    name_for(who, called.get(row.customer_id or row.id) or row.contact_name, row.store_id),
                    str(words.word(words.ORDER_STATE, row.state)),
                    money(row.total_minor, row.currency),
                )
            ),
            reverse("order", args=[row.number]),
            "receipt-text",
        )
        for row in found.rows
    ]


def _customers(who: Who, text: str) -> list[Hit]:
    if not who.sees(Action.CUSTOMERS_VIEW):
        return []
    return [
        Hit(hit.name or hit.matched, f"{pgettext('layer', 'Customer')} · {hit.matched}",
            reverse("customer", args=[hit.id]), "user-round")
        for hit in customers.search_customers(who.brand.id, text, limit=EACH)
        if _bought_here(who, hit.id)
    ]  # fmt: skip


def _bought_here(who: Who, customer_id: UUID) -> bool:
    """People of some stores find the customers who bought there, nobody else's."""
    mine = narrowed(who)
    if mine["stores"] is None and mine["hidden"] is None:
        return True
    return bool(orders.board(who.brand.id, BoardFilter(customer_id=customer_id, limit=1, **mine)).rows)


def _products(who: Who, text: str) -> list[Hit]:
    return [
        Hit(title_of(item), item.sku, reverse("product", args=[item.sku]), "package")
        for item in catalog.search_items(who.brand.id, text, limit=EACH)
    ]


def _stores(who: Who, text: str) -> list[Hit]:
    low = text.lower()
    mine = stores_of(who)
    found = [s for s in mine if low in s.name.lower() or low == s.code.lower() or low in s.city.lower()]
    return [Hit(s.name, s.city, reverse("store", args=[s.code]), "store") for s in found[:EACH]]
