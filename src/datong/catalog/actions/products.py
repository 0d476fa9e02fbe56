"""Writes of products: put, change the state, derive. Each keeps its version, its history and its entry in the trail."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

import msgspec

from datong.catalog import rules
from datong.catalog.actions.common import stamp
from datong.catalog.actions.items import put_items
from datong.catalog.actions.offers import refresh
from datong.catalog.events import ProductChanged
from datong.catalog.queries.categories import categories_of
from datong.catalog.queries.products import products_by_code, templates_of
from datong.catalog.queries.rates import named_rates, rate_keys
from datong.catalog.types import Item, Product, ProductState, Template
from datong.kernel import audit, clock, outbox
from datong.kernel.db import execute, in_brand, rows
from datong.kernel.errors import BadInput, BadValue, Conflict, NotFound, Problem
from datong.kernel.ids import uuid7

MAX_BATCH = 1000

ITEMS = """
    SELECT i.sku, i.id, i.kind, i.gtin, i.product_id, p.code
      FROM catalog_item i LEFT JOIN catalog_product p ON p.brand_id = i.brand_id AND p.id = i.product_id
     WHERE i.brand_id = %(brand)s AND i.sku = ANY(%(skus)s::text[])
"""
PUT = """
    INSERT INTO catalog_product (brand_id, id, code, template, title, state, category, owner, version, tags, words,
                                 body, changed_at)
    SELECT %(brand)s, n.id, n.code, n.template, n.title, n.state, n.category, n.owner, n.version,
           ARRAY(SELECT jsonb_array_elements_text(n.body->'tags')), n.words, n.body, %(now)s
      FROM unnest(%(id)s::uuid[], %(code)s::text[], %(template)s::text[], %(title)s::text[], %(state)s::text[],
                  %(category)s::text[], %(owner)s::text[], %(version)s::int[], %(words)s::text[], %(body)s::jsonb[])
           AS n(id, code, template, title, state, category, owner, version, words, body)
     ORDER BY n.code
    ON CONFLICT (brand_id, code) DO UPDATE
       SET template = excluded.template, title = excluded.title, state = excluded.state, category = excluded.category,
           owner = excluded.owner, version = excluded.version, tags = excluded.tags, words = excluded.words,
           body = excluded.body, changed_at = excluded.changed_at
"""
CHANGES = """
    INSERT INTO catalog_productchange (brand_id, id, product_id, version, what, by, at, reason, diff)
    SELECT %(brand)s, n.id, n.product, n.version, n.what, %(by)s, %(now)s, %(reason)s, n.diff
      FROM unnest(%(ids)s::uuid[], %(product)s::uuid[], %(version)s::int[], %(what)s::text[], %(diff)s::jsonb[])
           AS n(id, product, version, what, diff)
"""
OWN_ITEMS = """
    UPDATE catalog_item i
       SET product_id = n.product, active = i.active AND n.product IS NOT NULL
      FROM unnest(%(skus)s::text[], %(products)s::uuid[]) AS n(sku, product)
     WHERE i.brand_id = %(brand)s AND i.sku = n.sku
    RETURNING i.id
"""
PARTS_GONE = "DELETE FROM catalog_itempart WHERE brand_id = %(brand)s AND item_id = ANY(%(items)s::uuid[])"
PARTS = """
    INSERT INTO catalog_itempart (brand_id, item_id, choice, part_id, units)
    SELECT %(brand)s, item, choice, part, sum(units)
      FROM unnest(%(items)s::uuid[], %(choices)s::text[], %(parts)s::uuid[], %(units)s::int[])
           AS n(item, choice, part, units)
     GROUP BY item, choice, part
"""


def put_products(
    brand_id: UUID,
    products: Sequence[Product],
    *,
    by: str,
    reason: str = "",
    expected: Mapping[str, int] | None = None,
    what: str = "",
) -> list[Product]:
    """Add products or replace what they say; the code is what counts. All or nothing, and safe to send again.

    A product that is there keeps its id, its state (see `set_state`) and its owner unless another is named; what says
    the same changes nothing. Each variant becomes an item, or takes over the item that has its SKU. Raises BadInput
    naming every field, Conflict when `expected` versions are not what stands (somebody else changed it meanwhile).
    """
    if len(products) > MAX_BATCH:
        raise BadValue("products", len(products), f"at most {MAX_BATCH} at once")
    with in_brand(brand_id):
        stamp(brand_id, "products")
        before = products_by_code(brand_id, [product.code for product in products], locked=True)
        wanted = [_standing(product, before.get(product.code), by) for product in products]
        if expected:
            _check_versions(before, expected)
        items = _items(brand_id, wanted)
        _check(brand_id, wanted, items)
        changed = [p for p in wanted if p.code not in before or rules.diff(before[p.code], p)]
        now = clock.now()
        changed = [replace(p, version=before[p.code].version + 1 if p.code in before else 1, changed_at=now)
                   for p in changed]  # fmt: skip
        if changed:
            _write(brand_id, changed, before, items, by=by, reason=reason, what=what)
        done = {product.code: product for product in changed}
        return [done.get(p.code) or before[p.code] for p in wanted]


def _standing(product: Product, before: Product | None, by: str) -> Product:
    """The product as it would stand: what a put does not decide stays as it was."""
    if before is None:
        return replace(product, owner=product.owner or by)
    return replace(
        product, id=before.id, state=before.state, owner=product.owner or before.owner, version=before.version,
        derived_from=before.derived_from, changed_at=before.changed_at,
    )  # fmt: skip


def _check_versions(before: Mapping[str, Product], expected: Mapping[str, int]) -> None:
    for code, version in expected.items():
        stands = before[code].version if code in before else 0
        if stands != version:
            fix = f"the product as it is now (version {stands}), with your change made again"
            raise Conflict(f"{code} was changed meanwhile", Problem("/version", "changed", fix, version))


def _items(brand: UUID, products: Sequence[Product]) -> dict[str, tuple[Any, ...]]:
    """What is known of the SKUs that the products are, and of those they use: id, kind, gtin, product id, its code."""
    skus = {variant.sku for product in products for variant in product.variants} | rules.skus_used(products)
    found = rows(ITEMS, {"brand": brand, "skus": [sku for sku in skus if rules.is_sku(sku)]})
    return {row[0]: row[1:] for row in found}


def _check(brand: UUID, products: Sequence[Product], items: Mapping[str, tuple[Any, ...]]) -> None:
    templates = templates_of(brand)
    tree = categories_of(brand)
    mine = {variant.sku: product.code for product in products for variant in product.variants}
    problems: list[Problem] = []
    codes: set[str] = set()
    for n, product in enumerate(products):
        template = templates.get(product.template)
        if template is None:
            fix = f"one of {', '.join(templates)}"[:300]
            found = [Problem("/template", "unknown_template", fix, product.template)]
        else:
            found = rules.problems_of_product(
                product, template, open_to_merchants=rules.is_open(product.category, tree)
            )
            if product.state in (ProductState.READY, ProductState.ON_SALE):
                found += [p for p in rules.missing_for(product, template) if p not in found]
        found += rules.unknown_parts(product, {**items, **mine})
        found += _taken(product, items, mine)
        if product.code in codes:
            found.append(Problem("/code", "repeated", "one product a code", product.code))
        codes.add(product.code)
        where = f"/products/{n}" if len(products) > 1 else ""
        problems += [replace(problem, field=where + problem.field) for problem in found]
    if problems:
        raise BadInput(f"{len(problems)} values of the product cannot be used", *problems[:100])


def _taken(product: Product, items: Mapping[str, tuple[Any, ...]], mine: Mapping[str, str]) -> list[Problem]:
    """SKUs that belong to another product already, in the database or in this batch."""
    found = []
    for n, variant in enumerate(product.variants):
        owner = items[variant.sku][4] if variant.sku in items else None
        other = owner if owner and owner != product.code else mine[variant.sku]
        if other != product.code:
            fix = f"a SKU that is not {other}'s"
            found.append(Problem(f"/variants/{n}/sku", "sku_taken", fix, variant.sku))
    return found


def _write(
    brand: UUID,
    products: Sequence[Product],
    before: Mapping[str, Product],
    items: Mapping[str, tuple[Any, ...]],
    *,
    by: str,
    reason: str,
    what: str,
) -> None:
    put_items(brand, [_item(p, v, items.get(v.sku)) for p in products for v in p.variants], by=by)
    _rows(brand, products, before, by=by, reason=reason, what=what)
    owned = {variant.sku: product.id for product in products for variant in product.variants}
    gone = {v.sku: None for p in products if p.code in before for v in before[p.code].variants if v.sku not in owned}
    owners: dict[str, UUID | None] = {**gone, **owned}
    touched = rows(OWN_ITEMS, {"brand": brand, "skus": list(owners), "products": list(owners.values())})
    _put_parts(brand, products, [item for (item,) in touched])
    refresh([item for (item,) in touched], brand=brand)


def _item(product: Product, variant: Any, known: tuple[Any, ...] | None) -> Item:
    """The item of a variant. An item that is taken over keeps its id, and its GTIN unless another is given."""
    return Item(
        id=known[0] if known else uuid7(),
        sku=variant.sku,
        title=rules.sku_title(product, variant),
        kind=product.kind,
        tax_class=product.tax_class,
        category=product.category,
        gtin=variant.gtin or (known[2] if known else ""),
        titles=rules.sku_titles(product, variant),
        active=variant.active,
    )


def _put_parts(brand: UUID, products: Sequence[Product], touched: Sequence[UUID]) -> None:
    """What each SKU uses up, by item; choices use the same whatever the variant."""
    ids = {sku: row[0] for sku, row in _items(brand, products).items()}
    uses = [
        (ids[variant.sku], choice, ids[part.sku], part.units)
        for product in products
        for variant in product.variants
        for choice, parts in (("", variant.parts), *((c.code, c.uses) for g in product.modifiers for c in g.choices))
        for part in parts
    ]
    execute(PARTS_GONE, {"brand": brand, "items": list(touched)})
    if uses:
        found, choices, parts, units = (list(column) for column in zip(*uses, strict=True))
        execute(PARTS, {"brand": brand, "items": found, "choices": choices, "parts": parts, "units": units})


def _rows(
    brand: UUID, products: Sequence[Product], before: Mapping[str, Product], *, by: str, reason: str, what: str
) -> None:
    """The products' own rows, their history, events and trail."""
    now = clock.now()
    plain = ("id", "code", "template", "title", "category", "owner", "version")
    columns: dict[str, Any] = {name: [getattr(product, name) for product in products] for name in plain}
    columns |= {
        "state": [product.state.value for product in products],
        "words": [_words(product) for product in products],
        "body": [msgspec.json.encode(product).decode() for product in products],
    }
    execute(PUT, {"brand": brand, "now": now, **columns})
    diffs = [rules.diff(before.get(product.code), product) for product in products]
    whats = [what or ("changed" if product.code in before else "created") for product in products]
    changes = {
        "ids": [uuid7() for _ in products],
        "product": columns["id"],
        "version": columns["version"],
        "what": whats,
        "diff": [msgspec.json.encode(diff).decode() for diff in diffs],
    }
    execute(CHANGES, {"brand": brand, "by": by[:120], "now": now, "reason": reason[:300], **changes})
    for product, diff, did in zip(products, diffs, whats, strict=True):
        old, new = {k: a for k, a, _ in diff[:40] if a}, {k: b for k, _, b in diff[:40] if b}
        subject = f"product {product.code}"
        audit.record(
            brand=brand, actor=by, verb=f"product.{did}", subject=subject, before=old, after=new, reason=reason
        )
    outbox.emit(*(ProductChanged(p.id, p.code, p.state.value, p.version, by) for p in products))


def _words(product: Product) -> str:
    texts = [words.title for words in product.texts.values()]
    skus = [word for variant in product.variants for word in (variant.sku, variant.gtin)]
    return " ".join([product.code, product.title, *texts, *skus]).lower()


def set_state(
    brand_id: UUID, code: str, state: ProductState, *, by: str, reason: str = "", expected: int | None = None
) -> Product:
    """Take a product a step of its life further; into the state it is in already changes nothing.

    Sold or not at every door from the commit on. Raises BadInput naming what is missing or which steps there are.
    """
    with in_brand(brand_id):
        stamp(brand_id, "products")
        before = products_by_code(brand_id, [code], locked=True)
        if code not in before:
            raise NotFound(f"no product {code}")
        product = before[code]
        if product.state is state:
            return product
        if expected is not None:
            _check_versions(before, {code: expected})
        template = templates_of(brand_id).get(product.template) or Template(product.template, product.template)
        problems = rules.problems_of_state(product, state, template)
        if state is ProductState.ON_SALE:
            problems = [*problems, *_without_rate(brand_id, product, template)]
        if problems:
            raise BadInput(f"{code} cannot be {state.value} yet", *problems)
        changed = replace(product, state=state, version=product.version + 1, changed_at=clock.now())
        _rows(brand_id, [changed], before, by=by, reason=reason, what=f"state_{state.value}")
        ids = [row[0] for sku, row in _items(brand_id, [product]).items() if row[3] == product.id]
        refresh(ids, brand=brand_id)
        return changed


def _without_rate(brand_id: UUID, product: Product, template: Template) -> list[Problem]:
    """The rates a product names that the brand does not have: nobody could say what it pays or costs."""
    named = rate_keys(product, template)
    held = named_rates(brand_id, named.values())
    fix = "a rate that holds or is dated, as the brand's rates name it"
    return [Problem(f"/attributes/{code}", "no_rate", fix, key) for code, key in named.items() if key not in held]


def derive(brand_id: UUID, code: str, new_code: str, title: str, *, by: str) -> Product:
    """A new product from an existing one (S-135): everything but its SKUs and GTINs, as an idea. Safe to send again."""
    if not rules.is_code(new_code):
        raise BadValue("/code", new_code, "letters, digits, dots, dashes and underscores, at most 60")
    with in_brand(brand_id):
        found = products_by_code(brand_id, [code, new_code])
        if code not in found:
            raise NotFound(f"no product {code}")
        if new_code in found:
            if found[new_code].derived_from == code:
                return found[new_code]
            raise Conflict(f"{new_code} is another product", Problem("/code", "taken", "a code not in use", new_code))
        source = found[code]
        variants = tuple(
            replace(variant, sku=f"{new_code}-{n}" if len(source.variants) > 1 else new_code, gtin="", packs=())
            for n, variant in enumerate(source.variants, 1)
        )
        new = replace(
            source, id=uuid7(), code=new_code, title=title.strip() or source.title, state=ProductState.IDEA, owner=by,
            version=1, derived_from=code, variants=variants,
            texts={k: replace(w, title="") for k, w in source.texts.items()},
        )  # fmt: skip
        return put_products(brand_id, [new], by=by, what="derived")[0]
