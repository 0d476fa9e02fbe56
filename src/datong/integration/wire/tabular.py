"""File drop: CSV, Excel (xlsx) and JSON Lines, one row a line of an order, by the same mapping language.

The rows of one order stand together and become one object: the first row's columns, and all rows under `rows`; so a
mapping says `external_id = "/Invoice"` and `lines.each = "/rows"`. Files are read as a stream; a checkpoint is a number
of rows, and reading on from it gives the same orders as reading through.
"""

from __future__ import annotations

import hashlib
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import msgspec

from datong.integration.types import Context, TooLarge
from datong.integration.wire.lines import BROKEN, WHY, csv_rows, json_rows
from datong.integration.wire.mapping.assemble import intent_of
from datong.integration.wire.mapping.evaluate import Values, holds
from datong.integration.wire.mapping.language import Mapping, Table
from datong.integration.wire.reading import Problems, json_of
from datong.kernel.errors import BadInput, Problem
from datong.orders.types import MAX_LINES, OrderIntent

MAX_FILE_BYTES = 2 * 1024**3
MAX_UNZIPPED_BYTES = 4 * 1024**3
MAX_COLUMNS = 500


@dataclass(frozen=True, slots=True)
class Group:
    """The rows of one order. `row` is the number of its first row (1: the first after the names), `end` of its last."""

    external_id: str
    row: int
    end: int
    document: dict[str, Any]
    apart: bool = False  # rows of this order were seen before, further up


def file_hash(path: Path) -> str:
    """SHA-256 of the content: a checkpoint belongs to a content, not to a name."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def rows_of(path: Path, table: Table) -> Iterator[dict[str, Any]]:
    """The rows, values as text, number or time; one that cannot be read is `BROKEN` and the rest goes on.

    Raises BadInput: unknown kind, no workbook, no names.
    """
    if path.stat().st_size > MAX_FILE_BYTES:
        raise TooLarge(f"{path.name}: over {MAX_FILE_BYTES} bytes")
    kind = path.suffix.lower()
    if kind in (".csv", ".tsv", ".txt"):
        return csv_rows(path, table)
    if kind == ".xlsx":
        return _xlsx(path, table)
    if kind in (".jsonl", ".ndjson"):
        return json_rows(path)
    problem = Problem("", "unknown_file", "a file that ends in .csv, .tsv, .txt, .xlsx, .jsonl or .ndjson", path.name)
    raise BadInput(f"{path.name}: not a kind of file that is read", problem)


def _xlsx(path: Path, table: Table) -> Iterator[dict[str, Any]]:
    from openpyxl import load_workbook  # many modules, which only a workbook needs

    try:
        with zipfile.ZipFile(path) as archive:
            if sum(info.file_size for info in archive.infolist()) > MAX_UNZIPPED_BYTES:
                raise TooLarge(f"{path.name}: unpacks to over {MAX_UNZIPPED_BYTES} bytes")
        book = load_workbook(path, read_only=True, data_only=True)
    except (zipfile.BadZipFile, KeyError, ValueError) as error:
        raise BadInput(f"{path.name}: not an xlsx file", Problem("", "bad_file", "an .xlsx file", str(error))) from None
    try:
        if table.sheet and table.sheet not in book.sheetnames:
            problem = Problem("", "no_sheet", f"one of {', '.join(book.sheetnames)}", table.sheet)
            raise BadInput(f"{path.name}: no sheet {table.sheet}", problem)
        sheet = book[table.sheet] if table.sheet else book.worksheets[0]
        cells = sheet.iter_rows(min_row=table.skip_rows + 1, max_col=MAX_COLUMNS, values_only=True)
        names = [str(cell).strip() if cell is not None else "" for cell in next(cells, ())]
        for found in cells:
            if any(cell is not None for cell in found):
                yield {name: _cell(cell) for name, cell in zip(names, found, strict=False) if name}
    finally:
        book.close()


def _cell(value: Any) -> Any:
    """Excel keeps 2.55 as the nearest binary number; its shortest writing is what was typed."""
    if isinstance(value, float):
        return Decimal(repr(value)) if value == value else None
    if isinstance(value, (datetime, date)):
        return value.isoformat()
    return value if isinstance(value, (str, int, bool, type(None))) else str(value)


def groups(rows: Iterable[dict[str, Any]], mapping: Mapping, *, after: int = 0) -> Iterator[Group]:
    """The orders of a file. Rows up to number `after` are passed over (a checkpoint stands between two orders)."""
    seen: set[bytes] = set()
    gathered: list[dict[str, Any]] = []
    current, start, number = "", 0, 0
    for number, row in enumerate(rows, 1):
        if BROKEN in row:
            if gathered and start > after:
                yield _group(current, start, number - 1, gathered, seen)
            elif gathered:
                seen.add(_mark(current))
            gathered = []
            if number > after:
                yield Group("", number, number, row)
            continue
        if any(holds(row, condition) for condition in mapping.table.skip):
            continue
        external_id = Values(row, Problems()).text(mapping.order.external_id, limit=200, cut=True)
        if gathered and (external_id != current or len(gathered) > MAX_LINES):
            if start > after:
                yield _group(current, start, number - 1, gathered, seen)
            else:
                seen.add(_mark(current))
            gathered = []
        if not gathered:
            current, start = external_id, number
        gathered.append(row)
    if gathered and start > after:
        yield _group(current, start, number, gathered, seen)


def _group(external_id: str, row: int, end: int, rows: list[dict[str, Any]], seen: set[bytes]) -> Group:
    mark = _mark(external_id)
    apart = mark in seen
    seen.add(mark)
    return Group(external_id, row, end, rows[0] | {"rows": list(rows)}, apart)


def _mark(external_id: str) -> bytes:
    """Eight bytes an order, so that a file of millions is no burden."""
    return hashlib.blake2b(external_id.encode(), digest_size=8).digest()


def parse(body: bytes, context: Context, mapping: Mapping) -> list[OrderIntent]:
    """One order's rows, as the inbox keeps them."""
    problems = Problems()
    document = json_of(body)
    if isinstance(document, dict) and document.get("_apart"):
        fix = "sort the file by order, so that the rows of one order stand together"
        problems.add("/rows", "rows_apart", fix, document.get("_apart"))
    if not isinstance(document, dict):
        problems.add("", "not_object", "the rows of one order")
        problems.done("the row")
    if BROKEN in document:
        problems.add(f"/{BROKEN}", "bad_row", str(document.get(WHY, "")), document[BROKEN])
        problems.done("the row")
    intent = intent_of(document, mapping, context, problems)
    problems.done("the row")
    return [intent]


def encode(group: Group) -> bytes:
    """What the inbox keeps of a group: its rows as JSON, which a person can correct and `parse` reads."""
    document = group.document | ({"_apart": group.external_id} if group.apart else {})
    return msgspec.json.encode(document, enc_hook=str)
