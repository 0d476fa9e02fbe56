"""What risk keeps of a person: an entry on a list, by phone or e-mail. What was counted is by hashes already."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from datong.kernel.db import execute, rows
from datong.kernel.keepers import Keeper, Text, Traces

LISTED = """
    SELECT value, list, reason, at FROM risk_entry WHERE brand_id = %(brand)s AND value = ANY(%(signs)s::text[])
     ORDER BY value, list
"""


def export(traces: Traces) -> Mapping[str, Any]:
    found = rows(LISTED, {"brand": traces.brand, "signs": sorted(traces.signs)})
    return {"lists": [dict(zip(("value", "list", "reason", "at"), row, strict=True)) for row in found]} if found else {}


TOLD = """
    SELECT t.id FROM risk_entry e JOIN kernel_auditentry t
        ON t.brand_id = e.brand_id AND t.verb = 'risk.list' AND t.subject = 'risk list ' || e.list
       AND t.reason = e.reason
     WHERE e.brand_id = %(brand)s AND e.value = ANY(%(signs)s::text[])
    UNION
    SELECT o.id FROM risk_entry e JOIN kernel_outboxevent o
        ON o.brand_id = e.brand_id AND o.name = 'risk.rules_changed' AND o.payload->>'reason' = e.reason
     WHERE e.brand_id = %(brand)s AND e.value = ANY(%(signs)s::text[])
"""
"""Where the reason of an entry was told, too."""
STRIKE = "DELETE FROM risk_entry WHERE brand_id = %(brand)s AND value = ANY(%(signs)s::text[])"


def erase(traces: Traces) -> Mapping[str, int]:
    key = {"brand": traces.brand, "signs": sorted(traces.signs)}
    traces.things |= {one for (one,) in rows(TOLD, key)}
    return {"list entries": execute(STRIKE, key)}


KEEPER = Keeper("risk", export=export, erase=erase, texts=(Text("risk_entry", ("reason",)),))
