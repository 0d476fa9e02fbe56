"""The customer's page behind the code on the receipt: ask for the order's invoice, see it when it is there."""

from __future__ import annotations

from uuid import UUID

from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST

from datong.brand import api as brands
from datong.channels.console.invoices import words
from datong.channels.console.pricing.forms import errors_of
from datong.channels.console.shell import brand_css
from datong.channels.open import anyone
from datong.invoices import api as invoices
from datong.invoices.types import About, Buyer
from datong.kernel.errors import BadInput, Conflict, NotFound
from datong.orders import api as orders

SALT = "datong invoice of an order"
CALL_SALT = "datong invoice call"
MAX_CALL_BYTES = 100_000


def address(brand_id: UUID, order_id: UUID) -> str:
    """The page of an order's invoice; the address is the proof that somebody has the receipt."""
    return reverse("invoice-ask", args=[signing.dumps([brand_id.hex, order_id.hex], salt=SALT, compress=True)])


def call_address(brand_id: UUID, company_id: UUID) -> str:
    """Where the provider calls back."""
    return reverse("invoice-call", args=[signing.dumps([brand_id.hex, company_id.hex], salt=CALL_SALT)])


@anyone("a signed link on the receipt is the proof; it shows the order's number, amount and its invoice")
@csrf_exempt  # the link itself is the secret, and the page works without a cookie
@require_http_methods(["GET", "HEAD", "POST"])
def asking(request: HttpRequest, token: str) -> HttpResponse:
    try:
        brand_text, order_text = signing.loads(token, salt=SALT)
        brand, order = brands.get_brand(UUID(brand_text)), orders.order_page(UUID(brand_text), UUID(order_text))
    except (signing.BadSignature, ValueError, TypeError, NotFound):
        gone = {"language": get_language(), "gone": _("This link opens nothing. Scan the code on the receipt again.")}
        return render(request, "console/invoices/asking.html", gone, status=404)
    errors: dict[str, str] = {}
    trouble = ""
    there = invoices.document_about(brand.id, About.ORDER, order.id)
    if request.method == "POST" and there is None:
        post = request.POST
        firm = post.get("who") == "firm"
        title, tax_no, email, phone = (post.get(name, "").strip()[:300] for name in ASKED)
        buyer = Buyer(title, tax_no.upper() if firm else "", email, phone)
        try:
            if firm and not buyer.tax_no:
                errors["tax_no"] = _("A company’s invoice needs its tax number.")
            else:
                invoices.ask_for_order(brand.id, order.id, buyer, by="customer")
                return redirect("invoice-ask", token)
        except BadInput as error:
            errors = errors_of(error)
            trouble = "" if set(errors) & FIELDS else _("Nothing of this order can be invoiced.")
        except Conflict:
            trouble = _("This order cannot be invoiced now: it is not paid, was cancelled, or was asked for already.")
        except NotFound:
            trouble = _("No invoices are issued here.")
    due = 0
    if there is None:
        try:
            due = invoices.what_for(brand.id, order).total_minor
        except NotFound:
            trouble = _("No invoices are issued here.")
    given = {
        "language": get_language(),
        "brand": brand,
        "brand_css": brand_css(brand),
        "order": order,
        "there": there,
        "state": words.state_word(there.state) if there else "",
        "hue": words.HUE[there.state] if there else "",
        "due": due,
        "errors": {name: SAID().get(name, fix) for name, fix in errors.items()},
        "trouble": trouble,
        "typed": request.POST,
        "firm": request.POST.get("who") == "firm",
    }
    answer = render(request, "console/invoices/asking.html", given, status=422 if errors else 409 if trouble else 200)
    answer["Cache-Control"] = "no-store, private"
    return answer


ASKED = ("title", "tax_no", "email", "phone")
FIELDS = set(ASKED)


def SAID() -> dict[str, str]:  # noqa: N802 - what is wrong with a field, in the reader's language
    return {
        "title": _("The name that shall stand on the invoice, at most 100 characters."),
        "tax_no": _("18 characters as they stand on the business licence; the last one checks the others."),
        "email": _("An e-mail address or a phone number, to send the invoice to."),
        "phone": _("A phone number."),
    }


@anyone("the provider calls; what it says is only asked about, at the provider")
@csrf_exempt  # a provider has no cookie
@require_POST
def call(request: HttpRequest, token: str) -> HttpResponse:
    try:
        brand_text, company_text = signing.loads(token, salt=CALL_SALT)
        invoices.receive_call(UUID(brand_text), UUID(company_text), request.read(MAX_CALL_BYTES))
    except (signing.BadSignature, ValueError, TypeError, NotFound, BadInput):
        return HttpResponse('{"status":"9999","message":"unknown"}', content_type="application/json", status=404)
    return HttpResponse('{"status":"0000","message":"ok"}', content_type="application/json")
