"""What the wallet did where: points, stored value and top-ups with their stores, for who settles between companies."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from datong.kernel.db import in_brand, rows
from datong.wallet.types.places import OrderUse, PlacedPoints, PlacedTopUp

ACTS = """
    WITH roots AS (
        SELECT DISTINCT coalesce((a.detail->>'burn')::uuid, a.id) AS id, a.customer_id
          FROM wallet_pointact a
         WHERE a.brand_id = %(brand)s AND a.id = ANY(%(ids)s::uuid[]) AND a.store_id IS NOT NULL
           AND a.kind IN ('earn', 'burn', 'give_back')
    )
    SELECT a.id, a.kind = 'earn', a.store_id, a.at, abs(a.points + coalesce(b.points, 0)),
           a.basis_minor + coalesce(b.basis, 0), a.subject_id
      FROM roots r
      JOIN wallet_pointact a ON a.brand_id = %(brand)s AND a.id = r.id AND a.kind IN ('earn', 'burn')
      LEFT JOIN LATERAL (
           SELECT sum(x.points)::bigint AS points, sum(x.basis_minor)::bigint AS basis
             FROM wallet_pointact x
            WHERE x.brand_id = a.brand_id AND x.customer_id = a.customer_id AND x.programme_id = a.programme_id
              AND x.kind = 'give_back' AND x.detail->>'burn' = a.id::text AND x.id > a.id) b ON true
     ORDER BY a.id
"""
BY_ORDER = """
    SELECT a.subject_id, coalesce(sum(a.points) FILTER (WHERE a.kind IN ('earn', 'take_back')), 0)::bigint,
           coalesce(-sum(a.points) FILTER (WHERE a.kind IN ('burn', 'give_back')), 0)::bigint,
           coalesce(sum(a.basis_minor) FILTER (WHERE a.kind IN ('burn', 'give_back')), 0)::bigint
      FROM wallet_pointact a
     WHERE a.brand_id = %(brand)s AND a.subject_id = ANY(%(orders)s::uuid[]) AND a.store_id IS NULL
     GROUP BY 1
"""
BY_CARD = """
    SELECT n.order_id,
           coalesce(sum(n.amount_minor - n.back_minor) FILTER (WHERE k.kind = 'stored_value'), 0)::bigint,
           coalesce(sum(n.amount_minor - n.back_minor) FILTER (WHERE k.kind = 'voucher'), 0)::bigint
      FROM wallet_taken n
      JOIN wallet_take k ON k.brand_id = n.brand_id AND k.id = n.take_id
      LEFT JOIN wallet_purse p ON p.brand_id = k.brand_id AND p.id = k.purse_id
     WHERE n.brand_id = %(brand)s AND n.order_id = ANY(%(orders)s::uuid[])
       AND (k.kind = 'voucher' OR k.kind = 'stored_value' AND p.kind <> 'partner')
     GROUP BY 1
"""
# What a payment took of points, in whole points of what the order kept; rounded as they come back.
BY_PAYMENT = """
    SELECT n.order_id, sum(round(k.points::numeric * n.amount_minor / k.amount_minor)
                           - round(k.points::numeric * n.back_minor / k.amount_minor))::bigint,
           sum(n.amount_minor - n.back_minor)::bigint
      FROM wallet_taken n
      JOIN wallet_take k ON k.brand_id = n.brand_id AND k.id = n.take_id
     WHERE n.brand_id = %(brand)s AND n.order_id = ANY(%(orders)s::uuid[]) AND k.kind = 'points' AND k.amount_minor > 0
     GROUP BY 1
"""
TOP_UPS = """
    SELECT t.id, t.store_id, t.at, t.principal_minor - t.back_minor, p.currency
      FROM wallet_topup t JOIN wallet_purse p ON p.brand_id = t.brand_id AND p.id = t.purse_id
     WHERE t.brand_id = %(brand)s AND t.id = ANY(%(ids)s::uuid[]) AND t.store_id IS NOT NULL ORDER BY t.id
"""


def placed_points(brand_id: UUID, acts: Collection[UUID]) -> list[PlacedPoints]:
    """The earnings and spendings these acts are or belong to, those that happened at a store; one statement."""
    with in_brand(brand_id):
        return [PlacedPoints(*row) for row in rows(ACTS, {"brand": brand_id, "ids": sorted(set(acts))})]


def used_by_orders(brand_id: UUID, orders: Collection[UUID]) -> dict[UUID, OrderUse]:
    """What these orders did to points and took of stored value and vouchers, those that did; three statements.

    A partner's own card is not ours to owe for, and points with a store of their own are `placed_points`.
    """
    key = {"brand": brand_id, "orders": sorted(set(orders))}
    with in_brand(brand_id):
        points = {order: figures for order, *figures in rows(BY_ORDER, key)}
        taken = {order: (card, voucher) for order, card, voucher in rows(BY_CARD, key)}
        for order, burned, pays in rows(BY_PAYMENT, key):
            figures = points.setdefault(order, [0, 0, 0])
            figures[1:] = figures[1] + burned, figures[2] + pays
    return {order: _use(points.get(order), *taken.get(order, (0, 0))) for order in points.keys() | taken}


def _use(points: list[int] | None, card_minor: int, voucher_minor: int) -> OrderUse:
    earned, burned, pays = points or (0, 0, 0)
    return OrderUse(earned, burned, pays, card_minor, voucher_minor)


def placed_top_ups(brand_id: UUID, top_ups: Collection[UUID]) -> list[PlacedTopUp]:
    """These top-ups, those that a store took; one statement."""
    with in_brand(brand_id):
        return [PlacedTopUp(*row) for row in rows(TOP_UPS, {"brand": brand_id, "ids": sorted(set(top_ups))})]
