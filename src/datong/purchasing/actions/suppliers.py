"""Suppliers and what they sell."""

from __future__ import annotations

import re
from collections.abc import Sequence
from uuid import UUID

from datong.kernel import audit, locks
from datong.kernel.db import execute, in_brand
from datong.kernel.errors import BadInput, BadValue, NotFound, Problem
from datong.purchasing import models
from datong.purchasing.types import Supplier, SupplierItem

MOST_DAYS = 365


def put_supplier(brand: UUID, supplier: Supplier, *, by: str) -> None:
    """Write a supplier, a new one or over the one with this id; what is wrong is named by field."""
    problems = []
    if not re.fullmatch(r"[A-Za-z0-9._-]{1,40}", supplier.code):
        problems.append(Problem("code", "code", "1 to 40 letters, digits, dots or dashes", supplier.code))
    if not supplier.name.strip():
        problems.append(Problem("name", "name", "the name on the invoice", supplier.name))
    if not 0 <= supplier.lead_days <= MOST_DAYS:
        problems.append(Problem("lead_days", "lead_days", "0 to 365 days", supplier.lead_days))
    if supplier.min_order_minor < 0:
        problems.append(Problem("min_order", "amount", "0 or more", supplier.min_order_minor))
    with in_brand(brand):
        locks.take(f"purchasing supplier {brand} {supplier.code}")  # of two who add one number the second is told
        others = models.Supplier.objects.filter(brand_id=brand, code=supplier.code).exclude(id=supplier.id)
        if others.exists():
            problems.append(Problem("code", "taken", "a code no other supplier has", supplier.code))
        if problems:
            raise BadInput("this supplier cannot be kept", *problems)
        fields = {
            "code": supplier.code,
            "name": supplier.name.strip()[:120],
            "email": supplier.email.strip()[:200],
            "phone": supplier.phone.strip()[:40],
            "terms": supplier.terms.strip()[:300],
            "lead_days": supplier.lead_days,
            "min_order_minor": supplier.min_order_minor,
            "active": supplier.active,
        }
        if not models.Supplier.objects.filter(brand_id=brand, id=supplier.id).update(**fields):
            models.Supplier.objects.create(brand_id=brand, id=supplier.id, **fields)
        audit.record(brand=brand, actor=by, verb="supplier.put", subject=f"supplier {supplier.code}", after=fields)


PUT = """
    INSERT INTO purchasing_supplieritem (brand_id, item_id, supplier_id, price_minor, pack_units, min_units, lead_days,
                                         shelf_life_days)
    SELECT %(brand)s, * FROM unnest(%(items)s::uuid[], %(suppliers)s::uuid[], %(prices)s::bigint[], %(packs)s::int[],
                                    %(least)s::int[], %(leads)s::int[], %(lives)s::int[])
    ON CONFLICT (brand_id, item_id, supplier_id)
    DO UPDATE SET price_minor = excluded.price_minor, pack_units = excluded.pack_units,
                  min_units = excluded.min_units, lead_days = excluded.lead_days,
                  shelf_life_days = excluded.shelf_life_days
"""


def put_supplier_items(brand: UUID, listed: Sequence[SupplierItem], *, by: str) -> int:
    """Write what suppliers sell and at which terms; one statement."""
    for n, row in enumerate(listed):
        if row.price_minor < 0 or row.pack_units < 1 or row.min_units < 0:
            raise BadValue(f"/items/{n}", str(row.item_id), "a price of 0 or more, packs of 1 unit or more")
    listed = sorted({(r.item_id, r.supplier_id): r for r in listed}.values(), key=lambda r: (r.item_id, r.supplier_id))
    with in_brand(brand):
        written = execute(
            PUT,
            {
                "brand": brand,
                "items": [r.item_id for r in listed],
                "suppliers": [r.supplier_id for r in listed],
                "prices": [r.price_minor for r in listed],
                "packs": [r.pack_units for r in listed],
                "least": [r.min_units for r in listed],
                "leads": [r.lead_days for r in listed],
                "lives": [r.shelf_life_days for r in listed],
            },
        )
        audit.record(
            brand=brand, actor=by, verb="supplier.items", subject="supplier items", after={"rows": len(listed)}
        )
        return written


def renew_link(brand: UUID, supplier_id: UUID, *, by: str) -> int:
    """Take the link of the supplier's own page back; the version a new one is signed with."""
    with in_brand(brand):
        found = models.Supplier.objects.select_for_update().filter(brand_id=brand, id=supplier_id).first()
        if found is None:
            raise NotFound(f"no supplier {supplier_id}")
        found.link_version += 1
        found.save(update_fields=["link_version"])
        audit.record(brand=brand, actor=by, verb="supplier.link", subject=f"supplier {found.code}")
        return found.link_version
