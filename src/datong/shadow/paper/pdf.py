"""Puts the paper together. What stands in it is what the page shows; names and contacts are masked."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from reportlab.lib.colors import Color
from reportlab.lib.pagesizes import A4
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import (
    BaseDocTemplate,
    Flowable,
    Frame,
    KeepTogether,
    PageBreak,
    PageTemplate,
    Spacer,
    Table,
    TableStyle,
)

from datong.kernel.paper import ACCENT, HIGH, INK, LINES, LOW, MARGIN, MEDIUM, PAPER, QUIET, font_of, text
from datong.shadow import words
from datong.shadow.types import LOSES, Finding, Kind, KindFigures, Report, Severity

WIDTH = A4[0] - 2 * MARGIN
ROWS = 25
"""Findings of a kind on paper, those with most money; the console and the CSV have all."""
BOXES = (Kind.OVERSELL, Kind.MISSING, Kind.PRICE_GAP, Kind.DUPLICATE, Kind.NEARER)
COLOUR = {Severity.HIGH: HIGH, Severity.MEDIUM: MEDIUM, Severity.LOW: LOW}


def pdf(
    report: Report, brand: str, findings: Mapping[Kind, Sequence[Finding]], stores: Mapping[str, str], language: str
) -> bytes:
    """The paper in 'en' or 'zh-hans'. `findings`: of each kind those with most money; `stores`: code -> name."""
    out = io.BytesIO()
    with translation.override(language):
        title = _("Beside your systems")
        document = BaseDocTemplate(
            out, pagesize=A4, leftMargin=MARGIN, rightMargin=MARGIN, title=f"{brand}: {title}", author="Datong",
            topMargin=20 * mm, bottomMargin=18 * mm,
        )  # fmt: skip
        frame = Frame(MARGIN, 18 * mm, WIDTH, A4[1] - 38 * mm, 0, 0, 0, 0)
        document.addPageTemplates(PageTemplate("page", [frame], onPage=_edge(brand, title, report)))
        story: list[Flowable] = [*_summary(report, brand, title), PageBreak()]
        for figures in report.kinds:
            shown = findings.get(figures.kind, ())
            if shown:
                story += _chapter(figures, shown[:ROWS], report, stores)
        document.build(story)
    return out.getvalue()


def _edge(brand: str, title: str, report: Report) -> Callable[[Canvas, Any], None]:
    period = _period(report)

    def draw(canvas: Canvas, document: Any) -> None:
        canvas.saveState()
        canvas.setFillColor(ACCENT)
        canvas.rect(0, A4[1] - 4 * mm, A4[0], 4 * mm, stroke=0, fill=1)
        left, right = f"{brand} · {title} · {period}", _("Page %(n)s") % {"n": document.page}
        canvas.setFillColor(QUIET)
        canvas.setFont(font_of(left), 8)
        canvas.drawString(MARGIN, 10 * mm, left)
        canvas.setFont(font_of(right), 8)
        canvas.drawRightString(A4[0] - MARGIN, 10 * mm, right)
        canvas.restoreState()

    return draw


def _period(report: Report) -> str:
    if report.since == report.until:
        return report.since.isoformat()
    return f"{report.since.isoformat()} – {report.until.isoformat()}"


def _summary(report: Report, brand: str, title: str) -> list[Flowable]:
    currency = report.project.currency
    lead = _("What your systems got wrong, seen from beside them. Nothing was written to any of them.")
    stake = words.money(report.at_stake_minor, currency)
    return [
        text(f"{brand} · {_period(report)}", 9.5, color=QUIET),
        Spacer(1, 2 * mm),
        text(title, 22, bold=True),
        Spacer(1, 1.5 * mm),
        text(lead, 10, color=QUIET),
        Spacer(1, 6 * mm),
        text(words.headline(report), 13.5, leading=20),
        Spacer(1, 6 * mm),
        _boxes(report),
        Spacer(1, 7 * mm),
        text(_("%(money)s at stake, by kind") % {"money": stake}, 12, bold=True),
        Spacer(1, 2.5 * mm),
        _bars(report),
        Spacer(1, 6 * mm),
        *([text(_("By day"), 12, bold=True), Spacer(1, 2.5 * mm), _days(report), Spacer(1, 6 * mm)]
          if len(report.days) > 1 else []),
        text(_("What was looked at"), 12, bold=True),
        Spacer(1, 2.5 * mm),
        _coverage(report),
    ]  # fmt: skip


def _boxes(report: Report) -> Table:
    """The five figures that are asked for first."""
    by_kind = {figures.kind: figures for figures in report.kinds}
    cells = []
    for kind in BOXES:
        found = by_kind[kind]
        amount = words.money(found.amount_minor, report.project.currency) if kind in LOSES else " "
        lines = [
            [text(str(words.KIND[kind]), 8, color=QUIET, leading=10.5)],
            [text(f"{found.count:,}", 20, bold=True, leading=24)],
            [text(amount, 9, color=INK, leading=12)],
        ]
        cells.append(Table(lines, rowHeights=[24, 27, 15], style=_STACKED))
    gap = 3 * mm
    wide = (WIDTH - gap * (len(cells) - 1)) / len(cells)
    row: list[Any] = []
    widths: list[float] = []
    for n, cell in enumerate(cells):
        row += [cell] if n == 0 else ["", cell]
        widths += [wide] if n == 0 else [gap, wide]
    looks: list[Any] = [("VALIGN", (0, 0), (-1, -1), "TOP")]
    for column in range(0, len(row), 2):
        at = (column, 0), (column, 0)
        looks += [("BACKGROUND", *at, PAPER), ("LINEABOVE", *at, 1.2, ACCENT), ("LEFTPADDING", *at, 7)]
        looks += [("RIGHTPADDING", *at, 4), ("TOPPADDING", *at, 6), ("BOTTOMPADDING", *at, 7)]
    return Table([row], widths, style=TableStyle(looks))


class _Bar(Flowable):  # type: ignore[misc]
    """A bar from zero; its length is the share of the longest."""

    def __init__(self, share: float, width: float, color: Color = ACCENT) -> None:
        super().__init__()
        self.share, self.width, self.height, self.color = share, width, 7.0, color

    def draw(self) -> None:
        self.canv.setFillColor(self.color)
        if self.share > 0:
            self.canv.roundRect(0, 0, max(self.width * self.share, 1.5), self.height, 1, stroke=0, fill=1)


def _bars(report: Report) -> Table:
    top = max((f.amount_minor for f in report.kinds if f.kind in LOSES), default=0) or 1
    rows = []
    for found in sorted(report.kinds, key=lambda f: -f.amount_minor):
        if found.kind in LOSES:
            amount = words.money(found.amount_minor, report.project.currency)
            rows.append(
                [
                    text(str(words.KIND[found.kind]), 9),
                    text(f"{found.count:,}", 9, right=True, color=QUIET),
                    _Bar(found.amount_minor / top, WIDTH * 0.42),
                    text(amount, 9, right=True),
                ]
            )
    return Table(rows, [WIDTH * 0.3, WIDTH * 0.08, WIDTH * 0.45, WIDTH * 0.17], style=LINES)


def _days(report: Report) -> Table:
    top = max((day.amount_minor for day in report.days), default=0) or 1
    rows = [
        [
            text(day.day.isoformat(), 9),
            text(f"{sum(day.counts.values()):,}", 9, right=True, color=QUIET),
            _Bar(day.amount_minor / top, WIDTH * 0.42),
            text(words.money(day.amount_minor, report.project.currency), 9, right=True),
        ]
        for day in report.days[-14:]
    ]
    return Table(rows, [WIDTH * 0.3, WIDTH * 0.08, WIDTH * 0.45, WIDTH * 0.17], style=LINES)


def _coverage(report: Report) -> Table:
    head = [
        pgettext("shadow", "System"),
        pgettext("shadow", "Kind"),
        pgettext("shadow", "Orders"),
        pgettext("shadow", "Stock rows"),
        pgettext("shadow", "Prices"),
        pgettext("shadow", "Members"),
        pgettext("shadow", "Only there"),
    ]
    rows = [[text(word, 8, color=QUIET, right=n > 1) for n, word in enumerate(head)]]
    for seen in report.coverage:
        counts = (seen.orders, seen.stock_rows, seen.prices, seen.members, seen.unmatched)
        rows.append(
            [
                text(seen.system.name, 8.5),
                text(str(words.SYSTEM_KIND[seen.system.kind]), 8.5, color=QUIET),
                *(text(f"{count:,}" if count else "–", 8.5, right=True) for count in counts),
            ]
        )
    shares = (0.24, 0.16, 0.12, 0.12, 0.12, 0.12, 0.12)
    return Table(rows, [WIDTH * share for share in shares], style=LINES, repeatRows=1)


def _chapter(
    figures: KindFigures, findings: Sequence[Finding], report: Report, stores: Mapping[str, str]
) -> list[Flowable]:
    currency = report.project.currency
    systems = {system.code: system.name for system in report.project.systems}
    total = words.money(figures.amount_minor, currency)
    title = f"{words.KIND[figures.kind]}: {figures.count:,}"
    note = _("%(means)s Money: %(money)s, %(total)s in all.") % {
        "means": words.MEANS[figures.kind],
        "money": words.MONEY[figures.kind],
        "total": total,
    }
    head = [
        pgettext("shadow", "What"),
        pgettext("shadow", "Store"),
        pgettext("shadow", "In"),
        pgettext("shadow", "How"),
        pgettext("shadow", "Money"),
    ]
    rows: list[list[Any]] = [[text(word, 8, color=QUIET, right=n == 4) for n, word in enumerate(head)]]
    for finding in map(words.hidden, findings):
        rows.append(
            [
                text(words.subject(finding), 8.5),
                text(stores.get(finding.store, finding.store) or "–", 8.5, color=QUIET),
                text(", ".join(systems.get(code, code) for code in finding.systems), 8.5, color=QUIET),
                text(words.said(finding, systems, stores), 8.5, color=COLOUR[finding.severity]),
                text(words.money(finding.amount_minor, currency), 8.5, right=True),
            ]
        )
    shares = (0.27, 0.17, 0.15, 0.28, 0.13)
    table = Table(rows, [WIDTH * share for share in shares], style=LINES, repeatRows=1)
    more = figures.count - len(findings)
    tail = [text(_("and %(n)s more in the console") % {"n": f"{more:,}"}, 8.5, color=QUIET)] if more > 0 else []
    opening = KeepTogether(
        [text(title, 14, bold=True), Spacer(1, 1.5 * mm), text(note, 9, color=QUIET), Spacer(1, 3 * mm)]
    )
    return [opening, table, Spacer(1, 2 * mm), *tail, Spacer(1, 8 * mm)]


_STACKED = TableStyle([("LEFTPADDING", (0, 0), (-1, -1), 0), ("RIGHTPADDING", (0, 0), (-1, -1), 0),
                       ("TOPPADDING", (0, 0), (-1, -1), 0), ("BOTTOMPADDING", (0, 0), (-1, -1), 0),
                       ("VALIGN", (0, 0), (-1, -1), "TOP")])  # fmt: skip
