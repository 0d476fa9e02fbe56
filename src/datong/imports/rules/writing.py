"""Tables to files: CSV, and workbooks with a frozen heading, help on each column, lists to choose from, and a sheet
that explains. What a spreadsheet would take for a formula is written as text."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from datong.imports.types import Raw

FORMULA = ("=", "+", "-", "@", "\t", "\r")


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
