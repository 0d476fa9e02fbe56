"""Where a delivery is, for its customer, while it is under way and only then; cash couriers owe; photos."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from datong.kernel import clock
from datong.kernel.db import in_brand, rows
from datong.kernel.geo import Point

FRESH = timedelta(minutes=5)
WHERE_IS = """
    SELECT p.lon, p.lat, p.at FROM fulfilment_task t
      JOIN fulfilment_delivery d ON d.brand_id = t.brand_id AND d.task_id = t.id
      JOIN fulfilment_position p ON p.brand_id = d.brand_id AND p.courier_id = d.courier_id
     WHERE t.brand_id = %(brand)s AND t.order_id = %(order)s AND t.state = 'handed_over' AND d.delivered_at IS NULL
       AND d.outcome IN ('', 'again') AND p.at > %(since)s
     ORDER BY p.at DESC LIMIT 1
"""


def where_is(brand_id: UUID, order_id: UUID) -> tuple[Point, datetime] | None:
    """Where the courier with this order is and since when; None before it was picked up and after it was delivered."""
    key = {"brand": brand_id, "order": order_id, "since": clock.now() - FRESH}
    with in_brand(brand_id):
        found = rows(WHERE_IS, key)
    return (Point(found[0][0], found[0][1]), found[0][2]) if found else None


OWED = """
    SELECT courier_id, sum(cash_minor)::bigint FROM fulfilment_delivery
     WHERE brand_id = %(brand)s AND cash_minor > 0 AND cash_in_at IS NULL GROUP BY 1
"""


def cash_owed(brand_id: UUID) -> dict[UUID, int]:
    """What each courier has collected and not handed in, minor units of the brand's currency."""
    with in_brand(brand_id):
        return dict(rows(OWED, {"brand": brand_id}))


PHOTO = "SELECT image, kind FROM fulfilment_photo WHERE brand_id = %(brand)s AND task_id = %(task)s"


def photo_of(brand_id: UUID, task_id: UUID) -> bytes | None:
    """The JPEG with which a delivery was given over."""
    with in_brand(brand_id):
        found = rows(PHOTO, {"brand": brand_id, "task": task_id})
    return bytes(found[0][0]) if found else None
