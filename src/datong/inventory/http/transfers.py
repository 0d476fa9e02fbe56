"""Transfers between stores (调拨) over HTTP: asked for, sent, received with what differs, called off."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from django.http import HttpRequest
from ninja import Query, Router, Schema
from pydantic import Field, StringConstraints

from datong.access.api import require
from datong.access.types import Scope
from datong.catalog.api import items_by_id
from datong.inventory import api
from datong.inventory.http.common import (
    Code,
    Cursor,
    Key,
    Line,
    Lines,
    Page,
    Text,
    codes_of,
    store_in,
    store_of,
    units_of,
)
from datong.inventory.types import TransferView
from datong.kernel.bodies import STORABLE, Body
from datong.kernel.db import in_brand
from datong.kernel.errors import BadInput, Problem
from datong.kernel.once import once
from datong.kernel.pages import read_cursor, write_cursor

router = Router(tags=["stock"])

Store = Annotated[str, StringConstraints(min_length=1, max_length=40), STORABLE]


class TransferLineOut(Schema):
    """`sent` and `received` are null until it was."""

    sku: str
    asked: int
    sent: int | None
    received: int | None


class TransferOut(Schema):
    """`state`: asked, sent (the goods are on nobody's shelf), received or cancelled."""

    id: UUID
    from_store: str
    to_store: str
    state: str
    note: str
    asked_by: str
    asked_at: datetime
    sent_at: datetime | None
    ended_at: datetime | None
    lines: list[TransferLineOut]


class TransfersOut(Schema):
    """The latest first; `next` is the cursor of the page after it, absent on the last."""

    transfers: list[TransferOut]
    next: str | None = None


class TransfersWanted(Schema):
    """`store`: from there or to there."""

    store: Code = ""
    state: Literal["", "asked", "sent", "received", "cancelled"] = ""
    cursor: Cursor = ""
    limit: Page = 50


@router.get("/transfers", response={200: TransfersOut, 404: None}, summary="Transfers", operation_id="list_transfers")
def list_transfers(request: HttpRequest, wanted: Query[TransfersWanted]) -> dict[str, Any]:
    """Transfers between stores with their lines."""
    client = require(request, Scope.STOCK_READ)
    store = store_of(client.brand_id, wanted.store)
    found = api.transfers(
        client.brand_id,
        locations=[store] if store else None,
        state=wanted.state,
        before=read_cursor(wanted.cursor),
        limit=wanted.limit + 1,
    )
    more, found = len(found) > wanted.limit, found[: wanted.limit]
    return {"transfers": _told(client.brand_id, found), "next": write_cursor(found[-1].id) if more else None}


class TransferIn(Body):
    """Stores by their codes."""

    from_store: Store
    to_store: Store
    lines: Lines
    note: Text = ""


@router.post(
    "/transfers", response={200: TransferOut, 409: None}, summary="Ask for a transfer", operation_id="ask_transfer"
)
def ask_transfer(request: HttpRequest, wanted: TransferIn, idempotency_key: Key = "") -> dict[str, Any]:
    """Ask one store to send goods to another; nothing moves yet.

    With an Idempotency-Key the call may be sent again: it is carried out once.
    """
    client = require(request, Scope.STOCK_WRITE)
    start = store_in(client.brand_id, "/from_store", wanted.from_store)
    end = store_in(client.brand_id, "/to_store", wanted.to_store)
    if start == end:
        problem = Problem("/to_store", "same_store", "another store than the one it comes from", wanted.to_store)
        raise BadInput("goods go from one store to another", problem)
    units = units_of(client.brand_id, wanted.lines)

    def ask() -> dict[str, Any]:
        made = api.ask_transfer(client.brand_id, start, end, units, by=f"client {client.name}", note=wanted.note)
        return _told(client.brand_id, [made])[0]

    with in_brand(client.brand_id):
        answer: dict[str, Any] = once("transfer", idempotency_key, wanted.model_dump(), ask)
        return answer


@router.get(
    "/transfers/{transfer_id}",
    response={200: TransferOut, 404: None},
    summary="One transfer",
    operation_id="get_transfer",
)
def get_transfer(request: HttpRequest, transfer_id: UUID) -> dict[str, Any]:
    """What was asked for, what was sent and what came, line by line."""
    client = require(request, Scope.STOCK_READ)
    return _told(client.brand_id, [api.transfer_view(client.brand_id, transfer_id)])[0]


class MovedIn(Body):
    """Units by item; an item left out is 0. Without lines: all that was asked for, or all that was sent."""

    lines: Annotated[list[Line], Field(min_length=1, max_length=500)] | None = None


@router.post(
    "/transfers/{transfer_id}/send",
    response={200: TransferOut, 404: None, 409: None},
    summary="Send a transfer",
    operation_id="send_transfer",
)
def send_transfer(request: HttpRequest, transfer_id: UUID, moved: MovedIn) -> dict[str, Any]:
    """The goods left the shelf. Sent again it is answered as it stands; what orders hold is not sent."""
    client = require(request, Scope.STOCK_WRITE)
    units = units_of(client.brand_id, moved.lines) if moved.lines else None
    done = api.send_transfer(client.brand_id, transfer_id, by=f"client {client.name}", sent=units)
    return _told(client.brand_id, [done])[0]


@router.post(
    "/transfers/{transfer_id}/receive",
    response={200: TransferOut, 404: None, 409: None},
    summary="Receive a transfer",
    operation_id="receive_transfer",
)
def receive_transfer(request: HttpRequest, transfer_id: UUID, moved: MovedIn) -> dict[str, Any]:
    """The goods came; what is missing is booked as lost on the way. Sent again it is answered as it stands."""
    client = require(request, Scope.STOCK_WRITE)
    units = units_of(client.brand_id, moved.lines) if moved.lines else None
    done = api.receive_transfer(client.brand_id, transfer_id, by=f"client {client.name}", received=units)
    return _told(client.brand_id, [done])[0]


@router.post(
    "/transfers/{transfer_id}/cancel",
    response={200: TransferOut, 404: None, 409: None},
    summary="Call a transfer off",
    operation_id="cancel_transfer",
)
def cancel_transfer(request: HttpRequest, transfer_id: UUID) -> dict[str, Any]:
    """What was sent already goes back to the shelf it came from."""
    client = require(request, Scope.STOCK_WRITE)
    done = api.cancel_transfer(client.brand_id, transfer_id, by=f"client {client.name}")
    return _told(client.brand_id, [done])[0]


def _told(brand_id: UUID, found: Sequence[TransferView]) -> list[dict[str, Any]]:
    items = items_by_id(brand_id, {line.item_id for t in found for line in t.lines})
    codes: Mapping[UUID, str] = codes_of(brand_id)
    names = ("id", "note", "asked_by", "asked_at", "sent_at", "ended_at")
    return [
        {
            **{name: getattr(t, name) for name in names},
            "from_store": codes.get(t.from_id, str(t.from_id)),
            "to_store": codes.get(t.to_id, str(t.to_id)),
            "state": t.state.value,
            "lines": [
                {
                    "sku": items[line.item_id].sku if line.item_id in items else str(line.item_id),
                    **{name: getattr(line, name) for name in ("asked", "sent", "received")},
                }
                for line in t.lines
            ],
        }
        for t in found
    ]
