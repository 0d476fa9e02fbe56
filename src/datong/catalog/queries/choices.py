"""Choices of the brand's products, and which of them are off sale."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

import msgspec

from datong.catalog.types import ChoiceOut, ModifierChoice
from datong.kernel.db import in_brand, rows

CHOICES = """
    SELECT DISTINCT ON (c->>'code') c->>'code', c->>'title', (c->'titles')::text
      FROM catalog_product p, jsonb_array_elements(p.body->'modifiers') g, jsonb_array_elements(g->'choices') c
     WHERE p.brand_id = %(brand)s AND p.state <> 'withdrawn' ORDER BY c->>'code', p.code LIMIT 2000
"""


def choices_of(brand_id: UUID) -> dict[str, ModifierChoice]:
    """The choices that products have, by code, with what they are called; one statement, at most 2,000."""
    with in_brand(brand_id):
        found = rows(CHOICES, {"brand": brand_id})
    return {code: ModifierChoice(code, title, titles=msgspec.json.decode(titles)) for code, title, titles in found}


OUT = """
    SELECT choice, place_id, until, set_by, set_at, reason FROM catalog_choiceoff
     WHERE brand_id = %(brand)s AND (until IS NULL OR until > %(at)s)
       AND (%(stores)s::uuid[] IS NULL OR place_id = ANY(%(stores)s::uuid[]) OR place_id = %(everywhere)s)
     ORDER BY choice, place_id LIMIT 2000
"""
EVERYWHERE = UUID(int=0)


def choices_out(brand_id: UUID, at: datetime, *, stores: Collection[UUID] | None = None) -> list[ChoiceOut]:
    """What is off sale at a moment, everywhere and at these stores (None: at all)."""
    key = {"brand": brand_id, "at": at, "stores": None if stores is None else list(stores), "everywhere": EVERYWHERE}
    with in_brand(brand_id):
        return [
            ChoiceOut(code, place if place.int else None, until, by, since, reason)
            for code, place, until, by, since, reason in rows(OUT, key)
        ]
