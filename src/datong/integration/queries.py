"""Reads of integration: doors by address, the inbox."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from datong.integration.models import Endpoint as EndpointRow
from datong.integration.types import (
    PROCESS_VERSION,
    Connection,
    Endpoint,
    InboxEntry,
    InboxState,
    UnknownEndpoint,
)
from datong.integration.wire.registry import connector_of
from datong.kernel.db import as_relay, in_brand, rows
from datong.kernel.errors import BadInput, NotFound, Problem
from datong.kernel.secrets import unseal

MAX_PAGE = 100
TOKEN = re.compile(r"[A-Za-z0-9_-]{43}")


def endpoint_of(token: str) -> tuple[Endpoint, Mapping[str, str]]:
    """The door at an address with its secrets opened; raises UnknownEndpoint, for a closed one too."""
    row = EndpointRow.objects.filter(token=token, active=True).first() if TOKEN.fullmatch(token) else None
    if row is None:
        raise UnknownEndpoint("no door has this address")
    return endpoint(row), json.loads(unseal(bytes(row.sealed)))


def list_endpoints(brand_id: UUID) -> list[Endpoint]:
    """The doors of a brand, oldest first, closed ones too."""
    return [endpoint(row) for row in EndpointRow.objects.filter(brand_id=brand_id).order_by("created_at", "token")]


def connections(brand_id: UUID) -> list[Connection]:
    """How each channel is connected: tool and process, both with their version (S-56); closed doors too."""
    found = []
    for door in list_endpoints(brand_id):
        connector = connector_of(door.connector, door.settings)
        process = connector.process
        found.append(
            Connection(door.channel_id, door.connector, connector.speaks, process, PROCESS_VERSION, door.active)
        )
    return found


def endpoint(row: EndpointRow) -> Endpoint:
    return Endpoint(row.token, row.brand_id, row.channel_id, row.connector, row.settings, row.active)


WAITING = """
    SELECT DISTINCT brand_id FROM integration_inbox
     WHERE state = 'pending' AND (retry_at IS NULL OR retry_at <= %(now)s)
"""


def brands_with_work(now: Any) -> list[UUID]:
    """Brands whose inbox holds something to do now; seen by the relay role, done by the application's."""
    with as_relay():
        return [brand for (brand,) in rows(WAITING, {"now": now})]


@dataclass(frozen=True, slots=True)
class InboxFilter:
    """All of it must hold; None and '' ask for nothing."""

    states: tuple[InboxState, ...] = ()
    channel_id: UUID | None = None
    external_id: str = ""


@dataclass(frozen=True, slots=True)
class InboxPage:
    """Newest first. `next`: the `before` of the next page, None at the end."""

    entries: tuple[InboxEntry, ...]
    next: UUID | None


COLUMNS = """id, channel_id, connector, external_id, state, received_at, attempts, encode(sha256, 'hex'), size_bytes,
             problems, outcome, headers, corrected_from, corrected_by, retry_at, history"""
PAGE = f"""
    SELECT {COLUMNS} FROM integration_inbox
     WHERE brand_id = %(brand)s
       AND (%(before)s::uuid IS NULL OR id < %(before)s::uuid)
       AND (%(states)s::text[] = '{{}}' OR state = ANY (%(states)s::text[]))
       AND (%(channel)s::uuid IS NULL OR channel_id = %(channel)s::uuid)
       AND (%(external)s::text = '' OR external_id = %(external)s::text)
     ORDER BY id DESC LIMIT %(limit)s
"""  # noqa: S608 a constant of ours


def inbox_page(
    brand_id: UUID, filter: InboxFilter = InboxFilter(), *, before: UUID | None = None, limit: int = 50
) -> InboxPage:
    """A page of the inbox; entries without their bodies."""
    limit = max(1, min(limit, MAX_PAGE))
    params = {
        "brand": brand_id,
        "before": before,
        "states": [state.value for state in filter.states],
        "channel": filter.channel_id,
        "external": filter.external_id,
        "limit": limit + 1,
    }
    with in_brand(brand_id):
        found = [_entry(row) for row in rows(PAGE, params)]
    more = len(found) > limit
    return InboxPage(tuple(found[:limit]), found[limit - 1].id if more else None)


ENTRY = f"""
    SELECT {COLUMNS}, body, fetched, door FROM integration_inbox WHERE brand_id = %(brand)s AND id = %(id)s
"""  # noqa: S608 a constant of ours


def inbox_entry(brand_id: UUID, inbox_id: UUID) -> InboxEntry:
    """One entry with its body as a person can read and correct it. Raises NotFound."""
    with in_brand(brand_id):
        found = rows(ENTRY, {"brand": brand_id, "id": inbox_id})
    if not found:
        raise NotFound(f"no inbox entry {inbox_id}")
    *head, body, fetched, door = found[0]
    raw, details = bytes(body), bytes(fetched) if fetched is not None else b""
    return _entry(tuple(head), body=_readable(head[2], door, details or raw), raw=raw, fetched=details)


def _readable(connector: str, door: str, body: bytes) -> str:
    """Indented JSON where it is JSON or a form; else the text as it came."""
    try:
        if connector == "marketplace":
            settings = EndpointRow.objects.filter(token=door).values_list("settings", flat=True).first() or {}
            made = connector_of(connector, settings).readable
            if made:
                return made(body)
        return json.dumps(json.loads(body), ensure_ascii=False, indent=2)
    except (BadInput, NotFound, ValueError, RecursionError):
        return body.decode("utf-8", "replace")


COUNTS = """
    SELECT channel_id, state, count(*), count(DISTINCT nullif(external_id, ''))
      FROM integration_inbox WHERE brand_id = %(brand)s GROUP BY 1, 2
"""


def inbox_counts(brand_id: UUID) -> dict[UUID, dict[InboxState, int]]:
    """Entries by channel and state, counted from the rows."""
    found: dict[UUID, dict[InboxState, int]] = {}
    with in_brand(brand_id):
        for channel, state, count, _ in rows(COUNTS, {"brand": brand_id}):
            found.setdefault(channel, {})[InboxState(state)] = count
    return found


UNDERSTOOD = """
    SELECT DISTINCT channel_id, external_id FROM integration_inbox
     WHERE brand_id = %(brand)s AND external_id <> '' AND state IN ('placed', 'repeat', 'conflict')
"""


def taken_ids(brand_id: UUID) -> dict[UUID, list[str]]:
    """Every external id that was answered with an order, by channel: what the order book is reconciled with."""
    found: dict[UUID, list[str]] = {}
    with in_brand(brand_id):
        for channel, external_id in rows(UNDERSTOOD, {"brand": brand_id}):
            found.setdefault(channel, []).append(external_id)
    return found


def _entry(row: Sequence[Any], *, body: str = "", raw: bytes = b"", fetched: bytes = b"") -> InboxEntry:
    (id_, channel, connector, external_id, state, received, attempts, sha, size, problems, outcome, headers, *rest) = (
        row
    )
    corrected_from, corrected_by, retry_at, history = rest
    return InboxEntry(
        id=id_,
        channel_id=channel,
        connector=connector,
        external_id=external_id,
        state=InboxState(state),
        received_at=received,
        attempts=attempts,
        sha256=sha,
        size_bytes=size,
        problems=tuple(Problem(p["field"], p["code"], p["fix"], p.get("value")) for p in _json(problems)),
        outcome=_json(outcome),
        headers=_json(headers),
        corrected_from=corrected_from,
        corrected_by=corrected_by,
        retry_at=retry_at,
        history=tuple(_json(history)),
        body=body,
        raw=raw,
        fetched=fetched,
    )


def _json(value: Any) -> Any:
    """Django's connection hands jsonb over as text."""
    return json.loads(value) if isinstance(value, str) else value
