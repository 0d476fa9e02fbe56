"""The form of a product: a product as fields, and a product read from what was typed; nothing typed is lost.

Rows (variants, groups, choices) are numbered fields. "Add a row" is a button that sends the form and shows it again
with one more, so that it works without script, by keyboard and on a phone. An empty row is left out.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.utils.text import slugify
from django.utils.translation import gettext as _

from datong.catalog.types import (
    Attribute,
    AttributeType,
    Component,
    Modifier,
    ModifierChoice,
    Product,
    Template,
    Variant,
    Words,
)
from datong.channels.console.moments import moment_text, read_moment
from datong.channels.design.formats import money
from datong.kernel.errors import BadInput, BadValue, Problem
from datong.kernel.ids import uuid7
from datong.kernel.money import Money, minor_of

MAX_ROWS = 60
LANGUAGES = ("en", "zh-Hans")
TEXTS = ("title", "description", "safety", "legal")
Fields = dict[str, str]


@dataclass(slots=True)
class Reader:
    """Reads the form, and keeps what is wrong with each field."""

    post: Mapping[str, str]
    currency: str
    problems: list[Problem] = field(default_factory=list)

    def text(self, name: str) -> str:
        return self.post.get(name, "").strip()

    def wrong(self, name: str, fix: str) -> None:
        self.problems.append(Problem(name, "bad_value", fix, self.text(name)[:200]))

    def whole(self, name: str, default: int = 0) -> int:
        text = self.text(name)
        if not text:
            return default
        if not re.fullmatch(r"-?[0-9]{1,15}", text):
            self.wrong(name, _("A whole number."))
            return default
        return int(text)

    def amount(self, name: str) -> int:
        text = self.text(name).replace(",", "").removeprefix("+")
        sign = -1 if text.startswith("-") else 1
        try:
            return sign * minor_of(text.removeprefix("-") or "0", self.currency)
        except BadInput:
            self.wrong(name, _("Write an amount such as %(example)s.") % {"example": money(199, self.currency)})
            return 0

    def moment(self, name: str) -> datetime | None:
        try:
            return read_moment(name, self.text(name))
        except BadValue as error:
            self.problems.extend(error.problems)
            return None

    def components(self, name: str) -> tuple[Component, ...]:
        """ "CUP, TEA x 2" as parts; a SKU without a number is one unit."""
        parts = []
        for text in filter(None, (part.strip() for part in re.split(r"[,;\n，；]", self.text(name)))):
            found = re.fullmatch(r"(.+?)(?:\s*[x×*]\s*([0-9]{1,5}))?", text)
            if found is None:
                self.wrong(name, _("SKUs with units, such as CUP, TEA x 2."))
                continue
            parts.append(Component(found[1].strip(), int(found[2] or 1)))
        return tuple(parts)


def counts(post: Mapping[str, str]) -> dict[str, int]:
    """How many rows of each kind the form that was sent has."""
    found: dict[str, int] = {}
    for name in post:
        if match := re.fullmatch(r"(v|g|g-\d{1,3}-c)-(\d{1,3})-\w+", name):
            found[match[1]] = max(found.get(match[1], 0), min(int(match[2]) + 1, MAX_ROWS))
    return found


def read(post: Mapping[str, str], template: Template, currency: str, before: Product | None) -> Product:
    """The product that was typed. Raises BadInput whose problems carry the names of the form's fields."""
    reader = Reader(post, currency)
    axes = tuple(dict.fromkeys(filter(None, (a.strip() for a in re.split(r"[,，、]", reader.text("axes"))))))[:5]
    product = Product(
        id=before.id if before else uuid7(),
        code=before.code if before else reader.text("code"),
        template=template.code,
        title=reader.text("title"),
        kind=before.kind if before else template.kind,
        composed=before.composed if before else template.composed,
        owner=reader.text("owner"),
        category=reader.text("category"),
        tax_class=reader.text("tax_class") or "standard",
        unit=reader.text("unit"),
        seller=reader.text("seller"),
        tags=tuple(dict.fromkeys(filter(None, (t.strip() for t in re.split(r"[,，]", reader.text("tags")))))),
        axes=axes,
        attributes=_attributes(reader, template),
        variants=tuple(_variants(reader, axes, before)),
        modifiers=tuple(_modifiers(reader, before)),
        texts=_texts(reader, before),
        allergens=tuple(sorted(name.removeprefix("allergen-") for name in post if name.startswith("allergen-"))),
        age_min=reader.whole("age_min"),
        sold_from=reader.moment("sold_from"),
        sold_to=reader.moment("sold_to"),
    )
    if reader.problems:
        raise BadInput("the form", *reader.problems)
    return product


def _attributes(reader: Reader, template: Template) -> dict[str, str | int | bool]:
    found: dict[str, str | int | bool] = {}
    for a in template.attributes:
        name = f"a-{a.code}"
        text = reader.text(name)
        if a.type is AttributeType.WHOLE and text:
            found[a.code] = reader.whole(name)
        elif a.type is AttributeType.YES_NO and text:
            found[a.code] = text == "yes"
        elif text:
            found[a.code] = text
    return found


def _variants(reader: Reader, axes: tuple[str, ...], before: Product | None) -> list[Variant]:
    known = {v.sku: v for v in before.variants} if before else {}
    found = []
    for n in range(counts(reader.post).get("v", 0)):
        sku = reader.text(f"v-{n}-sku")
        if not sku:
            continue
        values = {axis: reader.text(f"v-{n}-x{i}") for i, axis in enumerate(axes)}
        found.append(
            Variant(
                sku=sku,
                values={axis: value for axis, value in values.items() if value},
                gtin=reader.text(f"v-{n}-gtin"),
                parts=reader.components(f"v-{n}-parts"),
                packs=known[sku].packs if sku in known else (),
                active=f"v-{n}-off" not in reader.post,
            )
        )
    return found


def _modifiers(reader: Reader, before: Product | None) -> list[Modifier]:
    titles = {g.code: g.titles for g in before.modifiers} if before else {}
    rows = counts(reader.post)
    found = []
    for n in range(rows.get("g", 0)):
        title = reader.text(f"g-{n}-title")
        choices = [c for i in range(rows.get(f"g-{n}-c", 0)) if (c := _choice(reader, n, i, before))]
        if not title and not choices:
            continue
        code = reader.text(f"g-{n}-code") or slugify(title) or f"group-{n + 1}"
        least, most = reader.whole(f"g-{n}-least"), reader.whole(f"g-{n}-most", 1)
        found.append(Modifier(code, title, least, most, tuple(choices), titles.get(code, {})))
    return found


def _choice(reader: Reader, n: int, i: int, before: Product | None) -> ModifierChoice | None:
    at = f"g-{n}-c-{i}"
    title = reader.text(f"{at}-title")
    if not title:
        return None
    known = {c.code: c.titles for g in before.modifiers for c in g.choices} if before else {}
    group = reader.text(f"g-{n}-code") or slugify(reader.text(f"g-{n}-title")) or f"group-{n + 1}"
    code = reader.text(f"{at}-code") or f"{group}-{slugify(title) or i + 1}"[:60]
    delta, most = reader.amount(f"{at}-delta"), reader.whole(f"{at}-most", 1)
    return ModifierChoice(code, title, delta, most, reader.components(f"{at}-uses"), known.get(code, {}))


def _texts(reader: Reader, before: Product | None) -> dict[str, Words]:
    texts = dict(before.texts) if before else {}
    for language in LANGUAGES:
        words = Words(*(reader.text(f"t-{language}-{name}") for name in TEXTS))
        if words == Words():
            texts.pop(language, None)
        else:
            texts[language] = words
    return texts


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
    for n, g in enumerate(product.modifiers):
        fields |= {
            f"g-{n}-title": g.title,
            f"g-{n}-code": g.code,
            f"g-{n}-least": str(g.least),
            f"g-{n}-most": str(g.most),
        }
        for i, c in enumerate(g.choices):
            at = f"g-{n}-c-{i}"
            delta = str(Money(c.delta_minor, currency).decimal) if c.delta_minor else ""
            fields |= {f"{at}-title": c.title, f"{at}-code": c.code, f"{at}-delta": delta}
            fields |= {f"{at}-most": str(c.most), f"{at}-uses": _written(c.uses)}
    return fields


def _written(parts: tuple[Component, ...]) -> str:
    return ", ".join(part.sku if part.units == 1 else f"{part.sku} x {part.units}" for part in parts)


def blank(template: Template, currency: str) -> Fields:
    """The fields of a new product: what its template brings along."""
    empty = Product(
        uuid7(), "", template.code, "", axes=template.axes, modifiers=template.modifiers, tags=template.tags
    )
    return fields_of(empty, currency)


def field_name(problem: Problem) -> str:
    """The form's field for a problem of the catalogue (/variants/0/gtin is v-0-gtin)."""
    path = problem.field.strip("/").split("/")
    match path:
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


def rows_of(fields: Mapping[str, str], axes: int, errors: Mapping[str, str]) -> dict[str, Any]:
    """Variants and groups as the template walks them, each field with its name, value and error."""

    def one(name: str) -> dict[str, str]:
        return {"name": name, "value": fields.get(name, ""), "error": errors.get(name, "")}

    found = counts(fields)
    variants = [
        {
            **{key: one(f"v-{n}-{key}") for key in ("sku", "gtin", "parts")},
            "values": [one(f"v-{n}-x{i}") for i in range(axes)],
            "off": f"v-{n}-off" in fields,
            "off_name": f"v-{n}-off",
        }
        for n in range(max(found.get("v", 0), 1))
    ]
    groups = [
        {
            "n": n,
            **{key: one(f"g-{n}-{key}") for key in ("title", "code", "least", "most")},
            "choices": [
                {key: one(f"g-{n}-c-{i}-{key}") for key in ("title", "code", "delta", "most", "uses")}
                for i in range(max(found.get(f"g-{n}-c", 0), 1))
            ],
        }
        for n in range(found.get("g", 0))
    ]
    return {"variants": variants, "groups": groups}


def add_row(fields: Fields, what: str) -> str:
    """One more empty row: 'variant', 'group', or 'choice-2' for the third group; the field to go on at."""
    found = counts(fields)
    prefix = {"variant": "v", "group": "g"}.get(what, f"g-{what.removeprefix('choice-')}-c")
    first = "sku" if what == "variant" else "title"
    name = f"{prefix}-{min(found.get(prefix, 1 if prefix != 'g' else 0), MAX_ROWS - 1)}-{first}"
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
