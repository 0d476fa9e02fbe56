"""Tables to files: CSV, and workbooks with a frozen heading, help on each column, lists to choose from, and a sheet
that explains. What a spreadsheet would take for a formula is written as text."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation

from datong.imports.types import MAX_ROWS, Raw

FORMULA = ("=", "+", "-", "@", "\t", "\r")
TEXT_FORMAT = "@"
BOLD, QUIET = Font(bold=True), Font(italic=True, color="666666")
SHADE, SHADE_NEEDED = PatternFill("solid", fgColor="EEF2F7"), PatternFill("solid", fgColor="FFF3CD")


@dataclass(frozen=True, slots=True)
class Heading:
    """A column of a file: its headings (one a line), what helps, what is offered; `text`: never a number in a sheet."""

    names: tuple[str, ...]
    help: str = ""
    choices: tuple[str, ...] = ()
    needed: bool = False
    width: int = 16
    text: bool = False


def guarded(value: Raw) -> Raw:
    """A text that a spreadsheet would run as a formula gets an apostrophe in front; a negative number stays one."""
    if not isinstance(value, str) or not value.startswith(FORMULA):
        return value
    try:
        float(value)
    except ValueError:
        return f"'{value}"
    return value


def csv_bytes(headings: Sequence[Heading], rows: Iterable[Sequence[Raw]], separator: str = ",") -> bytes:
    """UTF-8 with a mark, without which spreadsheets take it for an old code page and spoil every Chinese name."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=separator, lineterminator="\r\n")
    for line in zip(*(heading.names for heading in headings), strict=True):
        writer.writerow(line)
    for row in rows:
        writer.writerow(["" if value is None else _said(guarded(value)) for value in row])
    return b"\xef\xbb\xbf" + out.getvalue().encode()


def _said(value: Raw) -> Raw:
    return ("yes" if value else "no") if isinstance(value, bool) else value


def workbook_bytes(
    headings: Sequence[Heading],
    rows: Iterable[Sequence[Raw]],
    *,
    title: str,
    help_title: str = "",
    help_lines: Sequence[Sequence[str]] = (),
) -> bytes:
    """A workbook: the table on its first sheet; where there are `help_lines`, a second that explains."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet(_sheet_name(title))
    lines = len(headings[0].names)
    sheet.freeze_panes = f"A{lines + 1}"
    for number, heading in enumerate(headings, 1):
        dimension = sheet.column_dimensions[get_column_letter(number)]
        dimension.width = heading.width
        if heading.text:
            dimension.number_format = TEXT_FORMAT  # new cells are text: Excel leaves the zeros in front alone
        if heading.choices:
            offered = DataValidation(type="list", formula1=f'"{",".join(heading.choices)}"', allow_blank=True)
            offered.showErrorMessage = False
            letter = get_column_letter(number)
            offered.add(f"{letter}{lines + 1}:{letter}{MAX_ROWS}")
            sheet.data_validations.append(offered)
    for at in range(lines):
        sheet.append([_heading(sheet, heading, at) for heading in headings])
    for row in rows:
        sheet.append([_cell(sheet, heading, value) for heading, value in zip(headings, row, strict=False)])
    if help_lines:
        _explain(book, help_title, help_lines)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _sheet_name(title: str) -> str:
    return "".join(" " if sign in r"[]:*?/\\" else sign for sign in title)[:31] or "Sheet"


def _heading(sheet: object, heading: Heading, at: int) -> WriteOnlyCell:
    cell = WriteOnlyCell(sheet, value=heading.names[at])
    cell.font, cell.fill = BOLD, SHADE_NEEDED if heading.needed else SHADE
    if at == 0 and heading.help:
        cell.comment = Comment(heading.help, "Datong", height=90, width=260)
    return cell


def _cell(sheet: object, heading: Heading, value: Raw) -> object:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if value is None or (isinstance(value, (int, float)) and not heading.text):
        return value
    cell = WriteOnlyCell(sheet, value=str(value).replace("\x00", ""))
    cell.data_type = "s"  # never a formula, whatever it begins with
    if heading.text:
        cell.number_format = TEXT_FORMAT
    return cell


def _explain(book: Workbook, title: str, lines: Sequence[Sequence[str]]) -> None:
    sheet = book.create_sheet(_sheet_name(title))
    for number, width in enumerate((24, 24, 12, 70, 30), 1):
        sheet.column_dimensions[get_column_letter(number)].width = width
    for at, line in enumerate(lines):
        cells = []
        for text in line:
            cell = WriteOnlyCell(sheet, value=text)
            cell.data_type = "s"
            cell.alignment = Alignment(wrap_text=True, vertical="top")
            if at == 0:
                cell.font = BOLD
            cells.append(cell)
        sheet.append(cells)
