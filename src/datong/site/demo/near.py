"""Which stores are near a place: a k-d tree on the unit sphere, for the generator and the baseline only."""

from __future__ import annotations

from collections.abc import Sequence

from scipy.spatial import cKDTree

from datong.kernel.geo import Point, chord_of, distance_m, unit_vector
from datong.site.demo.types import Shop


class Near:
    """The given stores by distance. Ties (kiosks in one airport) go by the order in which they were given."""

    def __init__(self, shops: Sequence[Shop]) -> None:
        self._shops = tuple(shops)
        self._tree = cKDTree([unit_vector(shop.place) for shop in shops])

    def within(self, place: Point, metres: float) -> list[Shop]:
        """All stores not farther than `metres`, nearest first."""
        hits = sorted(self._tree.query_ball_point(unit_vector(place), chord_of(metres)))
        return sorted((self._shops[i] for i in hits), key=lambda shop: distance_m(place, shop.place))

    def serving(self, place: Point) -> list[Shop]:
        """The stores that deliver to `place`, nearest first."""
        reach = max(shop.serves_radius_m for shop in self._shops)
        return [s for s in self.within(place, reach) if distance_m(place, s.place) <= s.serves_radius_m]
