"""The customer's page behind the code on the receipt: ask for the invoice of an order or a top-up, and fetch it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from datong.brand import api as brands
from datong.brand.types import Brand
from datong.channels.console.invoices import words
from datong.channels.console.pricing.forms import errors_of
from datong.channels.console.shell import brand_css
from datong.channels.open import anyone
from datong.invoices import api as invoices
from datong.invoices.types import About, Buyer, Document
from datong.kernel.errors import BadInput, Conflict, NotFound

CALL_SALT = "datong invoice call"
MAX_CALL_BYTES = 100_000
BY_LINK = "a signed link on the receipt is the proof; it shows the order's or top-up's amount and its invoices"


def address(brand_id: UUID, subject_id: UUID, about: About = About.ORDER) -> str:
    """The page of the invoice of an order or a top-up; the address is the proof that somebody has the receipt."""
    return reverse("invoice-ask", args=[invoices.write_link(brand_id, about, subject_id)])


def call_address(brand_id: UUID, company_id: UUID) -> str:
    """Where the provider calls back."""
    return reverse("invoice-call", args=[signing.dumps([brand_id.hex, company_id.hex], salt=CALL_SALT)])


@dataclass(frozen=True, slots=True)
class Subject:
    """What the link opens."""

    brand: Brand
    about: About
    id: UUID


def _opened(token: str) -> Subject:
    """NotFound for a link that opens nothing."""
    brand_id, about, subject_id = invoices.read_link(token)
    return Subject(brands.get_brand(brand_id), about, subject_id)


@anyone(BY_LINK)
@csrf_exempt  # the link itself is the secret, and the page works without a cookie
@require_http_methods(["GET", "HEAD", "POST"])
def asking(request: HttpRequest, token: str) -> HttpResponse:
    try:
        on = _opened(token)
        found = invoices.due_of(on.brand.id, on.about, on.id)
    except NotFound:
        gone = {"language": get_language(), "gone": _("This link opens nothing. Scan the code on the receipt again.")}
        return render(request, "console/invoices/asking.html", gone, status=404)
    there = invoices.document_about(on.brand.id, on.about, on.id)
    errors: dict[str, str] = {}
    trouble = _("No invoices are issued here.") if found.seller is None else ""
    if request.method == "POST" and there is None:
        errors, trouble = _ask(request, on)
        if not errors and not trouble:
            return redirect("invoice-ask", token)
    issued = invoices.issued_about(on.brand.id, on.about, on.id)
    given = {
        "language": get_language(),
        "token": token,
        "brand": on.brand,
        "brand_css": brand_css(on.brand),
        "found": found,
        "top_up": on.about is About.TOP_UP,
        "plain": found.plain,
        "there": there,
        "state": words.state_word(there.state) if there else "",
        "hue": words.HUE[there.state] if there else "",
        "papers": [_paper(one) for one in issued],
        "errors": {name: SAID(found.plain).get(name, fix) for name, fix in errors.items()},
        "trouble": trouble,
        "typed": request.POST,
        "firm": request.POST.get("who") == "firm",
    }
    answer = render(request, "console/invoices/asking.html", given, status=422 if errors else 409 if trouble else 200)
    answer["Cache-Control"] = "no-store, private"
    return answer


def _ask(request: HttpRequest, on: Subject) -> tuple[dict[str, str], str]:
    """What is wrong with each field, and with the whole."""
    post = request.POST
    firm = post.get("who") == "firm"
    title, tax_no, email, phone, postal = (post.get(name, "").strip()[:400] for name in ASKED)
    buyer = Buyer(title, tax_no.upper() if firm else "", email, phone, postal)
    if firm and not buyer.tax_no:
        return {"tax_no": _("A company’s invoice needs its tax number.")}, ""
    ask = invoices.ask_for_top_up if on.about is About.TOP_UP else invoices.ask_for_order
    try:
        ask(on.brand.id, on.id, buyer, by="customer")
    except BadInput as error:
        errors = errors_of(error)
        return errors, "" if set(errors) & FIELDS else _("Nothing of this can be invoiced.")
    except Conflict:
        return {}, _("This cannot be invoiced now: it is not paid, was cancelled, or was asked for already.")
    except NotFound:
        return {}, _("No invoices are issued here.")
    return {}, ""


def _paper(one: Document) -> dict[str, Any]:
    return {"one": one, "kind": words.kind_word(one, plain=one.printed is not None)}


ASKED = ("title", "tax_no", "email", "phone", "postal")
FIELDS = set(ASKED)


def SAID(plain: bool) -> dict[str, str]:  # noqa: N802 - what is wrong with a field, in the reader's language
    return {
        "title": _("The name that shall stand on the invoice, at most 100 characters."),
        "tax_no": _("The tax number of the company, 3 to 30 letters and digits.")
        if plain
        else _("18 characters as they stand on the business licence; the last one checks the others."),
        "email": _("An e-mail address such as name@example.com.")
        if plain
        else _("An e-mail address or a phone number, to send the invoice to."),
        "phone": _("A phone number."),
        "postal": _("An address of at most 300 characters."),
    }


@anyone(BY_LINK)
@require_safe
def asked_pdf(request: HttpRequest, token: str, document_id: UUID) -> HttpResponse:
    """The customer's own invoice or credit note as a PDF; another order's does not exist behind this link."""
    try:
        on = _opened(token)
        one = invoices.document(on.brand.id, document_id)
        if (one.about, one.subject_id) != (on.about, on.id):
            raise NotFound("no such invoice")
        return pdf_answer(on.brand.id, one)
    except (NotFound, Conflict):
        gone = {"language": get_language(), "gone": _("This link opens nothing. Scan the code on the receipt again.")}
        return render(request, "console/invoices/asking.html", gone, status=404)


def pdf_answer(brand_id: UUID, one: Document) -> HttpResponse:
    """The PDF in the reader's language. Conflict when there is none of ours."""
    content = invoices.invoice_pdf(brand_id, one.id, language=get_language() or "en")
    name = "".join(sign if sign.isalnum() else "-" for sign in one.number)
    headers = {"Content-Disposition": f'inline; filename="{name}.pdf"', "Cache-Control": "no-store, private"}
    return HttpResponse(content, content_type="application/pdf", headers=headers)


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
