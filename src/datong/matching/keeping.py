"""What matching knows of one person: keys (numbers made of their signs) and weights; both go with them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from datong.kernel.db import execute
from datong.kernel.keepers import Keeper, Text, Traces

KEYS = "DELETE FROM matching_key WHERE brand_id = %(brand)s AND customer_id = ANY(%(records)s::uuid[])"
PAIRS = """
    DELETE FROM matching_pair
     WHERE brand_id = %(brand)s AND (a = ANY(%(records)s::uuid[]) OR b = ANY(%(records)s::uuid[]))
"""


def erase(traces: Traces) -> Mapping[str, int]:
    key: dict[str, Any] = {"brand": traces.brand, "records": list(traces.records)}
    return {"matching_key": execute(KEYS, key), "matching_pair": execute(PAIRS, key)}


KEEPER = Keeper("matching", erase=erase, texts=(Text("matching_run", ("error",)),))
