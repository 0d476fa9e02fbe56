"""Chance that can be repeated: every decision throws dice of its own, named by what is decided.

So an order keeps its door and its address when other orders are left out, and two runs make the same day.
"""

from __future__ import annotations

from hashlib import blake2b
from math import asin, atan2, cos, degrees, pi, radians, sin
from random import Random

from datong.kernel.geo import EARTH_RADIUS_M, Point

SEED = "datong-demo-1"


def dice(*name: object) -> Random:
    """A fresh random generator for the decision called `name`; the same name gives the same throws."""
    return Random("\x1f".join((SEED, *map(str, name))))  # noqa: S311 - play, not secrets


def token(*name: object, length: int) -> str:
    """A made-up opaque sign of `length` letters and digits, at most 64."""
    return blake2b("\x1f".join((SEED, *map(str, name))).encode(), digest_size=32).hexdigest()[:length]


def beside(place: Point, throws: Random, *, from_m: float, to_m: float) -> Point:
    """A place at a random bearing, `from_m` to `to_m` metres away (great circle), rounded to about a metre."""
    angle, bearing = throws.uniform(from_m, to_m) / EARTH_RADIUS_M, throws.uniform(0, 2 * pi)
    lat, lon = radians(place.lat), radians(place.lon)
    north = asin(sin(lat) * cos(angle) + cos(lat) * sin(angle) * cos(bearing))
    east = lon + atan2(sin(bearing) * sin(angle) * cos(lat), cos(angle) - sin(lat) * sin(north))
    return Point(round(degrees(east), 5), round(degrees(north), 5))
