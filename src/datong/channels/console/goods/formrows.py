"""The form of a product as it is shown: a product as fields, rows, and one row more.

Rows (variants, packs, groups, choices) are numbered fields. "Add a row" is a button that sends the form and shows it
again with one more, so that it works without script, by keyboard and on a phone.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from django.utils.translation import gettext as _

from datong.catalog.types import Attribute, AttributeType, Component, Product, Template
from datong.channels.console.goods.form import MAX_ROWS, TEXTS, Fields, counts
from datong.channels.console.goods.languages import language_name
from datong.channels.console.moments import moment_text
from datong.kernel.errors import Problem
from datong.kernel.ids import uuid7
from datong.kernel.money import Money


def fields_of(product: Product, currency: str) -> Fields:
    """A product as the form's fields."""
    fields: Fields = {name: str(getattr(product, name)) for name in ("code", "title", "owner", "category", "tax_class",
                                                                    "unit", "seller")}  # fmt: skip
    fields |= {"tags": ", ".join(product.tags), "axes": ", ".join(product.axes), "age_min": str(product.age_min or "")}
    for name in ("sold_from", "sold_to"):
        at = getattr(product, name)
        fields[name] = moment_text(at)
    for code, value in product.attributes.items():
        fields[f"a-{code}"] = ("yes" if value else "no") if isinstance(value, bool) else str(value)
    fields |= {f"allergen-{allergen}": "1" for allergen in product.allergens}
    for language, words in product.texts.items():
        fields |= {f"t-{language}-{name}": getattr(words, name) for name in TEXTS}
    for n, v in enumerate(product.variants):
        fields |= {f"v-{n}-sku": v.sku, f"v-{n}-gtin": v.gtin, f"v-{n}-parts": _written(v.parts)}
        fields |= {f"v-{n}-x{i}": v.values.get(axis, "") for i, axis in enumerate(product.axes)}
        if not v.active:
            fields[f"v-{n}-off"] = "1"
        for i, pack in enumerate(v.packs):
            at = f"v-{n}-p-{i}"
            fields |= {f"{at}-title": pack.title, f"{at}-factor": str(pack.factor), f"{at}-gtin": pack.gtin}
    for n, g in enumerate(product.modifiers):
        fields |= {
            f"g-{n}-title": g.title,
            f"g-{n}-code": g.code,
            f"g-{n}-least": str(g.least),
            f"g-{n}-most": str(g.most),
            **{f"g-{n}-t-{language}": title for language, title in g.titles.items()},
        }
        for i, c in enumerate(g.choices):
            at = f"g-{n}-c-{i}"
            delta = str(Money(c.delta_minor, currency).decimal) if c.delta_minor else ""
            fields |= {f"{at}-title": c.title, f"{at}-code": c.code, f"{at}-delta": delta}
            fields |= {f"{at}-most": str(c.most), f"{at}-uses": _written(c.uses)}
            fields |= {f"{at}-t-{language}": title for language, title in c.titles.items()}
    return fields


def _written(parts: tuple[Component, ...]) -> str:
    return ", ".join(part.sku if part.units == 1 else f"{part.sku} x {part.units}" for part in parts)


def blank(template: Template, currency: str, language: str) -> Fields:
    """The fields of a new product: what its template brings along, called as the brand's language calls it."""
    modifiers = tuple(
        replace(
            group,
            title=group.titles.get(language, group.title),
            choices=tuple(replace(c, title=c.titles.get(language, c.title)) for c in group.choices),
        )
        for group in template.modifiers
    )
    empty = Product(uuid7(), "", template.code, "", axes=template.axes, modifiers=modifiers, tags=template.tags)
    return fields_of(empty, currency)


def field_name(problem: Problem) -> str:
    """The form's field for a problem of the catalogue (/variants/0/gtin is v-0-gtin)."""
    path = problem.field.strip("/").split("/")
    match path:
        case ["variants", n, "packs", i, name]:
            return f"v-{n}-p-{i}-{name}"
        case ["variants", n, "values", *_]:
            return f"v-{n}-x0"
        case ["variants", n, name, *_]:
            return f"v-{n}-{name}"
        case ["variants"]:
            return "v-0-sku"
        case ["parts"]:
            return "v-0-parts"
        case ["modifiers", n, "choices", i, name, *_]:
            return f"g-{n}-c-{i}-{'delta' if name == 'delta_minor' else name}"
        case ["modifiers", n, "choices"]:
            return f"g-{n}-c-0-title"
        case ["modifiers", n, name]:
            return f"g-{n}-{name}"
        case ["attributes", code]:
            return f"a-{code}"
        case ["texts", language, name]:
            return f"t-{language}-{name}"
    return problem.field.strip("/")


def rows_of(
    fields: Mapping[str, str], axes: int, errors: Mapping[str, str], languages: Sequence[str]
) -> dict[str, Any]:
    """Variants and groups as the template walks them, each field with its name, value and error."""

    def one(name: str) -> dict[str, str]:
        return {"name": name, "value": fields.get(name, ""), "error": errors.get(name, "")}

    def titles(at: str) -> list[dict[str, str]]:
        return [{**one(f"{at}-t-{language}"), "label": language_name(language)} for language in languages]

    found = counts(fields)
    variants = [
        {
            **{key: one(f"v-{n}-{key}") for key in ("sku", "gtin", "parts")},
            "values": [one(f"v-{n}-x{i}") for i in range(axes)],
            "off": f"v-{n}-off" in fields,
            "off_name": f"v-{n}-off",
            "n": str(n),
            "packs": [
                {key: one(f"v-{n}-p-{i}-{key}") for key in ("title", "factor", "gtin")}
                for i in range(found.get(f"v-{n}-p", 0))
            ],
        }
        for n in range(max(found.get("v", 0), 1))
    ]
    groups = [
        {
            "n": n,
            **{key: one(f"g-{n}-{key}") for key in ("title", "code", "least", "most")},
            "titles": titles(f"g-{n}"),
            "choices": [
                {
                    **{key: one(f"g-{n}-c-{i}-{key}") for key in ("title", "code", "delta", "most", "uses")},
                    "titles": titles(f"g-{n}-c-{i}"),
                }
                for i in range(max(found.get(f"g-{n}-c", 0), 1))
            ],
        }
        for n in range(found.get("g", 0))
    ]
    return {"variants": variants, "groups": groups}


def add_row(fields: Fields, what: str) -> str:
    """One more empty row: 'variant', 'group', 'choice-2' for the third group, 'pack-0' for the first variant, or the
    texts in the language that was chosen; the field to go on at."""
    found = counts(fields)
    if what == "language":
        name = f"t-{fields.get('t-new', '')}-title"
        fields.setdefault(name, "")
        return name
    kind, _sep, number = what.partition("-")
    prefix = {"variant": "v", "group": "g", "pack": f"v-{number}-p"}.get(kind, f"g-{number}-c")
    first = "sku" if what == "variant" else "title"
    name = f"{prefix}-{min(found.get(prefix, 1 if kind in ('variant', 'choice') else 0), MAX_ROWS - 1)}-{first}"
    fields[name] = ""
    if prefix == "g":
        fields[name.replace("-title", "-most")] = "1"
        fields[name.replace("-title", "-least")] = "0"
    return name


def shown_attribute(a: Attribute, fields: Mapping[str, str], errors: Mapping[str, str], title: str) -> dict[str, Any]:
    name = f"a-{a.code}"
    options: list[tuple[str, str]] = []
    if a.type is AttributeType.YES_NO:
        options = [("", "–"), ("yes", _("yes")), ("no", _("no"))]
    elif a.type is AttributeType.CHOICE:
        options = [("", "–"), *((choice, choice) for choice in a.choices)]
    return {
        "name": name,
        "label": title,
        "value": fields.get(name, ""),
        "error": errors.get(name, ""),
        "optional": not a.required,
        "options": options,
        "long": a.type is AttributeType.LONG_TEXT,
        "type": "date" if a.type is AttributeType.DATE else "text",
        "unit": a.unit,
        "help": _("The code of a rate, such as deposit-12m.") if a.type is AttributeType.RATE else "",
    }
