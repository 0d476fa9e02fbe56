"""Rows for the pages of a store's screen, of deliveries and of who brings them."""

from __future__ import annotations

from typing import Any

from datong.channels.tests.conftest import House
from datong.channels.tests.test_courier_pages import hire, order
from datong.channels.tests.test_store_pages import comes
from datong.fulfilment import api as fulfilment
from datong.fulfilment.types import Printer, PrinterKind, TaskState
from datong.kernel.ids import uuid7


def screens(house: House) -> dict[str, list[str]]:
    """The store's screen with an order in each column, and one of them up close."""
    new, made, ready, gone = (comes(house, note="no sugar, please") for _ in range(4))
    by: dict[str, Any] = {"brand": house.brand.id, "by": "mia"}
    fulfilment.advance([made.task_id, ready.task_id], TaskState.ACCEPTED, **by)
    fulfilment.advance([ready.task_id], TaskState.READY, **by)
    fulfilment.hand_over(gone.number, store_id=house.near.id, code=gone.code, **by)
    here = "?store=NEAR"
    kitchen = Printer(uuid7(), house.near.id, "Kitchen", PrinterKind.NETWORK, "192.168.1.50", 9100)
    fulfilment.put_printer(house.brand.id, kitchen, by="mia")
    hire(house)
    order(house)
    fulfilment.dispatch(house.brand.id)
    return {
        "store-pick": [f"/store/pick/{here}"],
        "store-call": [f"/store/call/{here}"],
        "store-printers": [f"/store/printers/{here}"],
        "store-screen": [f"/store/{here}"],
        "store-task": [f"/store/task/{new.task_id}/{here}"],
    }
