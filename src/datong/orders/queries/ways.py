"""The way between online and offline, read from what happened: visits, orders, what was had in a store.

Nothing is written beside the facts, so a merge, a late fact and a cancellation are in the next answer.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any
from uuid import UUID

from datong.kernel.db import in_brand, rows
from datong.kernel.ids import uuid7_floor
from datong.orders.rules.ways import mode_of, turns
from datong.orders.types import Side
from datong.orders.types.ways import Effect, Guide, Loop, LoopRow, Touch, Way

WAYS = """
    SELECT w.came, w.traded, w.used, count(*)::int, (count(*) FILTER (WHERE w.closed))::int
      FROM (SELECT CASE WHEN e.id IS NULL THEN '' WHEN e.kind IN ('store', 'table', 'product', 'staff', 'courier')
                          OR (e.kind = 'campaign' AND e.store_id IS NOT NULL) THEN 'offline' ELSE 'online' END AS came,
                   CASE WHEN c.kind = 'store' THEN 'offline' ELSE 'online' END AS traded,
                   CASE WHEN o.fulfilment = 'delivery' THEN '' ELSE 'offline' END AS used,
                   o.state = 'completed' AND (o.customer_id IS NOT NULL OR o.visit_id IS NOT NULL) AS closed
              FROM orders_order o
              JOIN brand_channel c ON c.brand_id = o.brand_id AND c.id = o.channel_id
              LEFT JOIN brand_entry e ON e.brand_id = o.brand_id AND e.id = o.entry_id
             WHERE o.brand_id = %(brand)s AND o.id >= %(since)s AND o.id < %(until)s AND o.state <> 'cancelled'
               AND (%(stores)s::uuid[] IS NULL OR o.store_id = ANY(%(stores)s::uuid[])
                    OR o.referred_store_id = ANY(%(stores)s::uuid[]))) w
     GROUP BY 1, 2, 3
"""


def ways(brand_id: UUID, since: datetime, until: datetime, *, stores: Collection[UUID] | None = None) -> list[Way]:
    """The ways that orders of a time went, the most gone first; one statement."""
    found: dict[tuple[Side, ...], list[int]] = {}
    with in_brand(brand_id):
        for came, traded, used, count, closed in rows(WAYS, _key(brand_id, since, until, stores)):
            sums = found.setdefault(turns(Side(side) for side in (came, traded, used) if side), [0, 0])
            sums[0] += count
            sums[1] += closed
    made = [Way(sides, mode_of(sides), *sums) for sides, sums in found.items()]
    return sorted(made, key=lambda way: -way.orders)


LOOPS = """
    SELECT * FROM (
        SELECT o.id, o.number, o.store_id,
               CASE WHEN o.state = 'completed' AND (o.customer_id IS NOT NULL OR o.visit_id IS NOT NULL) THEN 'closed'
                    WHEN o.state = 'completed' THEN 'used_not_tracked' WHEN o.paid THEN 'paid_not_used'
                    ELSE 'open' END AS loop,
               o.total_minor, o.currency, o.placed_at
          FROM orders_order o
         WHERE o.brand_id = %(brand)s AND o.id >= %(since)s AND o.id < %(until)s AND o.state <> 'cancelled'
           AND (%(stores)s::uuid[] IS NULL OR o.store_id = ANY(%(stores)s::uuid[]))
           AND (%(before)s::uuid IS NULL OR o.id < %(before)s)) l
     WHERE CASE WHEN %(loop)s = '' THEN l.loop <> 'closed' ELSE l.loop = %(loop)s END
     ORDER BY l.id DESC LIMIT %(limit)s
"""


def loops(
    brand_id: UUID,
    since: datetime,
    until: datetime,
    *,
    loop: Loop | None = None,
    stores: Collection[UUID] | None = None,
    before: UUID | None = None,
    limit: int = 50,
) -> list[LoopRow]:
    """Orders whose loop is open (any kind of open when none is named), the newest first."""
    key = _key(brand_id, since, until, stores)
    key |= {"loop": loop.value if loop else "", "before": before, "limit": min(limit, 5000)}
    with in_brand(brand_id):
        return [
            LoopRow(order, number, store, Loop(said), total, currency, placed)
            for order, number, store, said, total, currency, placed in rows(LOOPS, key)
        ]


TOUCHES = """
    WITH mine AS (
        SELECT id FROM customers_customer
         WHERE brand_id = %(brand)s AND (id = ANY(%(records)s::uuid[]) OR head_id = ANY(%(records)s::uuid[]))
    ), bought AS (
        SELECT o.*, c.kind AS door FROM orders_order o JOIN mine m ON m.id = o.customer_id
          JOIN brand_channel c ON c.brand_id = o.brand_id AND c.id = o.channel_id
         WHERE o.brand_id = %(brand)s AND o.state <> 'cancelled'
    ), visit AS (
        SELECT v.id FROM brand_visitor w JOIN mine m ON m.id = w.customer_id
          JOIN brand_visit v ON v.brand_id = w.brand_id AND v.visitor = w.visitor WHERE w.brand_id = %(brand)s
         UNION SELECT visit_id FROM bought WHERE visit_id IS NOT NULL
    )
    SELECT v.at, CASE WHEN e.kind IN ('store', 'table', 'product', 'staff', 'courier')
                        OR (e.kind = 'campaign' AND e.store_id IS NOT NULL) THEN 'offline' ELSE 'online' END,
           'visit', v.id, e.title, 0
      FROM visit x JOIN brand_visit v ON v.brand_id = %(brand)s AND v.id = x.id
      JOIN brand_entry e ON e.brand_id = v.brand_id AND e.id = v.entry_id
     UNION ALL
    SELECT placed_at, CASE WHEN door = 'store' THEN 'offline' ELSE 'online' END, 'order', id, number, 1 FROM bought
     UNION ALL
    SELECT (SELECT max(h.at) FROM orders_event h WHERE h.brand_id = b.brand_id AND h.order_id = b.id
               AND h.state = 'completed'), 'offline', 'use', b.id, b.number, 2
      FROM bought b WHERE b.state = 'completed' AND b.door <> 'store' AND b.fulfilment <> 'delivery'
     ORDER BY 1 NULLS LAST, 6, 4 LIMIT %(limit)s
"""


def touches(brand_id: UUID, records: Collection[UUID], *, limit: int = 500) -> list[Touch]:
    """Each time a person met the brand online or offline, the oldest first; one statement. `records`: all of theirs."""
    key = {"brand": brand_id, "records": list(records), "limit": limit}
    with in_brand(brand_id):
        return [Touch(row[0], Side(row[1]), *row[2:5]) for row in rows(TOUCHES, key) if row[0] is not None]


EFFECT = """
    SELECT (SELECT count(*) FROM brand_visit v JOIN brand_entry e ON e.brand_id = v.brand_id AND e.id = v.entry_id
             WHERE v.brand_id = %(brand)s AND v.id >= %(since)s AND v.id < %(until)s
               AND (%(stores)s::uuid[] IS NULL OR e.store_id = ANY(%(stores)s::uuid[])))::int,
           count(*)::int, (count(*) FILTER (WHERE o.paid))::int, (count(*) FILTER (WHERE o.state = 'completed'))::int,
           coalesce(sum(o.total_minor) FILTER (WHERE o.paid), 0)::bigint
      FROM orders_order o
     WHERE o.brand_id = %(brand)s AND o.id >= %(since)s AND o.id < %(until)s AND o.state <> 'cancelled'
       AND (%(stores)s::uuid[] IS NULL OR o.store_id = ANY(%(stores)s::uuid[])
            OR o.referred_store_id = ANY(%(stores)s::uuid[]))
"""


def effect(brand_id: UUID, since: datetime, until: datetime, *, stores: Collection[UUID] | None = None) -> Effect:
    """Visits, orders, paid and used of a time, as they are now; one statement."""
    with in_brand(brand_id):
        return Effect(*rows(EFFECT, _key(brand_id, since, until, stores))[0])


GUIDES = """
    SELECT e.id, e.title, v.visits, (SELECT count(*) FROM orders_order o WHERE o.brand_id = %(brand)s
                                       AND o.id >= %(since)s AND o.id < %(until)s AND o.entry_id = e.id)::int
      FROM (SELECT entry_id, count(*)::int AS visits FROM brand_visit
             WHERE brand_id = %(brand)s AND id >= %(since)s AND id < %(until)s
             GROUP BY 1 ORDER BY 2 DESC LIMIT 200) v
      JOIN brand_entry e ON e.brand_id = %(brand)s AND e.id = v.entry_id
     WHERE %(stores)s::uuid[] IS NULL OR e.store_id = ANY(%(stores)s::uuid[])
     ORDER BY v.visits DESC, e.id
"""


def guides(brand_id: UUID, since: datetime, until: datetime, *, stores: Collection[UUID] | None = None) -> list[Guide]:
    """The entries people came by most, with the orders that name them; one statement."""
    with in_brand(brand_id):
        return [Guide(*row) for row in rows(GUIDES, _key(brand_id, since, until, stores))]


def _key(brand_id: UUID, since: datetime, until: datetime, stores: Collection[UUID] | None) -> dict[str, Any]:
    return {
        "brand": brand_id, "since": uuid7_floor(since), "until": uuid7_floor(until),
        "stores": None if stores is None else list(stores),
    }  # fmt: skip
