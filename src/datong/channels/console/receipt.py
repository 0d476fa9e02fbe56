"""The receipt of an order to print or show, with the code that the customer scans to ask for the invoice."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from datong.access.types import Action
from datong.channels.console.invoices.receipts import invoice_code, taxes_of
from datong.channels.console.order import sums, visible_whole
from datong.channels.console.shell import brand_css, desk
from datong.channels.console.who import Who


@require_safe
@desk(Action.ORDERS_VIEW)
def receipt(request: HttpRequest, who: Who, number: str) -> HttpResponse:
    """For a narrow printer or the customer's own phone; a store sees the receipts of orders that are all its own."""
    found = visible_whole(who, number)
    given = {
        "language": get_language(),
        "brand": who.brand,
        "brand_css": brand_css(who.brand),
        "order": found,
        "sums": sums(found),
        "taxes": taxes_of(who, found),
        "invoice": invoice_code(request, who, found),
    }
    return render(request, "console/invoices/receipt.html", given)
