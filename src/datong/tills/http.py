"""What a till asks and tells: what it sells, a basket's price, the facts of the day."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from django.http import HttpRequest
from ninja import Query, Router, Schema
from pydantic import Field, StringConstraints

from datong.access.api import require
from datong.access.types import Client, Scope
from datong.customers.api import scan
from datong.kernel.bodies import NUMBER, STORABLE, Body, Moment
from datong.tills import api
from datong.tills.types import MAX_FACTS, AskedLine, Device, Fact, FactKind, FactState

router = Router(tags=["tills"])
Text = Annotated[str, StringConstraints(max_length=120), STORABLE]
Sku = Annotated[str, StringConstraints(min_length=1, max_length=64), STORABLE]


def _till(request: HttpRequest) -> tuple[Client, Device]:
    client = require(request, Scope.TILLS_USE)
    return client, api.device_of(client.brand_id, client.id)


class OffOut(Schema):
    """A promotion the till reckons by itself on each line: `bps` (hundredths of a percent) off, or a unit at most."""

    code: str
    title: str
    bps: int
    most_minor: int | None
    until: datetime | None


class TillChoiceOut(Schema):
    code: str
    title: str
    titles: dict[str, str]
    delta_minor: int
    most: int


class TillGroupOut(Schema):
    code: str
    title: str
    titles: dict[str, str]
    least: int
    most: int
    choices: list[TillChoiceOut]


class SellableOut(Schema):
    """`codes`: barcode -> units it stands for. `tax`: what is taxed alike has the same. `free`: a hint, null for what
    lies on no shelf."""

    sku: str
    title: str
    titles: dict[str, str]
    codes: dict[str, int]
    category: str
    unit_minor: int
    tax_ppm: int
    tax: str
    free: int | None
    off: OffOut | None
    groups: list[TillGroupOut]


class SnapshotOut(Schema):
    """`since` '' is all of it, else what changed after that version; `gone`: SKUs that are no longer sold here."""

    version: str
    since: str
    at: datetime
    currency: str
    exponent: int
    tax_inclusive: bool
    tax_by_line: bool
    items: list[SellableOut]
    gone: list[str]


class SnapshotWanted(Schema):
    known: Text = ""


@router.get(
    "/till/snapshot",
    response={200: SnapshotOut, 404: None},
    summary="What the till sells",
    operation_id="get_till_snapshot",
)
def get_till_snapshot(request: HttpRequest, wanted: Query[SnapshotWanted]) -> dict[str, Any]:
    """Every item the till's store sells through its channel, with the price of one unit now. `known`: the version the
    till has; only what changed since is told when it is the last one it was told."""
    client, device = _till(request)
    return asdict(api.tell(client.brand_id, device, wanted.known))


class TillLineIn(Body):
    sku: Sku
    units: Annotated[int, Field(ge=1, le=100_000), NUMBER]
    options: Annotated[list[Text], Field(max_length=50)] = []


class BasketIn(Body):
    """`member`: the number of a card, or the code that was scanned."""

    lines: Annotated[list[TillLineIn], Field(min_length=1, max_length=200)]
    member: Text = ""


class QuotedLine(Schema):
    """`problem` '' when it can be sold; otherwise why not."""

    sku: str
    units: int
    unit_minor: int
    discount_minor: int
    tax_minor: int
    total_minor: int
    promotions: list[str]
    problem: str
    fix: str


class BasketOut(Schema):
    """`total_minor` is what the customer pays, tax in it either way."""

    currency: str
    lines: list[QuotedLine]
    total_minor: int
    tax_minor: int
    tax_inclusive: bool


@router.post(
    "/till/quote",
    response={200: BasketOut, 404: None, 409: None, 429: None},
    summary="A basket's price",
    operation_id="quote_till_basket",
)
def quote_till_basket(request: HttpRequest, basket: BasketIn) -> dict[str, Any]:
    """What the basket costs now, with every promotion and the member's own prices. Changes nothing."""
    client, device = _till(request)
    person = None
    if basket.member:
        person = scan(basket.member, brand=client.brand_id, asker=f"client {client.id}").head_id
    lines = [AskedLine(line.sku, line.units, tuple(line.options)) for line in basket.lines]
    quoted = api.quote_basket(client.brand_id, device, lines, person_id=person)
    wrong = {problem.line_no: problem for problem in quoted.problems}
    found = []
    for line in quoted.lines:
        problem = wrong.get(line.line_no)
        names = ("sku", "units", "unit_minor", "discount_minor", "tax_minor", "total_minor", "promotions")
        plain = {name: getattr(line, name) for name in names}
        found.append({**plain, "problem": problem.code if problem else "", "fix": problem.fix if problem else ""})
    whole = {name: getattr(quoted, name) for name in ("currency", "total_minor", "tax_minor", "tax_inclusive")}
    return {**whole, "lines": found}


class FactIn(Body):
    """Something that happened at the till. `id`: a UUID minted there, once. `at`: by the till's own clock. `by`: who
    was at the till. What `body` holds depends on the kind: see the how-to about tills."""

    id: UUID
    kind: FactKind
    at: Moment
    by: Text
    shift_id: UUID | None = None
    body: dict[str, Any]


class FactsIn(Body):
    """`sent_at`: the till's clock at this moment, by which the times are put right."""

    sent_at: Moment
    facts: Annotated[list[FactIn], Field(min_length=1, max_length=MAX_FACTS)]


class TillProblemOut(Schema):
    field: str
    code: str
    fix: str
    value: Any = None


class ToldOut(Schema):
    """`taken`, or `refused` with the problems: it is kept then, and a manager looks at it. `repeat`: told before."""

    id: UUID
    state: FactState
    repeat: bool
    order_id: UUID | None
    number: str
    problems: list[TillProblemOut]


class ToldAll(Schema):
    results: list[ToldOut]


@router.post(
    "/till/facts",
    response={200: ToldAll, 404: None, 409: None},
    summary="Upload what happened",
    operation_id="upload_till_facts",
)
def upload_till_facts(request: HttpRequest, told: FactsIn) -> dict[str, Any]:
    """Sales, returns, shifts and cash, each once by its id, in any order, however late. Each is answered by itself;
    what has an answer is kept here and the till may forget it."""
    client, device = _till(request)
    facts = [Fact(f.id, f.kind, f.at, f.by, f.shift_id, f.body) for f in told.facts]
    return {"results": [asdict(each) for each in api.take(client, device, told.sent_at, facts)]}
