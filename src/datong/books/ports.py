"""What the books need from above: somebody who reads a file's table."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol

from datong.books.types import Cell

Score = Callable[[Sequence[str]], int]
"""How many of a line's cells are headings that are known."""


class Table(Protocol):
    """A file's table: its headings, and rows with the line each stands in."""

    @property
    def headings(self) -> Sequence[str]: ...
    @property
    def rows(self) -> Sequence[tuple[int, Sequence[Cell]]]: ...


class Reader(Protocol):
    """Reads CSV in any encoding, Excel or JSON. Raises BadInput for a file that is no table."""

    def __call__(self, data: bytes, name: str, score: Score) -> Table: ...


_readers: list[Reader] = []


def register_reader(reader: Reader) -> None:
    """Say, at start, who reads files."""
    _readers[:] = [reader]


def read_table(data: bytes, name: str, score: Score) -> Table:
    return _readers[0](data, name, score)
