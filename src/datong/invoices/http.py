"""Tax invoices over HTTP: ask for one, see what became of it."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from ninja import Query, Router, Schema
from pydantic import Field, StringConstraints

from datong.access.api import require
from datong.access.types import Scope
from datong.invoices import api
from datong.invoices.types import About, Buyer, Document
from datong.kernel.bodies import STORABLE, Body
from datong.kernel.pages import CURSOR
from datong.orders.api import order_page

router = Router(tags=["invoices"])


class BuyerIn(Body):
    """`tax_no`: the unified social credit code, outside of China any tax number, empty for a private person. It goes to
    `email` or `phone`; where invoices are plain ones both may be empty. `postal`: the address, in lines."""

    title: Annotated[str, StringConstraints(min_length=1, max_length=100), STORABLE]
    tax_no: Annotated[str, StringConstraints(max_length=30), STORABLE] = ""
    email: Annotated[str, StringConstraints(max_length=254), STORABLE] = ""
    phone: Annotated[str, StringConstraints(max_length=20), STORABLE] = ""
    postal: Annotated[str, StringConstraints(max_length=300), STORABLE] = ""

    def buyer(self) -> Buyer:
        return Buyer(self.title.strip(), self.tax_no.strip().upper(), self.email.strip(), self.phone.strip(),
                     self.postal.strip())  # fmt: skip


class InvoiceTaxOut(Schema):
    """What one jurisdiction has of it: the rate in millionths of `base_minor`, which is without the tax."""

    jurisdiction: str
    name: str
    rate_ppm: int
    base_minor: int
    tax_minor: int


class InvoiceLineOut(Schema):
    """`total_minor` contains `tax_minor`; the rate in millionths."""

    name: str
    tax_code: str
    units: int
    total_minor: int
    tax_minor: int
    rate_ppm: int


class InvoiceOut(Schema):
    """`state`: asked, confirming (a red letter waits for its confirmation), issuing, issued, refused, red. `of_id`: the
    invoice a red letter takes back; `red_minor`: how much red letters have of it."""

    id: UUID
    kind: str
    about: str
    subject_id: UUID
    store_id: UUID | None
    of_id: UUID | None
    state: str
    reference: str
    title: str
    tax_no: str
    currency: str
    total_minor: int
    tax_minor: int
    red_minor: int
    number: str
    issued_at: datetime | None
    pdf_url: str
    ofd_url: str
    error_code: str
    error: str
    asked_at: datetime
    lines: list[InvoiceLineOut]
    taxes: list[InvoiceTaxOut]
    supplied_at: datetime | None


class InvoicesOut(Schema):
    invoices: list[InvoiceOut]
    next: str | None


class InvoicesQuery(Schema):
    """`search`: number, order number, tax number, or part of the title."""

    state: Annotated[str, StringConstraints(max_length=10), STORABLE] = ""
    kind: Annotated[str, StringConstraints(max_length=4), STORABLE] = ""
    search: Annotated[str, StringConstraints(max_length=100), STORABLE] = ""
    cursor: Annotated[str, StringConstraints(pattern=CURSOR)] = ""
    limit: Annotated[int, Field(ge=1, le=200)] = 50


@router.post(
    "/orders/{order_id}/invoice",
    response={200: InvoiceOut, 404: None, 409: None},
    summary="Ask for an order's tax invoice",
    operation_id="ask_invoice",
)
def ask(request: HttpRequest, order_id: UUID, wanted: BuyerIn) -> dict[str, Any]:
    """Once for an order; the same buyer again is the same application. It is issued in the background."""
    client = require(request, Scope.ORDERS_WRITE)
    return told(api.ask_for_order(client.brand_id, order_id, wanted.buyer(), by=f"client {client.name}"))


@router.post(
    "/top-ups/{top_up_id}/invoice",
    response={200: InvoiceOut, 404: None, 409: None},
    summary="Ask for a top-up's invoice",
    operation_id="ask_top_up_invoice",
)
def ask_top_up(request: HttpRequest, top_up_id: UUID, wanted: BuyerIn) -> dict[str, Any]:
    """As a prepaid card, not taxed; only where stored value is invoiced at top-up, and never for money that was
    invoiced as it was spent."""
    client = require(request, Scope.WALLET_WRITE)
    return told(api.ask_for_top_up(client.brand_id, top_up_id, wanted.buyer(), by=f"client {client.name}"))


@router.get("/invoices", response=InvoicesOut, summary="Tax invoices", operation_id="list_invoices")
def list_invoices(request: HttpRequest, wanted: Query[InvoicesQuery]) -> dict[str, Any]:
    """Invoices and red letters, the latest first."""
    client = require(request, Scope.LEDGER_READ)
    asked = api.Filter(wanted.state, wanted.kind, wanted.search)
    page, following = api.documents(client.brand_id, asked, cursor=wanted.cursor, limit=wanted.limit)
    return {"invoices": [told(one) for one in page], "next": following or None}


@router.get(
    "/invoices/{invoice_id}", response={200: InvoiceOut, 404: None}, summary="A tax invoice", operation_id="get_invoice"
)
def get_invoice(request: HttpRequest, invoice_id: UUID) -> dict[str, Any]:
    """One invoice or red letter."""
    client = require(request, Scope.LEDGER_READ)
    return told(api.document(client.brand_id, invoice_id))


class InvoiceLinkOut(Schema):
    """`url`: the page where the customer asks for the invoice and fetches it; print it on the receipt as a QR code."""

    url: str


@router.get(
    "/orders/{order_id}/invoice-link",
    response={200: InvoiceLinkOut, 404: None},
    summary="Where the customer asks for an order's invoice",
    operation_id="get_invoice_link",
)
def get_link(request: HttpRequest, order_id: UUID) -> dict[str, str]:
    """For the QR code on a receipt. Whoever holds it may ask: give it to nobody but the customer."""
    client = require(request, Scope.ORDERS_READ)
    order = order_page(client.brand_id, order_id)
    token = api.write_link(client.brand_id, About.ORDER, order.id)
    return {"url": request.build_absolute_uri(f"/invoice/{token}/")}


@router.get(
    "/invoices/{invoice_id}/pdf",
    response={200: None, 404: None, 409: None},
    summary="A plain invoice as a PDF",
    operation_id="get_invoice_pdf",
    openapi_extra={"responses": {200: {"content": {"application/pdf": {}}}}},
)
def get_pdf(request: HttpRequest, invoice_id: UUID, language: Literal["en", "zh-hans"] = "en") -> HttpResponse:
    """Of an invoice or credit note that we numbered; a provider's own is at its `pdf_url`."""
    client = require(request, Scope.LEDGER_READ)
    content = api.invoice_pdf(client.brand_id, invoice_id, language=language)
    return HttpResponse(content, content_type="application/pdf")


PLAIN = set(InvoiceOut.model_fields) - {"title", "tax_no", "lines", "taxes", "kind", "about", "state"}


def told(one: Document) -> dict[str, Any]:
    return {
        **{name: getattr(one, name) for name in PLAIN},
        "title": one.buyer.title,
        "tax_no": one.buyer.tax_no,
        "kind": one.kind.value,
        "about": one.about.value,
        "state": one.state.value,
        "lines": list(one.lines),
        "taxes": list(one.taxes),
    }
