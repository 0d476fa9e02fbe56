"""Customers who are free of tax: their certificates, with the days they hold."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from datong.access.types import Action
from datong.catalog import api as catalog
from datong.catalog.types import Certificate
from datong.channels.console.pricing.forms import Reader, errors_of
from datong.channels.console.pricing.prices import tabs
from datong.channels.console.shell import desk, page, require
from datong.channels.console.who import Who
from datong.customers import api as customers
from datong.kernel import clock
from datong.kernel.errors import BadInput
from datong.kernel.ids import uuid7


@require_http_methods(["GET", "HEAD", "POST"])
@desk(Action.CUSTOMERS_VIEW, write=Action.CATALOG_EDIT)
def certificates(request: HttpRequest, who: Who) -> HttpResponse:
    errors: dict[str, str] = {}
    if request.method == "POST":
        require(who, Action.CATALOG_EDIT)
        try:
            _act(request, who)
            return redirect("tax-certificates")
        except BadInput as error:
            errors = {{"customer_id": "customer"}.get(n, n): fix for n, fix in errors_of(error).items()}
    found, following = catalog.list_certificates(who.brand.id, cursor=request.GET.get("after", ""))
    known = customers.customers_by_id(who.brand.id, [one.customer_id for one in found])
    today = clock.now().date()
    rows = [
        {
            "one": one,
            "customer": known[one.customer_id].name if one.customer_id in known else "",
            "known": one.customer_id in known,
            "codes": ", ".join(code for code in one.jurisdictions if code) or _("every tax"),
            "state": _state(one, today),
        }
        for one in found
    ]
    given = {
        "tabs": tabs("taxes"),
        "crumbs": [(_("Sales tax"), reverse("taxes"))],
        "rows": rows,
        "next": following,
        "errors": errors,
        "typed": request.POST,
        "may_edit": who.may(Action.CATALOG_EDIT),
    }
    return page(request, who, "pricing/certificates", given, status=422 if errors else 200)


def _state(one: Certificate, today: date) -> str:
    if one.ended_at:
        return "ended"
    if today < one.valid_from:
        return "later"
    return "holds" if one.valid_to is None or today <= one.valid_to else "over"


def _act(request: HttpRequest, who: Who) -> None:
    form, by = Reader(request.POST, who.brand.currency), who.staff.username
    if "end" in request.POST:
        catalog.end_certificate(who.brand.id, UUID(form.text("end", 36)), by=by)
        messages.success(request, _("The certificate holds no longer."))
        return
    begins, ends = _day(form, "valid_from"), _day(form, "valid_to")
    codes = tuple(name for name in form.names("jurisdictions")) or ("",)
    try:
        customer = UUID(form.text("customer", 200).rstrip("/").rsplit("/", 1)[-1])
        if customer not in customers.customers_by_id(who.brand.id, [customer]):
            raise ValueError
    except ValueError:
        form.wrong("customer", _("The address of the customer’s page, or its number at the end."))
        customer = uuid7()
    form.done()
    one = Certificate(
        uuid7(), customer, form.text("number", 121), form.text("reason", 121), begins or clock.now().date(), ends, codes
    )
    catalog.keep_certificate(who.brand.id, one, by=by)
    messages.success(request, _("From its first day on this customer is quoted without the tax."))


def _day(form: Reader, name: str) -> date | None:
    text = form.text(name, 20)
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        form.wrong(name, _("A date such as 2026-12-24."))
        return None
