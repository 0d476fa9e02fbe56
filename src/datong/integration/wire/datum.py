"""GCJ-02, the shifted coordinates of Chinese map services, to WGS 84 and back.

Meituan, Ele.me and JD send the coordinates of AMap and Tencent Maps, which lie 100 to 700 m off; left as they are, the
nearest store is often the wrong one. The shift is the published transformation on the Krasovsky 1940 ellipsoid; there
is no closed inverse, so it is found by iteration (converges below a centimetre in three steps).
"""

from __future__ import annotations

from math import cos, pi, sin, sqrt

from datong.kernel.geo import Point

_AXIS_M = 6_378_245.0
_ECCENTRICITY2 = 0.006_693_421_622_965_943


def to_wgs84(place: Point) -> Point:
    """The true place of a GCJ-02 point; outside of China the two are the same."""
    if not _in_china(place):
        return place
    lon, lat = place.lon, place.lat
    for _ in range(4):
        shifted = to_gcj02(Point(lon, lat))
        lon, lat = lon + place.lon - shifted.lon, lat + place.lat - shifted.lat
    return Point(round(lon, 7), round(lat, 7))


def to_gcj02(place: Point) -> Point:
    """The GCJ-02 point of a true place."""
    if not _in_china(place):
        return place
    x, y = place.lon - 105.0, place.lat - 35.0
    slope = place.lat / 180.0 * pi
    root = 1 - _ECCENTRICITY2 * sin(slope) ** 2
    north = _north(x, y) * 180.0 / (_AXIS_M * (1 - _ECCENTRICITY2) / (root * sqrt(root)) * pi)
    east = _east(x, y) * 180.0 / (_AXIS_M / sqrt(root) * cos(slope) * pi)
    return Point(place.lon + east, place.lat + north)


def _in_china(p: Point) -> bool:
    return 72.004 <= p.lon <= 137.8347 and 0.8293 <= p.lat <= 55.8271


def _north(x: float, y: float) -> float:
    metres = -100 + 2 * x + 3 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * sqrt(abs(x))
    metres += (20 * sin(6 * x * pi) + 20 * sin(2 * x * pi)) * 2 / 3
    metres += (20 * sin(y * pi) + 40 * sin(y / 3 * pi)) * 2 / 3
    return metres + (160 * sin(y / 12 * pi) + 320 * sin(y * pi / 30)) * 2 / 3


def _east(x: float, y: float) -> float:
    metres = 300 + x + 2 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * sqrt(abs(x))
    metres += (20 * sin(6 * x * pi) + 20 * sin(2 * x * pi)) * 2 / 3
    metres += (20 * sin(x * pi) + 40 * sin(x / 3 * pi)) * 2 / 3
    return metres + (150 * sin(x / 12 * pi) + 300 * sin(x / 30 * pi)) * 2 / 3
