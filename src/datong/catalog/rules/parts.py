"""What a SKU is made of: bundles opened down to what lies on a shelf, cycles named, offers worked out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from datong.catalog.types import (
    Choice,
    Component,
    Group,
    ItemKind,
    Modifier,
    Offer,
    Part,
    Product,
    ProductState,
    Variant,
)

MAX_DEPTH = 20


@dataclass(frozen=True, slots=True)
class Shelf:
    """What is known of the SKUs of a brand that parts name: their item, and the fixed parts of those that have some."""

    items: Mapping[str, tuple[UUID, ItemKind]]
    fixed: Mapping[str, Sequence[Component]]
    composed: frozenset[str] = frozenset()


def cycle_in(uses: Mapping[str, Sequence[str]]) -> list[str]:
    """A chain of SKUs that comes back to where it began (A, B, A), or nothing. `uses`: what each is made of."""
    done: set[str] = set()
    for start in uses:
        path = [start] if start not in done else []
        open_parts = [iter(uses.get(start, ()))]
        while path:
            part = next(open_parts[-1], None)
            if part is None:
                done.add(path.pop())
                open_parts.pop()
            elif part in path:
                return [*path[path.index(part) :], part]
            elif part not in done:
                path.append(part)
                open_parts.append(iter(uses.get(part, ())))
    return []


def opened(parts: Sequence[Component], shelf: Shelf, times: int = 1, depth: int = 0) -> dict[str, int]:
    """Units by SKU of what really lies on a shelf: bundles within it opened, services left out."""
    total: dict[str, int] = {}
    for part in parts:
        inner = shelf.fixed.get(part.sku, ())
        if (inner or part.sku in shelf.composed) and depth < MAX_DEPTH:
            found = opened(inner, shelf, times * part.units, depth + 1)
        else:
            found = {part.sku: times * part.units} if shelf.items[part.sku][1] is not ItemKind.SERVICE else {}
        for sku, units in found.items():
            total[sku] = total.get(sku, 0) + units
    return total


def offer_of(product: Product, variant: Variant, shelf: Shelf, stamp: UUID) -> Offer | None:
    """What a quote must know of a SKU; None when it is sold as it stands."""
    sold = product.state is ProductState.ON_SALE
    made = product.composed or bool(variant.parts)
    limited = product.sold_from or product.sold_to
    if sold and not made and not product.modifiers and not limited:
        return None
    return Offer(
        stamp=stamp,
        sold=sold,
        parts=_parts(variant.parts, shelf) if made else None,
        groups=tuple(_group(group, shelf) for group in product.modifiers),
        sold_from=product.sold_from,
        sold_to=product.sold_to,
    )


def _group(group: Modifier, shelf: Shelf) -> Group:
    choices = tuple(
        Choice(c.code, c.title, c.delta_minor, c.most, _parts(c.uses, shelf), c.titles) for c in group.choices
    )
    return Group(group.code, group.title, group.least, group.most, choices, group.titles)


def _parts(parts: Sequence[Component], shelf: Shelf) -> tuple[Part, ...]:
    return tuple(Part(shelf.items[sku][0], sku, units) for sku, units in opened(parts, shelf).items())
