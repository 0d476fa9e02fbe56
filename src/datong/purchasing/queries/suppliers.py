"""Reads of suppliers, their goods and fixed rules."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from datong.kernel.db import in_brand
from datong.purchasing import models
from datong.purchasing.types import Policy, Supplier, SupplierItem

MOST = 1_000


def suppliers(brand_id: UUID, *, ids: Collection[UUID] | None = None, code: str = "") -> list[Supplier]:
    """The brand's suppliers by name, those no longer used too."""
    with in_brand(brand_id):
        found = models.Supplier.objects.filter(brand_id=brand_id).order_by("name", "code")
        found = found if ids is None else found.filter(id__in=list(ids))
        found = found.filter(code=code) if code else found
        return [
            Supplier(
                s.id, s.code, s.name, s.email, s.phone, s.terms, s.lead_days, s.min_order_minor, s.active,
                s.link_version,
            )
            for s in found[:MOST]
        ]  # fmt: skip


def supplier_items(
    brand_id: UUID, *, supplier_id: UUID | None = None, items: Collection[UUID] | None = None, limit: int = 10_000
) -> list[SupplierItem]:
    """Who sells what at which terms, the cheapest of an item first."""
    with in_brand(brand_id):
        found = models.SupplierItem.objects.filter(brand_id=brand_id).order_by("item_id", "price_minor", "supplier_id")
        found = found if supplier_id is None else found.filter(supplier_id=supplier_id)
        found = found if items is None else found.filter(item_id__in=list(items))
        return [
            SupplierItem(
                r.supplier_id, r.item_id, r.price_minor, r.pack_units, r.min_units, r.lead_days, r.shelf_life_days
            )
            for r in found[:limit]
        ]


def policies(
    brand_id: UUID, *, stores: Collection[UUID] | None = None, items: Collection[UUID] | None = None
) -> dict[tuple[UUID, UUID], Policy]:
    """(store, item) -> its (s, S), of these stores and items."""
    with in_brand(brand_id):
        found = models.Policy.objects.filter(brand_id=brand_id)
        found = found if stores is None else found.filter(store_id__in=list(stores))
        found = found if items is None else found.filter(item_id__in=list(items))
        return {(p.store_id, p.item_id): Policy(p.store_id, p.item_id, p.low, p.high) for p in found}
