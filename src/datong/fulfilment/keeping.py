"""What the tasks of stores say of a person."""

from __future__ import annotations

from datong.kernel.db import execute, rows
from datong.kernel.keepers import Keeper, Text, Traces

TASKS = "SELECT id FROM fulfilment_task WHERE brand_id = %(brand)s AND order_id = ANY(%(things)s::uuid[])"


WIPE = """
    UPDATE fulfilment_note SET address = '', lon = NULL, lat = NULL, contact_name = '', contact_phone = '', remark = '',
           distance_m = NULL, bearing_deg = NULL
     WHERE brand_id = %(brand)s AND order_id = ANY(%(things)s::uuid[])
"""
UNSIGN = """
    UPDATE fulfilment_delivery SET signed_by = '', failure = ''
     WHERE brand_id = %(brand)s AND task_id = ANY(%(things)s::uuid[])
"""


PHOTOS = "DELETE FROM fulfilment_photo WHERE brand_id = %(brand)s AND task_id = ANY(%(things)s::uuid[])"


def erase(traces: Traces) -> dict[str, int]:
    """The tasks of their orders are theirs too; notes lose address and contact, what else was written is said by the
    texts."""
    traces.things |= {task for (task,) in rows(TASKS, {"brand": traces.brand, "things": sorted(traces.things)})}
    key = {"brand": traces.brand, "things": sorted(traces.things)}
    execute(UNSIGN, key)
    execute(PHOTOS, key)
    return {"notes": execute(WIPE, key)}


KEEPER = Keeper(
    "fulfilment",
    erase=erase,
    texts=(
        Text("fulfilment_task", ("reason",), of="order_id"),
        Text("fulfilment_ticket", ("content",), of="task_id"),
        Text("fulfilment_step", ("reason",), of="task_id", locked=True),
    ),
)
