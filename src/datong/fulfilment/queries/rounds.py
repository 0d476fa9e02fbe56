"""A courier's round: what to do next, in order."""

from __future__ import annotations

from uuid import UUID

from datong.brand.api import stores_by_id
from datong.brand.types import Store
from datong.fulfilment.queries.couriers import deliveries_of_courier
from datong.fulfilment.rules.routes import in_order
from datong.fulfilment.types import Courier, Delivery, Outcome, TaskState
from datong.fulfilment.types.acts import Stop, StopKind
from datong.kernel import clock
from datong.kernel.geo import Point


def round_of(
    brand_id: UUID, courier: Courier, *, start: Point | None = None
) -> tuple[list[Stop], dict[UUID, Delivery], dict[UUID, Store]]:
    """(the stops in order, the deliveries by task, the stores by id). What goes back to its store stops there."""
    found = {each.note.task_id: each for each in deliveries_of_courier(brand_id, courier.id)}
    stores = stores_by_id(brand_id, {each.note.store_id for each in found.values()})
    stops = []
    for task_id, each in found.items():
        store = stores.get(each.note.store_id)
        place = store.place if store else None
        if each.outcome is Outcome.RETURNING:
            stops.append(Stop(task_id, StopKind.DROP, place, each.note.promised_at))
            continue
        if each.note.state is not TaskState.HANDED_OVER:
            stops.append(Stop(task_id, StopKind.PICKUP, place, each.note.promised_at))
        stops.append(Stop(task_id, StopKind.DROP, each.note.place, each.note.promised_at))
    return in_order(start or courier.place, stops, clock.now()), found, stores
