"""Decision tables: what a cell means, what is wrong with a table before it goes live, and what it decides.

The checks are exact: every input is a whole number within bounds or a text of a list, so the input space falls into
boxes whose borders are the cells' own, and each box is looked at once. The engine (zen) decides when a table is in
use; that it decides as the checks say is part of the checks.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import product
from typing import Any

import msgspec
import zen

from datong.catalog.rules.promotion_checks import storable
from datong.catalog.types import Column, FieldKind, Row, Table, TableFault, TableFinding
from datong.kernel.errors import BadInput, BadValue, Problem

MAX_ROWS = 200
MAX_COLUMNS = 6
MAX_BOXES = 50_000
MAX_FINDINGS = 50
MAX_ENGINE_TRIES = 300
OTHER = "\N{HORIZONTAL ELLIPSIS}"
"""Any text that no row of an open column names."""

_NAME = re.compile(r"[a-z][a-z0-9_]{0,39}")
_COMPARED = re.compile(r"(>=|<=|>|<|=)?\s*(-?\d{1,15})")
_BETWEEN = re.compile(r"(-?\d{1,15})\s*\.\.\s*(-?\d{1,15})")

Span = tuple[int, int]
"""Whole numbers from and to, both inclusive."""


def number_span(cell: str, column: Column) -> Span | None:
    """The numbers a cell means within its column's bounds, None when it cannot be read; an empty span matches none."""
    text = cell.strip()
    low, high = column.least, column.most
    if not text:
        return low, high
    if found := _BETWEEN.fullmatch(text):
        return max(low, int(found[1])), min(high, int(found[2]))
    found = _COMPARED.fullmatch(text)
    if not found:
        return None
    number = int(found[2])
    match found[1]:
        case ">=":
            low = max(low, number)
        case ">":
            low = max(low, number + 1)
        case "<=":
            high = min(high, number)
        case "<":
            high = min(high, number - 1)
        case _:
            low, high = max(low, number), min(high, number)
    return low, high


def texts(cell: str) -> frozenset[str]:
    """The texts a cell names; none named is any."""
    return frozenset(part.strip() for part in cell.replace("，", ",").split(",") if part.strip())


def check_shape(table: Table) -> None:
    """Names, sizes, every row as wide as the table; raises BadInput."""
    found = []
    if not _NAME.fullmatch(table.name):
        found.append(Problem("name", "bad_value", "a lower-case name of letters, digits and _", table.name))
    if not 1 <= len(table.inputs) <= MAX_COLUMNS or not 1 <= len(table.outputs) <= MAX_COLUMNS:
        found.append(Problem("inputs", "count", f"1 to {MAX_COLUMNS} inputs and outputs", len(table.inputs)))
    if not 1 <= len(table.rows) <= MAX_ROWS:
        found.append(Problem("rows", "count", f"1 to {MAX_ROWS} rows", len(table.rows)))
    names = [column.name for column in (*table.inputs, *table.outputs)]
    if len(set(names)) != len(names) or not all(map(_NAME.fullmatch, names)):
        found.append(Problem("inputs", "name", "lower-case names, each once", ", ".join(names)))
    for n, row in enumerate(table.rows, 1):
        if (len(row.inputs), len(row.outputs)) != (len(table.inputs), len(table.outputs)):
            found.append(Problem(f"rows/{n}", "width", f"{len(table.inputs)} inputs, {len(table.outputs)} outputs", ""))
        if any(len(cell) > 200 for cell in (*row.inputs, *row.outputs)):
            found.append(Problem(f"rows/{n}", "length", "cells of at most 200 characters", ""))
    for n, case in enumerate(table.cases, 1):
        if not storable(*(text for said in (case.inputs, case.outputs) for pair in said.items() for text in pair)):
            found.append(Problem(f"cases/{n}", "text", "text without NUL or lone surrogates", ""))
    cells = (cell for row in table.rows for cell in (*row.inputs, *row.outputs, row.note))
    named = (text for c in (*table.inputs, *table.outputs) for text in (c.label, *c.values))
    if not storable(table.title, *cells, *named):
        found.append(Problem("rows", "text", "text without NUL or lone surrogates", ""))
    if found:
        raise BadInput(f"{len(found)} things are wrong with the table", *found[:100])


def find_faults(table: Table) -> list[TableFinding]:
    """Everything that must be mended before the table may go live: types, empty rows, overlaps, gaps, cases, engine."""
    check_shape(table)
    found = list(_type_faults(table))
    if found:
        return found[:MAX_FINDINGS]
    boxes = _boxes(table)
    total = 1
    for parts in boxes:
        total *= len(parts)
    if total > MAX_BOXES:
        raise BadValue("rows", total, f"fewer different borders: the table falls into more than {MAX_BOXES} boxes")
    found += _matching_faults(table, boxes)
    found += _case_faults(table)
    if not found:
        found += _engine_faults(table, boxes)
    return found[:MAX_FINDINGS]


def _type_faults(table: Table) -> Iterator[TableFinding]:
    for n, row in enumerate(table.rows, 1):
        for column, cell in zip(table.inputs, row.inputs, strict=True):
            if column.kind is FieldKind.NUMBER:
                span = number_span(cell, column)
                if span is None:
                    says = f"{column.name}: {cell!r} is no number, comparison or range such as 1000..2999"
                    yield TableFinding(TableFault.TYPE, (n,), ((column.name, cell),), says)
                elif span[0] > span[1]:
                    says = f"{column.name}: nothing from {column.least} to {column.most} is {cell}"
                    yield TableFinding(TableFault.EMPTY, (n,), ((column.name, cell),), says)
            elif column.values and not texts(cell) <= set(column.values):
                says = f"{column.name}: one of {', '.join(column.values)}"
                yield TableFinding(TableFault.TYPE, (n,), ((column.name, cell),), says)
        for column, cell in zip(table.outputs, row.outputs, strict=True):
            if column.kind is FieldKind.NUMBER and not re.fullmatch(r"-?\d{1,15}", cell.strip()):
                says = f"{column.name}: a whole number, not {cell!r}"
                yield TableFinding(TableFault.TYPE, (n,), ((column.name, cell),), says)
            elif column.kind is FieldKind.TEXT and not cell.strip():
                yield TableFinding(TableFault.TYPE, (n,), ((column.name, cell),), f"{column.name}: something")
            elif column.kind is FieldKind.TEXT and column.values and cell.strip() not in column.values:
                says = f"{column.name}: one of {', '.join(column.values)}"
                yield TableFinding(TableFault.TYPE, (n,), ((column.name, cell),), says)


def _boxes(table: Table) -> list[list[Any]]:
    """For each input the values that stand for its parts: the first number of each part, or each text."""
    parts: list[list[Any]] = []
    for at, column in enumerate(table.inputs):
        if column.kind is FieldKind.NUMBER:
            borders = {column.least}
            for row in table.rows:
                low, high = number_span(row.inputs[at], column) or (column.least, column.most)
                borders |= {low, high + 1}
            parts.append(sorted(b for b in borders if column.least <= b <= column.most))
        else:
            named = set(column.values) or {*(t for row in table.rows for t in texts(row.inputs[at])), OTHER}
            parts.append(sorted(named))
    return parts


def _matching_faults(table: Table, boxes: Sequence[Sequence[Any]]) -> list[TableFinding]:
    """Each pair of rows that overlaps once, and the gaps, each with an input that shows it."""
    found: list[TableFinding] = []
    pairs: set[tuple[int, int]] = set()
    gaps = 0
    spans = [_matcher(row, table.inputs) for row in table.rows]
    for point in product(*boxes):
        hits = [n for n, span in enumerate(spans, 1) if all(_in(v, s) for v, s in zip(point, span, strict=True))]
        if len(hits) == 1:
            continue
        example = tuple((c.name, str(v)) for c, v in zip(table.inputs, point, strict=True))
        if not hits:
            gaps += 1
            if gaps <= MAX_FINDINGS // 2:
                found.append(TableFinding(TableFault.GAP, (), example, "no row matches this input"))
        elif (hits[0], hits[1]) not in pairs:
            pairs.add((hits[0], hits[1]))
            found.append(TableFinding(TableFault.OVERLAP, (hits[0], hits[1]), example, "both rows match this input"))
    return found


def _matcher(row: Row, inputs: Sequence[Column]) -> list[Span | frozenset[str]]:
    return [
        (number_span(cell, column) or (1, 0)) if column.kind is FieldKind.NUMBER else texts(cell)
        for cell, column in zip(row.inputs, inputs, strict=True)
    ]


def _in(value: Any, allowed: Span | frozenset[str]) -> bool:
    if isinstance(allowed, frozenset):
        return not allowed or value in allowed
    return allowed[0] <= value <= allowed[1]


def match_row(table: Table, given: Mapping[str, Any]) -> Row | None:
    """The row our own reading finds for an input; None for none."""
    for row in table.rows:
        wanted = zip(table.inputs, _matcher(row, table.inputs), strict=True)
        if all(_in(given[column.name], allowed) for column, allowed in wanted):
            return row
    return None


def _case_faults(table: Table) -> Iterator[TableFinding]:
    for n, case in enumerate(table.cases, 1):
        try:
            row = match_row(table, read_inputs(table, case.inputs))
        except BadInput as error:
            yield TableFinding(TableFault.CASE, (), tuple(case.inputs.items()), f"test case {n}: {error}")
            continue
        got = {c.name: cell.strip() for c, cell in zip(table.outputs, row.outputs, strict=True)} if row else {}
        if got != {name: value.strip() for name, value in case.outputs.items()}:
            says = f"test case {n}: {_said(got) or 'no row'} instead of {_said(case.outputs)}"
            yield TableFinding(TableFault.CASE, (), tuple(case.inputs.items()), says)


def _said(outputs: Mapping[str, str]) -> str:
    return ", ".join(f"{name} {value}" for name, value in outputs.items())


def _engine_faults(table: Table, boxes: Sequence[Sequence[Any]]) -> Iterator[TableFinding]:
    for n, point in enumerate(product(*boxes)):
        if n >= MAX_ENGINE_TRIES:
            return
        given = {c.name: v for c, v in zip(table.inputs, point, strict=True)}
        row = match_row(table, given)
        ours = _outputs(table, dict(zip([c.name for c in table.outputs], row.outputs, strict=True))) if row else None
        if run_table(table, given) != ours:
            example = tuple((name, str(value)) for name, value in given.items())
            yield TableFinding(TableFault.ENGINE, (), example, "the engine decides otherwise than the table reads")


def read_inputs(table: Table, given: Mapping[str, Any]) -> dict[str, Any]:
    """The inputs as the table wants them: whole numbers within bounds, texts. Raises BadValue naming the input."""
    found: dict[str, Any] = {}
    for column in table.inputs:
        value = given.get(column.name)
        if column.kind is FieldKind.NUMBER:
            if not re.fullmatch(r"-?\d{1,15}", str(value)) or not column.least <= int(str(value)) <= column.most:
                raise BadValue(column.name, value, f"a whole number from {column.least} to {column.most}")
            found[column.name] = int(str(value))
        else:
            if column.values and value not in column.values:
                raise BadValue(column.name, value, f"one of {', '.join(column.values)}")
            found[column.name] = str(value or "")
    return found


def run_table(table: Table, given: Mapping[str, Any]) -> dict[str, int | str] | None:
    """What the engine decides; None when no row matches. Numbers leave it as text, so they are exact."""
    result = _compiled(msgspec.json.encode(table)).evaluate(dict(given))["result"]
    return _outputs(table, result) if result else None


def _outputs(table: Table, result: Mapping[str, str]) -> dict[str, int | str]:
    return {
        column.name: int(result[column.name]) if column.kind is FieldKind.NUMBER else result[column.name].strip()
        for column in table.outputs
    }


@lru_cache(maxsize=512)
def _compiled(encoded: bytes) -> Any:
    """The engine's form of a table (JSON Decision Model), made once a process."""
    return zen.ZenEngine().create_decision(
        msgspec.json.encode(_model(msgspec.json.decode(encoded, type=Table))).decode()
    )


def _model(table: Table) -> dict[str, Any]:
    columns = [("inputs", table.inputs), ("outputs", table.outputs)]
    content: dict[str, Any] = {"hitPolicy": "first"}
    for side, fields in columns:
        content[side] = [{"id": column.name, "name": column.name, "field": column.name} for column in fields]
    content["rules"] = [
        {
            "_id": str(n),
            **{c.name: _input_cell(cell, c) for c, cell in zip(table.inputs, row.inputs, strict=True)},
            **{c.name: _quoted(cell.strip()) for c, cell in zip(table.outputs, row.outputs, strict=True)},
        }
        for n, row in enumerate(table.rows)
    ]
    place = {"position": {"x": 0, "y": 0}}
    return {
        "nodes": [
            {"id": "in", "name": "in", "type": "inputNode", **place},
            {"id": "table", "name": "table", "type": "decisionTableNode", "content": content, **place},
            {"id": "out", "name": "out", "type": "outputNode", **place},
        ],
        "edges": [
            {"id": "1", "type": "edge", "sourceId": "in", "targetId": "table"},
            {"id": "2", "type": "edge", "sourceId": "table", "targetId": "out"},
        ],
    }


def _input_cell(cell: str, column: Column) -> str:
    if not cell.strip():
        return ""
    if column.kind is FieldKind.NUMBER:
        low, high = number_span(cell, column) or (1, 0)
        return f"[{low}..{high}]"
    return ", ".join(_quoted(text) for text in sorted(texts(cell)))


def _quoted(text: str) -> str:
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"
