"""Orders that a store hands over without seeing the code."""

from __future__ import annotations

from typing import Any

from datong.fulfilment import api as fulfilment
from datong.fulfilment.types import FulfilmentKind, Task
from datong.kernel.ids import uuid7
from datong.orders import api as orders
from datong.orders.types import Answer, IntentLine, Question
from datong.payments.types import PaymentMethod
from datong.site.tests.audited.world import BY, VERBS, World


def without_code(w: World) -> object:
    task = Task(uuid7(), uuid7(), w.near, FulfilmentKind.PICKUP, None)
    fulfilment.open_tasks([task], brand=w.brand)
    return fulfilment.hand_over(task.id, store_id=w.near, brand=w.brand, without="phone is dead", **BY)


def asked(w: World) -> Question:
    """Units that a store says it cannot give."""
    lines = (IntentLine(1, "CUP", 2), IntentLine(2, "POT", 1))
    how: dict[str, Any] = {
        "payment": PaymentMethod.PREPAID,
        "paid": True,
        "fulfilment": FulfilmentKind.PICKUP,
        "destination": None,
    }
    made = w.house.place(w.house.intent(lines=lines, store_code="NEAR", **how))
    fulfilment.open_tasks([Task(uuid7(), made.order_id, w.near, FulfilmentKind.PICKUP, None)], brand=w.brand)
    said: dict[str, Any] = {"store_id": w.near, "units": {1: 1}, "reason": "dropped", "key": "k", "who": "ann"}
    return orders.report_short(made.order_id, brand=w.brand, **said)[0]


VERBS |= {
    "fulfilment.hand_over": without_code,
    "orders.report_short": asked,
    "orders.answer_short": lambda w: orders.answer_short(asked(w).id, Answer.WITHOUT, brand=w.brand, who="ann"),
}
