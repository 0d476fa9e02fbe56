"""What stock knows of a person: whom goods were held for, when that was told by phone or e-mail."""

from __future__ import annotations

from datong.kernel.db import execute
from datong.kernel.keepers import Keeper, Traces

FORGET = """
    UPDATE inventory_hold SET customer_key = ''
     WHERE brand_id = %(brand)s AND customer_key <> ''
       AND (order_id = ANY(%(things)s::uuid[]) OR customer_key = ANY(%(signs)s::text[]))
"""


def erase(traces: Traces) -> dict[str, int]:
    key = {"brand": traces.brand, "things": sorted(traces.things), "signs": sorted(traces.signs)}
    return {"holds": execute(FORGET, key)}


KEEPER = Keeper("inventory", erase=erase)
