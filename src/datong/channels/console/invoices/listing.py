"""Invoices and red letters: found, mended, tried again; how much of what was sold was invoiced."""

from __future__ import annotations

import csv
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from datong.access.types import Action
from datong.channels.console.invoices import words
from datong.channels.console.invoices.asking import ASKED, address, pdf_answer
from datong.channels.console.places import stores_of
from datong.channels.console.pricing.forms import errors_of
from datong.channels.console.pricing.words import rate
from datong.channels.console.shell import desk, page, require
from datong.channels.console.who import Who
from datong.invoices import api as invoices
from datong.invoices.types import About, Buyer, Document, State
from datong.kernel import clock
from datong.kernel.errors import BadInput, Conflict, NotFound
from datong.kernel.money import Money
from datong.ledger.api import rulebook

MOST = 10_000


def _filter(request: HttpRequest, who: Who) -> invoices.Filter:
    mine = stores_of(who)
    stores = tuple(s.id for s in mine) if who.stores is not None else None
    if code := request.GET.get("store", ""):
        stores = tuple(s.id for s in mine if s.code == code)
    state = request.GET.get("state", "")
    return invoices.Filter(
        state if state in {s.value for s in State} else "", "", request.GET.get("q", "").strip()[:100], stores
    )


@require_safe
@desk(Action.MONEY_VIEW)
def listing(request: HttpRequest, who: Who) -> HttpResponse:
    wanted = _filter(request, who)
    found, following = invoices.documents(who.brand.id, wanted, cursor=request.GET.get("after", ""))
    today = rulebook(who.brand.id).business_date(clock.now())
    since = today.replace(day=1)
    figures = invoices.figures(who.brand.id, since, today, currency=who.brand.currency, stores=wanted.stores)
    plain = _plain(who)
    given = {
        "rows": [_row(one, plain) for one in found],
        "next": following,
        "figures": figures,
        "since": since,
        "today": today,
        "q": wanted.search,
        "state": wanted.state,
        "store": request.GET.get("store", ""),
        "states": [("", _("All")), *((s.value, words.state_word(s)) for s in State)],
        "stores": [("", _("All stores")), *((s.code, s.name) for s in stores_of(who)[:500])],
        "currency": who.brand.currency,
        "issuing": bool(invoices.sellers(who.brand.id)),
        "export": f"{reverse('invoices-csv')}?{request.GET.urlencode()}",
    }
    return page(request, who, "invoices/listing", given)


def _plain(who: Who) -> set[UUID]:
    """The companies whose invoices are plain ones now."""
    return {seller.company_id for seller in invoices.sellers(who.brand.id) if invoices.is_plain(seller.provider)}


def _row(one: Document, plain: set[UUID]) -> dict[str, Any]:
    kind = words.kind_word(one, plain=one.printed is not None or (not one.number and one.company_id in plain))
    return {"one": one, "state": words.state_word(one.state), "hue": words.HUE[one.state], "kind": kind}


@require_safe
@desk(Action.MONEY_VIEW)
def as_pdf(request: HttpRequest, who: Who, document_id: UUID) -> HttpResponse:
    """The plain invoice or credit note in the reader's language."""
    found = _mine(who, document_id)
    if found.printed is None:
        raise NotFound(f"no PDF of invoice {document_id}")
    return pdf_answer(who.brand.id, found)


@require_safe
@desk(Action.MONEY_VIEW)
def export(request: HttpRequest, who: Who) -> HttpResponse:
    answer = HttpResponse(content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="invoices-{who.brand.slug}.csv"'
    answer.write("\ufeff")
    out = csv.writer(answer)
    out.writerow(["kind", "state", "order", "number", "title", "tax_no", "total", "tax", "currency", "asked_at",
                  "issued_at", "pdf", "error"])  # fmt: skip
    wanted, cursor, count = _filter(request, who), "", 0
    while count < MOST:
        found, cursor = invoices.documents(who.brand.id, wanted, cursor=cursor, limit=1000)
        for one in found:
            sign = -1 if one.of_id else 1
            total, tax = (Money(sign * n, one.currency).decimal for n in (one.total_minor, one.tax_minor))
            title = f"'{one.buyer.title}" if one.buyer.title[:1] in "=+-@" else one.buyer.title
            issued = one.issued_at.isoformat() if one.issued_at else ""
            out.writerow(
                [one.kind.value, one.state.value, one.reference, one.number, title, one.buyer.tax_no, total, tax,
                 one.currency, one.asked_at.isoformat(), issued, one.pdf_url, one.error]
            )  # fmt: skip
        count += len(found)
        if not cursor:
            break
    return answer


@require_http_methods(["GET", "HEAD", "POST"])
@desk(Action.MONEY_VIEW, write=Action.MONEY_EDIT)
def one(request: HttpRequest, who: Who, document_id: UUID) -> HttpResponse:
    found = _mine(who, document_id)
    errors: dict[str, str] = {}
    if request.method == "POST":
        require(who, Action.MONEY_EDIT, found.store_id)
        try:
            return _act(request, who, found)
        except BadInput as error:
            errors = errors_of(error)
        except Conflict as error:
            messages.error(request, str(error))
            return redirect("invoice", document_id)
    plain = _plain(who)
    given = {
        "crumbs": [(_("Tax invoices"), reverse("invoices"))],
        **_row(found, plain),
        "plain": found.printed is not None or (not found.number and found.company_id in plain),
        "taxes": [{"share": share, "rate": rate(share.rate_ppm)} for share in found.taxes],
        "ask": request.build_absolute_uri(address(who.brand.id, found.subject_id, found.about)),
        "reds": [_row(red, plain) for red in invoices.reds_of(who.brand.id, found.id)],
        "of": invoices.document(who.brand.id, found.of_id) if found.of_id else None,
        "order": found.reference if found.about is About.ORDER else "",
        "errors": errors,
        "typed": request.POST if errors else found.buyer,
        "mends": found.state in (State.REFUSED, State.ASKED) and who.may(Action.MONEY_EDIT, found.store_id),
        "drops": found.of_id is None,
    }
    return page(request, who, "invoices/one", given, status=422 if errors else 200)


def _mine(who: Who, document_id: UUID) -> Document:
    found = invoices.document(who.brand.id, document_id)
    if who.stores is not None and found.store_id not in {s.id for s in stores_of(who)}:
        raise NotFound(f"no invoice {document_id}")
    return found


def _act(request: HttpRequest, who: Who, found: Document) -> HttpResponse:
    by, post = who.staff.username, request.POST
    if post.get("do") == "drop":
        invoices.drop(who.brand.id, found.id, by=by, reason=post.get("reason", "")[:200])
        messages.success(request, _("The application is taken back; the customer may ask again."))
        return redirect("invoices")
    told = (post.get(name, "").strip() for name in ASKED)
    title, tax_no, email, phone, postal = told
    invoices.correct(who.brand.id, found.id, Buyer(title, tax_no.upper(), email, phone, postal), by=by)
    messages.success(request, _("It is sent again now."))
    return redirect("invoice", found.id)
