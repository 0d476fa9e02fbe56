"""What requests for approval say of a person."""

from __future__ import annotations

from datong.kernel.db import rows
from datong.kernel.keepers import Keeper, Text, Traces

THEIRS = """
    SELECT id FROM access_approval WHERE brand_id = %(brand)s AND (subject = ANY(%(subjects)s::text[])
        OR 'order ' || coalesce(facts->>'order', '') = ANY(%(subjects)s::text[]))
"""


TOLD = """
    SELECT t.id FROM kernel_auditentry t
     WHERE t.brand_id = %(brand)s AND starts_with(t.verb, 'approval.')
       AND substr(t.subject, strpos(t.subject, ' ') + 1) = ANY(%(subjects)s::text[])
"""
"""What the trail says of requests: their subject stands behind their kind."""


def erase(traces: Traces) -> dict[str, int]:
    """Requests about their orders are theirs; the signs are looked for in all."""
    found = rows(THEIRS, {"brand": traces.brand, "subjects": sorted(traces.subjects)})
    traces.things |= {one for (one,) in found}
    traces.things |= {one for (one,) in rows(TOLD, {"brand": traces.brand, "subjects": sorted(traces.subjects)})}
    return {}


KEEPER = Keeper(
    "access",
    erase=erase,
    texts=(
        Text("access_approval", ("subject", "facts", "reason", "note"), of="id"),
        Text("access_approval", ("subject", "facts", "reason", "note")),
    ),
)
