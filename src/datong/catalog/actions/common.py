"""What the writes of the catalogue share."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any, TypeVar
from uuid import UUID

from datong.catalog.events import CatalogPut
from datong.kernel import audit, outbox
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


NAMED = 20


def tell(
    brand: UUID,
    what: str,
    count: int,
    by: str,
    *,
    verb: str,
    of: Iterable[str],
    after: Mapping[str, Any] | None = None,
    reason: str = "",
) -> None:
    """The event and one entry of the trail for what was put, however much: of one the name, of many the first names."""
    outbox.emit(CatalogPut(brand, what, count, by))
    if not count:
        return
    names = list(islice(of, NAMED))
    subject = names[0] if count == 1 and names else f"{count} {what.replace('_', ' ')}"
    facts = {"rows": count, "of": names, **(after or {})}
    audit.record(brand=brand, actor=by, verb=verb, subject=subject, after=facts, reason=reason)


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
