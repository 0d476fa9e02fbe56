"""What service keeps of a person: their cases and what was said, handed out; names and contacts in them let go."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from msgspec import json

from datong.kernel.db import rows
from datong.kernel.keepers import Keeper, Text, Traces

THEIRS = "SELECT id, number FROM service_case WHERE brand_id = %(brand)s AND customer_id = ANY(%(records)s::uuid[])"


def gather(traces: Traces) -> None:
    for case_id, number in rows(THEIRS, {"brand": traces.brand, "records": list(traces.records)}):
        traces.things.add(case_id)
        traces.subjects.add(f"case {number}")


HELD = """
    SELECT c.number, c.reason, c.subject, c.state, c.outcome, c.opened_at,
           (SELECT coalesce(jsonb_agg(jsonb_build_object('kind', s.kind, 'text', s.text, 'at', s.at) ORDER BY s.id),
                            '[]')::text
              FROM service_step s WHERE s.brand_id = c.brand_id AND s.case_id = c.id AND s.shown)
      FROM service_case c
     WHERE c.brand_id = %(brand)s AND c.customer_id = ANY(%(records)s::uuid[]) ORDER BY c.id
"""
NAMES = ("number", "reason", "subject", "state", "outcome", "opened_at", "said")


def export(traces: Traces) -> Mapping[str, Any]:
    """Their cases with what they were told and what they said; notes among colleagues are not theirs."""
    found = rows(HELD, {"brand": traces.brand, "records": list(traces.records)})
    cases = [{**dict(zip(NAMES, row, strict=True)), "said": json.decode(row[-1])} for row in found]
    return {"cases": cases} if cases else {}


KEEPER = Keeper(
    "service",
    gather=gather,
    export=export,
    texts=(
        Text("service_given", ("reason",), of="order_id", locked=True),
        Text("service_case", ("subject",), of="id"),
        Text("service_step", ("text",), of="case_id", locked=True),
    ),
)
