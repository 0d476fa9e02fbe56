"""Reads of couriers, stations, who delivers, and deliveries."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from datong.brand.api import parse_hours
from datong.fulfilment.queries.notes import COLUMNS, note_of
from datong.fulfilment.types import Courier, Delivery, Outcome, Station, Way, WayRule
from datong.kernel.db import in_brand, rows
from datong.kernel.errors import NotFound
from datong.kernel.geo import Point

MAX_COURIERS = 20_000
STATIONS = """
    SELECT id, code, name, lon, lat, hours, timezone, open FROM fulfilment_station
     WHERE brand_id = %(brand)s ORDER BY code
"""


def stations_of(brand_id: UUID) -> list[Station]:
    """The brand's stations by code."""
    with in_brand(brand_id):
        found = rows(STATIONS, {"brand": brand_id})
    return [
        Station(id_, code, name, Point(lon, lat), parse_hours(hours), timezone, open_)
        for id_, code, name, lon, lat, hours, timezone, open_ in found
    ]


COURIERS = """
    SELECT c.id, c.name, c.phone, c.user_id, c.station_id, c.company_id, c.room, c.active, c.on_duty, c.duty_since,
           coalesce(l.n, 0)::int, s.lon, s.lat
      FROM fulfilment_courier c
      LEFT JOIN fulfilment_station s ON s.brand_id = c.brand_id AND s.id = c.station_id
      LEFT JOIN (SELECT d.courier_id, count(*) n FROM fulfilment_delivery d
                   JOIN fulfilment_task t ON t.brand_id = d.brand_id AND t.id = d.task_id
                  WHERE d.brand_id = %(brand)s AND d.courier_id IS NOT NULL AND d.delivered_at IS NULL
                    AND d.outcome <> 'returned' AND t.state IN ('new', 'accepted', 'ready', 'handed_over')
                  GROUP BY 1) l ON l.courier_id = c.id
     WHERE c.brand_id = %(brand)s AND (%(user)s::uuid IS NULL OR c.user_id = %(user)s)
       AND (NOT %(on_duty)s OR c.on_duty)
     ORDER BY c.name, c.id LIMIT %(limit)s
"""


def couriers_of(brand_id: UUID, *, on_duty: bool = False) -> list[Courier]:
    """The brand's couriers with how many deliveries each has now; one statement."""
    return _couriers(brand_id, on_duty=on_duty)


def courier_of_user(brand_id: UUID, user_id: UUID) -> Courier:
    """The courier whom a log-in brings. Raises NotFound when it brings none."""
    found = _couriers(brand_id, user=user_id)
    if not found:
        raise NotFound("this log-in brings no courier")
    return found[0]


def _couriers(brand_id: UUID, *, user: UUID | None = None, on_duty: bool = False) -> list[Courier]:
    key = {"brand": brand_id, "user": user, "on_duty": on_duty, "limit": MAX_COURIERS}
    with in_brand(brand_id):
        found = rows(COURIERS, key)
    return [_courier(row) for row in found]


def _courier(row: tuple[Any, ...]) -> Courier:
    id_, name, phone, user, station, company, room, active, on_duty, since, load, lon, lat = row
    place = Point(lon, lat) if lon is not None else None
    return Courier(id_, name, phone, user, station, company, room, active, on_duty, since, load, place)


RULES = """
    SELECT id, since, ways::text, store_id, by, reason FROM fulfilment_wayrule
     WHERE brand_id = %(brand)s ORDER BY since DESC, id DESC LIMIT 5000
"""


def way_rules(brand_id: UUID) -> list[WayRule]:
    """Who delivers: every rule, those that hold last first."""
    from msgspec import json

    with in_brand(brand_id):
        found = rows(RULES, {"brand": brand_id})
    return [
        WayRule(id_, since, tuple(Way(way) for way in json.decode(ways)), store, by, reason)
        for id_, since, ways, store, by, reason in found
    ]


DELIVERY = """
    SELECT n.task_id, n.order_id, n.store_id, n.number, n.address, n.lon, n.lat, n.contact_name, n.contact_phone,
           n.goods::text, n.due_minor, n.currency, n.remark, n.distance_m, n.bearing_deg, t.promised_at, t.state,
           coalesce(c.code, ''), coalesce(c.number, 0),
           d.way, d.station_id, d.courier_id, d.by, d.at, d.attempts, d.outcome, d.failure, d.again_at,
           d.picked_at, d.delivered_at, d.proof, d.signed_by, d.cash_minor, d.cash_in_at
      FROM fulfilment_delivery d
      JOIN fulfilment_task t ON t.brand_id = d.brand_id AND t.id = d.task_id
      JOIN fulfilment_note n ON n.brand_id = d.brand_id AND n.task_id = d.task_id
      LEFT JOIN fulfilment_calling c ON c.brand_id = d.brand_id AND c.task_id = d.task_id
     WHERE d.brand_id = %(brand)s
"""
OF_ORDERS = f"{DELIVERY} AND n.order_id = ANY(%(orders)s::uuid[]) ORDER BY d.task_id"
OF_COURIER = f"""{DELIVERY} AND d.courier_id = %(courier)s AND d.delivered_at IS NULL AND d.outcome <> 'returned'
       AND t.state IN ('new', 'accepted', 'ready', 'handed_over')
     ORDER BY coalesce(t.promised_at, t.created_at), d.task_id LIMIT 100"""
OPEN = f"""{DELIVERY} AND d.delivered_at IS NULL AND t.state IN ('new', 'accepted', 'ready', 'handed_over')
       AND (%(stores)s::uuid[] IS NULL OR n.store_id = ANY(%(stores)s::uuid[]))
     ORDER BY coalesce(t.promised_at, t.created_at), d.task_id LIMIT %(limit)s"""
BY_TASK = f"{DELIVERY} AND d.task_id = ANY(%(tasks)s::uuid[]) ORDER BY d.task_id"


def delivery_of(row: tuple[Any, ...]) -> Delivery:
    way, station, courier, by, at, attempts, outcome, *rest = row[COLUMNS:]
    return Delivery(note_of(row[:COLUMNS]), way, station, courier, by, at, attempts, Outcome(outcome), *rest)


def deliveries_of(brand_id: UUID, order_ids: Sequence[UUID]) -> list[Delivery]:
    """The deliveries of these orders, with their notes."""
    with in_brand(brand_id):
        return [delivery_of(row) for row in rows(OF_ORDERS, {"brand": brand_id, "orders": list(order_ids)})]


def deliveries_of_courier(brand_id: UUID, courier_id: UUID) -> list[Delivery]:
    """What a courier has to do, by the promise; at most 100."""
    with in_brand(brand_id):
        return [delivery_of(row) for row in rows(OF_COURIER, {"brand": brand_id, "courier": courier_id})]


def open_deliveries(brand_id: UUID, stores: Sequence[UUID] | None = None, *, limit: int = 200) -> list[Delivery]:
    """Deliveries that are not done, by the promise; of some stores, if given."""
    key = {"brand": brand_id, "stores": None if stores is None else list(stores), "limit": min(limit, 1000)}
    with in_brand(brand_id):
        return [delivery_of(row) for row in rows(OPEN, key)]


def deliveries_by_task(brand_id: UUID, task_ids: Sequence[UUID]) -> list[Delivery]:
    """Deliveries by their tasks."""
    with in_brand(brand_id):
        return [delivery_of(row) for row in rows(BY_TASK, {"brand": brand_id, "tasks": list(task_ids)})]
