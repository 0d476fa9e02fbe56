"""The inbox over HTTP: what a client's channel has delivered, and its mistakes mended."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from django.http import HttpRequest
from ninja import Query, Router, Schema
from pydantic import Field, StringConstraints

from datong.access.api import require
from datong.access.types import Client, Scope
from datong.integration import api
from datong.integration.http.schemas import Correction, InboxDetail, InboxPageOut, entry_data
from datong.integration.types import InboxEntry, InboxState
from datong.kernel.bodies import STORABLE
from datong.kernel.errors import NotFound
from datong.kernel.pages import CURSOR, read_cursor, write_cursor

router = Router(tags=["inbox"])

GONE = {404: None}
NOTHING_TO_MEND = {404: None, 409: None}


class InboxQuery(Schema):
    state: InboxState | None = None
    external_id: Annotated[str, StringConstraints(max_length=120), STORABLE] = ""
    cursor: Annotated[str, StringConstraints(pattern=CURSOR)] = ""
    limit: Annotated[int, Field(ge=1, le=100)] = 50


@router.get("/v1/inbox", response=InboxPageOut, summary="List deliveries", operation_id="list_inbox")
def list_inbox(request: HttpRequest, wanted: Query[InboxQuery]) -> dict[str, Any]:
    """Deliveries of the client's channel, newest first, with what became of them."""
    client = require(request, Scope.ORDERS_READ)
    page = api.inbox_page(
        client.brand_id,
        api.InboxFilter(
            states=(wanted.state,) if wanted.state else (),
            channel_id=client.channel_id,
            external_id=wanted.external_id,
        ),
        before=read_cursor(wanted.cursor),
        limit=wanted.limit,
    )
    return {"entries": page.entries, "next": write_cursor(page.next) if page.next else None}


@router.get("/v1/inbox/{inbox_id}", response={200: InboxDetail, **GONE}, operation_id="get_inbox_entry")
def get_inbox_entry(request: HttpRequest, inbox_id: UUID) -> dict[str, Any]:
    """One delivery; with its payload when the key has `customers:read`."""
    client = require(request, Scope.ORDERS_READ)
    return entry_data(_mine(client, inbox_id), client)


@router.post(
    "/v1/inbox/{inbox_id}/replay",
    response={200: InboxDetail, **NOTHING_TO_MEND},
    operation_id="replay_inbox_entry",
)
def replay_inbox_entry(request: HttpRequest, inbox_id: UUID) -> dict[str, Any]:
    """Let a delivery run again; a conflict (409) when there is nothing to mend."""
    client = require(request, Scope.ORDERS_WRITE)
    _mine(client, inbox_id)
    return entry_data(api.replay(client.brand_id, inbox_id, f"client {client.name}"), client)


@router.post(
    "/v1/inbox/{inbox_id}/correct",
    response={200: InboxDetail, **NOTHING_TO_MEND},
    operation_id="correct_inbox_entry",
)
def correct_inbox_entry(request: HttpRequest, inbox_id: UUID, correction: Correction) -> dict[str, Any]:
    """Put a corrected payload in its place; the answer is the new entry, the old one is superseded."""
    client = require(request, Scope.ORDERS_WRITE)
    _mine(client, inbox_id)
    return entry_data(api.correct(client.brand_id, inbox_id, correction.body, f"client {client.name}"), client)


def _mine(client: Client, inbox_id: UUID) -> InboxEntry:
    """Another channel's entry does not exist for this client."""
    found = api.inbox_entry(client.brand_id, inbox_id)
    if found.channel_id != client.channel_id:
        raise NotFound(f"no inbox entry {inbox_id}")
    return found
