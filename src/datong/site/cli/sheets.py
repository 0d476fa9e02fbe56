"""Tables that people fill in, CSV or JSON: each mistake is told by its row and column, and nothing is done before."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from enum import StrEnum
from pathlib import Path
from typing import TypeVar

from rich.markup import escape

from datong.kernel.errors import BadInput
from datong.site.screen import err, fail

MAX_SHOWN = 20
MAX_BYTES = 256 * 1024 * 1024
YES_NO = {"yes": True, "true": True, "1": True, "no": False, "false": False, "0": False}

T = TypeVar("T")
Kind = TypeVar("Kind", bound=StrEnum)


@dataclass(slots=True)
class Row:
    """One line of a sheet. A reader notes what is wrong with a cell and hands back something to go on with."""

    where: int
    cells: dict[str, str]
    problems: list[str]

    def wrong(self, column: str, fix: str) -> None:
        got = self.cells.get(column, "")
        self.problems.append(f"row {self.where}, {column}: expected {fix}, got {got!r:.60}")

    def text(self, column: str, limit: int, *, default: str = "", needed: bool = False) -> str:
        found = self.cells.get(column, "") or default
        if needed and not found:
            self.wrong(column, "a value")
        elif len(found) > limit or not found.isprintable():
            self.wrong(column, f"printable text of at most {limit} characters")
        return found

    def whole(self, column: str, low: int, high: int, default: T) -> int | T:
        """A whole number from `low` to `high`; `default` where the cell is empty."""
        found = self.cells.get(column, "")
        if not found:
            return default
        if not found.lstrip("-").isdecimal() or not found.isascii() or not low <= int(found) <= high:
            self.wrong(column, f"a whole number from {low} to {high:,}")
            return default
        return int(found)

    def degrees(self, column: str, limit: int) -> float:
        try:
            found = float(self.cells.get(column, ""))
        except ValueError:
            found = limit + 1.0
        if not -limit <= found <= limit:  # false for nan too
            self.wrong(column, f"degrees from -{limit} to {limit}, such as 44.9778")
            return 0.0
        return found

    def flag(self, column: str, default: bool) -> bool:
        found = self.cells.get(column, "").lower()
        if found and found not in YES_NO:
            self.wrong(column, "yes or no")
        return YES_NO.get(found, default)

    def choice(self, column: str, default: Kind) -> Kind:
        """One of the words of `default`'s kind."""
        found = self.cells.get(column, "").lower()
        try:
            return type(default)(found) if found else default
        except ValueError:
            self.wrong(column, f"one of {', '.join(type(default))}")
            return default

    def read(self, column: str, reader: Callable[[str], T], default: T) -> T:
        """What `reader` makes of the cell; its BadInput is this cell's problem."""
        try:
            return reader(self.cells.get(column, ""))
        except BadInput as error:
            for problem in error.problems:
                self.wrong(column, problem.fix)
            return default


@dataclass(slots=True)
class Sheet:
    file: Path
    rows: list[Row]
    problems: list[str] = field(default_factory=list)

    def once(self, *columns: str) -> None:
        """Note the rows that repeat an earlier one's cells in these columns."""
        seen: dict[tuple[str, ...], int] = {}
        for row in self.rows:
            key = tuple(row.cells.get(column, "") for column in columns)
            if key in seen:
                row.problems.append(
                    f"row {row.where}, {columns[-1]}: {' '.join(key)!r} stands in row {seen[key]} already"
                )
            seen.setdefault(key, row.where)

    def done(self) -> None:
        """Go on if all is well; otherwise say every mistake, row by row, and end with code 1."""
        if not self.problems:
            return
        for problem in self.problems[:MAX_SHOWN]:
            err.print(f"  {escape(problem)}", highlight=False)
        if len(self.problems) > MAX_SHOWN:
            err.print(f"  and {len(self.problems) - MAX_SHOWN:,} more", highlight=False)
        count = len(self.problems)
        fail(
            f"{self.file.name}: {count:,} {'value' if count == 1 else 'values'} cannot be used; nothing was changed",
            "correct the rows and run the command again",
        )


def read_sheet(file: Path, needed: Sequence[str], more: Sequence[str] = ()) -> Sheet:
    """The rows of a CSV or JSON file. A column that is missing or that nobody knows ends the command."""
    try:
        if file.stat().st_size > MAX_BYTES:
            fail(f"{file.name} is larger than {MAX_BYTES // 2**20} MiB", "split it")
        text = file.read_text("utf-8-sig")
    except UnicodeDecodeError:
        fail(f"{file.name} is not UTF-8", "save it as 'CSV UTF-8'")
    sheet = Sheet(file, [])
    known = (*needed, *more)
    for where, cells in _json_rows(file, text) if file.suffix.lower() == ".json" else _csv_rows(file, text):
        for column in cells:
            _known(file, column, known)
        missing = [column for column in needed if column not in cells]
        if missing and not sheet.rows:
            fail(f"{file.name} has no column {', '.join(missing)}", f"its columns are {', '.join(known)}")
        sheet.rows.append(Row(where, cells, sheet.problems))
    if not sheet.rows:
        fail(f"{file.name} has no rows", f"a heading with {', '.join(known)}, then a row each")
    return sheet


def _known(file: Path, column: str, known: Sequence[str]) -> None:
    if column in known:
        return
    near = get_close_matches(column, known, 1)
    hint = f"perhaps {near[0]}; " if near else ""
    fail(f"{file.name} has a column {column!r} that means nothing here", f"{hint}its columns are {', '.join(known)}")


def _csv_rows(file: Path, text: str) -> Iterator[tuple[int, dict[str, str]]]:
    heading = text.lstrip("\r\n").partition("\n")[0]
    comma = max(",;\t", key=heading.count)
    lines = csv.reader(io.StringIO(text, newline=""), delimiter=comma, strict=True)
    columns: list[str] = []
    try:
        for cells in lines:
            if not any(cell.strip() for cell in cells):
                continue
            if not columns:
                columns = [cell.strip().lower() for cell in cells]
                if len(set(columns)) < len(columns):
                    fail(f"{file.name} has a column twice", "name each column once")
                continue
            if len(cells) > len(columns):
                fail(
                    f"{file.name}, row {lines.line_num}: {len(cells)} cells under {len(columns)} columns",
                    'put a value that has a comma in it between double quotes: "a, b"',
                )
            padded = [*cells, *[""] * (len(columns) - len(cells))]
            yield lines.line_num, dict(zip(columns, (cell.strip() for cell in padded), strict=True))
    except csv.Error as error:
        fail(f"{file.name}, row {lines.line_num}: {error}", "close every double quote")


def _json_rows(file: Path, text: str) -> Iterator[tuple[int, dict[str, str]]]:
    try:
        found = json.loads(text, parse_float=str, parse_int=str)  # digits as they are written: an amount stays exact
    except ValueError as error:
        fail(f"{file.name} is not JSON: {error}", "a list of objects, a row each")
    if not isinstance(found, list) or not all(isinstance(row, dict) for row in found):
        fail(f"{file.name} is not a list of rows", '[{"code": "0001", ...}, ...]')
    for where, row in enumerate(found, 1):
        yield where, {str(column).strip().lower(): _cell(value) for column, value in row.items()}


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return "; ".join(map(str, value))
    return str(value).strip()
