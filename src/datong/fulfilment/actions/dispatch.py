"""Deliveries find their couriers: by rule, by hand, or a courier takes one."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

from datong.brand.api import companies_of_stores, stores_by_id
from datong.fulfilment.events import DeliveryAssigned
from datong.fulfilment.queries.couriers import couriers_of, deliveries_by_task, stations_of, way_rules
from datong.fulfilment.rules import couriers as rules
from datong.fulfilment.types import Courier, Delivery, TaskState, Way
from datong.kernel import audit, clock, locks, outbox
from datong.kernel.db import execute, in_brand, rows
from datong.kernel.errors import Conflict, NotFound

MOST = 200
WAITING = """
    SELECT d.task_id FROM fulfilment_delivery d
      JOIN fulfilment_task t ON t.brand_id = d.brand_id AND t.id = d.task_id
     WHERE d.brand_id = %(brand)s AND d.courier_id IS NULL AND d.way IN ('', 'own', 'partner')
       AND t.state IN ('accepted', 'ready')
     ORDER BY d.task_id LIMIT %(most)s FOR UPDATE OF d SKIP LOCKED
"""
GIVE = """
    UPDATE fulfilment_delivery SET way = %(way)s, station_id = %(station)s, courier_id = %(courier)s, by = %(by)s,
           at = %(now)s
     WHERE brand_id = %(brand)s AND task_id = %(task)s
"""


def dispatch(brand: UUID) -> int:
    """Give deliveries that wait to couriers, by the rules of who delivers: the nearest on duty with room. How many.

    What nobody can take waits and is tried again. One dispatcher of a brand at a time, so that nobody gets more than
    their room; a delivery that somebody is taking at this moment is left to them.
    """
    with in_brand(brand):
        locks.take(f"fulfilment dispatch {brand}")
        waiting = [task for (task,) in rows(WAITING, {"brand": brand, "most": MOST})]
        if not waiting:
            return 0
        found = deliveries_by_task(brand, waiting)
        stores = stores_by_id(brand, {each.note.store_id for each in found})
        companies = companies_of_stores(brand, list(stores))
        ways, stations, now = way_rules(brand), stations_of(brand), clock.now()
        couriers = {one.id: one for one in couriers_of(brand, on_duty=True)}
        given = 0
        for each in found:
            store = stores.get(each.note.store_id)
            if store is None:
                continue
            wanted = rules.ways_of(ways, store.id, now)
            choice = rules.choose(store.place, wanted, couriers.values(), company_id=companies.get(store.id))
            if choice is None:
                continue
            way, courier = choice
            nearest = rules.nearest_station(store.place, stations)
            station = courier.station_id if courier else nearest.id if nearest and way is not Way.NONE else None
            _give(each, way, courier, station, by="rule", brand=brand)
            given += 1
            if courier:
                couriers[courier.id] = replace(courier, load=courier.load + 1)
        return given


def _give(each: Delivery, way: Way, courier: Courier | None, station: UUID | None, *, by: str, brand: UUID) -> None:
    now = clock.now()
    execute(
        GIVE,
        {"brand": brand, "task": each.note.task_id, "way": way.value, "courier": courier.id if courier else None,
         "station": station, "by": by[:120], "now": now},
    )  # fmt: skip
    outbox.emit(
        DeliveryAssigned(
            each.note.task_id, each.note.order_id, each.note.store_id, way.value, courier.id if courier else None,
            station, by, now,
        )
    )  # fmt: skip


LOCK_TASK = "SELECT state FROM fulfilment_task WHERE brand_id = %(brand)s AND id = %(task)s FOR UPDATE"
LOCK = "SELECT task_id FROM fulfilment_delivery WHERE brand_id = %(brand)s AND task_id = %(task)s FOR UPDATE"


def lock_delivery(task_id: UUID, brand: UUID) -> Delivery:
    """The delivery with its task, locked in this order, as they stand. Raises NotFound."""
    key = {"brand": brand, "task": task_id}
    if not rows(LOCK_TASK, key) or not rows(LOCK, key):
        raise NotFound("no such delivery")
    return deliveries_by_task(brand, [task_id])[0]


def assign_delivery(task_id: UUID, courier_id: UUID | None, *, brand: UUID, by: str, reason: str = "") -> Delivery:
    """Give a delivery to a courier by hand, or take it back to wait (None). What has been picked up stays with who has
    it: Conflict. Whoever is named gets it, on duty and with room or not."""
    with in_brand(brand):
        each = lock_delivery(task_id, brand)
        if each.courier_id == courier_id and (courier_id or not each.way):
            return each
        if each.note.state not in (TaskState.NEW, TaskState.ACCEPTED, TaskState.READY):
            raise Conflict("it has left the store: it stays with who has it")
        courier = None
        if courier_id is not None:
            courier = next((one for one in couriers_of(brand) if one.id == courier_id and one.active), None)
            if courier is None:
                raise NotFound("no such courier")
            way = Way.PARTNER if courier.company_id else Way.OWN
            _give(each, way, courier, courier.station_id, by=by, brand=brand)
        else:
            free = {"brand": brand, "task": task_id, "way": "", "station": None, "courier": None, "by": by[:120],
                    "now": clock.now()}  # fmt: skip
            execute(GIVE, free)
        audit.record(
            brand=brand, actor=by, verb="delivery.assign", subject=f"order {each.note.number}", reason=reason,
            before={"courier": each.courier_id}, after={"courier": courier_id}, store_id=each.note.store_id,
        )  # fmt: skip
        return deliveries_by_task(brand, [task_id])[0]


def take_delivery(task_id: UUID, courier: Courier, *, brand: UUID) -> Delivery:
    """A courier takes a delivery that waits; the first one has it, for the next it is a Conflict, twice is once."""
    with in_brand(brand):
        each = lock_delivery(task_id, brand)
        if each.courier_id == courier.id:
            return each
        if each.courier_id is not None or each.way in (Way.RIDER, Way.NONE):
            raise Conflict("somebody else has this delivery")
        if each.note.state not in (TaskState.NEW, TaskState.ACCEPTED, TaskState.READY):
            raise Conflict("this delivery is over")
        way = Way.PARTNER if courier.company_id else Way.OWN
        _give(each, way, courier, courier.station_id, by=courier.name, brand=brand)
        return deliveries_by_task(brand, [task_id])[0]
