"""Writes of pictures: add one, put them in order, take one away and have it back.

Each locks the product's row, so that its pictures are counted and ordered by one writer at a time.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

import msgspec

from datong.catalog import rules
from datong.catalog.actions.products import CHANGES
from datong.catalog.events import ProductChanged
from datong.catalog.queries.pictures import pictures_of
from datong.catalog.queries.products import products_by_code
from datong.catalog.types import Picture, Product
from datong.kernel import audit, clock, outbox
from datong.kernel.db import execute, in_brand, rows
from datong.kernel.errors import BadInput, BadValue, NotFound, Problem
from datong.kernel.ids import uuid7

ADD = """
    INSERT INTO catalog_picture (brand_id, id, product_id, position, media_type, width, height, alt, digest, added_by,
                                 added_at)
    VALUES (%(brand)s, %(id)s, %(product)s, %(position)s, %(media_type)s, %(width)s, %(height)s, %(alt)s, %(digest)s,
            %(by)s, %(now)s)
    ON CONFLICT (brand_id, product_id, digest) DO UPDATE
       SET removed_at = NULL, position = excluded.position, added_by = excluded.added_by,
           added_at = excluded.added_at,
           alt = CASE WHEN excluded.alt = '{}' THEN catalog_picture.alt ELSE excluded.alt END
    RETURNING id
"""
BYTES = """
    INSERT INTO catalog_picturebytes (brand_id, picture_id, body, small)
    VALUES (%(brand)s, %(id)s, %(body)s, %(small)s) ON CONFLICT (brand_id, picture_id) DO NOTHING
"""


def add_picture(brand_id: UUID, code: str, data: bytes, *, by: str, alt: Mapping[str, str] | None = None) -> Picture:
    """Add a picture to a product, after those it has. The same file again is the picture that is there.

    Raises BadInput naming what is wrong with the file (/data), the words (/alt) or their number (/pictures).
    """
    drawn = rules.draw(data)  # before the transaction: it takes longest
    words = rules.check_alt(alt or {})
    with in_brand(brand_id):
        product = _locked(brand_id, code)
        there = pictures_of(brand_id, [product.id]).get(product.id, ())
        if same := next((p for p in there if p.digest == drawn.digest), None):
            return same
        if len(there) >= rules.MAX_PICTURES:
            fix = f"at most {rules.MAX_PICTURES} pictures; take one away first"
            raise BadInput("too many pictures", Problem("/pictures", "too_many", fix, len(there) + 1))
        _drop_old(brand_id)
        place = max((p.position for p in there), default=-1) + 1
        row = {
            "brand": brand_id, "id": uuid7(), "product": product.id, "position": place, "by": by[:120],
            "now": clock.now(), "alt": msgspec.json.encode(words).decode(), "digest": drawn.digest,
            "media_type": drawn.media_type, "width": drawn.width, "height": drawn.height,
        }  # fmt: skip
        ((picture,),) = rows(ADD, row)
        execute(BYTES, {"brand": brand_id, "id": picture, "body": drawn.body, "small": drawn.small})
        _note(brand_id, product, "picture_added", [("pictures", "", drawn.digest[:12])], by)
        return _one(brand_id, product, picture)


ARRANGE = """
    UPDATE catalog_picture p SET position = n.position, alt = n.alt
      FROM unnest(%(ids)s::uuid[], %(positions)s::int[], %(alts)s::jsonb[]) AS n(id, position, alt)
     WHERE p.brand_id = %(brand)s AND p.id = n.id
"""


def arrange_pictures(
    brand_id: UUID, code: str, wanted: Sequence[tuple[UUID, Mapping[str, str]]], *, by: str
) -> tuple[Picture, ...]:
    """Say in which order a product's pictures stand and what each shows; those not named keep behind them."""
    with in_brand(brand_id):
        product = _locked(brand_id, code)
        there = {p.id: p for p in pictures_of(brand_id, [product.id]).get(product.id, ())}
        alts: dict[UUID, Mapping[str, str]] = {}
        for n, (picture, alt) in enumerate(wanted):
            if picture not in there or picture in alts:
                raise BadValue(f"/pictures/{n}/id", str(picture), "a picture of this product, once")
            alts[picture] = rules.check_alt(alt, f"/pictures/{n}/alt")
        order = [*alts, *(p for p in there if p not in alts)]
        said = [alts.get(p, there[p].alt) for p in order]
        before = [(p.id, dict(p.alt)) for p in there.values()]
        if [(p, dict(alt)) for p, alt in zip(order, said, strict=True)] == before:
            return tuple(there.values())
        columns = {"ids": order, "positions": list(range(len(order))), "alts": [_json(alt) for alt in said]}
        execute(ARRANGE, {"brand": brand_id, **columns})
        now = " ".join(there[p].digest[:12] for p in order)
        was = " ".join(p.digest[:12] for p in there.values())
        _note(brand_id, product, "pictures_arranged", [("pictures", was, now)], by)
        return pictures_of(brand_id, [product.id])[product.id]


REMOVE = """
    UPDATE catalog_picture SET removed_at = %(now)s
     WHERE brand_id = %(brand)s AND product_id = %(product)s AND id = %(id)s AND removed_at IS NULL RETURNING digest
"""
RESTORE = """
    UPDATE catalog_picture SET removed_at = NULL
     WHERE brand_id = %(brand)s AND product_id = %(product)s AND id = %(id)s AND removed_at IS NOT NULL
    RETURNING digest
"""
OLD = """
    WITH old AS (
        SELECT id FROM catalog_picture
         WHERE brand_id = %(brand)s AND removed_at < %(now)s - interval '1 day'
         ORDER BY id LIMIT 100 FOR UPDATE SKIP LOCKED
    ), bytes AS (
        DELETE FROM catalog_picturebytes b USING old WHERE b.brand_id = %(brand)s AND b.picture_id = old.id
        RETURNING b.picture_id
    )
    SELECT id FROM old
"""
OLD_ROWS = "DELETE FROM catalog_picture WHERE brand_id = %(brand)s AND id = ANY(%(ids)s::uuid[])"


def remove_picture(brand_id: UUID, code: str, picture: UUID, *, by: str) -> None:
    """Take a picture away; for a day it can be had back (`restore_picture`). Twice is once."""
    with in_brand(brand_id):
        product = _locked(brand_id, code)
        key = {"brand": brand_id, "product": product.id, "id": picture, "now": clock.now()}
        if gone := rows(REMOVE, key):
            _note(brand_id, product, "picture_removed", [("pictures", gone[0][0][:12], "")], by)


def restore_picture(brand_id: UUID, code: str, picture: UUID, *, by: str) -> Picture:
    """Have a picture back that was taken away, where it stood. Raises NotFound when it is gone for good."""
    with in_brand(brand_id):
        product = _locked(brand_id, code)
        there = pictures_of(brand_id, [product.id]).get(product.id, ())
        if len(there) >= rules.MAX_PICTURES and picture not in {p.id for p in there}:
            fix = f"at most {rules.MAX_PICTURES} pictures; take one away first"
            raise BadInput("too many pictures", Problem("/pictures", "too_many", fix, len(there) + 1))
        if back := rows(RESTORE, {"brand": brand_id, "product": product.id, "id": picture}):
            _note(brand_id, product, "picture_added", [("pictures", "", back[0][0][:12])], by)
        return _one(brand_id, product, picture)


def _drop_old(brand: UUID) -> None:
    """Bytes of pictures that nobody wanted back within a day."""
    if old := [i for (i,) in rows(OLD, {"brand": brand, "now": clock.now()})]:
        execute(OLD_ROWS, {"brand": brand, "ids": old})


def _locked(brand: UUID, code: str) -> Product:
    product = products_by_code(brand, [code], locked=True).get(code)
    if product is None:
        raise NotFound(f"no product {code}")
    return product


def _one(brand: UUID, product: Product, picture: UUID) -> Picture:
    found = next((p for p in pictures_of(brand, [product.id]).get(product.id, ()) if p.id == picture), None)
    if found is None:
        raise NotFound("this picture is gone")
    return found


def _note(brand: UUID, product: Product, what: str, diff: Sequence[tuple[str, str, str]], by: str) -> None:
    """The product's history, the audit trail, and word to those who show it; its version is what it says in words."""
    row: dict[str, Any] = {"ids": [uuid7()], "product": [product.id], "version": [product.version], "what": [what]}
    execute(CHANGES, {"brand": brand, "by": by[:120], "now": clock.now(), "reason": "", **row, "diff": [_json(diff)]})
    old, new = {k: a for k, a, _ in diff if a}, {k: b for k, _, b in diff if b}
    audit.record(
        brand=brand, actor=by, verb=f"product.{what}", subject=f"product {product.code}", before=old, after=new
    )
    outbox.emit(ProductChanged(product.id, product.code, product.state.value, product.version, by))


def _json(value: object) -> str:
    return msgspec.json.encode(value).decode()
