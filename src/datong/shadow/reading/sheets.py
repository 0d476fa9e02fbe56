"""A file's rows as text by column, whatever it is: CSV (UTF-8 or GBK; comma, semicolon, tab), XLSX, JSON Lines."""

from __future__ import annotations

import csv
import io
import json
import re
import zipfile
from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

from python_calamine import CalamineError, CalamineWorkbook

from datong.kernel.errors import BadInput, Problem
from datong.kernel.text import NotText, decode, separator
from datong.shadow.types import MAX_FILE_BYTES, MAX_ROWS

Row = tuple[int, dict[str, str]]
"""The number a person sees at the edge of the sheet, and the cells by heading (lower case, one space between words)."""

MAX_UNZIPPED_BYTES = 1024**3
MAX_CELL = 2_000


def rows_of(name: str, body: bytes) -> Iterator[Row]:
    """The rows of a file. Raises BadInput for a kind that is not read, a broken file, too many rows."""
    if len(body) > MAX_FILE_BYTES:
        raise _bad(name, "too_large", f"a file of at most {MAX_FILE_BYTES // 2**20} MiB; split it")
    kind = name.lower().rpartition(".")[2]
    if kind in ("csv", "tsv", "txt"):
        found = _csv(name, body)
    elif kind in ("xlsx", "xlsm", "xls", "ods"):
        found = _workbook(name, body)
    elif kind in ("jsonl", "ndjson", "json"):
        found = _json(name, body)
    else:
        raise _bad(name, "unknown_file", "a file that ends in .csv, .tsv, .xlsx, .jsonl or .json")
    for count, row in enumerate(found):
        if count >= MAX_ROWS:
            raise _bad(name, "too_many_rows", f"at most {MAX_ROWS:,} rows; split it")
        yield row


def heading(text: str) -> str:
    """`  Lineitem_SKU ` and `Lineitem sku` are one heading."""
    return re.sub(r"[\s_]+", " ", text.replace("\ufeff", "")).strip().lower()


def _text(name: str, body: bytes) -> str:
    try:
        return decode(body)[0]
    except NotText:
        raise _bad(name, "bad_encoding", "a file saved as 'CSV UTF-8' (or GBK)") from None


def _csv(name: str, body: bytes) -> Iterator[Row]:
    text = _text(name, body)
    lines = csv.reader(io.StringIO(text, newline=""), delimiter=separator(text))
    heads: list[str] = []
    try:
        for cells in lines:
            if not any(cell.strip() for cell in cells):
                continue
            if not heads:
                heads = [heading(cell) for cell in cells]
                continue
            yield lines.line_num, {h: c.strip()[:MAX_CELL] for h, c in zip(heads, cells, strict=False) if h}
    except csv.Error as error:
        raise _bad(name, "bad_row", f"every double quote closed; row {lines.line_num}: {error}") from None


def _workbook(name: str, body: bytes) -> Iterator[Row]:
    try:
        if body[:2] == b"PK":
            with zipfile.ZipFile(io.BytesIO(body)) as archive:
                if sum(info.file_size for info in archive.infolist()) > MAX_UNZIPPED_BYTES:
                    raise _bad(name, "too_large", "a workbook that unpacks to at most 1 GiB; split it")
        book = CalamineWorkbook.from_filelike(io.BytesIO(body))
        table = book.get_sheet_by_index(0).to_python(skip_empty_area=False)
    except (CalamineError, zipfile.BadZipFile, ValueError, OSError):
        raise _bad(name, "bad_file", "a workbook that a spreadsheet program opens") from None
    heads: list[str] = []
    for number, cells in enumerate(table, 1):
        texts = [_cell(cell) for cell in cells]
        if not any(texts):
            continue
        if not heads:
            heads = [heading(text) for text in texts]
            continue
        yield number, {h: c[:MAX_CELL] for h, c in zip(heads, texts, strict=False) if h}


def _json(name: str, body: bytes) -> Iterator[Row]:
    text = _text(name, body)
    try:
        if text.lstrip().startswith("["):
            found = list(enumerate(json.loads(text, parse_float=str), 1))
        else:
            found = [
                (n, json.loads(line, parse_float=str)) for n, line in enumerate(text.splitlines(), 1) if line.strip()
            ]
    except (ValueError, RecursionError) as error:
        raise _bad(name, "bad_json", f"one JSON object a line, or a list of objects: {error}") from None
    for number, row in found:
        if not isinstance(row, dict):
            raise _bad(name, "bad_json", f"an object with columns in line {number}")
        yield number, {heading(str(key)): _cell(value)[:MAX_CELL] for key, value in row.items()}


def _cell(value: Any) -> str:
    """Excel keeps 2.55 as the nearest binary number; its shortest writing is what was typed."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    if isinstance(value, (datetime, date)):
        return value.isoformat()
    return str(value).strip()


def _bad(name: str, code: str, fix: str) -> BadInput:
    return BadInput(f"{name}: expected {fix}", Problem("file", code, fix, name[:200]))
