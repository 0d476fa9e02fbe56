"""What a receipt tells beside the lines: the code that the customer scans to ask for the invoice, and the tax."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _

from datong.catalog import api as catalog
from datong.channels.console.invoices.asking import address
from datong.channels.console.invoices.code import code_of
from datong.channels.console.pricing.words import rate
from datong.channels.console.who import Who
from datong.invoices import api as invoices
from datong.orders.api import OrderView


def invoice_code(request: HttpRequest, who: Who, found: OrderView) -> dict[str, Any] | None:
    """The page where the customer asks, and its code; None while it is not paid or nobody issues invoices."""
    if not found.paid or not invoices.sellers(who.brand.id):
        return None
    url = request.build_absolute_uri(address(who.brand.id, found.id))
    return {"url": url, "code": code_of(url)}


def taxes_of(who: Who, found: OrderView) -> list[dict[str, Any]]:
    """The tax of each jurisdiction that the order was taxed by, with its name."""
    if not found.taxes:
        return []
    names = {each.code: each.name for each in catalog.list_jurisdictions(who.brand.id)}
    parts = {"goods": _("Goods"), "delivery": _("Delivery fee"), "packaging": _("Packaging fee")}
    return [
        {
            "tax": tax,
            "name": names.get(tax.jurisdiction) or tax.jurisdiction or _("Everywhere"),
            "part": parts.get(tax.part, tax.part),
            "rate": rate(tax.rate_ppm),
        }
        for tax in found.taxes
    ]
