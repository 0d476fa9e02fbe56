"""The form of a product read: a product from what was typed; nothing typed is lost. An empty row is left out."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from django.utils.text import slugify
from django.utils.translation import gettext as _

from datong.catalog.types import (
    AttributeType,
    Component,
    Modifier,
    ModifierChoice,
    Pack,
    Product,
    Template,
    Variant,
    Words,
)
from datong.channels.console.moments import read_moment
from datong.channels.design.formats import money
from datong.kernel.errors import BadInput, BadValue, Problem
from datong.kernel.ids import uuid7
from datong.kernel.money import minor_of

MAX_ROWS = 60
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
        if match := re.fullmatch(r"(v|g|g-\d{1,3}-c|v-\d{1,3}-p)-(\d{1,3})-\w+", name):
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
        variants=tuple(_variants(reader, axes)),
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


def _variants(reader: Reader, axes: tuple[str, ...]) -> list[Variant]:
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
                packs=_packs(reader, n),
                active=f"v-{n}-off" not in reader.post,
            )
        )
    return found


def _packs(reader: Reader, n: int) -> tuple[Pack, ...]:
    found = []
    for i in range(counts(reader.post).get(f"v-{n}-p", 0)):
        at = f"v-{n}-p-{i}"
        title, gtin = reader.text(f"{at}-title"), reader.text(f"{at}-gtin")
        if title or gtin or reader.text(f"{at}-factor"):
            found.append(Pack(title, reader.whole(f"{at}-factor"), gtin))
    return tuple(found)


def _titles(reader: Reader, at: str, before: Mapping[str, str]) -> dict[str, str]:
    """What it is called by language: as typed, and as it was where the form does not ask."""
    typed = {name.removeprefix(f"{at}-t-"): reader.text(name) for name in reader.post if name.startswith(f"{at}-t-")}
    return {language: title for language, title in {**before, **typed}.items() if title}


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
        found.append(
            Modifier(code, title, least, most, tuple(choices), _titles(reader, f"g-{n}", titles.get(code, {})))
        )
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
    titles = _titles(reader, at, known.get(code, {}))
    return ModifierChoice(code, title, delta, most, reader.components(f"{at}-uses"), titles)


def text_languages(post: Mapping[str, str]) -> list[str]:
    """The languages the form that was sent has texts for."""
    found = (re.fullmatch(r"t-([A-Za-z-]{2,11})-(?:title|description|safety|legal)", name) for name in post)
    return list(dict.fromkeys(match[1] for match in found if match))


def _texts(reader: Reader, before: Product | None) -> dict[str, Words]:
    texts = dict(before.texts) if before else {}
    for language in text_languages(reader.post):
        words = Words(*(reader.text(f"t-{language}-{name}") for name in TEXTS))
        if words == Words():
            texts.pop(language, None)
        else:
            texts[language] = words
    return texts
