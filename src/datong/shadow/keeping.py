"""What was seen beside the systems of today: members with their contacts, and files as they came."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from datong.kernel.db import execute, rows
from datong.kernel.keepers import Keeper, Text, Traces

MEMBERS = """
    SELECT native_id, name, phone, email FROM shadow_member
     WHERE brand_id = %(brand)s AND (phone = ANY(%(signs)s::text[]) OR lower(email) = ANY(%(signs)s::text[]))
     ORDER BY native_id
"""


def export(traces: Traces) -> Mapping[str, Any]:
    found = rows(MEMBERS, {"brand": traces.brand, "signs": sorted(traces.signs)})
    return {"members": [dict(zip(("id", "name", "phone", "email"), r, strict=True)) for r in found]} if found else {}


STRIKE = """
    DELETE FROM shadow_member
     WHERE brand_id = %(brand)s AND (phone = ANY(%(signs)s::text[]) OR lower(email) = ANY(%(signs)s::text[]))
"""
FILES = """
    UPDATE shadow_feed f SET body = NULL
     WHERE brand_id = %(brand)s AND body IS NOT NULL
       AND EXISTS (SELECT 1 FROM unnest(%(signs)s::text[]) s(form)
                    WHERE strpos(lower(encode(f.body, 'escape')), lower(s.form)) > 0)
"""


def erase(traces: Traces) -> Mapping[str, int]:
    """A file that names the person is dropped whole: its orders and figures were read out of it already."""
    signs = sorted(traces.signs)
    return {
        "members": execute(STRIKE, {"brand": traces.brand, "signs": signs}),
        "files": execute(FILES, {"brand": traces.brand, "signs": signs}),
    }


KEEPER = Keeper(
    "shadow",
    export=export,
    erase=erase,
    texts=(
        Text("shadow_feed", ("problems",)),
        Text("shadow_finding", ("facts", "evidence", "title")),
    ),
)
