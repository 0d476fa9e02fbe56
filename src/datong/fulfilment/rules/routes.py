"""The round of one courier: its stops in a sensible order, every bag picked up before it is delivered.

Two stops or fewer are taken nearest first. More are ordered by PyVRP (pickup and delivery pairs, the promise as the
end of a time window), which has at most `SECONDS` and always answers; what it cannot serve in time it serves late.
Distances are as the crow flies times `DETOUR`, at `SPEED_M_S`.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from datong.fulfilment.types.acts import Stop, StopKind
from datong.kernel.geo import Point, distance_m

SPEED_M_S = 5.0
DETOUR = 1.3
AT_STORE_S, AT_DOOR_S = 90, 120
SECONDS = 0.3
FEW = 3
MOST = 40
LATEST_S = 24 * 3600


def travel_s(a: Point, b: Point) -> int:
    """Seconds from one place to another, on the streets of a town, by bicycle or scooter."""
    return round(distance_m(a, b) * DETOUR / SPEED_M_S)


def in_order(start: Point | None, stops: Sequence[Stop], now: datetime, *, seconds: float = SECONDS) -> list[Stop]:
    """The stops in the order they should be gone to; those without a place come last, by their promise."""
    placed = [stop for stop in stops if stop.place is not None]
    if {stop.task_id for stop in stops if stop.place is None}:
        nowhere = {stop.task_id for stop in stops if stop.place is None}
        placed = [stop for stop in placed if stop.task_id not in nowhere or stop.kind is StopKind.PICKUP]
    first = start or (placed[0].place if placed else None)
    if first is None:
        return sorted(stops, key=_by_promise)
    ordered = (
        nearest_first(first, placed)
        if len(placed) < FEW or len(placed) > MOST
        else _solved(first, placed, now, seconds) or nearest_first(first, placed)
    )
    rest = sorted((stop for stop in stops if stop not in ordered), key=_by_promise)
    return ordered + rest


def _by_promise(stop: Stop) -> tuple[int, float, UUID]:
    return int(stop.kind is StopKind.DROP), stop.due_at.timestamp() if stop.due_at else 0.0, stop.task_id


def nearest_first(start: Point, stops: Sequence[Stop]) -> list[Stop]:
    """Always the nearest stop that can be gone to now: a bag that waits at its store is picked up first."""
    left, here, ordered = list(stops), start, list[Stop]()
    while left:
        waits = {stop.task_id for stop in left if stop.kind is StopKind.PICKUP}
        open_ = [stop for stop in left if stop.kind is StopKind.PICKUP or stop.task_id not in waits]
        best = min(open_, key=lambda stop: (distance_m(here, stop.place) if stop.place else 0, stop.task_id))
        ordered.append(best)
        left.remove(best)
        here = best.place or here
    return ordered


def _solved(start: Point, stops: Sequence[Stop], now: datetime, seconds: float) -> list[Stop] | None:
    """By PyVRP; None when it found no whole round."""
    import pyvrp
    from pyvrp.stop import MaxRuntime, MultipleCriteria, NoImprovement

    model = pyvrp.Model()
    places = {start: model.add_location(0, 0)}
    for stop in stops:
        if stop.place is not None and stop.place not in places:
            places[stop.place] = model.add_location(0, 0)
    nowhere = model.add_location(0, 0)
    begin, end = model.add_depot(places[start]), model.add_depot(nowhere)
    model.add_vehicle_type(1, start_depot=begin, end_depot=end, unit_duration_cost=0, unit_distance_cost=1)
    pickups = {stop.task_id: stop for stop in stops if stop.kind is StopKind.PICKUP}
    shipped, clients = list[tuple[Stop, Stop]](), list[Stop]()
    for stop in stops:
        if stop.place is None or (stop.kind is StopKind.PICKUP):
            continue
        late = _late(stop, now)
        if (bag := pickups.get(stop.task_id)) is not None and bag.place is not None:
            model.add_shipment(
                places[bag.place], places[stop.place], pickup_service_duration=AT_STORE_S,
                delivery_tw_late=late, delivery_service_duration=AT_DOOR_S,
            )  # fmt: skip
            shipped.append((bag, stop))
        else:
            model.add_client(places[stop.place], service_duration=AT_DOOR_S, tw_late=late)
            clients.append(stop)
    for stop in pickups.values():
        if stop.place is not None and all(bag is not stop for bag, _ in shipped):
            model.add_client(places[stop.place], service_duration=AT_STORE_S)
            clients.append(stop)
    for a, at in places.items():
        model.add_edge(at, nowhere, 0, 0)
        for b, to in places.items():
            if a != b:
                model.add_edge(at, to, travel_s(a, b), travel_s(a, b))
    stop_when = MultipleCriteria([MaxRuntime(seconds), NoImprovement(400)])
    found = model.solve(stop_when, seed=1, display=False, collect_stats=False).best
    return _read(found, shipped, clients, len(stops))


def _late(stop: Stop, now: datetime) -> int:
    """Seconds from now to the promise; one that is over counts as due at once."""
    return LATEST_S if stop.due_at is None else max(60, min(LATEST_S, int((stop.due_at - now).total_seconds())))


def _read(
    found: object, shipped: Sequence[tuple[Stop, Stop]], clients: Sequence[Stop], count: int
) -> list[Stop] | None:
    ordered = list[Stop]()
    for route in found.routes():  # type: ignore[attr-defined]
        for each in route:
            if each.is_pickup():
                ordered.append(shipped[each.idx][0])
            elif each.is_delivery():
                ordered.append(shipped[each.idx][1])
            elif each.is_client():
                ordered.append(clients[each.idx])
    return ordered if len(ordered) == count else None
