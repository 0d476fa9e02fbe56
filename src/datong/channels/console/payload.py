"""A payload for reading: JSON indented and coloured, the fields that are wrong marked; anything else as it came."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterator
from typing import Any

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

MOST_CHARS = 200_000
Path = tuple[str, ...]

_STEP = re.compile(r"[^./\[\]]+")


def path_of(field: str) -> Path:
    """'/lines/0/sku', 'lines[0].sku' and 'lines.0.sku' all name the same place."""
    return tuple(part.replace("~1", "/").replace("~0", "~") for part in _STEP.findall(field.removeprefix("$")))


def anchor(at: Path) -> str:
    """The id of a marked place in the page."""
    return "at-" + re.sub(r"[^\w-]", "-", "-".join(at))


def pretty(text: str, wrong: Collection[str] = ()) -> SafeString:
    """HTML of a payload. Every value is escaped; what `wrong` names is in <mark>."""
    if len(text) > MOST_CHARS:
        return mark_safe(escape(text[:MOST_CHARS]) + " …")  # noqa: S308 - escaped
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return escape(text)
    marked = {path_of(field) for field in wrong if field.strip("/$. ")}
    return mark_safe("".join(_render(value, (), 0, marked)))  # noqa: S308 - every leaf is escaped


def _render(value: Any, at: Path, depth: int, marked: Collection[Path]) -> Iterator[str]:
    opened = at in marked
    if opened:
        yield f'<mark id="{anchor(at)}">'
    if isinstance(value, dict) and value:
        yield from _many("{", "}", [(json.dumps(k, ensure_ascii=False), str(k), v) for k, v in value.items()],
                         at, depth, marked)  # fmt: skip
    elif isinstance(value, list) and value:
        yield from _many("[", "]", [("", str(n), v) for n, v in enumerate(value)], at, depth, marked)
    else:
        yield _leaf(value)
    if opened:
        yield "</mark>"


def _many(
    start: str, end: str, members: list[tuple[str, str, Any]], at: Path, depth: int, marked: Collection[Path]
) -> Iterator[str]:
    pad = "  " * (depth + 1)
    yield start + "\n"
    for n, (name, step, value) in enumerate(members):
        yield pad
        if name:
            yield f'<span class="json-key">{escape(name)}</span>: '
        yield from _render(value, (*at, step), depth + 1, marked)
        yield ",\n" if n < len(members) - 1 else "\n"
    yield "  " * depth + end


def _leaf(value: Any) -> str:
    kind = "string" if isinstance(value, str) else "word" if value is None or isinstance(value, bool) else "number"
    if isinstance(value, (dict, list)):
        return "{}" if isinstance(value, dict) else "[]"
    return f'<span class="json-{kind}">{escape(json.dumps(value, ensure_ascii=False))}</span>'
