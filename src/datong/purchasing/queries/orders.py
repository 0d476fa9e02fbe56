"""Reads of proposals, purchase orders, claims and buy-outs."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from uuid import UUID

from datong.inventory.api import movements
from datong.kernel import audit
from datong.kernel.db import in_brand, rows
from datong.kernel.errors import NotFound
from datong.purchasing import models
from datong.purchasing.types import (
    Buyout,
    Claim,
    ClaimKind,
    OrderLine,
    OrderState,
    Proposal,
    PurchaseOrder,
    Step,
)

MOST = 500

LINES = """
    SELECT order_id, item_id, units, price_minor, received, damaged FROM purchasing_orderline
     WHERE brand_id = %(brand)s AND order_id = ANY(%(ids)s::uuid[]) ORDER BY order_id, item_id
"""


def orders(
    brand_id: UUID,
    *,
    ids: Collection[UUID] | None = None,
    stores: Collection[UUID] | None = None,
    supplier_id: UUID | None = None,
    states: Collection[OrderState] = (),
    before: UUID | None = None,
    limit: int = 50,
) -> list[PurchaseOrder]:
    """Purchase orders with their lines, the latest first; two statements."""
    with in_brand(brand_id):
        found = models.PurchaseOrder.objects.filter(brand_id=brand_id).order_by("-id")
        found = found if ids is None else found.filter(id__in=list(ids))
        found = found if stores is None else found.filter(store_id__in=list(stores))
        found = found if supplier_id is None else found.filter(supplier_id=supplier_id)
        found = found.filter(state__in=[s.value for s in states]) if states else found
        found = found if before is None else found.filter(id__lt=before)
        listed = list(found[: min(limit, MOST)])
        lines: dict[UUID, list[OrderLine]] = {}
        for order, *line in rows(LINES, {"brand": brand_id, "ids": [o.id for o in listed]}):
            lines.setdefault(order, []).append(OrderLine(*line))
        return [
            PurchaseOrder(
                o.id, o.number, o.supplier_id, o.store_id, OrderState(o.state), o.buyout, o.note, o.expected_on, o.by,
                o.at, o.sent_at, o.closed_at, o.approval_id, tuple(lines.get(o.id, ())),
            )
            for o in listed
        ]  # fmt: skip


def order_of(brand_id: UUID, order_id: UUID) -> PurchaseOrder:
    """One purchase order; NotFound."""
    found = orders(brand_id, ids=[order_id])
    if not found:
        raise NotFound(f"no purchase order {order_id}")
    return found[0]


def subject_of(order: PurchaseOrder) -> str:
    """What the audit trail calls it."""
    return f"purchase order {order.number}"


def history(brand_id: UUID, order: PurchaseOrder, *, limit: int = 50) -> list[Step]:
    """What became of an order, the latest first; read off the audit trail, which has each step and who did it."""
    found = audit.page(brand_id, subject=subject_of(order), verb="purchase", limit=limit).entries
    return [Step(e.at, e.actor, e.verb.removeprefix("purchase."), e.reason, e.after or {}) for e in found]


ON_ORDER = """
    SELECT o.store_id, l.item_id, sum(greatest(l.units - l.received - l.damaged, 0))::int
      FROM purchasing_purchaseorder o
      JOIN purchasing_orderline l ON l.brand_id = o.brand_id AND l.order_id = o.id
     WHERE o.brand_id = %(brand)s AND o.state IN ('asked', 'approved', 'sent', 'confirmed')
     GROUP BY 1, 2 HAVING sum(greatest(l.units - l.received - l.damaged, 0)) > 0
"""


def on_order(brand_id: UUID) -> dict[tuple[UUID, UUID], int]:
    """(store, item) -> units ordered of suppliers and not yet here."""
    with in_brand(brand_id):
        return {(store, item): units for store, item, units in rows(ON_ORDER, {"brand": brand_id})}


def proposals(
    brand_id: UUID, *, stores: Collection[UUID] | None = None, supplier_id: UUID | None = None, limit: int = 200
) -> list[Proposal]:
    """What should be ordered, as it was computed last; the largest amounts first."""
    with in_brand(brand_id):
        found = models.Proposal.objects.filter(brand_id=brand_id)
        found = found if stores is None else found.filter(store_id__in=list(stores))
        found = found if supplier_id is None else found.filter(supplier_id=supplier_id)
        listed = [
            Proposal(p.store_id, p.item_id, p.supplier_id, p.units, p.price_minor, p.why, p.facts, p.made_at)
            for p in found[:5_000]
        ]
    return sorted(listed, key=lambda p: (-p.units * p.price_minor, p.store_id, p.item_id))[:limit]


def claims(brand_id: UUID, *, order_id: UUID | None = None, supplier_id: UUID | None = None) -> list[Claim]:
    """What suppliers owe or are owed, open ones first."""
    with in_brand(brand_id):
        found = models.Claim.objects.filter(brand_id=brand_id).order_by("-settled_at", "-id")
        found = found if order_id is None else found.filter(order_id=order_id)
        found = found if supplier_id is None else found.filter(supplier_id=supplier_id)
        return [
            Claim(
                c.id, c.order_id, c.supplier_id, c.item_id, ClaimKind(c.kind), c.units, c.value_minor, c.at,
                c.settled_at, c.settled_by, c.note,
            )
            for c in found[:MOST]
        ]  # fmt: skip


def buyouts(brand_id: UUID, *, ids: Sequence[UUID] | None = None) -> list[Buyout]:
    """Goods bought outright: what was received at which cost, and how much of it has been sold since.

    Sold are the units of the item that left the order's store by sales after the goods came, the oldest buy-out first.
    """
    with in_brand(brand_id):
        found = [o for o in orders(brand_id, ids=ids, limit=MOST) if o.buyout]
        sold: dict[tuple[UUID, UUID], int] = {}
        made = []
        for order in sorted(found, key=lambda o: o.id):
            for line in order.lines:
                place = (order.store_id, line.item_id)
                if place not in sold:
                    gone = movements(brand_id, locations=[order.store_id], item=line.item_id, reason="sale", limit=200)
                    sold[place] = -sum(m.units for m in gone if m.id > order.id)
                taken = min(sold[place], line.received)
                sold[place] -= taken
                made.append(Buyout(order.id, order.number, line.item_id, line.received, line.price_minor, taken))
        return made
