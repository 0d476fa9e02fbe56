"""A purchase order on paper: what the supplier gets as a PDF, in the language of who sends it."""

from __future__ import annotations

import io
from collections.abc import Callable
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

from datong.brand.api import get_brand, list_stores
from datong.brand.types import Brand, Store
from datong.catalog.api import items_by_id
from datong.catalog.types import Item
from datong.kernel.money import Money
from datong.kernel.paper import ACCENT, HIGH, LINES, MARGIN, QUIET, font_of, text
from datong.purchasing.queries import order_of, supplier_items, suppliers
from datong.purchasing.types import OrderState, PurchaseOrder, Supplier

WIDTH = A4[0] - 2 * MARGIN
SHARES = (0.16, 0.38, 0.1, 0.1, 0.12, 0.14)
ORDERED = (OrderState.APPROVED, OrderState.SENT, OrderState.CONFIRMED, OrderState.CLOSED)
_PAIR = TableStyle([("VALIGN", (0, 0), (-1, -1), "TOP"), ("LEFTPADDING", (0, 0), (-1, -1), 0)])


def order_pdf(brand_id: UUID, order_id: UUID, *, language: str = "en") -> bytes:
    """The order as a PDF in 'en' or 'zh-hans': from whom, to where, by when, a line an item, the sum. NotFound.

    One that nobody has approved yet, or that is called off, says so across the top: it orders nothing.
    """
    order, brand = order_of(brand_id, order_id), get_brand(brand_id)
    (supplier,) = suppliers(brand_id, ids=[order.supplier_id])
    store = next((s for s in list_stores(brand_id) if s.id == order.store_id), None)
    out = io.BytesIO()
    with translation.override(language):
        title = _("Purchase order")
        document = BaseDocTemplate(
            out, pagesize=A4, leftMargin=MARGIN, rightMargin=MARGIN, title=f"{title} {order.number}", author=brand.name
        )
        frame = Frame(MARGIN, 18 * mm, WIDTH, A4[1] - 38 * mm, 0, 0, 0, 0)
        edge = _edge(f"{brand.name} · {title} {order.number}")
        document.addPageTemplates(PageTemplate("page", [frame], onPage=edge))
        document.build(
            [
                text(brand.name, 9.5, color=QUIET),
                Spacer(1, 2 * mm),
                text(f"{title} {order.number}", 20, bold=True),
                *_warning(order),
                Spacer(1, 5 * mm),
                _parties(order, brand, supplier, store),
                Spacer(1, 6 * mm),
                _lines(order, brand, items_by_id(brand_id, [line.item_id for line in order.lines]), language),
                *_note(order),
            ]
        )
    return out.getvalue()


def _edge(said: str) -> Callable[[Canvas, Any], None]:
    def draw(canvas: Canvas, document: Any) -> None:
        canvas.saveState()
        canvas.setFillColor(ACCENT)
        canvas.rect(0, A4[1] - 4 * mm, A4[0], 4 * mm, stroke=0, fill=1)
        page = _("Page %(n)s") % {"n": document.page}
        canvas.setFillColor(QUIET)
        canvas.setFont(font_of(said), 8)
        canvas.drawString(MARGIN, 10 * mm, said)
        canvas.setFont(font_of(page), 8)
        canvas.drawRightString(A4[0] - MARGIN, 10 * mm, page)
        canvas.restoreState()

    return draw


def _warning(order: PurchaseOrder) -> list[Flowable]:
    if order.state in ORDERED:
        return []
    over = order.state in (OrderState.REFUSED, OrderState.CANCELLED)
    said = _("Called off: nothing is ordered.") if over else _("Draft: nothing is ordered yet.")
    return [Spacer(1, 2 * mm), text(said, 12, bold=True, color=HIGH)]


def _parties(order: PurchaseOrder, brand: Brand, supplier: Supplier, store: Store | None) -> Table:
    """Who delivers, where to, and by when: label and text, two columns."""
    day = order.at.astimezone(ZoneInfo(brand.timezone)).date()
    place = ", ".join(filter(None, [store.address, store.postcode, store.city])) if store else ""
    pairs = [
        (_("Supplier"), f"{supplier.name} ({supplier.code})"),
        (_("Deliver to"), f"{store.name} ({store.code})" if store else "–"),
        (_("Ordered on"), day.isoformat()),
        (pgettext("purchase order", "Address"), place or "–"),
        (_("Deliver by"), order.expected_on.isoformat() if order.expected_on else "–"),
        (pgettext("purchase order", "Terms"), supplier.terms or "–"),
    ]
    cells = [[text(label, 8, color=QUIET), text(said, 10)] for label, said in pairs]
    rows = [[cells[n], cells[n + 1]] for n in range(0, len(cells), 2)]
    return Table(rows, [WIDTH / 2, WIDTH / 2], style=_PAIR)


def _lines(order: PurchaseOrder, brand: Brand, items: dict[UUID, Item], language: str) -> Table:
    """A line an item, in the order of their numbers, and the sum below."""
    packs = {t.item_id: t.pack_units for t in supplier_items(brand.id, supplier_id=order.supplier_id)}
    shown = "zh_Hans" if language.startswith("zh") else "en"
    head = (
        _("Number"),
        _("Product"),
        pgettext("purchase order", "Units"),
        _("Packs"),
        pgettext("purchase order", "Price"),
        pgettext("purchase order", "Sum"),
    )
    rows: list[list[Any]] = [[text(word, 8, color=QUIET, right=n > 1) for n, word in enumerate(head)]]
    for line in sorted(order.lines, key=lambda x: items[x.item_id].sku if x.item_id in items else ""):
        item, pack = items.get(line.item_id), packs.get(line.item_id, 1)
        title = _title(item, language) if item else ""
        whole = f"{line.units // pack:,} × {pack:,}" if pack > 1 and not line.units % pack else "–"
        product: list[Flowable] = [text(title, 9)]
        if item and item.gtin:
            product.append(text(item.gtin, 7.5, color=QUIET))
        amounts = (f"{line.units:,}", whole, _amount(line.price_minor, brand, shown),
                   _amount(line.units * line.price_minor, brand, shown))  # fmt: skip
        rows.append(
            [text(item.sku if item else str(line.item_id), 9), product, *(text(a, 9, right=True) for a in amounts)]
        )
    units = sum(line.units for line in order.lines)
    total = _amount(order.total_minor, brand, shown)
    rows.append([text(_("Total"), 10, bold=True), "", text(f"{units:,}", 10, bold=True, right=True), "", "",
                 text(total, 10, bold=True, right=True)])  # fmt: skip
    return Table(rows, [WIDTH * share for share in SHARES], style=LINES, repeatRows=1)


def _title(item: Item, language: str) -> str:
    """The item's name in the language of the paper, where it has one."""
    wanted = ("zh-Hans", "zh-hans", "zh") if language.startswith("zh") else ("en",)
    return next((item.titles[code] for code in wanted if item.titles.get(code)), item.title)


def _note(order: PurchaseOrder) -> list[Flowable]:
    return [Spacer(1, 5 * mm), text(_("Note"), 8, color=QUIET), text(order.note, 10)] if order.note else []


def _amount(minor: int, brand: Brand, shown: str) -> str:
    return Money(minor, brand.currency).format(shown)
