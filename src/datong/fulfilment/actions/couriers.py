"""Stations, couriers and who delivers: writes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from datong.brand.api import parse_hours
from datong.fulfilment.events import CourierDuty
from datong.fulfilment.queries.couriers import couriers_of, stations_of
from datong.fulfilment.rules.couriers import MAX_ROOM, check_ways
from datong.fulfilment.types import Courier, Station, Way, WayRule
from datong.kernel import audit, clock, outbox
from datong.kernel.db import execute, in_brand, rows
from datong.kernel.errors import BadValue, Conflict, NotFound
from datong.kernel.geo import Point
from datong.kernel.ids import uuid7

PUT_STATION = """
    INSERT INTO fulfilment_station (brand_id, id, code, name, lon, lat, hours, timezone, open)
    VALUES (%(brand)s, %(id)s, %(code)s, %(name)s, %(lon)s, %(lat)s, %(hours)s, %(timezone)s, %(open)s)
    ON CONFLICT (brand_id, code) DO UPDATE SET name = excluded.name, lon = excluded.lon, lat = excluded.lat,
       hours = excluded.hours, timezone = excluded.timezone, open = excluded.open
    RETURNING id
"""


def put_station(
    brand: UUID, code: str, name: str, place: Point, *, hours: str, timezone: str, by: str, open: bool = True
) -> Station:
    """A station under its code, in place of what stood there. `hours` as people write them ("Mon-Sun: 08:00-22:00")."""
    code, name = _word("code", code, 40), _word("name", name, 120)
    parse_hours(hours)
    with in_brand(brand):
        before = next((one for one in stations_of(brand) if one.code == code), None)
        key = {"brand": brand, "id": uuid7(), "code": code, "name": name, "lon": place.lon, "lat": place.lat,
               "hours": hours, "timezone": timezone, "open": open}  # fmt: skip
        rows(PUT_STATION, key)
        made = next(one for one in stations_of(brand) if one.code == code)
        audit.record(
            brand=brand, actor=by, verb="station.put", subject=f"station {code}",
            before=_said(before) if before else None, after=_said(made),
        )  # fmt: skip
        return made


def _said(station: Station) -> dict[str, object]:
    return {"name": station.name, "lon": station.place.lon, "lat": station.place.lat, "open": station.open}


LOCK = "SELECT id FROM fulfilment_courier WHERE brand_id = %(brand)s AND id = %(id)s FOR UPDATE"
PUT = """
    INSERT INTO fulfilment_courier (brand_id, id, name, phone, user_id, station_id, company_id, room, active, on_duty)
    VALUES (%(brand)s, %(id)s, %(name)s, %(phone)s, %(user)s, %(station)s, %(company)s, %(room)s, %(active)s, false)
    ON CONFLICT (brand_id, id) DO UPDATE SET name = excluded.name, phone = excluded.phone, user_id = excluded.user_id,
       station_id = excluded.station_id, company_id = excluded.company_id, room = excluded.room,
       active = excluded.active, on_duty = fulfilment_courier.on_duty AND excluded.active
"""


def put_courier(courier: Courier, *, brand: UUID, by: str) -> Courier:
    """A courier, new or changed. Raises BadValue for a name, room or station that cannot be, Conflict when the log-in
    brings another courier already."""
    name = _word("name", courier.name, 120)
    if not 1 <= courier.room <= MAX_ROOM:
        raise BadValue("room", courier.room, f"1 to {MAX_ROOM} deliveries at a time")
    with in_brand(brand):
        if courier.station_id and courier.station_id not in {one.id for one in stations_of(brand)}:
            raise BadValue("station_id", str(courier.station_id), "a station of this brand")
        others = couriers_of(brand)
        if courier.user_id and any(o.user_id == courier.user_id and o.id != courier.id for o in others):
            raise Conflict("this log-in brings another courier already")
        before = next((one for one in others if one.id == courier.id), None)
        key = {
            "brand": brand, "id": courier.id, "name": name, "phone": courier.phone[:40], "user": courier.user_id,
            "station": courier.station_id, "company": courier.company_id, "room": courier.room,
            "active": courier.active,
        }  # fmt: skip
        execute(PUT, key)
        audit.record(
            brand=brand, actor=by, verb="courier.put", subject=f"courier {courier.id}",
            before=_facts(before) if before else None, after=_facts(courier),
        )  # fmt: skip
        return next(one for one in couriers_of(brand) if one.id == courier.id)


def _facts(courier: Courier) -> dict[str, object]:
    return {
        "station": courier.station_id,
        "company": courier.company_id,
        "room": courier.room,
        "active": courier.active,
    }


DUTY = """
    UPDATE fulfilment_courier SET on_duty = %(on)s, duty_since = CASE WHEN %(on)s THEN %(now)s END
     WHERE brand_id = %(brand)s AND id = %(id)s AND active AND on_duty <> %(on)s RETURNING id
"""


def set_duty(courier_id: UUID, on: bool, *, brand: UUID, by: str) -> bool:
    """Go on or off duty; False when it was so already. Who goes off keeps what they have, and gets nothing new."""
    with in_brand(brand):
        if not rows(LOCK, {"brand": brand, "id": courier_id}):
            raise NotFound("no such courier")
        changed = bool(rows(DUTY, {"brand": brand, "id": courier_id, "on": on, "now": clock.now()}))
        if changed:
            outbox.emit(CourierDuty(courier_id, on, by))
        return changed


ADD_RULE = """
    INSERT INTO fulfilment_wayrule (brand_id, id, store_id, since, ways, by, reason)
    VALUES (%(brand)s, %(id)s, %(store)s, %(since)s, to_jsonb(%(ways)s::text[]), %(by)s, %(reason)s)
"""


def put_ways(
    ways: Sequence[Way], *, brand: UUID, by: str, since: datetime, store_id: UUID | None = None, reason: str = ""
) -> WayRule:
    """Who delivers from `since` on, from one store or all that have no rule of their own. Rules are only added."""
    rule = WayRule(uuid7(), since, check_ways(ways), store_id, by, reason[:300])
    with in_brand(brand):
        key = {"brand": brand, "id": rule.id, "store": store_id, "since": since, "ways": [way.value for way in ways],
               "by": by[:120], "reason": rule.reason}  # fmt: skip
        execute(ADD_RULE, key)
        after = {"ways": [way.value for way in ways], "since": since}
        audit.record(brand=brand, actor=by, verb="delivery.ways", subject="who delivers", after=after, reason=reason,
                     store_id=store_id)  # fmt: skip
    return rule


def _word(field: str, text: str, most: int) -> str:
    text = " ".join(text.split())
    if not text or len(text) > most or not text.isprintable():
        raise BadValue(field, text[:80], f"1 to {most} printable characters")
    return text
