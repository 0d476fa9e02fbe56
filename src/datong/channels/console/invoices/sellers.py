"""Who issues invoices, by which provider, and when stored value is invoiced."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from datong.access.types import Action
from datong.brand import api as brands
from datong.channels.console.invoices.asking import call_address
from datong.channels.console.pricing.forms import errors_of
from datong.channels.console.shell import desk, page, require
from datong.channels.console.who import Who
from datong.invoices import api as invoices
from datong.invoices.types import OWN, Seller, StoredMode
from datong.kernel.errors import BadInput

TEXTS = ("title", "tax_no", "provider", "address", "account", "clerk", "postal", "note", "series", "credit_series")
PLAIN = "plain"
PROVIDERS = {PLAIN: "PDF", "nuonuo": "诺诺 (Nuonuo)"}


@require_http_methods(["GET", "HEAD", "POST"])
@desk(Action.MONEY_VIEW, write=Action.MONEY_EDIT)
def sellers(request: HttpRequest, who: Who) -> HttpResponse:
    errors: dict[str, str] = {}
    companies = {OWN: who.brand.name, **{c.id: c.name for c in brands.tree(who.brand.id).companies}}
    if request.method == "POST":
        require(who, Action.MONEY_EDIT)
        try:
            _put(request, who, companies)
            return redirect("invoice-sellers")
        except BadInput as error:
            errors = errors_of(error)
    known = {seller.company_id: seller for seller in invoices.sellers(who.brand.id)}
    ours = known.get(OWN)
    typed = request.POST if errors else ours
    plain = (
        request.POST.get("provider") == PLAIN
        if errors
        else ours.provider == PLAIN
        if ours
        else who.brand.country != "CN"
    )
    given = {
        "crumbs": [(_("Tax invoices"), reverse("invoices"))],
        "rows": [
            {
                "seller": seller,
                "name": companies.get(seller.company_id, seller.title),
                "plain": invoices.is_plain(seller.provider),
                "provider": PROVIDERS.get(seller.provider, seller.provider),
                "call": request.build_absolute_uri(call_address(who.brand.id, seller.company_id)),
            }
            for seller in known.values()
        ],
        "companies": [(str(key), name) for key, name in companies.items()],
        "providers": [(name, PROVIDERS.get(name, name)) for name in sorted(invoices.issuers()) if name != PLAIN],
        "series": [{"it": one, "name": companies.get(one.company_id, "")} for one in invoices.series_of(who.brand.id)],
        "plain": plain,
        "abroad": typed if plain else None,
        "china": None if plain else typed,
        "modes": [
            (StoredMode.SPENDING.value, _("when it is spent")),
            (StoredMode.TOP_UP.value, _("when it is topped up, not taxed")),
        ],
        "plain_errors": errors if plain else {},
        "errors": {} if plain else errors,
        "may_edit": who.may(Action.MONEY_EDIT),
    }
    return page(request, who, "invoices/sellers", given, status=422 if errors else 200)


def _put(request: HttpRequest, who: Who, companies: dict[UUID, str]) -> None:
    post = request.POST
    company = next((key for key in companies if str(key) == post.get("company_id")), OWN)
    mode = StoredMode.TOP_UP if post.get("stored") == StoredMode.TOP_UP.value else StoredMode.SPENDING
    told = {name: post.get(name, "").strip()[:310] for name in TEXTS}
    item = post.get("item_name", "").strip()[:80], post.get("tax_code", "").strip()
    told["tax_no"] = told["tax_no"].upper()
    if told["provider"] != PLAIN:
        told = {name: text for name, text in told.items() if name not in ("series", "credit_series")}
    given: dict[str, Any] = told
    seller = Seller(company_id=company, stored=mode, tax_code=item[1], item_name=item[0], **given)
    secret, token = post.get("secret", "").strip(), post.get("token", "").strip()
    invoices.put_seller(
        who.brand.id, seller, secret=f"{secret}\n{token}" if secret or token else "", by=who.staff.username
    )
    messages.success(request, _("Invoices are issued so from now on."))
