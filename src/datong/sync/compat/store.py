"""The last check of a connection: kept, read, and asked before anything goes live."""

from __future__ import annotations

import json
from collections.abc import Sequence
from uuid import UUID

from datong.kernel import clock
from datong.kernel.db import execute, in_brand, rows
from datong.kernel.errors import Conflict, Problem
from datong.sync.compat.types import Area, Check, Level, Mismatch

PUT = """
    INSERT INTO sync_check (brand_id, subject, blocking, warnings, mismatches, at, by)
    VALUES (%(brand)s, %(subject)s, %(blocking)s, %(warnings)s, %(mismatches)s::jsonb, %(now)s, %(by)s)
    ON CONFLICT (brand_id, subject) DO UPDATE
       SET blocking = excluded.blocking, warnings = excluded.warnings, mismatches = excluded.mismatches,
           at = excluded.at, by = excluded.by
"""
LAST = "SELECT mismatches::text, at FROM sync_check WHERE brand_id = %(brand)s AND subject = %(subject)s"


def keep(brand_id: UUID, subject: UUID, name: str, found: Sequence[Mismatch], *, by: str) -> Check:
    made = Check(name, clock.now(), tuple(found))
    told = [
        {"area": m.area, "level": m.level, "code": m.code, "what": m.what, "fix": m.fix, "found": m.found}
        for m in found
    ]
    counts = {"blocking": len(made.blocking), "warnings": len(made.warnings)}
    text = json.dumps(told).replace("\\u0000", "")
    with in_brand(brand_id):
        params = {"brand": brand_id, "subject": subject, "mismatches": text, "now": made.at, "by": by[:120]}
        execute(PUT, {**params, **counts})
    return made


def last(brand_id: UUID, subject: UUID, name: str = "") -> Check | None:
    """What the last check found; None when there was none."""
    with in_brand(brand_id):
        found = rows(LAST, {"brand": brand_id, "subject": subject})
    if not found:
        return None
    told = [
        Mismatch(Area(m["area"]), Level(m["level"]), m["code"], m["what"], m["fix"], m["found"])
        for m in json.loads(found[0][0])
    ]
    return Check(name, found[0][1], tuple(told))


def refuse_blocked(brand_id: UUID, subject: UUID) -> None:
    """Raise Conflict while the last check found what keeps this connection from going live."""
    checked = last(brand_id, subject)
    if checked is not None and checked.blocking:
        raise Conflict(f"{len(checked.blocking)} mismatches keep it from going live", *problems(checked))


def problems(checked: Check) -> list[Problem]:
    return [Problem(f"/{m.area}", m.code, m.fix, m.found or None) for m in checked.blocking]
