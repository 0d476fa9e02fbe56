"""What the stock operations share: words of a request, and items and stores by what a client calls them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated
from uuid import UUID

from ninja import Header
from pydantic import Field, StringConstraints

from datong.brand.api import list_stores
from datong.catalog.api import items_by_sku
from datong.catalog.types import Item
from datong.kernel.bodies import NUMBER, STORABLE, Body
from datong.kernel.errors import BadInput, NotFound, Problem
from datong.kernel.pages import CURSOR

Sku = Annotated[str, StringConstraints(min_length=1, max_length=60), STORABLE]
Code = Annotated[str, StringConstraints(max_length=40), STORABLE]
Text = Annotated[str, StringConstraints(max_length=200), STORABLE]
Cursor = Annotated[str, StringConstraints(pattern=CURSOR)]
Limit = Annotated[int, Field(ge=1, le=200)]
Page = Annotated[int, Field(ge=1, le=100)]
Units = Annotated[int, Field(ge=0, le=100_000), NUMBER]
Key = Annotated[str, Header(max_length=200)]
"""`Idempotency-Key`: the call may be sent again, it is carried out once."""


class Line(Body):
    sku: Sku
    units: Units


Lines = Annotated[list[Line], Field(min_length=1, max_length=500)]


def items_of(brand_id: UUID, skus: Sequence[str], field: str = "/skus/{n}") -> dict[str, Item]:
    """Items by SKU; BadInput names each that is none of the brand's."""
    known = items_by_sku(brand_id, skus)
    wrong = [
        Problem(field.format(n=n), "unknown_sku", "an item of this brand", sku)
        for n, sku in enumerate(skus)
        if sku not in known
    ]
    if wrong:
        raise BadInput("some of these items are not known", *wrong)
    return known


def units_of(brand_id: UUID, lines: Sequence[Line]) -> dict[UUID, int]:
    """Units by item, in the order of the lines; BadInput names each line that is unknown or stands there twice."""
    known = items_of(brand_id, [line.sku for line in lines], "/lines/{n}/sku")
    seen: set[str] = set()
    wrong = []
    for n, line in enumerate(lines):
        if line.sku in seen:
            wrong.append(Problem(f"/lines/{n}/sku", "repeated", "each item once", line.sku))
        seen.add(line.sku)
    if wrong:
        raise BadInput("some of these items stand there twice", *wrong)
    return {known[line.sku].id: line.units for line in lines}


def store_of(brand_id: UUID, code: str) -> UUID | None:
    """The store with this code, None for ''; NotFound. For parameters of an address."""
    if not code:
        return None
    found = next((s.id for s in list_stores(brand_id) if s.code == code), None)
    if found is None:
        raise NotFound(f"no store {code}")
    return found


def store_in(brand_id: UUID, field: str, code: str) -> UUID:
    """The store with this code; BadInput names the field of the body."""
    found = next((s.id for s in list_stores(brand_id) if s.code == code), None)
    if found is None:
        raise BadInput("this store is not known", Problem(field, "unknown_store", "the code of a store", code))
    return found


def codes_of(brand_id: UUID) -> Mapping[UUID, str]:
    return {s.id: s.code for s in list_stores(brand_id)}
