"""Lists on the screen: a row is one line however long it is, so that an address or an id can be copied whole."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from rich.cells import cell_len

from datong.site.screen import out


def listing(headings: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """Print the rows under bold headings; Chinese characters are two wide."""
    lines = [list(headings), *map(list, rows)]
    widths = [max(map(cell_len, column)) for column in zip(*lines, strict=True)]
    for number, line in enumerate(lines):
        padded = (cell + " " * (width - cell_len(cell)) for cell, width in zip(line, widths, strict=True))
        out.print("  ".join(padded).rstrip(), style="" if number else "bold", markup=False, highlight=False)
