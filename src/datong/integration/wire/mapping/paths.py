"""Paths: JSON pointers with `*` and `[key=value]`. Walking one gives the values and where each stands."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from functools import lru_cache
from typing import Any, NamedTuple

MAX_FOUND = 5_000

_STEP = re.compile(r"^(?P<name>[^\[]*)\[(?P<key>[^=\]]+)=(?P<value>[^\]]*)\]$")


class _Step(NamedTuple):
    name: str
    key: str = ""
    value: str = ""


@lru_cache(maxsize=1024)
def _steps(path: str) -> tuple[_Step, ...]:
    if path == "":
        return ()
    if not path.startswith("/"):
        raise ValueError(f"a path starts with /, not {path!r}")
    steps = []
    for part in path[1:].split("/"):
        filtered = _STEP.match(part)
        name = (filtered["name"] if filtered else part).replace("~1", "/").replace("~0", "~")
        steps.append(_Step(name, filtered["key"], filtered["value"]) if filtered else _Step(name))
    return tuple(steps)


def walk(document: Any, path: str) -> list[tuple[str, Any]]:
    """(pointer, value) of everything at `path` that is there and not null, in order."""
    found = list(_walk(document, _steps(path), ""))
    return found[:MAX_FOUND]


def _walk(value: Any, steps: tuple[_Step, ...], at: str) -> Iterator[tuple[str, Any]]:
    if not steps:
        if value is not None:
            yield at, value
        return
    step, rest = steps[0], steps[1:]
    if step.name == "*":
        for i, item in enumerate(value if isinstance(value, list) else ()):
            yield from _walk(item, rest, f"{at}/{i}")
        return
    pointer = f"{at}/{step.name.replace('~', '~0').replace('/', '~1')}"
    inner = _child(value, step.name)
    if not step.key:
        yield from _walk(inner, rest, pointer)
        return
    for i, item in enumerate(inner if isinstance(inner, list) else ()):
        if isinstance(item, dict) and as_text(item.get(step.key)) == step.value:
            yield from _walk(item, rest, f"{pointer}/{i}")


def _child(value: Any, name: str) -> Any:
    if isinstance(value, dict):
        return value.get(name)
    if isinstance(value, list) and name.isdecimal() and int(name) < len(value):
        return value[int(name)]
    return None


def as_text(value: Any) -> str:
    """As a sender would write it: true for true, no exponent, nothing for null."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return f"{value:f}" if isinstance(value, Decimal) else str(value)


def put(document: Any, path: str, value: Any) -> None:
    """Replace what stands at a plain path (no `*`); absent parents are left alone."""
    *parents, last = _steps(path)
    for step in parents:
        document = _child(document, step.name)
    if isinstance(document, dict):
        document[last.name] = value


def plant(path: str, value: Any, document: Any = None) -> Any:
    """`document` (a new one when None) with `value` at a plain path; parents that are missing are made."""
    steps = _steps(path)
    if not steps:
        return value
    document = {} if document is None else document
    inner = document
    for step in steps[:-1]:
        inner = inner.setdefault(step.name, {})
    inner[steps[-1].name] = value
    return document
