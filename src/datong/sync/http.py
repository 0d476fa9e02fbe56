"""What goes back to the channels, over HTTP: read only; what may be done about it is a person's."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from django.http import HttpRequest
from ninja import Router, Schema
from pydantic import Field, StringConstraints

from datong.access.api import require
from datong.access.types import Scope
from datong.brand.api import list_channels
from datong.kernel.bodies import STORABLE, Day
from datong.kernel.errors import NotFound
from datong.sync import api

router = Router(tags=["sync"])


class LinkRow(Schema):
    """A channel that is told our stock, prices and orders. Lag: from the event to its answer, over the last hour."""

    channel: str
    platform: str
    base_url: str
    paused: bool
    answers: bool
    waiting: int
    failed: int
    sent: int
    faults: int
    lag_p50_ms: int | None
    lag_p95_ms: int | None
    heard_at: datetime | None
    error: str
    error_at: datetime | None


class MessageRow(Schema):
    """A message to a channel; `sku` of a product, `order` their number of an order."""

    id: UUID
    kind: str
    state: str
    sku: str
    order: str
    figure: int | None
    event_at: datetime
    due_at: datetime | None
    attempts: int
    acked_at: datetime | None
    lag_ms: int | None
    code: str
    why: str
    fix: str


class MessagePage(Schema):
    rows: list[MessageRow]
    next: str


class ShelfRow(Schema):
    """A product at a channel: what we want it to show beside what it confirmed last. Prices in minor units."""

    sku: str
    product_ref: str
    variant_ref: str
    units_wanted: int | None
    units_shown: int | None
    price_wanted_minor: int | None
    price_shown_minor: int | None
    currency: str
    waiting: bool
    fault: str
    found: str


Cursor = Annotated[str, StringConstraints(max_length=120), STORABLE]
Limit = Annotated[int, Field(ge=1, le=200)]


@router.get("/sync", response=list[LinkRow], summary="Channels that are told", operation_id="list_links")
def list_links(request: HttpRequest) -> list[dict[str, Any]]:
    """Every connected channel: what waits, what failed, how long it takes."""
    brand = require(request, Scope.CHANNELS_READ).brand_id
    codes = {channel.id: channel.code for channel in list_channels(brand)}
    known = api.figures(brand)
    rows = []
    for link in api.list_links(brand):
        now = known.get(link.channel_id, api.Figures())
        rows.append(
            {
                "channel": codes.get(link.channel_id, ""),
                "platform": link.platform.value,
                "base_url": link.base_url,
                "paused": link.paused_at is not None,
                "answers": link.failures == 0,
                "heard_at": link.heard_at,
                "error": link.error,
                "error_at": link.error_at,
                **{f: getattr(now, f) for f in ("waiting", "failed", "sent", "faults", "lag_p50_ms", "lag_p95_ms")},
            }
        )
    return rows


@router.get(
    "/sync/{channel}/messages", response={200: MessagePage, 404: None}, summary="Messages", operation_id="list_messages"
)
def list_messages(
    request: HttpRequest,
    channel: str,
    state: Literal["", "waiting", "sent", "failed", "skipped"] = "",
    cursor: Cursor = "",
    limit: Limit = 50,
) -> dict[str, Any]:
    """Messages to a channel, the last tried first."""
    brand = require(request, Scope.CHANNELS_READ).brand_id
    found = api.outward_page(brand, _id(brand, channel), state=state, after=cursor, limit=limit)
    names = [name for name in MessageRow.model_fields if name != "kind"]
    rows = [{**{name: getattr(row, name) for name in names}, "kind": row.kind.value} for row in found.rows]
    return {"rows": rows, "next": found.next}


@router.get(
    "/sync/{channel}/products",
    response={200: list[ShelfRow], 404: None},
    summary="What it shows",
    operation_id="list_shelf",
)
def list_shelf(request: HttpRequest, channel: str, after: Cursor = "", limit: Limit = 50) -> list[dict[str, Any]]:
    """Products of a channel by SKU, those after `after`: what we want it to show, what it confirmed last."""
    brand = require(request, Scope.CHANNELS_READ).brand_id
    return [
        {
            "sku": row.theirs.sku,
            "product_ref": row.theirs.product_ref,
            "variant_ref": row.theirs.variant_ref,
            "units_wanted": row.wanted_units,
            "units_shown": row.shown_units,
            "price_wanted_minor": row.wanted_minor,
            "price_shown_minor": row.shown_minor,
            "currency": row.currency,
            "waiting": row.waiting,
            "fault": row.theirs.fault,
            "found": row.theirs.found,
        }
        for row in api.shelf(brand, _id(brand, channel), after=after, limit=limit)
    ]


class DayRow(Schema):
    """A channel's day: their count and sum against ours, minor units; null where they have told nothing."""

    channel: str
    day: date
    verdict: str
    currency: str
    their_count: int | None
    their_minor: int | None
    our_count: int
    our_minor: int
    differences: int
    open: int
    read_at: datetime | None
    made_at: datetime


class DifferenceRow(Schema):
    """One order that differs on a day; the deltas, theirs minus ours, add up to the difference of the day."""

    id: UUID
    external_id: str
    kind: str
    state: str
    their_minor: int | None
    our_minor: int | None
    delta_count: int
    delta_minor: int
    number: str
    reason: str


@router.get(
    "/reconciliation/{channel}",
    response={200: list[DayRow], 404: None},
    summary="A channel's days against ours",
    operation_id="list_days",
)
def list_days(request: HttpRequest, channel: str, before: Day | None = None, limit: Limit = 50) -> list[dict[str, Any]]:
    """Days of a channel, newest first, those before `before`."""
    brand = require(request, Scope.CHANNELS_READ).brand_id
    of = _id(brand, channel)
    found = api.reports(brand, channel_id=of, before=(before, UUID(int=0)) if before else None, limit=limit)
    names = [name for name in DayRow.model_fields if name not in ("channel", "verdict")]
    return [
        {**{name: getattr(r, name) for name in names}, "channel": channel, "verdict": r.verdict.value} for r in found
    ]


@router.get(
    "/reconciliation/{channel}/{day}",
    response={200: list[DifferenceRow], 404: None},
    summary="What differs on a day",
    operation_id="list_differences",
)
def list_differences(
    request: HttpRequest, channel: str, day: Day, after: Cursor = "", limit: Limit = 50
) -> list[dict[str, Any]]:
    """The orders that differ, by their number, those after `after`."""
    brand = require(request, Scope.CHANNELS_READ).brand_id
    found = api.differences(brand, _id(brand, channel), day, after=after or None, limit=limit)
    told = ("external_id", "their_minor", "our_minor", "delta_count", "delta_minor")
    return [
        {
            **{name: getattr(d.difference, name) for name in told},
            "id": d.id,
            "kind": d.difference.kind.value,
            "state": d.state.value,
            "number": d.number,
            "reason": d.reason,
        }
        for d in found
    ]


def _id(brand_id: UUID, code: str) -> UUID:
    for channel in list_channels(brand_id):
        if channel.code == code:
            return channel.id
    raise NotFound(f"no channel {code!r}")
