"""Writes of the category tree and of what is sold where."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

import msgspec

from datong.catalog import rules
from datong.catalog.actions.common import stamp
from datong.catalog.events import CatalogPut
from datong.catalog.queries.categories import categories_of
from datong.catalog.queries.products import products_by_code
from datong.catalog.types import About, AssortmentLine, Category
from datong.kernel import audit, clock, outbox
from datong.kernel.db import execute, in_brand, rows
from datong.kernel.errors import BadInput, BadValue, Conflict, NotFound, Problem

MAX_LINES = 5000

PUT_CATEGORIES = """
    INSERT INTO catalog_category (brand_id, code, title, titles, parent, run, position)
    SELECT %(brand)s, * FROM unnest(%(codes)s::text[], %(names)s::text[], %(titles)s::jsonb[], %(parents)s::text[],
                                    %(runs)s::text[], %(positions)s::int[])
    ON CONFLICT (brand_id, code) DO UPDATE
       SET title = excluded.title, titles = excluded.titles, parent = excluded.parent, run = excluded.run,
           position = excluded.position
"""


def put_categories(brand_id: UUID, categories: Sequence[Category], *, by: str) -> int:
    """Add categories or change them; all or nothing. Raises BadInput: unknown parents, cycles, too deep."""
    if len(categories) > MAX_LINES:
        raise BadValue("categories", len(categories), f"at most {MAX_LINES} at once")
    with in_brand(brand_id):
        stamp(brand_id, "range")
        before = categories_of(brand_id)
        tree = before | {category.code: category for category in categories}
        if problems := rules.problems_of_tree(tree, categories):
            raise BadInput(f"{len(problems)} values of the categories cannot be used", *problems[:100])
        put = list({category.code: category for category in categories}.values())
        columns = {
            "codes": [c.code for c in put],
            "names": [c.title for c in put],
            "titles": [msgspec.json.encode(c.titles).decode() for c in put],
            "parents": [c.parent for c in put],
            "runs": [c.run.value for c in put],
            "positions": [c.position for c in put],
        }
        execute(PUT_CATEGORIES, {"brand": brand_id, **columns})
        if len(put) <= 100:
            for c in put:
                old = before.get(c.code)
                was = {"title": old.title, "parent": old.parent, "run": old.run.value} if old else None
                now = {"title": c.title, "parent": c.parent, "run": c.run.value}
                if was != now:
                    subject = f"category {c.code}"
                    audit.record(brand=brand_id, actor=by, verb="category.put", subject=subject, before=was, after=now)
        outbox.emit(CatalogPut(brand_id, "categories", len(put), by))
    return len(put)


IN_USE = """
    SELECT (SELECT count(*) FROM catalog_product WHERE brand_id = %(brand)s AND category = %(code)s),
           (SELECT count(*) FROM catalog_category WHERE brand_id = %(brand)s AND parent = %(code)s)
"""
DROP = "DELETE FROM catalog_category WHERE brand_id = %(brand)s AND code = %(code)s"


def drop_category(brand_id: UUID, code: str, *, by: str) -> None:
    """Take an empty category out of the tree. Conflict while products or categories hang on it; NotFound."""
    with in_brand(brand_id):
        stamp(brand_id, "range")
        ((products, below),) = rows(IN_USE, {"brand": brand_id, "code": code})
        if products or below:
            fix = f"an empty category: it has {products} products and {below} categories below it"
            raise Conflict(f"{code} is in use", Problem("/code", "in_use", fix, code))
        if not execute(DROP, {"brand": brand_id, "code": code}):
            raise NotFound(f"no category {code}")
        audit.record(brand=brand_id, actor=by, verb="category.drop", subject=f"category {code}")
        outbox.emit(CatalogPut(brand_id, "categories", 1, by))


SET = """
    INSERT INTO catalog_assortment (brand_id, place, place_id, about, key, listed, set_by, set_at)
    SELECT %(brand)s, n.*, %(by)s, %(now)s
      FROM unnest(%(places)s::text[], %(ids)s::uuid[], %(abouts)s::text[], %(keys)s::text[], %(listed)s::bool[]) n
    ON CONFLICT (brand_id, place, place_id, about, key) DO UPDATE
       SET listed = excluded.listed, set_by = excluded.set_by, set_at = excluded.set_at
     WHERE catalog_assortment.listed IS DISTINCT FROM excluded.listed
"""
CLEAR = """
    DELETE FROM catalog_assortment a
     USING unnest(%(places)s::text[], %(ids)s::uuid[], %(abouts)s::text[], %(keys)s::text[]) n(place, id, about, key)
     WHERE a.brand_id = %(brand)s AND a.place = n.place AND a.place_id = n.id AND a.about = n.about AND a.key = n.key
"""


def set_assortment(
    brand_id: UUID, lines: Sequence[AssortmentLine], *, by: str, clear: Sequence[AssortmentLine] = ()
) -> int:
    """Say what places sell and do not sell, and take lines back (`clear`); holds at every door from the commit on.

    Raises BadInput for a product or category that does not exist. Safe to send again.
    """
    if len(lines) + len(clear) > MAX_LINES:
        raise BadValue("lines", len(lines) + len(clear), f"at most {MAX_LINES} at once")
    with in_brand(brand_id):
        stamp(brand_id, "range")
        keys = _keys(brand_id, [*lines, *clear])
        put = {(line.place, line.place_id, line.about, keys[line.about, line.key]): line for line in lines}
        now = clock.now()
        if clear:
            execute(CLEAR, {"brand": brand_id, **_columns([(x.place, x.place_id, x.about, keys[x.about, x.key])
                                                           for x in clear])})  # fmt: skip
        if put:
            listed = [line.listed for line in put.values()]
            columns = _columns(list(put))
            execute(SET, {"brand": brand_id, "by": by[:120], "now": now, "listed": listed, **columns})
        if lines or clear:
            after = {f"{x.place} {x.place_id} {x.about} {x.key}"[:80]: x.listed for x in [*put.values()][:50]}
            subject = f"assortment {(lines or clear)[0].place_id}"
            audit.record(brand=brand_id, actor=by, verb="assortment.set", subject=subject, after=after)
        outbox.emit(CatalogPut(brand_id, "assortments", len(lines) + len(clear), by))
    return len(put)


def _columns(keys: Sequence[tuple[object, UUID, object, str]]) -> dict[str, list[object]]:
    return {
        "places": [str(place) for place, _, _, _ in keys],
        "ids": [place_id for _, place_id, _, _ in keys],
        "abouts": [str(about) for _, _, about, _ in keys],
        "keys": [key for _, _, _, key in keys],
    }


def _keys(brand: UUID, lines: Sequence[AssortmentLine]) -> dict[tuple[About, str], str]:
    """How each subject is kept: a product by its id, so that it may be renamed."""
    wanted = [line.key for line in lines if line.about is About.PRODUCT]
    products = products_by_code(brand, wanted) if wanted else {}
    found: dict[tuple[About, str], str] = {}
    problems = []
    for n, line in enumerate(lines):
        if line.about is About.PRODUCT and line.key not in products:
            problems.append(Problem(f"/lines/{n}/key", "unknown_product", "the code of a product", line.key))
        elif line.about is About.CATEGORY and not line.key:
            problems.append(Problem(f"/lines/{n}/key", "missing", "the code of a category", line.key))
        elif line.about is About.PRODUCT:
            found[line.about, line.key] = str(products[line.key].id)
        else:
            found[line.about, line.key] = "" if line.about is About.ALL else line.key
    if problems:
        raise BadInput(f"{len(problems)} lines of the assortment cannot be used", *problems[:100])
    return found
