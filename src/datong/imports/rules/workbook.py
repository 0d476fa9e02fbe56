"""Tables as workbooks: headings that explain themselves, text that stays text."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation

from datong.imports.rules.writing import Heading
from datong.imports.types import MAX_ROWS, Raw

TEXT_FORMAT = "@"
BOLD = Font(bold=True)
SHADE, SHADE_NEEDED = PatternFill("solid", fgColor="EEF2F7"), PatternFill("solid", fgColor="FFF3CD")


def written(
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
