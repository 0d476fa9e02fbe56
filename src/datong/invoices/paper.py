"""A plain invoice or credit note on paper: what the law wants of one, in the language of who opens it."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from reportlab.lib.pagesizes import A4
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import BaseDocTemplate, Flowable, Frame, PageTemplate, Spacer, Table, TableStyle

from datong.brand.api import get_brand
from datong.invoices.queries import document
from datong.invoices.types import Document, Line, Printed
from datong.kernel.errors import Conflict
from datong.kernel.money import Money, part_minor
from datong.kernel.paper import ACCENT, LINES, MARGIN, QUIET, font_of, text

WIDTH = A4[0] - 2 * MARGIN
SHARES = (0.31, 0.07, 0.14, 0.14, 0.1, 0.11, 0.13)
TAX_SHARES = (0.46, 0.14, 0.2, 0.2)
SUM_SHARES = (0.66, 0.34)
_PAIR = TableStyle([("VALIGN", (0, 0), (-1, -1), "TOP"), ("LEFTPADDING", (0, 0), (-1, -1), 0)])
PERSON = "个人"


def invoice_pdf(brand_id: UUID, document_id: UUID, *, language: str = "en") -> bytes:
    """The document as a PDF in 'en' or 'zh-hans'; the same bytes each time. NotFound; Conflict while it has no number
    of ours: a provider's own PDF is at `pdf_url`."""
    found = document(brand_id, document_id)
    if found.printed is None or found.issued_at is None:
        raise Conflict("there is no plain PDF of this document: it is not issued, or a provider issued it")
    of = document(brand_id, found.of_id) if found.of_id else None
    zone = ZoneInfo(get_brand(brand_id).timezone)
    out = io.BytesIO()
    with translation.override(language):
        title = _("Credit note") if of else _("Invoice")
        paper = BaseDocTemplate(
            out, pagesize=A4, title=f"{title} {found.number}", author=found.printed.title, invariant=1
        )
        frame = Frame(MARGIN, 18 * mm, WIDTH, A4[1] - 38 * mm, 0, 0, 0, 0)
        edge = _edge(f"{found.printed.title} · {title} {found.number}")
        paper.addPageTemplates(PageTemplate("page", [frame], onPage=edge))
        paper.build(
            [
                text(found.printed.title, 9.5, color=QUIET),
                Spacer(1, 2 * mm),
                text(f"{title} {found.number}", 20, bold=True),
                *_takes_back(of, zone),
                Spacer(1, 5 * mm),
                _parties(found, found.printed, zone),
                Spacer(1, 6 * mm),
                _lines(found, _shown(language)),
                Spacer(1, 5 * mm),
                _taxes(found, _shown(language)),
                Spacer(1, 5 * mm),
                _sums(found, _shown(language)),
                *_foot(found, found.printed),
            ]
        )
    return out.getvalue()


def _shown(language: str) -> str:
    return "zh_Hans" if language.startswith("zh") else "en"


def _day(at: datetime, zone: ZoneInfo) -> str:
    return at.astimezone(zone).date().isoformat()


def _edge(said: str) -> Callable[[Canvas, Any], None]:
    def draw(canvas: Canvas, paper: Any) -> None:
        canvas.saveState()
        canvas.setFillColor(ACCENT)
        canvas.rect(0, A4[1] - 4 * mm, A4[0], 4 * mm, stroke=0, fill=1)
        page = _("Page %(n)s") % {"n": paper.page}
        canvas.setFillColor(QUIET)
        canvas.setFont(font_of(said), 8)
        canvas.drawString(MARGIN, 10 * mm, said)
        canvas.setFont(font_of(page), 8)
        canvas.drawRightString(A4[0] - MARGIN, 10 * mm, page)
        canvas.restoreState()

    return draw


def _takes_back(of: Document | None, zone: ZoneInfo) -> list[Flowable]:
    if of is None or of.issued_at is None:
        return []
    named = {"number": of.number, "day": _day(of.issued_at, zone)}
    said = _("Takes back from invoice %(number)s of %(day)s: the money was given back.") % named
    return [Spacer(1, 2 * mm), text(said, 10.5, bold=True)]


def _parties(found: Document, seller: Printed, zone: ZoneInfo) -> Table:
    """Who sells and who buys side by side; under them the dates."""
    buyer = found.buyer
    name = _("A private person") if buyer.title == PERSON else buyer.title
    ours = _party(pgettext("invoice", "Seller"), seller.title, seller.postal, seller.tax_no)
    theirs = _party(_("Buyer"), name, buyer.postal, buyer.tax_no)
    assert found.issued_at is not None
    dates = [(_("Date of issue"), _day(found.issued_at, zone)), (_("Order"), found.reference)]
    if found.supplied_at is not None:
        dates.insert(1, (_("Date of supply"), _day(found.supplied_at, zone)))
    cells: list[list[Flowable]] = [[text(label, 8, color=QUIET), text(said, 10)] for label, said in dates]
    flat = Table([cells], [WIDTH / len(cells)] * len(cells), style=_PAIR)
    rows: list[list[Any]] = [[ours, theirs], [flat, ""]]
    style = TableStyle([*_PAIR.getCommands(), ("SPAN", (0, 1), (-1, 1)), ("TOPPADDING", (0, 1), (-1, 1), 8)])
    return Table(rows, [WIDTH / 2, WIDTH / 2], style=style)


def _party(label: str, name: str, postal: str, tax_no: str) -> list[Flowable]:
    told: list[Flowable] = [text(label, 8, color=QUIET), text(name, 11, bold=True)]
    told += [text(line, 10) for line in postal.splitlines() if line.strip()]
    if tax_no:
        told.append(text(_("Tax number %(number)s") % {"number": tax_no}, 10))
    return told


def _lines(found: Document, shown: str) -> Table:
    head = (
        pgettext("invoice", "Description"), pgettext("invoice", "Units"), _("Unit price, net"),
        pgettext("invoice", "Net"), _("Tax rate"), pgettext("invoice", "Tax"), _("With tax"),
    )  # fmt: skip
    rows: list[list[Any]] = [[text(word, 8, color=QUIET, right=n > 0) for n, word in enumerate(head)]]
    for line in found.lines:
        net, unit = line.total_minor - line.tax_minor, ""
        if line.units:
            unit = _money(part_minor(net, 1, line.units), found.currency, shown)
        amounts = (f"{line.units:,}" if line.units else "", unit, _money(net, found.currency, shown),
                   percent(line.rate_ppm), _money(line.tax_minor, found.currency, shown),
                   _money(line.total_minor, found.currency, shown))  # fmt: skip
        rows.append([text(_named(line), 9), *(text(amount, 9, right=True) for amount in amounts)])
    return Table(rows, [WIDTH * share for share in SHARES], style=LINES, repeatRows=1)


def _named(line: Line) -> str:
    """What we named ourselves is told in the reader's language; products keep the name they were sold under."""
    if line.units:
        return _("Prepaid card") if line.name == "Prepaid card" else line.name
    return {"Delivery": pgettext("invoice", "Delivery"), "Packaging": _("Packaging")}.get(line.name, line.name)


def _taxes(found: Document, shown: str) -> Table:
    """The tax of each jurisdiction and rate; what is not taxed has a row, too."""
    head = (_("Tax of"), _("Tax rate"), _("Laid on, net"), pgettext("invoice", "Tax"))
    rows: list[list[Any]] = [[text(word, 8, color=QUIET, right=n > 0) for n, word in enumerate(head)]]
    for share in found.taxes:
        name = share.name or share.jurisdiction or _("Sales tax")
        cells = (percent(share.rate_ppm), _money(share.base_minor, found.currency, shown),
                 _money(share.tax_minor, found.currency, shown))  # fmt: skip
        rows.append([text(name, 9), *(text(cell, 9, right=True) for cell in cells)])
    free = sum(line.total_minor for line in found.lines if not line.rate_ppm)
    if free and not any(share.rate_ppm == 0 for share in found.taxes):
        amount = text(_money(free, found.currency, shown), 9, right=True)
        rows.append([text(_("Not taxed"), 9), "", amount, text(_money(0, found.currency, shown), 9, right=True)])
    return Table(rows, [WIDTH * share for share in TAX_SHARES], style=LINES, repeatRows=1)


def _sums(found: Document, shown: str) -> Table:
    total = _("Given back") if found.of_id else _("Total, paid")
    told = (
        (_("Total without tax"), found.total_minor - found.tax_minor, False),
        (pgettext("invoice", "Tax"), found.tax_minor, False),
        (total, found.total_minor, True),
    )
    rows = [
        [text(name, 12 if last else 10, bold=last, right=True),
         text(_money(minor, found.currency, shown), 12 if last else 10, bold=last, right=True)]
        for name, minor, last in told
    ]  # fmt: skip
    return Table(rows, [WIDTH * share for share in SUM_SHARES], style=LINES)


def _foot(found: Document, seller: Printed) -> list[Flowable]:
    told: list[Flowable] = [Spacer(1, 6 * mm)]
    if not found.of_id:
        told.append(text(_("It is paid: nothing is owed on this invoice."), 10))
    if seller.clerk:
        told.append(text(_("Issued by %(name)s") % {"name": seller.clerk}, 9, color=QUIET))
    told += [text(line, 9, color=QUIET) for line in seller.note.splitlines() if line.strip()]
    return told


def percent(rate_ppm: int) -> str:
    """'9.025 %' of 90250 millionths."""
    whole, part = divmod(rate_ppm, 10_000)
    return f"{whole}.{part:04}".rstrip("0").rstrip(".") + " %"


def _money(minor: int, currency: str, shown: str) -> str:
    return Money(minor, currency).format(shown)
