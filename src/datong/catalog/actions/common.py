"""What the writes of the catalogue share."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TypeVar
from uuid import UUID

from datong.kernel.db import execute
from datong.kernel.errors import BadInput, Problem
from datong.kernel.ids import uuid7

CHUNK = 10_000
DEFAULT = ""

T = TypeVar("T")

STAMP = """
    INSERT INTO catalog_epoch (brand_id, what, stamp) VALUES (%(brand)s, %(what)s, %(stamp)s)
    ON CONFLICT (brand_id, what) DO UPDATE SET stamp = excluded.stamp
"""


def stamp(brand: UUID, what: str) -> None:
    """A new stamp, first of all: its row makes writers of the same brand go one after the other until they commit."""
    execute(STAMP, {"brand": brand, "what": what, "stamp": uuid7()})


_FIXES = {
    "sku": "a SKU of the catalogue",
    "price_list": "a price list of the brand",
    "currency": "the currency the list has; open another list for another currency",
}


def refuse(where: str, faults: Sequence[tuple[int, str, str]]) -> None:
    if faults:
        problems = [Problem(f"{where}/{i}/{field}", "unknown", _FIXES[field], value) for i, field, value in faults]
        raise BadInput(f"{len(problems)} values of {where} cannot be used", *problems[:100])


def chunks(values: Sequence[T]) -> Iterator[Sequence[T]]:
    return (values[start : start + CHUNK] for start in range(0, len(values), CHUNK))
