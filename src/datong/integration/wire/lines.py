"""Rows of text files, where one that cannot be read is told by itself and the rest is read on."""

from __future__ import annotations

import csv
import re
from collections import deque
from collections.abc import Iterator
from pathlib import Path
from typing import Any, TextIO

from datong.integration.wire.mapping.language import Table
from datong.integration.wire.reading import clean, json_of
from datong.kernel.errors import BadInput, Problem
from datong.kernel.text import NotText
from datong.kernel.text import encoding_of as codec_of

MAX_FIELD_CHARS = 32_768  # what one Excel cell holds
SAMPLE_BYTES = 1_048_576
BROKEN = "_broken"
"""A row that could not be read: its text as it stands in the file, and under WHY the reason."""
WHY = "_why"
_SURROGATES = re.compile("[\udc80-\udcff]")


def broken(text: str, why: str) -> dict[str, Any]:
    return {BROKEN: clean(text.encode("utf-8", "replace").decode("utf-8"))[:MAX_FIELD_CHARS], WHY: clean(why)[:300]}


def encoding_of(path: Path, table: Table) -> str:
    """The mapping's, or what the beginning of the file is written in: UTF-8, or GB18030 (GBK), as Excel writes it."""
    if table.encoding:
        return table.encoding
    with path.open("rb") as file:
        sample = file.read(SAMPLE_BYTES)
    whole = sample.rpartition(b"\n")[0] or sample  # the last line may be cut in the middle of a sign
    try:
        found = codec_of(whole)
    except NotText:
        found = "utf-8"
    return "utf-8-sig" if found in ("utf-8", "cp1252") else found  # lines that are no UTF-8 are told one by one


class _Feed:
    """Lines of a file for csv.reader, which remembers those of the present row and can give them out again."""

    def __init__(self, file: TextIO) -> None:
        self._file = file
        self._again: deque[str] = deque()
        self._row: list[str] = []

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        line = self._again.popleft() if self._again else next(self._file)
        self._row.append(line)
        return line

    def done(self) -> str:
        """The row was read; its text."""
        text, self._row = "".join(self._row), []
        return text

    def give_up(self) -> str:
        """The row cannot be read: its first line is the culprit, what it swallowed is read again."""
        first, *rest = self._row or [""]
        self._again.extendleft(reversed(rest))
        self._row = []
        return first


def csv_rows(path: Path, table: Table) -> Iterator[dict[str, Any]]:
    """The rows of a CSV file by the names in its first row. Raises BadInput when that one cannot be read."""
    csv.field_size_limit(MAX_FIELD_CHARS)
    delimiter = "\t" if path.suffix.lower() == ".tsv" and table.delimiter == "," else table.delimiter
    encoding = encoding_of(path, table)
    with path.open(encoding=encoding, errors="surrogateescape", newline="") as file:
        for _ in range(table.skip_rows):
            next(file, None)
        feed = _Feed(file)
        reader = csv.reader(feed, delimiter=delimiter, strict=True)
        names = _names(path, reader, feed, encoding)
        while True:
            try:
                cells = next(reader)
            except StopIteration:
                return
            except csv.Error as error:
                yield broken(feed.give_up(), f"a row with delimiter {delimiter!r} and paired quotes ({error})")
                continue
            text = feed.done()
            if not cells:
                continue
            if _SURROGATES.search(text):
                yield broken(text, f"text in {encoding}; or name the encoding in the mapping's [table]")
                continue
            cells += [""] * (len(names) - len(cells))
            yield {name: cell for name, cell in zip(names, cells, strict=False) if name}


def _names(path: Path, reader: Iterator[list[str]], feed: _Feed, encoding: str) -> list[str]:
    try:
        names = [name.strip() for name in next(reader, [])]
    except csv.Error as error:
        names, why = [], str(error)
    else:
        why = "" if names and not _SURROGATES.search(feed.done()) else "no names in the first row"
    if why:
        fix = f"a first row of column names in {encoding}; or name encoding and delimiter in the mapping's [table]"
        raise BadInput(f"{path.name}: the first row cannot be read: {why}", Problem("/0", "bad_row", fix, why))
    return names


def json_rows(path: Path) -> Iterator[dict[str, Any]]:
    """The objects of a JSON Lines file."""
    with path.open("rb") as file:
        for line in file:
            if not line.strip():
                continue
            try:
                found = json_of(line)
            except BadInput as error:
                found, why = None, error.problems[0].fix
            else:
                why = "one JSON object a line"
            yield found if isinstance(found, dict) else broken(line.decode("utf-8", "replace"), why)
