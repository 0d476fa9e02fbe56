"""Reads of reconciliations."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from uuid import UUID

import msgspec

from datong.imports.models import Reconciliation
from datong.imports.types import Apart, Compared, Reconciled, Total
from datong.kernel.db import as_relay, in_brand, rows
from datong.kernel.errors import NotFound


def _of(row: Reconciliation) -> Reconciled:
    return Reconciled(
        id=row.id,
        run_id=row.run_id,
        given=tuple(msgspec.convert(row.given, list[Total])),
        lines=tuple(msgspec.convert(row.lines, list[Compared])),
        differences=row.differences,
        asked_by=row.asked_by,
        asked_at=row.asked_at,
        done_at=row.done_at,
        signed_by=row.signed_by,
        signed_at=row.signed_at,
        note=row.note,
    )


def get_reconciliation(brand_id: UUID, reconciliation_id: UUID) -> Reconciled:
    with in_brand(brand_id):
        row = Reconciliation.objects.filter(id=reconciliation_id).first()
    if row is None:
        raise NotFound(f"no reconciliation {reconciliation_id}")
    return _of(row)


def reconciliations_of(brand_id: UUID, run_id: UUID) -> list[Reconciled]:
    """Those of an import, the latest first; at most fifty."""
    with in_brand(brand_id):
        return [_of(row) for row in Reconciliation.objects.filter(run_id=run_id).order_by("-id")[:50]]


def rows_apart(brand_id: UUID, reconciliation_id: UUID) -> Iterator[Apart]:
    """The rows that differ, in the order of the file."""
    with in_brand(brand_id):
        row = Reconciliation.objects.filter(id=reconciliation_id).first()
    if row is not None and row.rest:
        for one in msgspec.json.decode(zlib.decompress(bytes(row.rest))):
            yield Apart(*one)


WAITING = "SELECT brand_id, id FROM imports_reconciliation WHERE done_at IS NULL ORDER BY id LIMIT 5"


def reconciliations_waiting() -> list[tuple[UUID, UUID]]:
    """(brand, reconciliation) of what a worker has to make; seen by the relay role."""
    with as_relay():
        return [(brand, one) for brand, one in rows(WAITING)]
