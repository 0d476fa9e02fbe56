"""The category tree, assortments, and how far each reaches."""

from __future__ import annotations

from collections import OrderedDict
from uuid import UUID

import msgspec

from datong.catalog.rules import EVERYWHERE, Range, is_open, path_of
from datong.catalog.types import About, AssortmentLine, Category, CategoryRun, ChoiceOut, Coverage, Place
from datong.kernel.db import in_brand, rows

MAX_BRANDS_REMEMBERED = 256
_ranges: OrderedDict[UUID, Range] = OrderedDict()

CATEGORIES = """
    SELECT code, title, parent, run, titles::text, position FROM catalog_category
     WHERE brand_id = %(brand)s ORDER BY position, title, code LIMIT 20000
"""


def categories_of(brand_id: UUID) -> dict[str, Category]:
    """The nodes of the tree by code, in the order they are shown."""
    with in_brand(brand_id):
        found = rows(CATEGORIES, {"brand": brand_id})
    return {
        code: Category(code, title, parent, CategoryRun(run), msgspec.json.decode(titles), position)
        for code, title, parent, run, titles, position in found
    }


RANGE = """
    SELECT place, place_id, about, key, listed, NULL, NULL::timestamptz FROM catalog_assortment
     WHERE brand_id = %(brand)s
    UNION ALL SELECT 'tree', NULL, '', code, NULL, parent, NULL FROM catalog_category WHERE brand_id = %(brand)s
    UNION ALL SELECT 'choice', place_id, '', choice, NULL, NULL, until FROM catalog_choiceoff WHERE brand_id = %(brand)s
    UNION ALL SELECT 'stamp', stamp, '', '', NULL, NULL, NULL FROM catalog_epoch
     WHERE brand_id = %(brand)s AND what = 'range'
"""


def range_of(stamp: UUID | None, brand: UUID) -> Range:
    """What is sold where; read again, in one statement, when `stamp` is not the one remembered. Inside in_brand."""
    if stamp is None:
        return EVERYWHERE
    known = _ranges.get(brand)
    if known is None or known.stamp != stamp:
        lines, tree, out = [], {}, []
        for place, place_id, about, key, listed, parent, until in rows(RANGE, {"brand": brand}):
            if place == "stamp":
                stamp = place_id
            elif place == "tree":
                tree[key] = Category(key, key, parent)
            elif place == "choice":
                out.append(ChoiceOut(key, place_id if place_id.int else None, until))
            else:
                lines.append((place, place_id, about, key, listed))
        known = _ranges[brand] = Range(stamp, lines, tree, out)
        while len(_ranges) > MAX_BRANDS_REMEMBERED:
            _ranges.popitem(last=False)
    return known


NOT_AT = """
    SELECT id, coalesce(product_id::text, ''), category,
           (SELECT stamp FROM catalog_epoch WHERE brand_id = %(brand)s AND what = 'range')
      FROM catalog_item WHERE brand_id = %(brand)s AND id = ANY(%(items)s::uuid[])
"""


def stores_without(brand_id: UUID, items: list[UUID]) -> dict[UUID, frozenset[UUID]]:
    """For each item that is not sold everywhere, the stores that do not sell it; one statement, two after a change."""
    if not items:
        return {}
    with in_brand(brand_id):
        found = rows(NOT_AT, {"brand": brand_id, "items": items})
        sold = range_of(found[0][3] if found else None, brand_id)
    missing = {item: sold.not_at(product, category) for item, product, category, _ in found}
    return {item: stores for item, stores in missing.items() if stores}


LINES = """
    SELECT a.place, a.place_id, a.about, coalesce(p.code, a.key), a.listed, a.set_by, a.set_at
      FROM catalog_assortment a
      LEFT JOIN catalog_product p ON a.about = 'product' AND p.brand_id = a.brand_id AND p.id::text = a.key
     WHERE a.brand_id = %(brand)s AND (%(place)s::uuid IS NULL OR a.place_id = %(place)s)
       AND (%(product)s = '' OR (a.about = 'product' AND p.code = %(product)s))
     ORDER BY a.place, a.place_id, a.about, 4 LIMIT %(limit)s
"""


def assortment_of(
    brand_id: UUID, *, place_id: UUID | None = None, product: str = "", limit: int = 2000
) -> list[AssortmentLine]:
    """The lines of a place's assortment, or all that speak of a product, or the brand's."""
    key = {"brand": brand_id, "place": place_id, "product": product, "limit": min(limit, 20_000)}
    with in_brand(brand_id):
        return [
            AssortmentLine(Place(place), where, About(about), name, listed, by, at)
            for place, where, about, name, listed, by, at in rows(LINES, key)
        ]


ON_SALE = """
    SELECT id::text, category, (SELECT stamp FROM catalog_epoch WHERE brand_id = %(brand)s AND what = 'range')
      FROM catalog_product WHERE brand_id = %(brand)s AND state = 'on_sale'
"""


def coverage(brand_id: UUID, channels: list[UUID]) -> list[Coverage]:
    """The tree, top down, with the products on sale in each category and below, and how many each channel sells.

    Categories that products carry and the tree does not know stand at the end, `known` False.
    """
    with in_brand(brand_id):
        tree = categories_of(brand_id)
        products = rows(ON_SALE, {"brand": brand_id})
        sold = range_of(products[0][2] if products else None, brand_id)
    counts: dict[str, int] = {}
    by_channel: dict[str, dict[UUID, int]] = {}
    for product, category, _ in products:
        doors = [channel for channel in channels if sold.sold_by(channel, product, category)]
        for step in path_of(category, tree) or [""]:
            counts[step] = counts.get(step, 0) + 1
            own = by_channel.setdefault(step, {})
            for channel in doors:
                own[channel] = own.get(channel, 0) + 1
    nodes = [(category, depth, True) for category, depth in _in_order(tree)]
    nodes += [(Category(code, code), 0, False) for code in sorted(counts) if code not in tree]
    return [
        Coverage(
            category=category,
            depth=depth,
            products=counts.get(category.code, 0),
            share_bps=counts.get(category.code, 0) * 10_000 // max(len(products), 1),
            open=is_open(category.code, tree),
            channels=by_channel.get(category.code, {}),
            known=known,
        )
        for category, depth, known in nodes
    ]


def _in_order(tree: dict[str, Category], parent: str = "", depth: int = 0) -> list[tuple[Category, int]]:
    found = []
    for category in tree.values():
        if category.parent == parent:
            found.append((category, depth))
            found += _in_order(tree, category.code, depth + 1)
    return found
