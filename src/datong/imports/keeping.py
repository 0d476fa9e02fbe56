"""Files in which somebody stands: their rows are let go of, the counts of the import stay."""

from __future__ import annotations

import re
import zlib
from collections.abc import Collection, Mapping
from typing import Any
from uuid import UUID

import msgspec

from datong.imports.queries import pack, unpack
from datong.kernel.db import execute, rows
from datong.kernel.keepers import Keeper, Traces

OF_PEOPLE = ("customers", "cards", "stored_value", "gift_cards", "points", "vouchers")
PARTS = """
    SELECT p.run_id, p.number FROM imports_part p JOIN imports_run r ON r.brand_id = p.brand_id AND r.id = p.run_id
     WHERE p.brand_id = %(brand)s AND r.kind = ANY(%(kinds)s::text[]) ORDER BY p.run_id, p.number
"""
PART = """
    SELECT lines, images FROM imports_part
     WHERE brand_id = %(brand)s AND run_id = %(run)s AND number = %(number)s FOR UPDATE
"""
LEAVE = """
    UPDATE imports_part SET lines = %(lines)s, images = %(images)s
     WHERE brand_id = %(brand)s AND run_id = %(run)s AND number = %(number)s
"""
FAULTS = """
    UPDATE imports_rowfault SET value = '', facts = '{}'
     WHERE brand_id = %(brand)s AND run_id = %(run)s AND line = ANY(%(lines)s::int[])
"""
REST = "SELECT id, rest FROM imports_reconciliation WHERE brand_id = %(brand)s AND run_id = %(run)s FOR UPDATE"
LEAVE_REST = "UPDATE imports_reconciliation SET rest = %(rest)s WHERE brand_id = %(brand)s AND id = %(id)s"


def erase(traces: Traces) -> Mapping[str, int]:
    """The person's rows of every file of people: their cells, what they replaced, what was said of them."""
    key = {"brand": traces.brand, "kinds": list(OF_PEOPLE)}
    wanted = _found_by(traces)
    records = {str(record) for record in traces.records}
    count = 0
    for run, number in rows(PARTS, key):
        gone = _erase_part({**key, "run": run, "number": number}, wanted, records)
        if gone:
            execute(FAULTS, {**key, "run": run, "lines": sorted(gone)})
            _erase_rest(traces.brand, run, gone)
            count += len(gone)
    return {"rows of files": count}


def _found_by(traces: Traces) -> re.Pattern[str]:
    """Their signs as a file may write them: phones also without their country's code."""
    signs = set(traces.signs)
    for sign in traces.signs:
        if re.fullmatch(r"\+\d{9,15}", sign):
            signs |= {sign[1:], sign[-9:]}
    return re.compile("|".join(re.escape(sign) for sign in sorted(signs, key=len, reverse=True)) or r"(?!)")


def _erase_part(key: dict[str, Any], wanted: re.Pattern[str], records: Collection[str]) -> set[int]:
    ((packed, images),) = rows(PART, key)
    changes = msgspec.json.decode(zlib.decompress(bytes(images))) if images else []
    gone = {line for line, its, _, after in changes if its[1] in records or (after or {}).get("holder") in records}
    lines = unpack(bytes(packed))
    gone |= {line for line, cells in lines if any(wanted.search(_plain(cell)) for cell in cells if cell)}
    if gone:
        left = [(line, [None] * len(cells) if line in gone else cells) for line, cells in lines]
        kept = pack([change for change in changes if change[0] not in gone]) if images else None
        execute(LEAVE, {**key, "lines": pack(left), "images": kept})
    return gone


def _plain(cell: object) -> str:
    text = str(cell)
    return re.sub(r"[\s()-]", "", text) if len(text) < 200 else text


def _erase_rest(brand: UUID, run: UUID, gone: Collection[int]) -> None:
    for id, rest in rows(REST, {"brand": brand, "run": run}):
        if rest:
            found = msgspec.json.decode(zlib.decompress(bytes(rest)))
            left = [[row[0], row[1], "" if row[0] in gone else row[2], *row[3:]] for row in found]
            execute(LEAVE_REST, {"brand": brand, "id": id, "rest": pack(left)})


KEEPER = Keeper("imports", erase=erase)
