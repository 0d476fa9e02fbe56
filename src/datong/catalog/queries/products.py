"""Products, their templates and their history."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

import msgspec

from datong.catalog.rules import built_in, storable
from datong.catalog.types import Product, ProductChange, ProductFilter, Template
from datong.kernel.db import in_brand, rows

MAX_PAGE = 1000
EVERY = ProductFilter()
_product = msgspec.json.Decoder(Product).decode
_template = msgspec.json.Decoder(Template).decode

TEMPLATES = "SELECT body FROM catalog_template WHERE brand_id = %(brand)s ORDER BY code LIMIT 1000"


def templates_of(brand_id: UUID) -> dict[str, Template]:
    """The built-in templates and the brand's own, by code; a copy of the brand's stands in for the built-in one."""
    with in_brand(brand_id):
        own = [_template(body) for (body,) in rows(TEMPLATES, {"brand": brand_id})]
    return {**built_in(), **{template.code: template for template in own}}


BY_CODE = "SELECT body FROM catalog_product WHERE brand_id = %(brand)s AND code = ANY(%(codes)s::text[])"
BY_CODE_LOCKED = BY_CODE + " ORDER BY code FOR UPDATE"


def products_by_code(brand_id: UUID, codes: Iterable[str], *, locked: bool = False) -> dict[str, Product]:
    """Those that exist; one statement."""
    wanted = [code for code in codes if storable(code)]
    with in_brand(brand_id):
        found = rows(BY_CODE_LOCKED if locked else BY_CODE, {"brand": brand_id, "codes": wanted})
    products = [_product(body) for (body,) in found]
    return {product.code: product for product in products}


OF_ITEMS = """
    SELECT i.sku, p.body FROM catalog_item i JOIN catalog_product p ON p.brand_id = i.brand_id AND p.id = i.product_id
     WHERE i.brand_id = %(brand)s AND i.sku = ANY(%(skus)s::text[])
"""


def products_of_skus(brand_id: UUID, skus: Iterable[str]) -> dict[str, Product]:
    """The product of each SKU that belongs to one."""
    with in_brand(brand_id):
        found = rows(OF_ITEMS, {"brand": brand_id, "skus": [sku for sku in skus if storable(sku)]})
    return {sku: _product(body) for sku, body in found}


PAGE = """
    SELECT body FROM catalog_product
     WHERE brand_id = %(brand)s AND code > %(after)s
       AND (%(template)s = '' OR template = %(template)s) AND (%(state)s = '' OR state = %(state)s)
       AND (%(category)s = '' OR category = %(category)s) AND (%(tag)s = '' OR %(tag)s = ANY(tags))
       AND NOT EXISTS (SELECT 1 FROM unnest(%(words)s::text[]) w WHERE strpos(words, w) = 0)
     ORDER BY code LIMIT %(limit)s
"""


def list_products(brand_id: UUID, wanted: ProductFilter = EVERY) -> list[Product]:
    """A page in order of code. A row is found by every word of the text in its code, titles, SKUs or GTINs."""
    if not storable(wanted.text, wanted.template, wanted.category, wanted.tag, wanted.after):
        return []
    key: dict[str, Any] = {
        "brand": brand_id,
        "after": wanted.after,
        "template": wanted.template,
        "state": wanted.state.value if wanted.state else "",
        "category": wanted.category,
        "tag": wanted.tag,
        "words": wanted.text.lower().split()[:8],
        "limit": min(max(wanted.limit, 1), MAX_PAGE),
    }
    with in_brand(brand_id):
        return [_product(body) for (body,) in rows(PAGE, key)]


COUNTS = """
    SELECT 'state' AS what, state AS word, count(*) AS n FROM catalog_product WHERE brand_id = %(brand)s GROUP BY 2
    UNION ALL SELECT 'template', template, count(*) FROM catalog_product WHERE brand_id = %(brand)s GROUP BY 2
    UNION ALL SELECT 'category', category, count(*) FROM catalog_product WHERE brand_id = %(brand)s GROUP BY 2
    UNION ALL SELECT 'tag', tag, count(*) FROM catalog_product, unnest(tags) tag WHERE brand_id = %(brand)s GROUP BY 2
"""


def count_products(brand_id: UUID) -> dict[str, dict[str, int]]:
    """How many products there are by state, template, category and tag (S-130, S-136)."""
    found: dict[str, dict[str, int]] = {"state": {}, "template": {}, "category": {}, "tag": {}}
    with in_brand(brand_id):
        for what, word, n in rows(COUNTS, {"brand": brand_id}):
            found[what][word] = n
    return found


CHOICES = """
    SELECT DISTINCT c ->> 'code', c ->> 'title', (c -> 'titles')::text
      FROM catalog_product p, jsonb_array_elements(p.body -> 'modifiers') m, jsonb_array_elements(m -> 'choices') c
     WHERE p.brand_id = %(brand)s AND p.state <> 'withdrawn' LIMIT 20000
"""


def choice_names(brand_id: UUID) -> set[str]:
    """What the choices (做法, 加料) of the brand's products go by: codes and titles, case folded; one statement."""
    found: set[str] = set()
    with in_brand(brand_id):
        for code, title, titles in rows(CHOICES, {"brand": brand_id}):
            found |= {
                code.casefold(),
                title.casefold(),
                *map(str.casefold, msgspec.json.decode(titles or "{}").values()),
            }
    return found


HISTORY = """
    SELECT version, what, by, at, reason, diff::text FROM catalog_productchange
     WHERE brand_id = %(brand)s AND product_id = %(product)s ORDER BY id DESC LIMIT %(limit)s
"""


def product_history(brand_id: UUID, product_id: UUID, *, limit: int = 200) -> list[ProductChange]:
    """What was changed, latest first."""
    with in_brand(brand_id):
        found = rows(HISTORY, {"brand": brand_id, "product": product_id, "limit": min(limit, 1000)})
    return [
        ProductChange(version, what, by, at, reason, tuple((a, b, c) for a, b, c in msgspec.json.decode(diff)))
        for version, what, by, at, reason, diff in found
    ]


USED_IN = """
    SELECT DISTINCT p.code, p.title, p.state
      FROM catalog_item i
      JOIN catalog_itempart u ON u.brand_id = i.brand_id AND u.part_id = i.id
      JOIN catalog_item b ON b.brand_id = u.brand_id AND b.id = u.item_id
      JOIN catalog_product p ON p.brand_id = b.brand_id AND p.id = b.product_id
     WHERE i.brand_id = %(brand)s AND i.sku = ANY(%(skus)s::text[]) ORDER BY p.code LIMIT 100
"""


def used_in(brand_id: UUID, skus: Sequence[str]) -> list[tuple[str, str, str]]:
    """The bundles, menus and options that use these SKUs up: (code, title, state) of their products."""
    with in_brand(brand_id):
        return [(code, title, state) for code, title, state in rows(USED_IN, {"brand": brand_id, "skus": list(skus)})]
