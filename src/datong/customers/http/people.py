"""Customers over HTTP: find one, all that is known of one person, and what is said of two records."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from django.http import HttpRequest
from ninja import Query, Router, Schema, Status
from pydantic import Field, StringConstraints

from datong.access.api import require
from datong.access.types import Scope
from datong.customers import api
from datong.customers.types import IdentityKind, Means, Purpose, Said
from datong.kernel.bodies import READABLE, STORABLE, Body
from datong.kernel.errors import NotFound
from datong.kernel.pages import CURSOR, read_cursor, write_cursor

router = Router(tags=["customers"])

Reason = Annotated[str, StringConstraints(max_length=api.MAX_REASON), READABLE]


class CustomerRow(Schema):
    """A line of the list; `matched` is the identity or name that was found."""

    id: UUID
    name: str
    matched: str


class CustomerList(Schema):
    """The newest first; `next` is the cursor of the page after it. A search has one page."""

    customers: list[CustomerRow]
    next: str | None = None


class CustomerFilter(Schema):
    q: Annotated[str, StringConstraints(max_length=80), STORABLE] = ""
    cursor: Annotated[str, StringConstraints(pattern=CURSOR)] = ""
    limit: Annotated[int, Field(ge=1, le=100)] = 50


@router.get("/customers", response=CustomerList, summary="Customers", operation_id="list_customers")
def list_customers(request: HttpRequest, wanted: Query[CustomerFilter]) -> dict[str, Any]:
    """A line a person, the newest first; with `q`, those whose name or a verified identity has it."""
    client = require(request, Scope.CUSTOMERS_READ)
    if wanted.q.strip():
        hits = api.search_customers(client.brand_id, wanted.q, limit=wanted.limit)
        return {"customers": [asdict(hit) for hit in hits], "next": None}
    found = api.latest_customers(client.brand_id, before=read_cursor(wanted.cursor), limit=wanted.limit)
    more = len(found) == wanted.limit
    return {"customers": [asdict(hit) for hit in found], "next": write_cursor(found[-1].id) if more else None}


class RecordOut(Schema):
    """One of the records that make the person, the oldest first."""

    id: UUID
    name: str
    created_at: datetime


class IdentityOut(Schema):
    """A verified identity; `customer_id` is the record it belongs to."""

    kind: IdentityKind
    value: str
    first_seen: datetime
    last_seen: datetime
    channel_id: UUID
    customer_id: UUID


class SignOut(Schema):
    kind: IdentityKind
    value: str


class MergeOut(Schema):
    """That two records are one person; `undone_at` null: it stands."""

    id: UUID
    a: UUID
    b: UUID
    reason: str
    evidence: list[SignOut]
    by: str
    at: datetime
    undone_at: datetime | None
    undone_by: str
    undone_reason: str


class MergeProposalOut(Schema):
    """Two customers who may be one: `keep` is known longer. `evidence` is a sign both showed; null: all they said."""

    keep: UUID
    other: UUID
    evidence: SignOut | None


class CustomerOut(Schema):
    """All that is known of one person; `id` is the head's, the oldest record's."""

    id: UUID
    name: str
    language: str
    created_at: datetime
    records: list[RecordOut]
    identities: list[IdentityOut]
    merges: list[MergeOut]
    proposals: list[MergeProposalOut]


@router.get(
    "/customers/{customer_id}",
    response={200: CustomerOut, 404: None},
    summary="A customer",
    operation_id="get_customer",
)
def get_customer(request: HttpRequest, customer_id: UUID) -> dict[str, Any]:
    """The person that a record is, by the id of any of its records."""
    client = require(request, Scope.CUSTOMERS_READ)
    found = api.customer_page(client.brand_id, customer_id)
    api.see_customer(found.id, brand=client.brand_id, by=f"client {client.name}", place="api")
    return asdict(found)


class ConsentOut(Schema):
    """What was said of a purpose by a means; `said` is given, asked (to be confirmed) or withdrawn."""

    id: UUID
    customer_id: UUID
    purpose: Purpose
    means: Means
    said: Said
    at: datetime
    source: str
    text_version: str
    by: str


class ConsentList(Schema):
    """`now` is what holds; `history` every word, the newest first, at most 100."""

    now: list[ConsentOut]
    history: list[ConsentOut]


@router.get(
    "/customers/{customer_id}/consents",
    response={200: ConsentList, 404: None},
    summary="Consents",
    operation_id="list_consents",
)
def list_consents(request: HttpRequest, customer_id: UUID) -> dict[str, Any]:
    """What the person agrees to, and the proof: when, where, to which text, written down by whom."""
    client = require(request, Scope.CUSTOMERS_READ)
    api.customer_page(client.brand_id, customer_id)
    return {
        "now": [asdict(each) for each in api.consents_of(client.brand_id, customer_id)],
        "history": [asdict(each) for each in api.consent_history(client.brand_id, customer_id)],
    }


class About(Body):
    purpose: Purpose
    means: Means


Text = Annotated[str, StringConstraints(max_length=60), STORABLE]


class SayConsent(Body):
    """What was said of these purposes; `text_version` is the text that was agreed to, needed unless withdrawn."""

    about: Annotated[list[About], Field(min_length=1, max_length=24)]
    said: Said
    source: Annotated[str, StringConstraints(max_length=60), READABLE]
    text_version: Text = ""


class Written(Schema):
    """The words that were written down: none when all of it held already."""

    written: list[ConsentOut]


@router.post(
    "/customers/{customer_id}/consents",
    response={200: Written, 404: None},
    summary="Say yes or no",
    operation_id="say_consent",
)
def say_consent(request: HttpRequest, customer_id: UUID, word: SayConsent) -> dict[str, Any]:
    """Write down what a customer agreed to or took back. The same again writes nothing."""
    client = require(request, Scope.CUSTOMERS_WRITE)
    written = api.say_consent(
        customer_id,
        [(each.purpose, each.means) for each in word.about],
        word.said,
        brand=client.brand_id,
        by=f"client {client.name}",
        source=word.source,
        text_version=word.text_version,
    )
    return {"written": [asdict(each) for each in written]}


class MergeProposalList(Schema):
    """The oldest first, at most `limit` of the `waiting` (counted up to 1,000)."""

    proposals: list[MergeProposalOut]
    waiting: int


@router.get(
    "/merges/proposals", response=MergeProposalList, summary="Maybe one person", operation_id="list_merge_proposals"
)
def list_merge_proposals(request: HttpRequest, limit: Annotated[int, Query(ge=1, le=200)] = 100) -> dict[str, Any]:
    """Pairs of customers that showed one identity together and wait for somebody to decide."""
    client = require(request, Scope.CUSTOMERS_READ)
    found = api.merge_proposals(client.brand_id, limit=limit)
    return {"proposals": [asdict(each) for each in found], "waiting": api.count_proposals(client.brand_id)}


class Two(Body):
    """Two records, and why they are one person or are not."""

    a: UUID
    b: UUID
    reason: Reason


@router.post(
    "/merges", response={200: MergeOut, 404: None, 409: None}, summary="One person", operation_id="merge_customers"
)
def merge_customers(request: HttpRequest, two: Two) -> dict[str, Any]:
    """Say that two records are one person; nothing is moved, so it can be undone. The same again gives what stands."""
    client = require(request, Scope.CUSTOMERS_WRITE)
    return asdict(api.merge(two.a, two.b, brand=client.brand_id, by=f"client {client.name}", reason=two.reason))


class Why(Body):
    reason: Reason


@router.post(
    "/merges/{merge_id}/undo", response={200: MergeOut, 404: None}, summary="Two people again", operation_id="unmerge"
)
def unmerge(request: HttpRequest, merge_id: UUID, why: Why) -> dict[str, Any]:
    """Orders, identities and notes are with their own record again. The same again gives what was undone."""
    client = require(request, Scope.CUSTOMERS_WRITE)
    return asdict(api.unmerge(merge_id, brand=client.brand_id, by=f"client {client.name}", reason=why.reason))


@router.post(
    "/merges/refused", response={204: None, 404: None}, summary="Not one person", operation_id="refuse_proposal"
)
def refuse_proposal(request: HttpRequest, two: Two) -> Status[None]:
    """Two customers are two people: the pair is not proposed again. 404 when no proposal of the two waits."""
    client = require(request, Scope.CUSTOMERS_WRITE)
    if not api.refuse_merge(two.a, two.b, brand=client.brand_id, by=f"client {client.name}", reason=two.reason):
        raise NotFound("no proposal of these two waits")
    return Status(204, None)
