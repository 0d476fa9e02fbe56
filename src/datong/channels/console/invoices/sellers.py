"""Who issues invoices, by which provider, and when stored value is invoiced."""

from __future__ import annotations

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

TEXTS = ("title", "tax_no", "provider", "address", "account", "clerk")


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
    given = {
        "crumbs": [(_("Tax invoices"), reverse("invoices"))],
        "rows": [
            {
                "seller": seller,
                "name": companies.get(seller.company_id, seller.title),
                "call": request.build_absolute_uri(call_address(who.brand.id, seller.company_id)),
            }
            for seller in known.values()
        ],
        "companies": [(str(key), name) for key, name in companies.items()],
        "providers": [(name, name) for name in sorted(invoices.issuers())],
        "modes": [
            (StoredMode.SPENDING.value, _("when it is spent")),
            (StoredMode.TOP_UP.value, _("when it is topped up, not taxed")),
        ],
        "typed": request.POST if errors else known.get(OWN),
        "errors": errors,
        "may_edit": who.may(Action.MONEY_EDIT),
    }
    return page(request, who, "invoices/sellers", given, status=422 if errors else 200)


def _put(request: HttpRequest, who: Who, companies: dict[UUID, str]) -> None:
    post = request.POST
    company = next((key for key in companies if str(key) == post.get("company_id")), OWN)
    mode = StoredMode.TOP_UP if post.get("stored") == StoredMode.TOP_UP.value else StoredMode.SPENDING
    title, tax_no, provider, address, account, clerk = (post.get(name, "").strip()[:300] for name in TEXTS)
    item = post.get("item_name", "").strip()[:80], post.get("tax_code", "").strip()
    seller = Seller(company, title, tax_no.upper(), provider, address, account, clerk, mode, item[1], item[0])
    secret, token = post.get("secret", "").strip(), post.get("token", "").strip()
    invoices.put_seller(
        who.brand.id, seller, secret=f"{secret}\n{token}" if secret or token else "", by=who.staff.username
    )
    messages.success(request, _("Invoices are issued so from now on."))
