"""SKUs as variants of products (规格): what rows that name one product say of it together.

A row with a product's code is one SKU of it. Title, template, category, tax class, kind and attributes are the
product's; an empty cell of a later row says what the first row said.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from datong.catalog import api as catalog
from datong.catalog.types import AttributeType, Item, ItemKind, Product, ProductState, Template, Variant, Words
from datong.imports.rules import cells
from datong.imports.types import Change, Context, Facts, Raw, Row, State, Wrong
from datong.kernel.ids import uuid7

TEMPLATE = "retail"
SHARED = ("title", "title_en", "title_zh", "template", "category", "tax_class", "kind", "attributes")
BATCH = 1000
_CODE = re.compile(r"[A-Za-z0-9._-]{1,60}")


def code(raw: Raw, facts: Facts) -> str:
    found: str = cells.code(60)(raw, facts)
    if not _CODE.fullmatch(found):
        raise Wrong("product_code")
    return found


def pairs(raw: Raw, facts: Facts) -> dict[str, str]:
    """'size: S; color: Sand' as names and values."""
    found: dict[str, str] = {}
    for part in re.split(r"[;；\n]", cells.text(4000)(raw, facts)):
        name, _, value = (part.strip() for part in part.replace("：", ":").partition(":"))
        if name and value:
            found[name] = value
        elif name or value:
            raise Wrong("pairs")
    return found


def look(rows: Sequence[Row], context: Context) -> None:
    """Fill in what the product's other rows, or the product as it stands, say; one statement."""
    codes = {row.values["product"] for row in rows if "product" in row.values}
    if not codes:
        return
    heads: dict[str, dict[str, Any]] = context.once("heads", dict)
    standing = catalog.products_by_code(context.brand.id, codes - heads.keys())
    for each in codes - heads.keys():
        heads[each] = {}
    said: dict[tuple[str, str], Any] = {}
    for row in rows:
        for name in SHARED:
            if "product" in row.values and name in row.values:
                said.setdefault((row.values["product"], name), row.values[name])
    for (each, name), value in said.items():
        heads[each].setdefault(name, value)
    for each, product in standing.items():
        base = _head_of(product)
        merged = {**base["attributes"], **heads[each].get("attributes", {})}
        heads[each] = {**base, **heads[each], "attributes": merged}
    known = templates(context)
    for row in rows:
        if head := heads.get(row.values.get("product", "")):
            row.values |= {name: value for name, value in head.items() if name not in row.values}
            if "attributes" in head:
                row.values["attributes"] = {**head["attributes"], **row.values["attributes"]}
        if row.values.get("template", TEMPLATE) not in known:
            row.wrong("template", "choice", offered=", ".join(known))


def across(row: Row, said: dict[tuple[str, str], tuple[Any, int]]) -> None:
    """Note a cell that says something else of the product than a row above it."""
    if "product" not in row.values:
        return
    for name in SHARED:
        if name in row.cells and name in row.values:
            value, above = said.setdefault((row.values["product"], name), (row.values[name], row.line))
            if value != row.values[name]:
                row.wrong(name, "differs", product=row.values["product"], above=above)


def templates(context: Context) -> Mapping[str, Template]:
    found: Mapping[str, Template] = context.once("templates", lambda: catalog.templates_of(context.brand.id))
    return found


def _head_of(product: Product) -> dict[str, Any]:
    titles = {"title_en": "en", "title_zh": "zh-Hans"}
    return {
        "title": product.title,
        "template": product.template,
        "category": product.category,
        "tax_class": product.tax_class,
        "kind": product.kind.value,
        "attributes": {name: shown(value) for name, value in product.attributes.items()},
        **{name: product.texts[language].title for name, language in titles.items() if language in product.texts},
    }


def state_of(item: Item, product: Product) -> State:
    """What a SKU of a product is, beyond what every SKU is; its titles are the product's."""
    variant = next((v for v in product.variants if v.sku == item.sku), Variant(item.sku))
    return {
        "title": product.title,
        "titles": {language: words.title for language, words in product.texts.items() if words.title},
        "product": product.code,
        "template": product.template,
        "options": dict(variant.values),
        "attributes": {name: shown(value) for name, value in product.attributes.items()},
    }


def wanted(state: State, values: Mapping[str, Any], context: Context) -> State:
    """The state with what a row says of its product; a SKU that is of none stays so."""
    of = values.get("product") or state.get("product")
    if not of:
        return state
    template = values.get("template") or state.get("template") or TEMPLATE
    kinds = {a.code: a.type for a in templates(context)[template].attributes}
    given = {name: shown(typed(kinds.get(name), text)) for name, text in values.get("attributes", {}).items()}
    if "product" not in state and "kind" not in values:
        state = {**state, "kind": templates(context)[template].kind.value}
    return {
        **state,
        "product": of,
        "template": template,
        "options": values.get("options", state.get("options", {})),
        "attributes": {**state.get("attributes", {}), **given},
    }


def typed(kind: AttributeType | None, text: str) -> str | int | bool:
    """An attribute's value as its template wants it; what cannot be one stays text, and is refused by its name."""
    if kind is AttributeType.WHOLE and re.fullmatch(r"-?\d{1,15}", text):
        return int(text)
    if kind is AttributeType.YES_NO and text.lower() in cells.YES | cells.NO:
        return text.lower() in cells.YES
    return text


def shown(value: str | int | bool) -> str:
    return ("yes" if value else "no") if isinstance(value, bool) else str(value)


def told(found: Mapping[str, str]) -> str:
    return "; ".join(f"{name}: {value}" for name, value in found.items())


def put(changes: Iterable[tuple[str, State]], context: Context, reason: str) -> None:
    """Make these SKUs variants of their products; their items are there. New products are on sale."""
    groups: dict[str, list[tuple[str, State]]] = {}
    for sku, state in changes:
        groups.setdefault(state["product"], []).append((sku, state))
    before = catalog.products_by_code(context.brand.id, groups)
    products = [_product(each, rows, before.get(each), templates(context)) for each, rows in groups.items()]
    for start in range(0, len(products), BATCH):
        catalog.put_products(context.brand.id, products[start : start + BATCH], by=context.by, reason=reason)
    for product in before.values():
        if product.state is ProductState.WITHDRAWN and not product.variants:  # an import of it was taken back
            for step in (ProductState.DEVELOPMENT, ProductState.READY, ProductState.ON_SALE):
                catalog.set_state(context.brand.id, product.code, step, by=context.by, reason=reason)


def _product(
    of: str, rows: Sequence[tuple[str, State]], before: Product | None, known: Mapping[str, Template]
) -> Product:
    state = rows[-1][1]
    template = known[state["template"]]
    kinds = {a.code: a.type for a in template.attributes}
    on_sale = ProductState.ON_SALE if any(row["active"] for _, row in rows) else ProductState.IDEA
    base = before or Product(
        uuid7(), of, template.code, state["title"], on_sale, modifiers=template.modifiers, composed=template.composed
    )
    variants = {variant.sku: variant for variant in base.variants}
    for sku, row in rows:
        variant = variants.get(sku, Variant(sku))
        variants[sku] = replace(variant, values=row["options"], gtin=row["gtin"], active=row["active"])
    texts = {language: replace(words, title="") for language, words in base.texts.items()}
    texts |= {language: replace(texts.get(language, Words()), title=text) for language, text in state["titles"].items()}
    return replace(
        base,
        template=template.code,
        title=state["title"],
        kind=ItemKind(state["kind"]),
        category=state["category"],
        tax_class=state["tax_class"],
        axes=tuple(dict.fromkeys([*base.axes, *(axis for _, row in rows for axis in row["options"])])),
        attributes={name: typed(kinds.get(name), text) for name, text in state["attributes"].items()},
        variants=tuple(variants.values()),
        texts=texts,
    )


def leave(changes: Sequence[Change], context: Context, reason: str) -> None:
    """These SKUs are of their product no more; a product without any SKU on sale is withdrawn."""
    groups: dict[str, set[str]] = {}
    for change in changes:
        groups.setdefault(change.after["product"], set()).add(change.key[1])
    kept = []
    for product in catalog.products_by_code(context.brand.id, groups).values():
        variants = tuple(v for v in product.variants if v.sku not in groups[product.code])
        if not any(v.active for v in variants) and product.state is not ProductState.WITHDRAWN:
            catalog.set_state(context.brand.id, product.code, ProductState.WITHDRAWN, by=context.by, reason=reason)
        kept.append(replace(product, variants=variants))
    for start in range(0, len(kept), BATCH):
        catalog.put_products(context.brand.id, kept[start : start + BATCH], by=context.by, reason=reason)
