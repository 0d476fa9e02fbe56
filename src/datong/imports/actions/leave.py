"""Everything there is of a kind leaves as a table, and who took it is written down."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import islice
from uuid import UUID

from datong.customers import api as customers
from datong.imports.files import table_pieces
from datong.imports.ports import Kind, kind_of
from datong.imports.types import DOWNLOADS, MAX_ROWS, Raw
from datong.kernel import audit
from datong.kernel.errors import BadValue

MAX_PARTS = 50


def export_file(
    brand_id: UUID,
    kind_name: str,
    file_format: str,
    language: str,
    *,
    by: str,
    masked: bool = False,
    part: int = 1,
) -> Iterator[bytes]:
    """Everything there is of a kind, in the shape of its template, in pieces as it is read: it can come back as it is.

    A file has as many rows as an import takes (MAX_ROWS); what follows is in the next `part`, from 1 on. `masked`:
    codes and contacts are only hinted at, and the file cannot come back. Written down before the first row is read.
    """
    kind = kind_of(kind_name)
    if file_format not in DOWNLOADS:
        raise BadValue("format", file_format, " or ".join(DOWNLOADS))
    if not 1 <= part <= MAX_PARTS:
        raise BadValue("part", part, f"from 1 to {MAX_PARTS}")
    audit.record(
        brand=brand_id,
        actor=by,
        verb="imports.export",
        subject=f"table {kind_name}",
        after={"format": file_format, "masked": masked, "part": part},
    )
    if kind_name == "customers":
        note_looks(brand_id, by)
    lines: Iterator[Mapping[str, Raw]] = islice(kind.export(brand_id), (part - 1) * MAX_ROWS, part * MAX_ROWS)
    return table_pieces(kind_name, file_format, language, _masked(kind, lines) if masked else lines)


def note_looks(brand_id: UUID, by: str) -> None:
    """Who takes people's data is written down with each of them."""
    before: UUID | None = None
    while ids := customers.heads_page(brand_id, before=before):
        customers.see_customers(ids, brand=brand_id, by=by, place="export")
        before = ids[-1]


def _masked(kind: Kind, lines: Iterator[Mapping[str, Raw]]) -> Iterator[Mapping[str, Raw]]:
    masks = {column.name: column.mask for column in kind.columns if column.mask is not None}
    for line in lines:
        yield {
            name: masks[name](str(value)) if name in masks and value not in (None, "") else value
            for name, value in line.items()
        }
