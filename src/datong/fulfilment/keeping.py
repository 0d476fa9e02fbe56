"""What the tasks of stores say of a person."""

from __future__ import annotations

from datong.kernel.db import rows
from datong.kernel.keepers import Keeper, Text, Traces

TASKS = "SELECT id FROM fulfilment_task WHERE brand_id = %(brand)s AND order_id = ANY(%(things)s::uuid[])"


def erase(traces: Traces) -> dict[str, int]:
    """The tasks of their orders are theirs too; what is taken out of them is said by the texts."""
    traces.things |= {task for (task,) in rows(TASKS, {"brand": traces.brand, "things": sorted(traces.things)})}
    return {}


KEEPER = Keeper(
    "fulfilment",
    erase=erase,
    texts=(
        Text("fulfilment_task", ("reason",), of="order_id"),
        Text("fulfilment_step", ("reason",), of="task_id", locked=True),
    ),
)
