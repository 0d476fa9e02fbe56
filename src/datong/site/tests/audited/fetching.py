"""Orders that a store hands over without seeing the code."""

from __future__ import annotations

from typing import Any

from datong.fulfilment import api as fulfilment
from datong.fulfilment.types import FulfilmentKind, Printer, PrinterKind, Task
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


def printer(w: World) -> Printer:
    made = Printer(uuid7(), w.near, "Kitchen", PrinterKind.NETWORK, "192.168.1.50", 9100)
    fulfilment.put_printer(w.brand, made, by="ann")
    return made


def copied(w: World) -> object:
    printer(w)
    order = asked(w).order_id
    return orders.print_again(fulfilment.tasks_of(w.brand, [order])[0], brand=w.brand, by="ann")


VERBS |= {
    "fulfilment.put_printer": printer,
    "fulfilment.remove_printer": lambda w: fulfilment.remove_printer(w.brand, printer(w).id, store_id=w.near, **BY),
    "orders.print_again": copied,
    "fulfilment.hand_over": without_code,
    "orders.report_short": asked,
    "orders.answer_short": lambda w: orders.answer_short(asked(w).id, Answer.WITHOUT, brand=w.brand, who="ann"),
}
