"""Tables to files: CSV, and workbooks with a frozen heading, help on each column, lists to choose from, and a sheet
that explains. What a spreadsheet would take for a formula is written as text."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

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


AT_ONCE = 500
"""Rows of one piece of a file that is streamed."""


def csv_bytes(headings: Sequence[Heading], rows: Iterable[Sequence[Raw]], separator: str = ",") -> bytes:
    """UTF-8 with a mark, without which spreadsheets take it for an old code page and spoil every Chinese name."""
    return b"".join(csv_pieces(headings, rows, separator))


def csv_pieces(headings: Sequence[Heading], rows: Iterable[Sequence[Raw]], separator: str = ",") -> Iterator[bytes]:
    """The same, as it is read: no more than AT_ONCE rows are held at a time."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=separator, lineterminator="\r\n")
    for line in zip(*(heading.names for heading in headings), strict=True):
        writer.writerow(line)
    yield b"\xef\xbb\xbf" + _taken(out)
    left = iter(rows)
    while some := list(islice(left, AT_ONCE)):
        writer.writerows(["" if value is None else _said(guarded(value)) for value in row] for row in some)
        yield _taken(out)


def _taken(out: io.StringIO) -> bytes:
    piece = out.getvalue().encode()
    out.seek(0)
    out.truncate()
    return piece


def _said(value: Raw) -> Raw:
    return ("yes" if value else "no") if isinstance(value, bool) else value
