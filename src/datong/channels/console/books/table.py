"""A table of figures, drawn on a page or written to a file: the same rows, so that both say the same."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from django.http import HttpResponse
from django.utils.translation import gettext as _

from datong.imports import api as imports
from datong.kernel.errors import BadValue
from datong.kernel.money import Money

TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


@dataclass(frozen=True, slots=True)
class Amount:
    """Money in a cell; `href` leads to what it is made of."""

    minor: int
    currency: str
    href: str = ""


@dataclass(frozen=True, slots=True)
class Text:
    """A name with a line under it."""

    text: str
    sub: str = ""
    href: str = ""


Cell = Amount | Text | None


@dataclass(frozen=True, slots=True)
class Row:
    """`head`: a heading over the rows below it. `strong`: a sum."""

    cells: tuple[Cell, ...]
    strong: bool = False
    head: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """`columns`: headings, the first of the rows' names; `numbers`: which columns are figures."""

    title: str
    columns: tuple[str, ...]
    rows: list[Row] = field(default_factory=list)
    numbers: frozenset[int] = frozenset()

    @property
    def headed(self) -> list[tuple[str, bool]]:
        return [(name, at in self.numbers) for at, name in enumerate(self.columns)]


def download(table: Table, wanted: str, name: str) -> HttpResponse:
    """The table as a file, amounts as decimals with the currency beside them."""
    if wanted not in TYPES:
        raise BadValue("format", wanted, "csv or xlsx")
    headings = [imports.Heading((text,), width=28 if at == 0 else 16) for at, text in enumerate(table.columns)]
    headings += [imports.Heading((_("Currency"),), width=10)]
    rows = [_line(row, len(table.columns)) for row in table.rows]
    if wanted == "csv":
        body = imports.csv_bytes(headings, rows)
    else:
        body = imports.workbook_bytes(headings, rows, title=table.title)
    plain = "".join(c for c in name if c.isascii() and (c.isalnum() or c in "-_")) or "books"
    said = {"Content-Disposition": f'attachment; filename="{plain}.{wanted}"'}
    return HttpResponse(body, content_type=TYPES[wanted], headers=said)


def _line(row: Row, width: int) -> list[str | float | None]:
    said: list[str | float | None] = []
    currency = ""
    for cell in row.cells:
        if isinstance(cell, Amount):
            said.append(float(Money(cell.minor, cell.currency).decimal))
            currency = cell.currency
        elif cell is None:
            said.append(None)
        else:
            said.append(" ".join(filter(None, (cell.text, cell.sub))))
    return [*said, *[None] * (width - len(said)), currency]


def sums(rows: Sequence[tuple[str, int]]) -> dict[str, int]:
    """Minor units by currency."""
    found: dict[str, int] = {}
    for currency, minor in rows:
        found[currency] = found.get(currency, 0) + minor
    return found
