"""Offers are worked out when a product changes, for all that is made of it too, so that a quote only reads."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

import msgspec

from datong.catalog import rules
from datong.catalog.types import Component, ItemKind, Product
from datong.kernel.db import execute, rows
from datong.kernel.errors import BadInput, Problem
from datong.kernel.ids import uuid7

CLOSURE = """
    WITH RECURSIVE up AS (
        SELECT id FROM unnest(%(items)s::uuid[]) AS start(id)
        UNION SELECT u.item_id FROM catalog_itempart u JOIN up ON u.brand_id = %(brand)s AND u.part_id = up.id
    ), down AS (
        SELECT id FROM up
        UNION SELECT u.part_id FROM catalog_itempart u JOIN down ON u.brand_id = %(brand)s AND u.item_id = down.id
    )
    SELECT i.id, i.sku, i.kind, i.offer IS NOT NULL, i.id IN (SELECT id FROM up), p.body,
           (SELECT coalesce(jsonb_agg(jsonb_build_array(u.choice, part.sku, u.units) ORDER BY u.choice, part.sku), '[]')
              FROM catalog_itempart u
              JOIN catalog_item part ON part.brand_id = u.brand_id AND part.id = u.part_id
             WHERE u.brand_id = i.brand_id AND u.item_id = i.id)::text
      FROM down JOIN catalog_item i ON i.brand_id = %(brand)s AND i.id = down.id
      LEFT JOIN catalog_product p ON p.brand_id = i.brand_id AND p.id = i.product_id
     ORDER BY i.id
"""
PUT = """
    WITH new AS (
        SELECT * FROM unnest(%(items)s::uuid[], %(stamps)s::uuid[], %(bodies)s::jsonb[]) AS n(item_id, stamp, body)
    ), kept AS (
        INSERT INTO catalog_offer (brand_id, item_id, body)
        SELECT %(brand)s, item_id, body FROM new WHERE stamp IS NOT NULL
        ON CONFLICT (brand_id, item_id) DO UPDATE SET body = excluded.body
    ), gone AS (
        DELETE FROM catalog_offer o USING new
         WHERE o.brand_id = %(brand)s AND o.item_id = new.item_id AND new.stamp IS NULL
    )
    UPDATE catalog_item i SET offer = new.stamp FROM new WHERE i.brand_id = %(brand)s AND i.id = new.item_id
"""


def refresh(items: Sequence[UUID], *, brand: UUID) -> None:
    """Work out the offers of these items and of all that are made of them; two statements, in the caller's transaction.

    Raises BadInput naming the chain when a SKU would be made of itself.
    """
    if not items:
        return
    found = rows(CLOSURE, {"brand": brand, "items": list(items)})
    known: dict[str, tuple[UUID, ItemKind]] = {}
    products: dict[str, Product] = {}
    fixed: dict[str, list[Component]] = {}
    uses: dict[str, list[str]] = {}
    for item_id, sku, kind, _, _, body, parts in found:
        known[sku] = item_id, ItemKind(kind)
        if body:
            products[sku] = msgspec.json.decode(body, type=Product)
        for choice, part, units in msgspec.json.decode(parts):
            uses.setdefault(sku, []).append(part)
            if not choice:
                fixed.setdefault(sku, []).append(Component(part, units))
    if cycle := rules.cycle_in(uses):
        chain = " > ".join(cycle)
        raise BadInput(f"a product cannot be made of itself: {chain}", Problem("/parts", "cycle", _CYCLE, chain))
    composed = frozenset(sku for sku, product in products.items() if product.composed)
    shelf = rules.Shelf(known, fixed, composed)
    made = []
    for item_id, sku, _, had, own, _, _ in found:
        variant = next((v for v in products[sku].variants if v.sku == sku), None) if sku in products else None
        offer = rules.offer_of(products[sku], variant, shelf, uuid7()) if variant else None
        if own and (offer or had):
            made.append((item_id, offer))
    if made:
        columns = {
            "items": [item for item, _ in made],
            "stamps": [offer.stamp if offer else None for _, offer in made],
            "bodies": [msgspec.json.encode(offer).decode() if offer else None for _, offer in made],
        }
        execute(PUT, {"brand": brand, **columns})


_CYCLE = "parts that do not lead back to the product: take one of the chain out"
