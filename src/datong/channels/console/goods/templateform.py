"""The form of a template: its facts as fields, and a template read from what was typed. An empty row is left out."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from hashlib import sha256
from typing import Any

import msgspec
from django.utils.text import slugify

from datong.catalog.types import Attribute, AttributeType, Template
from datong.channels.console.goods.languages import language_name
from datong.kernel.errors import Problem

MAX_ROWS = 80
Fields = dict[str, str]


def fields_of(template: Template) -> Fields:
    fields = {"title": template.title, "axes": ", ".join(template.axes), "hint": template.hint}
    fields |= {f"t-{language}": title for language, title in template.titles.items()}
    for n, a in enumerate(template.attributes):
        fields |= {f"a-{n}-title": a.title, f"a-{n}-code": a.code, f"a-{n}-type": a.type.value, f"a-{n}-unit": a.unit}
        fields |= {f"a-{n}-choices": ", ".join(a.choices)} | {f"a-{n}-t-{lang}": t for lang, t in a.titles.items()}
        if a.required:
            fields[f"a-{n}-required"] = "1"
    return fields


def count(fields: Mapping[str, str]) -> int:
    found = (re.fullmatch(r"a-(\d{1,3})-title", name) for name in fields)
    return min(max((int(match[1]) + 1 for match in found if match), default=0), MAX_ROWS)


def read(post: Mapping[str, str], basis: Template, code: str) -> tuple[Template, list[int]]:
    """The template that was typed, and the row of the form each of its attributes stood in."""

    def text(name: str) -> str:
        return post.get(name, "").strip()

    attributes, places = [], []
    for n in range(count(post)):
        title, at = text(f"a-{n}-title"), f"a-{n}"
        if not title:
            continue
        places.append(n)
        kind = next((t for t in AttributeType if t.value == text(f"{at}-type")), AttributeType.TEXT)
        choices = tuple(dict.fromkeys(filter(None, (c.strip() for c in re.split(r"[,，、]", text(f"{at}-choices"))))))
        attributes.append(
            Attribute(
                code=text(f"{at}-code") or slugify(title)[:60] or f"fact-{n + 1}",
                title=title,
                type=kind,
                required=f"{at}-required" in post,
                choices=choices if kind is AttributeType.CHOICE else (),
                unit=text(f"{at}-unit"),
                titles=_titles(post, f"{at}-t-"),
            )
        )
    axes = tuple(dict.fromkeys(filter(None, (a.strip() for a in re.split(r"[,，、]", text("axes"))))))[:5]
    template = replace(
        basis, code=code, title=text("title"), titles=_titles(post, "t-"), attributes=tuple(attributes), axes=axes,
        based_on=basis.based_on if basis.code == code else basis.code, hint=text("hint"),
        hints=basis.hints if text("hint") == basis.hint else {},
    )  # fmt: skip
    return template, places


def _titles(post: Mapping[str, str], start: str) -> dict[str, str]:
    found = {name.removeprefix(start): value.strip() for name, value in post.items() if name.startswith(start)}
    return {language: title for language, title in found.items() if title}


def field_name(problem: Problem, places: Sequence[int]) -> str:
    match problem.field.strip("/").split("/"):
        case ["attributes", n, name, *_] if n.isdigit() and int(n) < len(places):
            return f"a-{places[int(n)]}-{name}"
    return problem.field.strip("/")


def rows_of(fields: Mapping[str, str], errors: Mapping[str, str], languages: Sequence[str]) -> list[dict[str, Any]]:
    def one(name: str) -> dict[str, str]:
        return {"name": name, "value": fields.get(name, ""), "error": errors.get(name, "")}

    return [
        {
            **{key: one(f"a-{n}-{key}") for key in ("title", "code", "type", "unit", "choices")},
            "required": {"name": f"a-{n}-required", "on": f"a-{n}-required" in fields},
            "titles": [{**one(f"a-{n}-t-{lang}"), "label": language_name(lang)} for lang in languages],
        }
        for n in range(max(count(fields), 1))
    ]


def mark_of(template: Template) -> str:
    """What the form was opened on, so that a change by somebody else meanwhile is seen."""
    return sha256(msgspec.json.encode(template, order="deterministic")).hexdigest()[:16]
