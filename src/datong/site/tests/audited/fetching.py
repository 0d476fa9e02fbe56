"""Orders that a store hands over without seeing the code."""

from __future__ import annotations

from datong.fulfilment import api as fulfilment
from datong.fulfilment.types import FulfilmentKind, Task
from datong.kernel.ids import uuid7
from datong.site.tests.audited.world import BY, VERBS, World


def without_code(w: World) -> object:
    task = Task(uuid7(), uuid7(), w.near, FulfilmentKind.PICKUP, None)
    fulfilment.open_tasks([task], brand=w.brand)
    return fulfilment.hand_over(task.id, store_id=w.near, brand=w.brand, without="phone is dead", **BY)


VERBS |= {"fulfilment.hand_over": without_code}
