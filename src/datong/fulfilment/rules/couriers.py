"""Who delivers, and which courier gets a delivery: the nearest on duty with room."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from math import atan2, cos, degrees, radians, sin
from uuid import UUID

from datong.fulfilment.types import Courier, Station, Way, WayRule
from datong.kernel.errors import BadValue
from datong.kernel.geo import Point, distance_m

DEFAULT_WAYS = (Way.OWN,)
REACH_M = 15_000
"""A courier farther from the store than this is not sent."""
MAX_ROOM = 30


def ways_of(rules: Iterable[WayRule], store_id: UUID, at: datetime) -> tuple[Way, ...]:
    """Who delivers from this store at a moment: the store's newest rule that holds, else the brand's, else our own."""
    holding = [rule for rule in rules if rule.since <= at and rule.store_id in (store_id, None)]
    newest = max(holding, key=lambda rule: (rule.store_id is not None, rule.since, rule.id), default=None)
    return newest.ways if newest else DEFAULT_WAYS


def check_ways(ways: Sequence[Way]) -> tuple[Way, ...]:
    """Raises BadValue for an empty list, one way twice, or ways after `none`, which ends the list."""
    if not ways or len(set(ways)) != len(ways) or Way.NONE in ways[:-1]:
        raise BadValue("ways", ",".join(ways), "each way once, in the order of trying; none only as the last")
    return tuple(ways)


def choose(
    store: Point,
    ways: Sequence[Way],
    couriers: Iterable[Courier],
    *,
    company_id: UUID | None,
    not_these: Collection[UUID] = (),
) -> tuple[Way, Courier | None] | None:
    """The first way that can: with the nearest courier on duty with room, ties to the less busy. None: wait.

    `company_id` is of the company that runs the store; its couriers bring what is delivered by the partner.
    """
    for way in ways:
        if way in (Way.RIDER, Way.NONE):
            return way, None
        wanted = company_id if way is Way.PARTNER else None
        if way is Way.PARTNER and company_id is None:
            continue
        fit = [
            one
            for one in couriers
            if one.active and one.on_duty and one.load < one.room and one.company_id == wanted
            and one.id not in not_these and _metres(one, store) <= REACH_M
        ]  # fmt: skip
        if fit:
            return way, min(fit, key=lambda one: (round(_metres(one, store), -2), one.load, one.id))
    return None


def _metres(courier: Courier, store: Point) -> float:
    """How far; somebody of no station stands at the store."""
    return distance_m(courier.place, store) if courier.place else 0.0


def nearest_station(place: Point, stations: Iterable[Station]) -> Station | None:
    """The station that a store's deliveries belong to."""
    open_ = [station for station in stations if station.open]
    return min(open_, key=lambda one: (distance_m(one.place, place), one.id), default=None)


def bearing_deg(start: Point, end: Point) -> int:
    """The compass direction one sets out in, 0 (north) to 359."""
    lat1, lat2, lon = radians(start.lat), radians(end.lat), radians(end.lon - start.lon)
    east = sin(lon) * cos(lat2)
    north = cos(lat1) * sin(lat2) - sin(lat1) * cos(lat2) * cos(lon)
    return round(degrees(atan2(east, north))) % 360
