"""What the stores teach about where postcodes and cities lie."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from datong.brand.types import Store
from datong.kernel.geo import Point


def places_of(stores: Iterable[Store]) -> list[tuple[str, str, Point]]:
    """Where the postcodes and cities of stores lie: in the middle of the stores there.

    A city goes by its name alone only where one region has a city of that name.
    """
    at: dict[tuple[str, str], list[Point]] = {}
    regions: dict[tuple[str, str], set[str]] = {}
    for store in stores:
        city, region = store.city.lower(), store.region.lower()
        keys = [store.postcode.lower(), f"{city}, {region}" if city and region else ""]
        for key in filter(None, keys):
            at.setdefault((store.country, key), []).append(store.place)
        if city:
            regions.setdefault((store.country, city), set()).add(region)
            at.setdefault((store.country, city), []).append(store.place)
    several = {key for key, names in regions.items() if len(names) > 1}
    return [(*key, _middle(points)) for key, points in at.items() if key not in several]


def _middle(points: Sequence[Point]) -> Point:
    return Point(sum(p.lon for p in points) / len(points), sum(p.lat for p in points) / len(points))
