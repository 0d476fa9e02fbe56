"""Lines of a file to rows of a kind: each cell is read by its column, and what is wrong is noted with its fix."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from datong.imports.types import MAX_COLUMNS, Column, Facts, Raw, Row, Wrong

EMPTIED = "-"
"""Written in a cell to empty what stands there; an empty cell leaves it as it is."""
MOST_KNOWN = 500
PLAIN = (str, int, bool)  # what nobody can change in place


def parse(
    lines: Sequence[tuple[int, Sequence[Raw]]],
    columns: Sequence[Column],
    mapping: Mapping[str, int],
    constants: Mapping[str, str],
    facts: Facts,
) -> list[Row]:
    """The rows; a fault of a cell leaves its column out of the values."""
    fixed: dict[str, Raw] = {name: value for name, value in constants.items() if value != ""}
    wanted = [
        (c.name, mapping.get(c.name, MAX_COLUMNS), c.needed, _reader(c, facts))
        for c in columns
        if (c.name in mapping or c.needed) and c.name not in fixed
    ]
    constant = [(c.name, _reader(c, facts)) for c in columns if c.name in fixed]
    found = []
    for line, cells in lines:
        width = len(cells)
        row = Row(line, {}, dict(fixed))
        values, kept = row.values, row.cells
        for name, at, needed, read in wanted:
            raw = cells[at] if at < width else None
            if raw is None or raw == "":
                if needed:
                    row.wrong(name, "needed")
                continue
            kept[name] = raw
            try:
                values[name] = read(raw)
            except Wrong as wrong:
                row.wrong(name, wrong.code, **wrong.facts)
        for name, read in constant:
            try:
                values[name] = read(fixed[name])
            except Wrong as wrong:
                row.wrong(name, wrong.code, **wrong.facts)
        found.append(row)
    return found


def _reader(column: Column, facts: Facts) -> Callable[[Raw], Any]:
    """What reads a cell of the column. A text that was read is not read again: most columns hold a few words."""
    known: dict[Raw, Any] = {}
    clears, read = column.clears, column.read

    def cell(raw: Raw) -> Any:
        text = type(raw) is str  # 1, 1.0 and True are one key of a dict
        if text and raw in known:
            return known[raw]
        value = "" if clears and raw == EMPTIED else read(raw, facts)
        if text and len(known) < MOST_KNOWN and type(value) in PLAIN:
            known[raw] = value
        return value

    return cell
