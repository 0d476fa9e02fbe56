"""Places: WGS 84 longitude and latitude in degrees; distances in metres on the sphere."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import asin, cos, radians, sin, sqrt

from datong.kernel.errors import BadValue

EARTH_RADIUS_M = 6_371_008.8  # mean radius, IUGG


@dataclass(frozen=True, slots=True)
class Point:
    """A place: longitude first, as in GeoJSON."""

    lon: float
    lat: float

    def __post_init__(self) -> None:
        if not -180 <= self.lon <= 180:
            raise BadValue("lon", self.lon, "a longitude between -180 and 180")
        if not -90 <= self.lat <= 90:
            raise BadValue("lat", self.lat, "a latitude between -90 and 90")


def distance_m(a: Point, b: Point) -> float:
    """Great-circle distance (haversine), metres."""
    half_lat, half_lon = radians(b.lat - a.lat) / 2, radians(b.lon - a.lon) / 2
    h = sin(half_lat) ** 2 + cos(radians(a.lat)) * cos(radians(b.lat)) * sin(half_lon) ** 2
    return 2 * EARTH_RADIUS_M * asin(sqrt(min(1.0, h)))


def unit_vector(p: Point) -> tuple[float, float, float]:
    """The point on the unit sphere; a chord between two is 2 sin(distance / 2R)."""
    lon, lat = radians(p.lon), radians(p.lat)
    return cos(lat) * cos(lon), cos(lat) * sin(lon), sin(lat)


def chord_of(distance: float) -> float:
    """Length of the chord on the unit sphere for a distance in metres."""
    return 2 * sin(min(distance / EARTH_RADIUS_M, 3.141592653589793) / 2)


def metres_of(chord: float) -> float:
    """Distance in metres for a chord on the unit sphere."""
    return 2 * EARTH_RADIUS_M * asin(min(1.0, chord / 2))


def within(area: Sequence[Point], p: Point) -> bool:
    """Whether `p` lies inside the polygon `area` (ray casting; areas do not cross the antimeridian)."""
    inside = False
    for i, a in enumerate(area):
        b = area[i - 1]
        if (a.lat > p.lat) != (b.lat > p.lat) and p.lon < (b.lon - a.lon) * (p.lat - a.lat) / (b.lat - a.lat) + a.lon:
            inside = not inside
    return inside
