"""Reads of counts, adjustments, transfers, movements and costs."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any
from uuid import UUID

from django.db.models import Q

from datong.inventory import models
from datong.inventory.types import (
    DEFAULT_REASONS,
    AdjustmentKind,
    AdjustmentView,
    CountView,
    MovementView,
    ReasonView,
    TransferLineView,
    TransferState,
    TransferView,
)
from datong.kernel.db import in_brand, rows
from datong.kernel.errors import NotFound

MOST = 200

COSTS = "SELECT item_id, cost_milli FROM inventory_cost WHERE brand_id = %(brand)s AND item_id = ANY(%(items)s::uuid[])"


def costs_of(brand_id: UUID, items: Collection[UUID]) -> dict[UUID, int]:
    """What one unit costs, in thousandths of a minor unit; items nobody ever received at a cost are absent."""
    with in_brand(brand_id):
        return dict(rows(COSTS, {"brand": brand_id, "items": list(items)}))


MOVEMENTS = """
    SELECT id, location_id, item_id, units, reason, subject_id, at FROM inventory_movement
     WHERE brand_id = %(brand)s AND (%(locations)s::uuid[] IS NULL OR location_id = ANY(%(locations)s::uuid[]))
       AND (%(item)s::uuid IS NULL OR item_id = %(item)s) AND (%(reason)s = '' OR reason = %(reason)s)
       AND (%(subject)s::uuid IS NULL OR subject_id = %(subject)s)
       AND (%(before)s::uuid IS NULL OR id < %(before)s)
     ORDER BY id DESC LIMIT %(limit)s
"""


def movements(
    brand_id: UUID,
    *,
    locations: Sequence[UUID] | None = None,
    item: UUID | None = None,
    reason: str = "",
    subject: UUID | None = None,
    before: UUID | None = None,
    limit: int = 50,
) -> list[MovementView]:
    """Why on hand changed, the latest first."""
    key: dict[str, Any] = {"brand": brand_id, "locations": None if locations is None else list(locations)}
    key |= {"item": item, "reason": reason, "subject": subject, "before": before, "limit": min(limit, MOST)}
    with in_brand(brand_id):
        return [MovementView(*row) for row in rows(MOVEMENTS, key)]


COUNTED = """
    SELECT count_id, count(DISTINCT item_id) FROM inventory_tally
     WHERE brand_id = %(brand)s AND count_id = ANY(%(counts)s::uuid[]) GROUP BY 1
"""


def counts(
    brand_id: UUID,
    *,
    locations: Sequence[UUID] | None = None,
    before: UUID | None = None,
    limit: int = 50,
    ids: Collection[UUID] | None = None,
) -> list[CountView]:
    """Stock counts, the latest first."""
    with in_brand(brand_id):
        found = models.Count.objects.filter(brand_id=brand_id).order_by("-id")
        found = found if locations is None else found.filter(location_id__in=list(locations))
        found = found if ids is None else found.filter(id__in=list(ids))
        found = found if before is None else found.filter(id__lt=before)
        listed = list(found[: min(limit, MOST)])
        done = dict(rows(COUNTED, {"brand": brand_id, "counts": [c.id for c in listed]}))
        return [
            CountView(
                c.id, c.location_id, c.state, c.title, c.blind, tuple(UUID(i) for i in c.items), c.by, c.at,
                c.closed_at, c.closed_by, c.adjustment_id, done.get(c.id, 0),
            )
            for c in listed
        ]  # fmt: skip


def count_view(brand_id: UUID, count_id: UUID) -> CountView:
    """One count; NotFound."""
    found = counts(brand_id, ids=[count_id])
    if not found:
        raise NotFound(f"no count {count_id}")
    return found[0]


TALLIES = """
    SELECT id, item_id, units, by, at FROM inventory_tally
     WHERE brand_id = %(brand)s AND count_id = %(count)s ORDER BY id DESC LIMIT %(limit)s
"""


def tallies(brand_id: UUID, count_id: UUID, limit: int = MOST) -> list[tuple[UUID, UUID, int, str, Any]]:
    """(id, item, units, who, when) of what was counted, the latest first."""
    with in_brand(brand_id):
        return rows(TALLIES, {"brand": brand_id, "count": count_id, "limit": limit})


def adjustments(
    brand_id: UUID,
    *,
    locations: Sequence[UUID] | None = None,
    kinds: Collection[AdjustmentKind] = (),
    before: UUID | None = None,
    ids: Collection[UUID] | None = None,
    limit: int = 50,
) -> list[AdjustmentView]:
    """Counts' differences, waste and own use, the latest first."""
    with in_brand(brand_id):
        found = models.Adjustment.objects.filter(brand_id=brand_id).order_by("-id")
        found = found if locations is None else found.filter(location_id__in=list(locations))
        found = found.filter(kind__in=[k.value for k in kinds]) if kinds else found
        found = found if ids is None else found.filter(id__in=list(ids))
        found = found if before is None else found.filter(id__lt=before)
        return [
            AdjustmentView(
                a.id, a.location_id, AdjustmentKind(a.kind), a.state, a.reason, a.note,
                tuple((UUID(item), units, cost) for item, units, cost in a.lines), a.value_minor, a.by, a.at,
                a.done_at, a.approval_id,
            )
            for a in found[: min(limit, MOST)]
        ]  # fmt: skip


def reasons(brand_id: UUID, kind: AdjustmentKind) -> list[ReasonView]:
    """Why goods are written off: the brand's own list, or the one it begins with."""
    with in_brand(brand_id):
        own = models.Reason.objects.filter(brand_id=brand_id, kind=kind.value).order_by("name")
        listed = [ReasonView(kind, r.code, r.name, r.active) for r in own]
    return listed or [reason for reason in DEFAULT_REASONS if reason.kind is kind]


LINES = """
    SELECT transfer_id, item_id, asked, sent, received FROM inventory_transferline
     WHERE brand_id = %(brand)s AND transfer_id = ANY(%(ids)s::uuid[]) ORDER BY transfer_id, item_id
"""


def transfers(
    brand_id: UUID,
    *,
    locations: Sequence[UUID] | None = None,
    state: str = "",
    before: UUID | None = None,
    ids: Collection[UUID] | None = None,
    limit: int = 50,
) -> list[TransferView]:
    """Transfers from or to these places (None: all), the latest first, with their lines; two statements."""
    with in_brand(brand_id):
        found = models.Transfer.objects.filter(brand_id=brand_id).order_by("-id")
        if locations is not None:
            found = found.filter(Q(from_id__in=list(locations)) | Q(to_id__in=list(locations)))
        found = found.filter(state=state) if state else found
        found = found if ids is None else found.filter(id__in=list(ids))
        found = found if before is None else found.filter(id__lt=before)
        listed = list(found[: min(limit, MOST)])
        lines: dict[UUID, list[TransferLineView]] = {}
        for transfer, *line in rows(LINES, {"brand": brand_id, "ids": [t.id for t in listed]}):
            lines.setdefault(transfer, []).append(TransferLineView(*line))
        return [
            TransferView(
                t.id, t.from_id, t.to_id, TransferState(t.state), t.note, t.asked_by, t.asked_at, t.sent_by, t.sent_at,
                t.ended_by, t.ended_at, tuple(lines.get(t.id, ())),
            )
            for t in listed
        ]  # fmt: skip


def transfer_view(brand_id: UUID, transfer_id: UUID) -> TransferView:
    """One transfer; NotFound."""
    found = transfers(brand_id, ids=[transfer_id])
    if not found:
        raise NotFound(f"no transfer {transfer_id}")
    return found[0]


IN_TRANSIT = """
    SELECT t.to_id, l.item_id, sum(l.sent)::int FROM inventory_transfer t
      JOIN inventory_transferline l ON l.brand_id = t.brand_id AND l.transfer_id = t.id
     WHERE t.brand_id = %(brand)s AND t.state = 'sent' AND l.sent > 0 GROUP BY 1, 2
"""


def in_transit(brand_id: UUID) -> dict[tuple[UUID, UUID], int]:
    """{(to, item): units} on their way between stores: on nobody's shelf, and nowhere for sale."""
    with in_brand(brand_id):
        return {(to, item): units for to, item, units in rows(IN_TRANSIT, {"brand": brand_id})}
