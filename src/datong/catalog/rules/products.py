"""What may be put into a product, and what its SKUs are called. Each check names everything that is wrong."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal, InvalidOperation

from datong.catalog.rules.checks import is_sku
from datong.catalog.rules.gtin import gtin_fix
from datong.catalog.rules.promotion_checks import MAX_PRICE_MINOR, UNSTORABLE, storable
from datong.catalog.types import (
    Attribute,
    AttributeType,
    Component,
    Modifier,
    Product,
    ProductState,
    Template,
    Variant,
)
from datong.kernel.errors import Problem

ALLERGENS = (
    "celery", "cereals", "crustaceans", "eggs", "fish", "lupin", "milk", "molluscs", "mustard", "nuts", "peanuts",
    "sesame", "soybeans", "sulphites",
)  # fmt: skip
"""Regulation (EU) No 1169/2011, Annex II."""
MAX_VARIANTS, MAX_GROUPS, MAX_CHOICES, MAX_PARTS, MAX_TAGS, MAX_ATTRIBUTES = 200, 30, 60, 100, 20, 80
MAX_UNITS = 10_000

_CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,59}")
_LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Z][a-z]{3})?(-[A-Z]{2})?")
CODE_FIX = "1 to 60 letters, digits, dots, dashes and underscores, a letter or digit first"
Found = Iterator[Problem]


def is_code(text: str) -> bool:
    return bool(_CODE.fullmatch(text))


def problems_of_product(product: Product, template: Template, *, open_to_merchants: bool = True) -> list[Problem]:
    """Everything wrong with a product by itself; required attributes are asked for once it leaves the drawing board."""
    return [
        *_head(product, open_to_merchants),
        *_attributes(product, template),
        *_variants(product),
        *_modifiers(product.modifiers),
        *_texts(product),
    ][:100]


def _head(product: Product, open_to_merchants: bool) -> Found:
    if not is_code(product.code):
        yield _bad("/code", CODE_FIX, product.code)
    if not product.title.strip() or len(product.title) > 120:
        yield _bad("/title", "1 to 120 characters", product.title)
    limits = ("category", 200), ("tax_class", 40), ("unit", 20), ("seller", 120), ("owner", 80)
    for name, most in limits:
        if len(getattr(product, name)) > most:
            yield _bad(f"/{name}", f"at most {most} characters", getattr(product, name)[:80])
    if not storable(product.title, product.seller, product.unit, product.owner, product.category, *product.tags):
        yield _bad("/title", UNSTORABLE, ascii(product.title))
    if not product.tax_class.strip():
        yield _bad("/tax_class", "the name of a tax class, e.g. standard", product.tax_class)
    if product.seller and not open_to_merchants:
        fix = "a category that is open to merchants: this one the brand runs itself"
        yield Problem("/category", "category_self_run", fix, product.category)
    for n, allergen in enumerate(product.allergens):
        if allergen not in ALLERGENS:
            yield _bad(f"/allergens/{n}", f"one of {', '.join(ALLERGENS)}", allergen)
    if not 0 <= product.age_min <= 99:
        yield _bad("/age_min", "years from 0 to 99", product.age_min)
    if len(product.tags) > MAX_TAGS or any(not 0 < len(tag) <= 40 for tag in product.tags):
        yield _bad("/tags", f"at most {MAX_TAGS} tags of 1 to 40 characters", len(product.tags))
    if product.sold_from and product.sold_to and product.sold_to <= product.sold_from:
        yield _bad("/sold_to", "later than sold_from", product.sold_to.isoformat())
    for name in ("sold_from", "sold_to"):
        if (at := getattr(product, name)) is not None and at.tzinfo is None:
            yield _bad(f"/{name}", "a moment with its time zone", at.isoformat())


def _attributes(product: Product, template: Template) -> Found:
    known = {attribute.code: attribute for attribute in template.attributes}
    for code, value in product.attributes.items():
        if code not in known:
            yield _bad(f"/attributes/{code}", f"an attribute of {template.code}: {', '.join(known)}", code)
        elif fix := _value_fix(known[code], value):
            yield _bad(f"/attributes/{code}", fix, value)
    if product.state is not ProductState.IDEA and product.state is not ProductState.DEVELOPMENT:
        yield from missing_attributes(product, template)


def missing_attributes(product: Product, template: Template) -> list[Problem]:
    """The required attributes without a value."""
    return [
        Problem(f"/attributes/{a.code}", "missing", f"{a.title}: required before the product is ready")
        for a in template.attributes
        if a.required and product.attributes.get(a.code, "") == ""
    ]


def _value_fix(attribute: Attribute, value: object) -> str:
    """'' when the value is of the attribute's type, else what would be."""
    if isinstance(value, str) and (len(value) > 10_000 or not storable(value)):
        return "at most 10,000 characters of printable text"
    match attribute.type:
        case AttributeType.WHOLE if type(value) is not int or abs(value) > 10**15:
            return "a whole number"
        case AttributeType.NUMBER if not isinstance(value, str) or not _decimal(value):
            return "a decimal number as text, e.g. '1.5'"
        case AttributeType.YES_NO if type(value) is not bool:
            return "true or false"
        case AttributeType.CHOICE if value not in attribute.choices:
            return f"one of {', '.join(attribute.choices)}"
        case AttributeType.DATE if not isinstance(value, str) or not _date(value):
            return "a date such as 2026-12-31"
        case AttributeType.TEXT | AttributeType.LONG_TEXT | AttributeType.RATE if not isinstance(value, str):
            return "text"
    return ""


def _decimal(text: str) -> bool:
    try:
        return Decimal(text).is_finite()
    except InvalidOperation:
        return False


def _date(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


def _variants(product: Product) -> Found:
    if len(product.variants) > MAX_VARIANTS:
        yield _bad("/variants", f"at most {MAX_VARIANTS}", len(product.variants))
    seen: dict[str, int] = {}
    values: dict[tuple[str, ...], int] = {}
    for n, variant in enumerate(product.variants):
        where = f"/variants/{n}"
        if not is_sku(variant.sku):
            yield _bad(f"{where}/sku", "1 to 60 printable characters without spaces around", variant.sku)
        if seen.setdefault(variant.sku, n) != n:
            yield Problem(f"{where}/sku", "repeated", f"another SKU than variant {seen[variant.sku] + 1}", variant.sku)
        if strange := [axis for axis in variant.values if axis not in product.axes]:
            yield _bad(f"{where}/values", f"values of the axes {', '.join(product.axes) or '(none)'}", strange[0])
        if any(not 0 < len(value) <= 40 or not storable(value) for value in variant.values.values()):
            yield _bad(f"{where}/values", "values of 1 to 40 characters", str(dict(variant.values))[:80])
        key = tuple(variant.values.get(axis, "") for axis in product.axes)
        if variant.active and values.setdefault(key, n) != n:
            fix = f"other values than variant {values[key] + 1}, or one of them switched off"
            yield Problem(f"{where}/values", "repeated", fix, " / ".join(key))
        yield from _codes(variant, where)
        yield from _components(variant.parts, f"{where}/parts")
        if variant.sku in {part.sku for part in variant.parts}:
            yield Problem(f"{where}/parts", "cycle", "parts other than itself", f"{variant.sku} > {variant.sku}")


def _codes(variant: Variant, where: str) -> Found:
    if variant.gtin and (fix := gtin_fix(variant.gtin)):
        yield Problem(f"{where}/gtin", "gtin", fix, variant.gtin)
    seen = {variant.gtin}
    for n, pack in enumerate(variant.packs):
        at = f"{where}/packs/{n}"
        if not 0 < len(pack.title) <= 60 or not storable(pack.title):
            yield _bad(f"{at}/title", "a name of 1 to 60 characters", pack.title)
        if type(pack.factor) is not int or not 2 <= pack.factor <= MAX_UNITS:
            yield _bad(f"{at}/factor", f"2 to {MAX_UNITS} base units", pack.factor)
        if pack.gtin and (fix := gtin_fix(pack.gtin)):
            yield Problem(f"{at}/gtin", "gtin", fix, pack.gtin)
        elif pack.gtin and pack.gtin in seen:
            yield Problem(f"{at}/gtin", "repeated", "a GTIN of its own, not the unit's or another pack's", pack.gtin)
        seen.add(pack.gtin)


def _components(parts: Sequence[Component], where: str) -> Found:
    if len(parts) > MAX_PARTS:
        yield _bad(where, f"at most {MAX_PARTS} parts", len(parts))
    for n, part in enumerate(parts):
        if not is_sku(part.sku):
            yield _bad(f"{where}/{n}/sku", "a SKU of this brand", part.sku)
        if type(part.units) is not int or not 1 <= part.units <= MAX_UNITS:
            yield _bad(f"{where}/{n}/units", f"1 to {MAX_UNITS} units", part.units)


def _modifiers(modifiers: Sequence[Modifier]) -> Found:
    if len(modifiers) > MAX_GROUPS:
        yield _bad("/modifiers", f"at most {MAX_GROUPS} groups", len(modifiers))
    codes: dict[str, str] = {}
    for n, group in enumerate(modifiers):
        where = f"/modifiers/{n}"
        yield from _name(group.code, group.title, where)
        if not 0 <= group.least <= group.most or group.most < 1 or group.most > 50:
            yield _bad(f"{where}/least", "least from 0 to most, most from 1 to 50", f"{group.least} to {group.most}")
        if not 0 < len(group.choices) <= MAX_CHOICES:
            yield _bad(f"{where}/choices", f"1 to {MAX_CHOICES} choices", len(group.choices))
        if group.least > sum(choice.most for choice in group.choices):
            yield _bad(f"{where}/least", "no more than all its choices together", group.least)
        for i, choice in enumerate(group.choices):
            at = f"{where}/choices/{i}"
            yield from _name(choice.code, choice.title, at)
            if codes.setdefault(choice.code, at) != at:
                fix = "a code no other choice of the product has"
                yield Problem(f"{at}/code", "repeated", fix, choice.code)
            if type(choice.delta_minor) is not int or abs(choice.delta_minor) > MAX_PRICE_MINOR:
                yield _bad(f"{at}/delta_minor", "whole minor units", choice.delta_minor)
            if not 1 <= choice.most <= 50:
                yield _bad(f"{at}/most", "1 to 50 times", choice.most)
            yield from _components(choice.uses, f"{at}/uses")
    groups = [group.code for group in modifiers]
    for n, code in enumerate(groups):
        if code in groups[:n]:
            yield Problem(f"/modifiers/{n}/code", "repeated", "a code no other group has", code)


def _name(code: str, title: str, where: str) -> Found:
    if not is_code(code):
        yield _bad(f"{where}/code", CODE_FIX, code)
    if not 0 < len(title) <= 80 or not storable(title):
        yield _bad(f"{where}/title", "1 to 80 characters", title)


def _texts(product: Product) -> Found:
    if len(product.texts) > 30:
        yield _bad("/texts", "at most 30 languages", len(product.texts))
    for language, words in product.texts.items():
        if not _LANGUAGE.fullmatch(language):
            yield _bad(f"/texts/{language}", "a language such as en, zh-Hans or pt-BR", language)
        if len(words.title) > 120:
            yield _bad(f"/texts/{language}/title", "at most 120 characters", words.title[:80])
        for name in ("description", "safety", "legal"):
            text = getattr(words, name)
            if len(text) > 10_000 or not storable(text):
                yield _bad(f"/texts/{language}/{name}", "at most 10,000 characters of printable text", text[:80])


def problems_of_template(template: Template) -> list[Problem]:
    """Everything wrong with a brand's own template."""
    found = []
    if not is_code(template.code):
        found.append(_bad("/code", CODE_FIX, template.code))
    if not 0 < len(template.title.strip()) <= 80:
        found.append(_bad("/title", "1 to 80 characters", template.title))
    if len(template.attributes) > MAX_ATTRIBUTES:
        found.append(_bad("/attributes", f"at most {MAX_ATTRIBUTES}", len(template.attributes)))
    codes: set[str] = set()
    for n, attribute in enumerate(template.attributes):
        found += _name(attribute.code, attribute.title, f"/attributes/{n}")
        if attribute.code in codes:
            found.append(Problem(f"/attributes/{n}/code", "repeated", "a code no other attribute has", attribute.code))
        codes.add(attribute.code)
        if attribute.type is AttributeType.CHOICE and not attribute.choices:
            found.append(_bad(f"/attributes/{n}/choices", "at least one choice", ""))
    return [*found, *_modifiers(template.modifiers)]


def sku_title(product: Product, variant: Variant, language: str = "") -> str:
    """What a SKU is called: the product, and its values on the axes."""
    words = product.texts.get(language)
    title = (words.title if words else "") or product.title
    values = " / ".join(variant.values[axis] for axis in product.axes if variant.values.get(axis))
    return f"{title} ({values})"[:200] if values else title


def sku_titles(product: Product, variant: Variant) -> dict[str, str]:
    return {code: sku_title(product, variant, code) for code, words in product.texts.items() if words.title}


def skus_used(products: Iterable[Product]) -> set[str]:
    """The SKUs that parts and choices name."""
    return {
        part.sku
        for product in products
        for parts in (*(v.parts for v in product.variants), *(c.uses for g in product.modifiers for c in g.choices))
        for part in parts
    }


def unknown_parts(product: Product, known: Mapping[str, object]) -> list[Problem]:
    """Parts and uses that are no SKU of the brand, each where it stands."""
    spots = [(f"/variants/{n}/parts", variant.parts) for n, variant in enumerate(product.variants)]
    for n, group in enumerate(product.modifiers):
        spots += [(f"/modifiers/{n}/choices/{i}/uses", choice.uses) for i, choice in enumerate(group.choices)]
    return [
        Problem(f"{where}/{i}/sku", "unknown_sku", "a SKU of this brand", part.sku)
        for where, parts in spots
        for i, part in enumerate(parts)
        if part.sku not in known
    ]


def _bad(field: str, fix: str, value: object) -> Problem:
    return Problem(field, "bad_value", fix, value if isinstance(value, int) else str(value)[:200])
