"""Where a courier is, while they bring something and only then; and photos, for as long as they are needed."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from datong.kernel import clock
from datong.kernel.db import execute, in_brand
from datong.kernel.geo import Point

KEPT = timedelta(minutes=5)
PHOTOS_KEPT = timedelta(days=90)
PUT = """
    INSERT INTO fulfilment_position (brand_id, courier_id, lon, lat, at)
    SELECT %(brand)s, %(courier)s, %(lon)s, %(lat)s, %(now)s WHERE EXISTS (
        SELECT 1 FROM fulfilment_delivery d JOIN fulfilment_task t ON t.brand_id = d.brand_id AND t.id = d.task_id
         WHERE d.brand_id = %(brand)s AND d.courier_id = %(courier)s AND d.delivered_at IS NULL
           AND d.outcome IN ('', 'again') AND t.state = 'handed_over')
    ON CONFLICT (brand_id, courier_id) DO UPDATE SET lon = excluded.lon, lat = excluded.lat, at = excluded.at
"""


def put_position(courier_id: UUID, place: Point, *, brand: UUID) -> bool:
    """Keep where a courier is now, in place of where they were; False, and nothing is kept, when they have nothing
    under way."""
    key = {"brand": brand, "courier": courier_id, "lon": place.lon, "lat": place.lat, "now": clock.now()}
    with in_brand(brand):
        return bool(execute(PUT, key))


FORGET = """
    DELETE FROM fulfilment_position p
     WHERE p.brand_id = %(brand)s AND p.courier_id = %(courier)s AND NOT EXISTS (
        SELECT 1 FROM fulfilment_delivery d JOIN fulfilment_task t ON t.brand_id = d.brand_id AND t.id = d.task_id
         WHERE d.brand_id = p.brand_id AND d.courier_id = p.courier_id AND d.delivered_at IS NULL
           AND d.outcome IN ('', 'again') AND t.state = 'handed_over')
"""


def forget_when_done(courier_id: UUID, brand: UUID) -> None:
    """Forget where a courier is who brings nothing any more; in the transaction of the caller."""
    execute(FORGET, {"brand": brand, "courier": courier_id})


SWEEP = """
    DELETE FROM fulfilment_position p WHERE p.brand_id = %(brand)s AND (p.at < %(old)s OR NOT EXISTS (
        SELECT 1 FROM fulfilment_delivery d JOIN fulfilment_task t ON t.brand_id = d.brand_id AND t.id = d.task_id
         WHERE d.brand_id = p.brand_id AND d.courier_id = p.courier_id AND d.delivered_at IS NULL
           AND d.outcome IN ('', 'again') AND t.state = 'handed_over'))
"""
SWEEP_PHOTOS = "DELETE FROM fulfilment_photo WHERE brand_id = %(brand)s AND at < %(old)s"


def forget_positions(brand: UUID) -> int:
    """Delete places that are older than five minutes or of somebody who brings nothing, and photos of 90 days ago."""
    now = clock.now()
    with in_brand(brand):
        execute(SWEEP_PHOTOS, {"brand": brand, "old": now - PHOTOS_KEPT})
        return execute(SWEEP, {"brand": brand, "old": now - KEPT})
