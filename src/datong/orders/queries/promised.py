"""When what was foreseen would be at its door; which stores serve a place within an hour."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from datong.brand.types import Store
from datong.fulfilment.api import foresee_delivery
from datong.fulfilment.types import Window
from datong.kernel import clock
from datong.kernel.geo import Point
from datong.orders.queries.near import stores_near
from datong.orders.types import Foreseen

HOUR = timedelta(hours=1)
MOST = 50


def promise_of(brand_id: UUID, foreseen: Foreseen | None) -> Window | None:
    """The window for the whole order: that of the store which needs longest; None when nobody can serve."""
    if foreseen is None or not foreseen.stores:
        return None
    windows = foresee_delivery(brand_id, {store.id: foreseen.distance_m for store in foreseen.stores})
    return max(windows.values(), key=lambda window: window.until)


def within_an_hour(brand_id: UUID, channel_id: UUID, place: Point) -> list[tuple[Store, int, Window]]:
    """The stores that deliver to a place and would be there within an hour, (store, meters, window), soonest first."""
    near = stores_near(
        brand_id, channel_id, place=place, fits=lambda store: store.serves_radius_m > 0 or bool(store.area), limit=MOST
    )
    here = [one for one in near if one.open_now and one.distance_m is not None]
    serving = [one for one in here if one.store.area or (one.distance_m or 0) <= one.store.serves_radius_m]
    windows = foresee_delivery(brand_id, {one.store.id: one.distance_m or 0 for one in serving})
    soon = clock.now() + HOUR
    found = [(one.store, one.distance_m or 0, windows[one.store.id]) for one in serving]
    return sorted((each for each in found if each[2].since <= soon), key=lambda each: (each[2].until, each[1]))
