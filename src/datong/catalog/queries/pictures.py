"""Pictures of products: what there is of them, and their bytes by digest."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any
from uuid import UUID

import msgspec

from datong.catalog.types import Picture
from datong.kernel.db import in_brand, rows

OF_PRODUCTS = """
    SELECT id, product_id, position, media_type, width, height, digest, alt::text, added_by, added_at
      FROM catalog_picture
     WHERE brand_id = %(brand)s AND product_id = ANY(%(products)s::uuid[]) AND removed_at IS NULL
     ORDER BY product_id, position, id
"""


def pictures_of(brand_id: UUID, product_ids: Iterable[UUID]) -> dict[UUID, tuple[Picture, ...]]:
    """The pictures of those products that have some, the face of each first; one statement."""
    found: dict[UUID, list[Picture]] = {}
    with in_brand(brand_id):
        for row in rows(OF_PRODUCTS, {"brand": brand_id, "products": list(product_ids)}):
            found.setdefault(row[1], []).append(_picture(row))
    return {product: tuple(pictures) for product, pictures in found.items()}


def _picture(row: tuple[Any, ...]) -> Picture:
    product_id, position, media_type, width, height, digest, alt, by, at = row[1:]
    words = msgspec.json.decode(alt)
    return Picture(row[0], product_id, position, media_type, width, height, digest, words, by, at)


BODY = """
    SELECT p.media_type, b.body FROM catalog_picture p
      JOIN catalog_picturebytes b ON b.brand_id = p.brand_id AND b.picture_id = p.id
     WHERE p.brand_id = %(brand)s AND p.digest = %(digest)s AND p.removed_at IS NULL LIMIT 1
"""
SMALL = BODY.replace("b.body", "b.small")


def picture_file(brand_id: UUID, digest: str, *, small: bool = False) -> tuple[str, bytes] | None:
    """(media type, bytes) of the picture with this digest, or None; what a digest names never changes."""
    if not re.fullmatch("[0-9a-f]{64}", digest):
        return None
    with in_brand(brand_id):
        found = rows(SMALL if small else BODY, {"brand": brand_id, "digest": digest})
    return (found[0][0], bytes(found[0][1])) if found else None
