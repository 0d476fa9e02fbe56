"""The order book recomputed from its raw rows: nothing lost, nothing twice, every order knows where it is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from datong.kernel.db import in_brand, rows


@dataclass(frozen=True, slots=True)
class Proof:
    """Every figure but `orders` is 0 when the book is sound."""

    orders: int
    without_claim: int
    claims_without_order: int
    without_event: int
    without_decision: int
    lines_differ: int
    assigned_without_store: int

    @property
    def sound(self) -> bool:
        return not (
            self.without_claim
            or self.claims_without_order
            or self.without_event
            or self.without_decision
            or self.lines_differ
            or self.assigned_without_store
        )


PROOF = """
    SELECT count(*),
           count(*) FILTER (WHERE c.order_id IS NULL),
           (SELECT count(*) FROM orders_claim x WHERE x.brand_id = %(brand)s AND NOT EXISTS
              (SELECT 1 FROM orders_order y WHERE y.brand_id = %(brand)s AND y.id = x.order_id)),
           count(*) FILTER (WHERE NOT EXISTS
              (SELECT 1 FROM orders_event e WHERE e.brand_id = o.brand_id AND e.order_id = o.id)),
           count(*) FILTER (WHERE NOT EXISTS
              (SELECT 1 FROM orders_decision d WHERE d.brand_id = o.brand_id AND d.order_id = o.id)),
           count(*) FILTER (WHERE o.units <> coalesce((SELECT sum(l.units) FROM orders_line l
                                                       WHERE l.brand_id = o.brand_id AND l.order_id = o.id), 0)),
           count(*) FILTER (WHERE o.state = 'assigned' AND o.store_id IS NULL)
      FROM orders_order o
      LEFT JOIN orders_claim c
             ON c.brand_id = o.brand_id AND c.channel_id = o.channel_id AND c.external_id = o.external_id
            AND c.order_id = o.id
     WHERE o.brand_id = %(brand)s
"""


def proof(brand_id: UUID) -> Proof:
    """Recompute invariants 1 and 6 over all orders of the brand."""
    with in_brand(brand_id):
        return Proof(*rows(PROOF, {"brand": brand_id})[0])


@dataclass(frozen=True, slots=True)
class Reconciled:
    """A source's own list of order ids against the book (S-163)."""

    missing: tuple[str, ...]
    extra: int
    present: int


PRESENT = """
    SELECT external_id, count(*) FROM orders_order
     WHERE brand_id = %(brand)s AND channel_id = %(channel)s GROUP BY 1
"""


def reconcile(brand_id: UUID, expected: Mapping[UUID, Sequence[str]]) -> dict[UUID, Reconciled]:
    """Is every order of each source in the book once? By channel: ids missing, ids the source does not know."""
    result = {}
    with in_brand(brand_id):
        for channel, ids in expected.items():
            have = dict(rows(PRESENT, {"brand": brand_id, "channel": channel}))
            wanted = set(ids)
            missing = tuple(sorted(wanted - set(have)))
            doubles = sum(count - 1 for count in have.values())
            result[channel] = Reconciled(missing, len(set(have) - wanted) + doubles, len(wanted) - len(missing))
    return result


FIGURES = """
    SELECT o.channel_id, count(*), count(DISTINCT o.store_id), coalesce(sum(o.total_minor), 0)::bigint,
           percentile_disc(0.5) WITHIN GROUP (ORDER BY o.distance_m) FILTER (WHERE o.distance_m IS NOT NULL),
           count(*) FILTER (WHERE o.state = 'backorder'), count(*) FILTER (WHERE o.exceptions > 0)
      FROM orders_order o WHERE o.brand_id = %(brand)s GROUP BY 1
"""


@dataclass(frozen=True, slots=True)
class ChannelFigures:
    channel_id: UUID
    orders: int
    stores: int
    revenue_minor: int
    median_distance_m: int | None
    waiting: int
    with_exceptions: int


def channel_figures(brand_id: UUID) -> list[ChannelFigures]:
    """What each channel brought, from the order rows."""
    with in_brand(brand_id):
        return [ChannelFigures(*row) for row in rows(FIGURES, {"brand": brand_id})]
