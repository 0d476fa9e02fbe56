"""What requests for approval say of a person."""

from __future__ import annotations

from datong.kernel.db import rows
from datong.kernel.keepers import Keeper, Text, Traces

THEIRS = """
    SELECT id FROM access_approval WHERE brand_id = %(brand)s AND (subject = ANY(%(subjects)s::text[])
        OR 'order ' || coalesce(facts->>'order', '') = ANY(%(subjects)s::text[]))
"""


def erase(traces: Traces) -> dict[str, int]:
    """Requests about their orders are theirs; the signs are looked for in all."""
    found = rows(THEIRS, {"brand": traces.brand, "subjects": sorted(traces.subjects)})
    traces.things |= {one for (one,) in found}
    return {}


KEEPER = Keeper(
    "access",
    erase=erase,
    texts=(
        Text("access_approval", ("subject", "facts", "reason", "note"), of="id"),
        Text("access_approval", ("subject", "facts", "reason", "note")),
    ),
)
