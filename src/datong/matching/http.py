"""Matching over HTTP: pairs that wait with their weights, comparisons of all customers, what they may do."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from django.http import HttpRequest
from ninja import Query, Router, Schema
from pydantic import Field, StringConstraints

from datong.access.api import require
from datong.access.types import Scope
from datong.customers import api as customers
from datong.customers.types import IdentityKind
from datong.kernel.pages import CURSOR, read_cursor, write_cursor
from datong.matching import api
from datong.matching.types import Step

router = Router(tags=["customers"])


class SharedSign(Schema):
    kind: IdentityKind
    value: str


class WeighedPair(Schema):
    """Two customers that may be one: `weight` in bits (the base-2 logarithm of the odds), and `parts` of it by field.

    `prior` are the odds against any two; null and empty where a pair was proposed for a shared sign and not weighed.
    """

    keep: UUID
    other: UUID
    evidence: SharedSign | None
    weight: float | None
    parts: dict[str, float]


class WeighedPairs(Schema):
    """The oldest first; `auto` and `review` are the weights from which a pair is sure and is shown."""

    pairs: list[WeighedPair]
    auto: float
    review: float


@router.get("/matching/pairs", response=WeighedPairs, summary="Likely pairs", operation_id="list_weighed_pairs")
def list_weighed_pairs(request: HttpRequest, limit: Annotated[int, Query(ge=1, le=200)] = 100) -> dict[str, Any]:
    """Pairs that wait for somebody to decide, each with what speaks for and against it."""
    client = require(request, Scope.CUSTOMERS_READ)
    found = customers.merge_proposals(client.brand_id, limit=limit)
    weights = api.weights_of(client.brand_id, [(one.keep, one.other) for one in found])
    setting = api.setting_of(client.brand_id)
    pairs = []
    for one in found:
        weighed = weights.get((min(one.keep, one.other), max(one.keep, one.other)))
        told = {"weight": weighed.weight if weighed else None, "parts": dict(weighed.parts) if weighed else {}}
        pairs.append(asdict(one) | told)
    return {"pairs": pairs, "auto": setting.auto, "review": setting.review}


class MatchingRunOut(Schema):
    """A comparison of all customers; `pairs` are at least as likely as the brand wants to see, `proposed` new ones."""

    id: UUID
    by: str
    at: datetime
    ended_at: datetime | None
    step: Step
    records: int
    pairs: int
    proposed: int
    merged: int
    error: str


class RunList(Schema):
    """The newest first; `next` is the cursor of the page after it."""

    runs: list[MatchingRunOut]
    next: str | None


class RunPage(Schema):
    cursor: Annotated[str, StringConstraints(pattern=CURSOR)] = ""
    limit: Annotated[int, Field(ge=1, le=100)] = 20


@router.get("/matching/runs", response=RunList, summary="Comparisons", operation_id="list_matching_runs")
def list_matching_runs(request: HttpRequest, wanted: Query[RunPage]) -> dict[str, Any]:
    """Comparisons of all customers, with how far the one under way is."""
    client = require(request, Scope.CUSTOMERS_READ)
    found = api.list_runs(client.brand_id, before=read_cursor(wanted.cursor), limit=wanted.limit)
    more = len(found) == wanted.limit
    return {"runs": [asdict(one) for one in found], "next": write_cursor(found[-1].id) if more else None}


@router.post(
    "/matching/runs",
    response={200: MatchingRunOut, 409: None},
    summary="Compare all",
    operation_id="start_matching_run",
)
def start_matching_run(request: HttpRequest) -> dict[str, Any]:
    """Ask that all customers are compared; the run that waits or is under way, if there is one. Repeating is safe."""
    client = require(request, Scope.CUSTOMERS_WRITE)
    return asdict(api.ask_run(brand=client.brand_id, by=f"client {client.name}"))


class SourceOut(Schema):
    """What one door knows: its records and the people they are; `alone` of these no other door knows."""

    channel_id: UUID
    records: int
    people: int
    alone: int
    joined_percent: int


class SourceList(Schema):
    sources: list[SourceOut]


@router.get("/matching/sources", response=SourceList, summary="By source", operation_id="list_customer_sources")
def list_customer_sources(request: HttpRequest) -> dict[str, Any]:
    """Which doors still know people by themselves, and the share that is joined."""
    client = require(request, Scope.CUSTOMERS_READ)
    found = customers.sources_of(client.brand_id)
    return {"sources": [asdict(one) | {"joined_percent": one.joined_percent} for one in found]}
