"""Stations, couriers, who delivers; a delivery that is given to somebody by hand."""

from __future__ import annotations

from uuid import UUID

from datong.fulfilment import api as fulfilment
from datong.fulfilment.types import Courier, FulfilmentKind, NoteText, Pace, Task, Way
from datong.kernel.db import execute, in_brand
from datong.kernel.geo import Point
from datong.kernel.ids import uuid7
from datong.site.tests.audited.world import BY, NOW, VERBS, World


def hired(w: World) -> Courier:
    return fulfilment.put_courier(Courier(uuid7(), "Kim"), brand=w.brand, **BY)


def opened(w: World) -> UUID:
    text = NoteText(uuid7(), w.near, "N-1", "1 Main St", None, "Ann", "", (), 0, "USD")
    task = Task(uuid7(), text.order_id, w.near, FulfilmentKind.DELIVERY, None)
    fulfilment.open_tasks([task], brand=w.brand, notes=[text])
    return task.id


def collected(w: World) -> UUID:
    """Somebody who owes the cash of a delivery."""
    task, kim = opened(w), hired(w)
    fulfilment.assign_delivery(task, kim.id, brand=w.brand, **BY)
    with in_brand(w.brand):
        execute("UPDATE fulfilment_delivery SET cash_minor = 5 WHERE brand_id = %s AND task_id = %s", [w.brand, task])
    return kim.id


VERBS |= {
    "fulfilment.put_pace": lambda w: fulfilment.put_pace(Pace(), brand=w.brand, **BY),
    "fulfilment.hand_in_cash": lambda w: fulfilment.hand_in_cash(collected(w), w.near, brand=w.brand, **BY),
    "fulfilment.put_station": lambda w: fulfilment.put_station(
        w.brand, "S1", "Station", Point(0, 0), hours="Mon: 9-18", timezone="UTC", **BY
    ),
    "fulfilment.put_courier": hired,
    "fulfilment.put_ways": lambda w: fulfilment.put_ways([Way.OWN], brand=w.brand, since=NOW, **BY),
    "fulfilment.assign_delivery": lambda w: fulfilment.assign_delivery(opened(w), hired(w).id, brand=w.brand, **BY),
}
