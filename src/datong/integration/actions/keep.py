"""Putting deliveries on disk: one statement, whatever their number."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from datong.integration.types import InboxState
from datong.kernel import clock, trace
from datong.kernel.db import current_brand, execute
from datong.kernel.errors import Problem
from datong.kernel.ids import uuid7


@dataclass(frozen=True, slots=True)
class Row:
    """A row of the inbox to be written; `id` is minted here, so that orders can name it before it is written."""

    channel_id: UUID
    connector: str
    body: bytes
    id: UUID = field(default_factory=uuid7)
    door: str = ""
    run_id: UUID | None = None
    vouches: bool = False
    external_id: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    fetched: bytes | None = None
    state: InboxState = InboxState.PENDING
    awaits: bool = False
    attempts: int = 0
    retry_at: datetime | None = None
    problems: Sequence[Problem] = ()
    outcome: Mapping[str, Any] = field(default_factory=dict)
    corrected_from: UUID | None = None
    corrected_by: str = ""
    trace: str = field(default_factory=lambda: trace.current().header)


KEEP = """
    INSERT INTO integration_inbox (brand_id, id, channel_id, connector, door, run_id, vouches, external_id, sha256,
                                   size_bytes, received_at, headers, body, fetched, state, awaits, attempts, retry_at,
                                   decided_at, problems, outcome, history, corrected_from, corrected_by, trace)
    SELECT %(brand)s, r.id, r.channel_id, r.connector, r.door, r.run_id, r.vouches, r.external_id, sha256(r.body),
           octet_length(r.body), %(now)s, r.headers, r.body, r.fetched, r.state, r.awaits, r.attempts, r.retry_at,
           CASE WHEN r.state <> 'pending' THEN %(now)s::timestamptz END, r.problems, r.outcome, '[]'::jsonb,
           r.corrected_from, r.corrected_by, r.trace
      FROM unnest(%(id)s::uuid[], %(channel_id)s::uuid[], %(connector)s::text[], %(door)s::text[], %(run_id)s::uuid[],
                  %(vouches)s::bool[], %(external_id)s::text[], %(headers)s::jsonb[], %(body)s::bytea[],
                  %(fetched)s::bytea[], %(state)s::text[], %(awaits)s::bool[], %(attempts)s::smallint[],
                  %(retry_at)s::timestamptz[], %(problems)s::jsonb[], %(outcome)s::jsonb[], %(corrected_from)s::uuid[],
                  %(corrected_by)s::text[], %(trace)s::text[])
        AS r(id, channel_id, connector, door, run_id, vouches, external_id, headers, body, fetched, state, awaits,
             attempts, retry_at, problems, outcome, corrected_from, corrected_by, trace)
"""
_PLAIN = (
    "id", "channel_id", "connector", "door", "run_id", "vouches", "external_id", "body", "fetched", "awaits",
    "attempts", "retry_at", "corrected_from", "corrected_by", "trace",
)  # fmt: skip


def keep(found: Sequence[Row]) -> None:
    """Write rows into the open transaction."""
    if not found:
        return
    columns: dict[str, Any] = {name: [getattr(row, name) for row in found] for name in _PLAIN}
    columns["state"] = [row.state.value for row in found]
    columns["headers"] = [as_json(row.headers) for row in found]
    columns["problems"] = [as_json(problems_data(row.problems)) for row in found]
    columns["outcome"] = [as_json(row.outcome) for row in found]
    execute(KEEP, {**columns, "brand": current_brand(), "now": clock.now()})


def problems_data(problems: Sequence[Problem]) -> list[dict[str, Any]]:
    return [{"field": p.field, "code": p.code, "fix": p.fix, "value": p.value} for p in problems]


def as_json(value: Any) -> str:
    return msgspec.json.encode(value).decode()
