"""Lines of a file to rows of a kind: each cell is read by its column, and what is wrong is noted with its fix."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from datong.imports.types import Column, Facts, Raw, Row, Wrong

EMPTIED = "-"
"""Written in a cell to empty what stands there; an empty cell leaves it as it is."""


def parse(
    lines: Sequence[tuple[int, Sequence[Raw]]],
    columns: Sequence[Column],
    mapping: Mapping[str, int],
    constants: Mapping[str, str],
    facts: Facts,
) -> list[Row]:
    """The rows; a fault of a cell leaves its column out of the values."""
    fixed: dict[str, Raw] = {name: value for name, value in constants.items() if value != ""}
    wanted = [(c, mapping.get(c.name)) for c in columns if (c.name in mapping or c.needed) and c.name not in fixed]
    constant = [c for c in columns if c.name in fixed]
    found = []
    for line, cells in lines:
        width = len(cells)
        row = Row(line, {}, dict(fixed))
        for column, at in wanted:
            raw = cells[at] if at is not None and at < width else None
            if raw is None or raw == "":
                if column.needed:
                    row.wrong(column.name, "needed")
                continue
            row.cells[column.name] = raw
            _read(row, column, raw, facts)
        for column in constant:
            _read(row, column, fixed[column.name], facts)
        found.append(row)
    return found


def _read(row: Row, column: Column, raw: Raw, facts: Facts) -> None:
    try:
        row.values[column.name] = "" if column.clears and raw == EMPTIED else column.read(raw, facts)
    except Wrong as wrong:
        row.wrong(column.name, wrong.code, **wrong.facts)
