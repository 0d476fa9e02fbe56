"""How a compatibility check is said."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import typer

from datong.site.screen import out

if TYPE_CHECKING:
    from datong.sync.compat.types import Check

MARKS = {"blocking": "BLOCKS", "warning": "look", "fine": "fits"}


def say_check(found: Check, *, as_json: bool) -> None:
    """Every mismatch with its fix; exit status 1 while something keeps the connection from going live."""
    if as_json:
        rows = [
            {"area": m.area, "level": m.level, "code": m.code, "what": m.what, "fix": m.fix, "found": m.found}
            for m in found.mismatches
        ]
        print(
            json.dumps({"subject": found.subject, "at": found.at.isoformat(), "mismatches": rows}, ensure_ascii=False)
        )
    else:
        for m in found.mismatches:
            out.print(f"{MARKS[m.level]:>6}  {m.what}{f' ({m.found})' if m.found else ''}", highlight=False)
            if m.fix:
                out.print(f"        {m.fix}", highlight=False)
        out.print(f"{len(found.blocking)} block, {len(found.warnings)} to look at", highlight=False)
    if found.blocking:
        raise typer.Exit(1)
