"""Conditions in CEL: known names only, bounded in length and work, compiled once.

The environment is closed: a name that is not in ENVIRONMENT is refused with those that are. An expression that passes
cannot run long: 300 characters, at most one walk over a list, and no list is longer than a basket's lines.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from difflib import get_close_matches
from functools import lru_cache
from typing import Any

from datong.kernel.errors import BadValue

MAX_LENGTH = 300
MAX_WALKS = 1

ENVIRONMENT: Mapping[str, Mapping[str, object]] = {
    "basket": {"total_minor": 3000, "units": 2, "lines": 1, "skus": ["tea"], "categories": ["drinks"]},
    "customer": {"member": True, "level": "gold"},
    "store": {"known": True, "code": "s1", "name": "", "city": "", "region": "", "country": "", "kind": "own",
              "tier": 3},
    "channel": {"known": True, "code": "web", "kind": "site"},
    "now": {"hour": 12, "minute": 30, "weekday": 1, "day": 22, "month": 11},
    "group": {"people": 1},
}  # fmt: skip
"""Every name a condition may use, with a value of its type."""

_WALKS = frozenset({"all", "exists", "exists_one"})
_FUNCTIONS = frozenset({"size", "startsWith", "endsWith", "contains", *_WALKS})
_WORDS = frozenset({"in", "true", "false", "null"})
_TEXT = re.compile(r"\"(?:[^\"\\]|\\.)*\"|'(?:[^'\\]|\\.)*'")
_NAME = re.compile(r"(?P<dot>\.)?\s*\b(?P<name>[A-Za-z_]\w*)\b\s*(?P<call>\()?")
_BOUND = re.compile(r"\.\s*(?:all|exists|exists_one)\s*\(\s*([A-Za-z_]\w*)\s*,")


@lru_cache(maxsize=4096)
def compiled(source: str) -> Any:
    """The program of a condition that was checked; compiled once a process."""
    import cel  # its package loads a whole terminal

    return cel.compile(source)


def holds(source: str, facts: Mapping[str, Mapping[str, object]]) -> tuple[bool, str]:
    """Whether the condition holds; a condition that fails on these facts does not hold, and says why."""
    try:
        answer = compiled(source).execute(dict(facts))
    except Exception as error:  # the library raises whatever fits: what cannot be decided is not given
        return False, str(error)[:200]
    return answer is True, ""


def check_condition(source: str, field: str = "condition") -> None:
    """Raises BadValue with the fix for anything but a yes-or-no over known names. '' is no condition and passes."""
    if not source.strip():
        return
    if len(source) > MAX_LENGTH:
        raise BadValue(field, source[:80], f"at most {MAX_LENGTH} characters")
    bare = _TEXT.sub("''", source)
    _check_names(source, bare, field)
    try:
        answer = compiled(source).execute({name: dict(facts) for name, facts in ENVIRONMENT.items()})
    except ValueError as error:
        raise BadValue(field, source, f"a CEL expression: {_first_line(error)}") from None
    except TypeError:
        raise BadValue(field, source, "values of one type on both sides: whole numbers with whole numbers") from None
    except ArithmeticError as error:
        raise BadValue(field, source, f"arithmetic that works out: {_first_line(error)}") from None
    except Exception as error:
        raise BadValue(field, source, f"an expression that works out: {_first_line(error)}") from None
    if not isinstance(answer, bool):
        raise BadValue(field, source, "a comparison, such as basket.total_minor >= 3000: the answer is yes or no")


def _check_names(source: str, bare: str, field: str) -> None:
    bound = set(_BOUND.findall(bare))
    walks, root = 0, ""
    for found in _NAME.finditer(bare):
        name, dot, call = found["name"], found["dot"], found["call"]
        if name in _WORDS:
            continue
        if call:
            walks += name in _WALKS
            if name not in _FUNCTIONS:
                raise BadValue(field, source, f"{name}() is not known here; use {', '.join(sorted(_FUNCTIONS))}")
        elif dot and root in ENVIRONMENT:
            if name not in ENVIRONMENT[root]:
                raise BadValue(field, source, _fix(f"{root}.{name}", [f"{root}.{n}" for n in ENVIRONMENT[root]]))
            root = ""
        elif dot:
            raise BadValue(field, source, f"{name} does not belong to what stands before it")
        elif name not in bound:
            if name not in ENVIRONMENT:
                raise BadValue(field, source, _fix(name, list(ENVIRONMENT)))
            root = name
    if walks > MAX_WALKS:
        raise BadValue(field, source, f"at most {MAX_WALKS} walk over a list (all, exists, exists_one)")


def _fix(name: str, known: list[str]) -> str:
    near = get_close_matches(name, known, 1)
    hint = f"did you mean {near[0]}? " if near else ""
    return f"{hint}{name} is not known; there are {', '.join(known)}"


def _first_line(error: Exception) -> str:
    return str(error).splitlines()[0][:160]
