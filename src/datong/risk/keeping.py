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


STRIKE = "DELETE FROM risk_entry WHERE brand_id = %(brand)s AND value = ANY(%(signs)s::text[])"


def erase(traces: Traces) -> Mapping[str, int]:
    return {"list entries": execute(STRIKE, {"brand": traces.brand, "signs": sorted(traces.signs)})}


KEEPER = Keeper("risk", export=export, erase=erase, texts=(Text("risk_entry", ("reason",)),))
