"""What a customer may browse at a door: page by page, by category, by what is typed.

A thing is on the shelf when it is active, has a price in force, its product (if it has one) is on sale, and the
door's assortment sells it. Its price is `quote`'s; nothing here says one.
"""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from datong.brand.types import Channel
from datong.catalog import rules
from datong.catalog.queries.categories import categories_of, range_of
from datong.catalog.types import Category, ItemKind, ShelfHits, Shelved
from datong.kernel import clock
from datong.kernel.db import in_brand, rows

MAX_PAGE = 100
MAX_HITS = 240
MAX_ROUNDS = 6
COUNTED_S = 30.0
"""How old the counts by category may be: they say how much there is, not what it costs."""
MAX_BRANDS_REMEMBERED = 256

ON_SHELF = """
       i.active
   AND (i.product_id IS NULL OR (p.state = 'on_sale' AND NOT EXISTS (
           SELECT 1 FROM catalog_item j
            WHERE j.brand_id = i.brand_id AND j.product_id = i.product_id AND j.active AND j.sku < i.sku)))
   AND EXISTS (SELECT 1 FROM catalog_price c
                WHERE c.brand_id = i.brand_id AND c.item_id = i.id AND c.price_list = ANY(%(lists)s::text[])
                  AND c.valid_from <= %(now)s AND (c.valid_to IS NULL OR c.valid_to > %(now)s))
"""
SHOWN = """
    i.id, i.sku, coalesce(p.title, i.title), i.kind, coalesce(p.category, i.category), i.titles::text,
    (p.body -> 'texts')::text, i.product_id, coalesce(jsonb_array_length(p.body -> 'variants'), 1),
    (SELECT stamp FROM catalog_epoch WHERE brand_id = %(brand)s AND what = 'range')
"""
JOINED = "catalog_item i LEFT JOIN catalog_product p ON p.brand_id = i.brand_id AND p.id = i.product_id"
PAGE = f"""
    SELECT {SHOWN} FROM {JOINED}
     WHERE i.brand_id = %(brand)s AND i.id > %(after)s AND {ON_SHELF}
     ORDER BY i.id LIMIT %(limit)s
"""  # noqa: S608  constants only
PAGE_OF = f"""
    SELECT {SHOWN} FROM {JOINED}
     WHERE i.brand_id = %(brand)s AND i.category = ANY(%(categories)s::text[]) AND i.id > %(after)s AND {ON_SHELF}
     ORDER BY i.id LIMIT %(limit)s
"""  # noqa: S608  constants only
NIL = UUID(int=0)


def browse(
    brand_id: UUID, channel: Channel, *, category: str = "", after: UUID | None = None, limit: int = 24
) -> list[Shelved]:
    """A page of what the door sells, in the order the brand entered it, after the item `after`.

    `category`: it and those below it. One statement, unless the door's assortment leaves much of a page out.
    """
    limit, at, found = min(max(limit, 1), MAX_PAGE), after or NIL, []
    with in_brand(brand_id):
        key = _key(brand_id, channel) | {"limit": limit + 8}
        if category:
            key["categories"] = below(category, categories_of(brand_id))
        for _ in range(MAX_ROUNDS):
            page = rows(PAGE_OF if category else PAGE, key | {"after": at})
            found += _sold(page, brand_id, channel)
            if len(found) >= limit or len(page) < key["limit"]:
                break
            at = page[-1][0]
    return found[:limit]


def below(category: str, tree: Mapping[str, Category]) -> list[str]:
    """The category and all below it."""
    return [category, *(code for code in tree if code != category and category in rules.path_of(code, tree))]


def _key(brand_id: UUID, channel: Channel) -> dict[str, Any]:
    return {"brand": brand_id, "lists": sorted({"", channel.price_list}), "now": clock.now()}


def _sold(page: list[tuple[Any, ...]], brand_id: UUID, channel: Channel) -> list[Shelved]:
    """Those of the rows that the door's assortment sells."""
    sold = range_of(page[0][-1] if page else None, brand_id)
    return [_shelved(row) for row in page if sold.sold_by(channel.id, str(row[7] or ""), row[4])]


def _shelved(row: tuple[Any, ...]) -> Shelved:
    item_id, sku, title, kind, category, titles, texts, product, skus, _ = row
    said: dict[str, str] = msgspec.json.decode(titles)
    if product is not None:
        spoken = msgspec.json.decode(texts or "{}").items()
        said = {language: words["title"] for language, words in spoken if words.get("title")}
    return Shelved(item_id, sku, title, ItemKind(kind), category, said, product, skus)


COUNT = f"""
    SELECT i.category, coalesce(i.product_id::text, ''), count(*),
           (SELECT stamp FROM catalog_epoch WHERE brand_id = %(brand)s AND what = 'range')
      FROM {JOINED} WHERE i.brand_id = %(brand)s AND {ON_SHELF} GROUP BY 1, 2
"""  # noqa: S608  constants only
_counts: OrderedDict[tuple[UUID, UUID], tuple[float, dict[str, int]]] = OrderedDict()


def shelf_counts(brand_id: UUID, channel: Channel) -> dict[str, int]:
    """How many things the door sells by the category they carry; at most COUNTED_S old."""
    known = _counts.get((brand_id, channel.id))
    if known is not None and time.monotonic() - known[0] < COUNTED_S:
        return known[1]
    with in_brand(brand_id):
        found = rows(COUNT, _key(brand_id, channel))
        sold = range_of(found[0][-1] if found else None, brand_id)
    counts: dict[str, int] = {}
    for category, product, n, _ in found:
        if sold.sold_by(channel.id, product, category):
            counts[category] = counts.get(category, 0) + n
    _counts[brand_id, channel.id] = time.monotonic(), counts
    while len(_counts) > MAX_BRANDS_REMEMBERED:
        _counts.popitem(last=False)
    return counts


def forget_counts() -> None:
    """Count anew at the next look."""
    _counts.clear()


SEARCH = "SELECT id, how FROM catalog_search_shelf(%(every)s::text[], %(close)s, %(pairs)s::text[], %(limit)s)"
FOUND = f"""
    SELECT {SHOWN} FROM {JOINED}
     WHERE i.brand_id = %(brand)s AND {ON_SHELF} AND i.id IN (
           SELECT coalesce(f.id, h.id)
             FROM catalog_item h
             LEFT JOIN LATERAL (SELECT j.id FROM catalog_item j
                                 WHERE j.brand_id = h.brand_id AND j.product_id = h.product_id AND j.active
                                 ORDER BY j.sku LIMIT 1) f ON h.product_id IS NOT NULL
            WHERE h.brand_id = %(brand)s AND h.id = ANY(%(ids)s::uuid[]))
"""  # noqa: S608  constants only
OF_HITS = """
    SELECT id, coalesce(product_id, id) FROM catalog_item WHERE brand_id = %(brand)s AND id = ANY(%(ids)s::uuid[])
"""


def search_shelf(brand_id: UUID, channel: Channel, text: str, *, categories: Collection[str] = ()) -> ShelfHits:
    """What the door sells that has every word of `text` in a SKU, GTIN or title of any language, best first.

    When nothing has, what is written nearly so: by letters in threes, Chinese by characters in twos. At most MAX_HITS.
    """
    words = words_of(text)
    if not words or not rules.storable(text):
        return ShelfHits(())
    key = {
        "every": [f"%{word.translate(LITERAL)}%" for word in words],
        "close": " ".join(words),
        "pairs": [f"%{pair.translate(LITERAL)}%" for pair in pairs_of("".join(words))],
        "limit": MAX_HITS,
    }
    with in_brand(brand_id):
        hits = rows(SEARCH, key)
        if not hits:
            return ShelfHits(())
        ids = [item_id for item_id, _ in hits]
        shown = _sold(rows(FOUND, _key(brand_id, channel) | {"ids": ids}), brand_id, channel)
        whose = dict(rows(OF_HITS, {"brand": brand_id, "ids": ids}))
    rank: dict[UUID, int] = {}
    for n, item_id in enumerate(ids):
        rank.setdefault(whose[item_id], n)
    shown.sort(key=lambda one: rank[one.product_id or one.item_id])
    if categories:
        shown = [one for one in shown if one.category in categories]
    return ShelfHits(tuple(shown), close=hits[0][1] != "all")


def words_of(text: str) -> list[str]:
    """The words of what was typed, the longest first, at most eight."""
    return sorted({word for word in text.lower().split() if word}, key=lambda word: (-len(word), word))[:8]


def pairs_of(text: str) -> list[str]:
    """Every two neighbouring Chinese characters; what stands for threes of letters, which Chinese has none of."""
    near = zip(text, text[1:], strict=False)
    return list(dict.fromkeys(a + b for a, b in near if a >= "\u2e80" and b >= "\u2e80"))[:20]


LITERAL = str.maketrans({"\\": "\\\\", "%": "\\%", "_": "\\_"})


def on_shelf(brand_id: UUID, channel: Channel, sku: str, *, at: datetime | None = None) -> bool:
    """Whether the door shows this SKU: it is active, has a price, and product and assortment sell it."""
    if not rules.is_sku(sku):
        return False
    with in_brand(brand_id):
        found = rows(ONE, _key(brand_id, channel) | {"sku": sku})
        return bool(_sold(found, brand_id, channel))


ONE = f"""
    SELECT {SHOWN} FROM {JOINED}
     WHERE i.brand_id = %(brand)s AND i.sku = %(sku)s AND i.active AND (i.product_id IS NULL OR p.state = 'on_sale')
       AND EXISTS (SELECT 1 FROM catalog_price c
                    WHERE c.brand_id = i.brand_id AND c.item_id = i.id AND c.price_list = ANY(%(lists)s::text[])
                      AND c.valid_from <= %(now)s AND (c.valid_to IS NULL OR c.valid_to > %(now)s))
"""  # noqa: S608  constants only
