"""The life of a product: which state may follow which, what it needs for it, and what a change changed."""

from __future__ import annotations

from typing import Any

import msgspec

from datong.catalog.rules.products import missing_attributes
from datong.catalog.types import Product, ProductState, Template
from datong.kernel.errors import Problem

S = ProductState
NEXT: dict[ProductState, tuple[ProductState, ...]] = {
    S.IDEA: (S.DEVELOPMENT, S.WITHDRAWN),
    S.DEVELOPMENT: (S.READY, S.IDEA, S.WITHDRAWN),
    S.READY: (S.ON_SALE, S.DEVELOPMENT, S.WITHDRAWN),
    S.ON_SALE: (S.PAUSED, S.WITHDRAWN),
    S.PAUSED: (S.ON_SALE, S.DEVELOPMENT, S.WITHDRAWN),
    S.WITHDRAWN: (S.DEVELOPMENT,),
}
MAX_DIFF = 200


def problems_of_state(product: Product, state: ProductState, template: Template) -> list[Problem]:
    """Why a product cannot go to `state`: the step is not one of its next, or something it needs is missing."""
    if state not in NEXT[product.state]:
        fix = f"one of {', '.join(NEXT[product.state])}: it is {product.state.value}"
        return [Problem("/state", "no_such_step", fix, state.value)]
    return missing_for(product, template) if state in (S.READY, S.ON_SALE) else []


def missing_for(product: Product, template: Template) -> list[Problem]:
    """What a product still needs before it can be ready."""
    found = missing_attributes(product, template)
    live = [variant for variant in product.variants if variant.active]
    if not live:
        found.append(Problem("/variants", "missing", "at least one variant that is switched on"))
    if product.composed and any(not variant.parts for variant in live) and not any(g.least for g in product.modifiers):
        found.append(Problem("/variants", "no_parts", "parts for every variant, or a required group of choices"))
    if template.limited and product.sold_to is None:
        found.append(Problem("/sold_to", "missing", "when the offer ends"))
    return found


def diff(before: Product | None, after: Product) -> list[tuple[str, str, str]]:
    """(where, before, after) for every value that differs, lists by their key, in order of the fields."""
    old = _flat(msgspec.to_builtins(before)) if before else {}
    new = _flat(msgspec.to_builtins(after))
    rows = [(key, old.get(key, ""), new.get(key, "")) for key in dict.fromkeys([*old, *new])]
    return [row for row in rows if row[1] != row[2] and row[0].split("/")[0] not in _SELF][:MAX_DIFF]


_SELF = frozenset({"id", "version", "changed_at"})


def _flat(value: Any, path: str = "") -> dict[str, str]:
    if isinstance(value, dict):
        return {k: v for key, part in value.items() for k, v in _flat(part, f"{path}/{key}".lstrip("/")).items()}
    if isinstance(value, list) and value and isinstance(value[0], dict):
        named = {str(part.get("sku") or part.get("code") or n): part for n, part in enumerate(value)}
        return _flat(named, path)
    text = ", ".join(map(str, value)) if isinstance(value, list) else "" if value is None else str(value)
    return {path: text[:300]}
