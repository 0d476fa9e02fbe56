"""Files to tables: CSV in any encoding and separator, Excel workbooks, JSON. Formulas are never evaluated."""

from __future__ import annotations

import csv
import io
import json
import re
import zipfile
from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

from python_calamine import CalamineError, CalamineWorkbook, PasswordError

from datong.imports.rules import vcards
from datong.imports.types import MAX_BYTES, MAX_CELL_CHARS, MAX_COLUMNS, MAX_ROWS, Raw, Table, Unreadable
from datong.kernel.text import NotText, decode, separator

MAX_UNZIPPED_BYTES = 1024**3
LOOKED_AT = 20
"""Lines at the top among which the headings are looked for."""
Score = Callable[[Sequence[str]], int]
"""How many of a line's cells are headings that are known."""
WORKBOOKS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")
Line = tuple[int, list[Raw]]


def read_table(data: bytes, name: str, score: Score) -> Table:
    """The table of a file, found by its content, not by its name. Raises Unreadable with the fix."""
    if len(data) > MAX_BYTES:
        raise Unreadable("too_large", f"at most {MAX_BYTES // 2**20} MB; split the file", bytes=len(data))
    if not data.strip():
        raise Unreadable("empty", "a file with headings and rows; this one is empty")
    if data.startswith(WORKBOOKS):
        return _workbook(data, score)
    if vcards.is_cards(data):
        return vcards.read_cards(*_text(data))
    if name.lower().endswith((".json", ".jsonl")) or data.lstrip()[:1] == b"[":
        return _json(data)
    text, encoding = _text(data)
    sign = separator(text)
    notes = {"format": "csv", "encoding": encoding, "separator": sign}
    return _table(_csv(text, sign), score, notes)


def _text(data: bytes) -> tuple[str, str]:
    try:
        return decode(data)
    except NotText as none:
        if none.binary:
            raise Unreadable(
                "binary", "a CSV file (UTF-8), an Excel workbook (.xlsx) or a vCard file (.vcf); this is none of them"
            ) from None
        raise Unreadable("encoding", "save the file as 'CSV UTF-8', or as an Excel workbook") from None


def _csv(text: str, sign: str) -> list[Line]:
    csv.field_size_limit(MAX_CELL_CHARS)
    lines: list[Line] = []
    reader = csv.reader(io.StringIO(text.replace("\x00", ""), newline=""), delimiter=sign, strict=True)
    try:
        for number, cells in enumerate(reader, 1):
            if number == 1 and re.fullmatch(r"sep=.?", sign.join(cells)):
                continue
            if len(lines) > MAX_ROWS + LOOKED_AT:
                break
            lines.append((number, [cell.strip() or None for cell in cells]))
    except csv.Error as error:
        fix = f"close every double quote, and write a quote inside of a text twice: {error}"
        raise Unreadable("csv", f"row {len(lines) + 1}: {fix}", row=len(lines) + 1) from None
    return lines


def _workbook(data: bytes, score: Score) -> Table:
    """The sheet whose headings are known best. Dates come as ISO text, numbers as numbers."""
    try:
        if data.startswith(WORKBOOKS[0]):
            with zipfile.ZipFile(io.BytesIO(data)) as archive:
                if sum(info.file_size for info in archive.infolist()) > MAX_UNZIPPED_BYTES:
                    raise Unreadable("too_large", "a workbook that unpacks to at most 1 GB")
        book = CalamineWorkbook.from_filelike(io.BytesIO(data))
        best: tuple[int, Any] | None = None
        for sheet_name in book.sheet_names[:20]:
            sheet = book.get_sheet_by_name(sheet_name)
            top = [row for row, _ in zip(sheet.iter_rows(), range(LOOKED_AT), strict=False)]
            known = max((score([_name(cell) for cell in row]) for row in top), default=-1)
            if top and (best is None or known > best[0]):
                best = (known, sheet)
        if best is None:
            raise Unreadable("empty", "a sheet with headings and rows; this workbook has none")
        sheet = best[1]
        first = (sheet.start or (0, 0))[0]
        rows = sheet.to_python(skip_empty_area=True, nrows=MAX_ROWS + LOOKED_AT + 1)
        merged = sheet.merged_cell_ranges or []
    except PasswordError:
        raise Unreadable("password", "save the workbook without a password") from None
    except (CalamineError, zipfile.BadZipFile, KeyError, ValueError, OSError) as error:
        raise Unreadable("workbook", f"an Excel workbook (.xlsx) or a CSV file; {str(error)[:200]}") from None
    notes = {"format": "xlsx", "sheet": sheet.name, "merged": _merged(merged)}
    lines = [(first + number, [_cell(cell) for cell in row]) for number, row in enumerate(rows, 1)]
    return _table(lines, score, notes)


def _merged(ranges: Iterable[tuple[tuple[int, int], tuple[int, int]]]) -> list[list[int]]:
    """[first row, last row, first column, last column], rows from 1, columns from 0."""
    return [[top + 1, bottom + 1, left, right] for (top, left), (bottom, right) in list(ranges)[:1000]]


def _cell(value: Any) -> Raw:
    if value is None or value == "":
        return None
    if isinstance(value, float):
        return int(value) if abs(value) < 2**53 and value == int(value) else value
    if isinstance(value, datetime):
        return value.isoformat() if (value.hour, value.minute, value.second) != (0, 0, 0) else value.date().isoformat()
    if isinstance(value, (date, time)):
        return value.isoformat()
    if isinstance(value, timedelta):
        minutes = int(value.total_seconds()) // 60
        return f"{minutes // 60:02}:{minutes % 60:02}"
    if isinstance(value, (int, bool)):
        return value
    return str(value).strip()[:MAX_CELL_CHARS] or None


def _name(value: Any) -> str:
    return " ".join(str(value).split()) if value not in (None, "") else ""


def _json(data: bytes) -> Table:
    """A list of objects, a row each; every name is a heading."""
    text, encoding = _text(data)
    try:
        # Digits as they are written: an amount stays exact.
        found = json.loads(text, parse_float=str, parse_int=str)
    except (ValueError, RecursionError) as error:
        raise Unreadable("json", f'a list of objects: [{{"sku": "A", ...}}, ...]; {error}') from None
    if not isinstance(found, list) or not all(isinstance(row, dict) for row in found):
        raise Unreadable("json", 'a list of objects: [{"sku": "A", ...}, ...]')
    headings = list(dict.fromkeys(str(name).strip() for row in found for name in row))
    if not found:
        raise Unreadable("empty", "a list with rows; this one is empty")
    if len(found) > MAX_ROWS:
        raise Unreadable("too_many", f"at most {MAX_ROWS:,} rows; split the file")
    rows = [(n, [_plain({str(k).strip(): v for k, v in row.items()}.get(h)) for h in headings])
            for n, row in enumerate(found, 1)]  # fmt: skip
    return Table(tuple(headings), rows, {"format": "json", "encoding": encoding})


def _plain(value: object) -> Raw:
    if value is None or isinstance(value, bool):
        return value
    return "; ".join(map(str, value)) if isinstance(value, list) else str(value).strip() or None


def _table(lines: Sequence[Line], score: Score, notes: dict[str, Any]) -> Table:
    """The line with the most known headings is the heading; lines of headings in the other language are passed over."""
    top = [(place, [_name(cell) for cell in cells]) for place, (_, cells) in enumerate(lines[:LOOKED_AT])]
    filled = [(place, names) for place, names in top if any(names)]
    if not filled:
        raise Unreadable("empty", "headings in the first rows; they are empty")
    at, names = max(filled, key=lambda each: (score(each[1]), -each[0]))
    if score(names) == 0:
        at, names = filled[0]
    while names and not names[-1]:
        names = names[:-1]
    if len(names) > MAX_COLUMNS:
        raise Unreadable("too_wide", f"at most {MAX_COLUMNS} columns", columns=len(names))
    start = at + 1
    while start < len(lines) and score([_name(cell) for cell in lines[start][1]]) * 2 > len(names):
        start += 1
    rows = [(number, cells) for number, cells in lines[start:] if any(cell is not None for cell in cells)]
    if len(rows) > MAX_ROWS:
        raise Unreadable("too_many", f"at most {MAX_ROWS:,} rows; split the file", rows=len(rows))
    if not rows:
        raise Unreadable("no_rows", "rows below the headings; there is none")
    empty = len(lines) - start - len(rows)
    return Table(tuple(names), rows, {**notes, "heading_row": lines[at][0], "empty_rows": empty})
