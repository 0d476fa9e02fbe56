"""Changes of many prices, and promotions, over HTTP."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

import msgspec
from django.http import HttpRequest
from ninja import Header, Query, Router, Schema, Status
from pydantic import Field, StrictBool, StringConstraints

from datong.access.api import require
from datong.access.types import Client, Machine, Scope
from datong.catalog import api
from datong.catalog.types import (
    ChangeState,
    Flag,
    Formula,
    PriceChange,
    Promotion,
    PromotionKind,
    Rounding,
    Wanted,
    Who,
)
from datong.kernel.bodies import NUMBER, READABLE, STORABLE, Body, Moment
from datong.kernel.db import in_brand
from datong.kernel.errors import BadInput, NotFound, Problem
from datong.kernel.ids import uuid7
from datong.kernel.once import once
from datong.kernel.pages import CURSOR

router = Router(tags=["prices"])

MOST = 10**15
Sku = Annotated[str, StringConstraints(min_length=1, max_length=60), STORABLE]
ListCode = Annotated[str, StringConstraints(pattern=r"^([a-z0-9][a-z0-9_-]{0,39})?$")]
Word = Annotated[str, StringConstraints(max_length=200), STORABLE]
Code = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,59}$")]
Level = Annotated[str, StringConstraints(min_length=1, max_length=40), STORABLE]
Reason = Annotated[str, StringConstraints(min_length=1, max_length=300), READABLE]
Minor = Annotated[int, Field(ge=0, le=MOST), NUMBER]
Few = Annotated[int, Field(ge=0, le=10_000), NUMBER]
Key = Annotated[str, Header(max_length=200)]


def machine(client: Client) -> Machine:
    """The program that asks, as the approvals know it."""
    return Machine(client.id, client.brand_id, f"client {client.name}"[:120])


class OwnPriceIn(Body):
    sku: Sku
    amount_minor: Minor


class PriceChangeIn(Body):
    """Which products (`category`, `search`, `skus`, `everything`, or `prices` of their own) of which list, and how:
    `percent` (value in basis points), `amount`, `set`, or `match` (the brand's list)."""

    price_list: ListCode = ""
    formula: Formula = Formula.SET
    value: Annotated[int, Field(ge=-MOST, le=MOST), NUMBER] = 0
    rounding: Rounding = Rounding.NONE
    category: Word = ""
    search: Word = ""
    skus: Annotated[list[Sku], Field(max_length=20_000)] = []
    everything: StrictBool = False
    prices: Annotated[list[OwnPriceIn], Field(max_length=20_000)] = []
    begins: Moment | None = None
    ends: Moment | None = None
    reason: Annotated[str, StringConstraints(max_length=300), STORABLE] = ""


class PriceChangeOut(Schema):
    """`state`: draft, waiting (for a second person), done, refused, undone. `worth_minor`: what it comes to when 100 of
    each are sold."""

    id: UUID
    state: str
    price_list: str
    formula: str
    reason: str
    currency: str
    made_by: str
    made_at: datetime
    count: int
    left_out: int
    below_cost: int
    big_jumps: int
    worth_minor: int
    begins: datetime | None
    decided_by: str
    decided_at: datetime | None


def _out(change: PriceChange) -> dict[str, Any]:
    plain = {name: getattr(change, name) for name in PriceChangeOut.model_fields if name not in _OF_WANTED}
    return {**plain, "price_list": change.wanted.price_list, "formula": change.wanted.formula.value}


_OF_WANTED = ("price_list", "formula")


@router.post(
    "/price-changes",
    response={201: PriceChangeOut, 409: None},
    summary="Preview a change of prices",
    operation_id="preview_prices",
)
def preview(request: HttpRequest, wanted: PriceChangeIn, idempotency_key: Key = "") -> Any:
    """What a change of many prices comes to, kept as a draft: nothing costs anything else until it is submitted."""
    client = require(request, Scope.CATALOG_WRITE)
    if wanted.formula is Formula.GIVEN:
        raise BadInput("no such formula", Problem("formula", "bad_value", "percent, amount, set or match", "given"))
    own = {price.sku: price.amount_minor for price in wanted.prices}
    if len(own) < len(wanted.prices):
        raise BadInput("a SKU stands twice", Problem("prices", "repeated", "each SKU once", len(wanted.prices)))
    said = wanted.model_dump(exclude={"prices", "reason", "skus"})
    want = Wanted(**said, skus=tuple(wanted.skus), own=own)

    def make() -> dict[str, Any]:
        by = machine(client).username
        return _out(api.preview_change(client.brand_id, want, by=by, reason=wanted.reason))

    with in_brand(client.brand_id):
        made: dict[str, Any] = once("price-change", idempotency_key, wanted.model_dump(mode="json"), make)
    return Status(201, made)


class Page(Schema):
    cursor: Annotated[str, StringConstraints(pattern=CURSOR)] = ""
    limit: Annotated[int, Field(ge=1, le=200)] = 50


class PriceChangePage(Schema):
    changes: list[PriceChangeOut]
    next: str


@router.get("/price-changes", response=PriceChangePage, summary="Changes of prices", operation_id="list_price_changes")
def list_changes(request: HttpRequest, wanted: Query[Page]) -> dict[str, Any]:
    """Changes that were submitted, the newest first."""
    client = require(request, Scope.CATALOG_READ)
    found, after = api.list_changes(client.brand_id, cursor=wanted.cursor, limit=wanted.limit)
    return {"changes": [_out(change) for change in found], "next": after}


@router.get(
    "/price-changes/{change_id}",
    response={200: PriceChangeOut, 404: None},
    summary="One change of prices",
    operation_id="get_price_change",
)
def get_change(request: HttpRequest, change_id: UUID) -> dict[str, Any]:
    """What it comes to, where it stands, who decided."""
    client = require(request, Scope.CATALOG_READ)
    return _out(api.get_change(client.brand_id, change_id))


class ChangeLineOut(Schema):
    """Margins in basis points of the price without tax, null where no cost is known."""

    number: int
    sku: str
    title: str
    price_list: str
    before_minor: int | None
    after_minor: int
    cost_minor: int | None
    margin_before_bps: int | None
    margin_after_bps: int | None
    flags: list[Flag]
    begins: datetime | None
    ends: datetime | None


class LinesOf(Schema):
    after: Annotated[int, Field(ge=0, le=10**9)] = 0
    flag: Flag | None = None
    limit: Annotated[int, Field(ge=1, le=1000)] = 100


@router.get(
    "/price-changes/{change_id}/lines",
    response={200: list[ChangeLineOut], 404: None},
    summary="The prices of a change",
    operation_id="price_change_lines",
)
def lines(request: HttpRequest, change_id: UUID, wanted: Query[LinesOf]) -> list[dict[str, Any]]:
    """Before and after, a page at a time: `after` is the number of the last line you have."""
    client = require(request, Scope.CATALOG_READ)
    api.get_change(client.brand_id, change_id)
    flag = wanted.flag.value if wanted.flag else ""
    found = api.change_lines(client.brand_id, change_id, after=wanted.after, flag=flag, limit=wanted.limit)
    return [{name: getattr(line, name) for name in ChangeLineOut.model_fields} for line in found]


class SubmitIn(Body):
    reason: Reason


@router.post(
    "/price-changes/{change_id}/submit",
    response={200: PriceChangeOut, 202: PriceChangeOut, 404: None, 409: None},
    summary="Submit a change of prices",
    operation_id="submit_price_change",
)
def submit(request: HttpRequest, change_id: UUID, said: SubmitIn) -> Any:
    """Carried out at once (200) within what the brand lets programs do alone; above it a person decides (202). Twice is
    as once."""
    client = require(request, Scope.CATALOG_WRITE)
    done = api.submit_change(client.brand_id, change_id, by=machine(client), reason=said.reason)
    return Status(202 if done.state is ChangeState.WAITING else 200, _out(done))


class TierIn(Body):
    threshold_minor: Minor
    off_minor: Minor


class PieceIn(Body):
    sku: Sku
    units: Annotated[int, Field(ge=1, le=10_000), NUMBER] = 1


class WindowIn(Body):
    """Minutes after midnight; weekdays are ISO numbers from 1 (Monday), none means every day."""

    begins: Annotated[int, Field(ge=0, le=1440), NUMBER]
    ends: Annotated[int, Field(ge=0, le=1440), NUMBER]
    weekdays: Annotated[list[Annotated[int, Field(ge=1, le=7), NUMBER]], Field(max_length=7)] = []


class PromotionIn(Body):
    """A promotion as a whole: what is left out is as if it were never said. `value`: basis points of a percentage, else
    minor units."""

    title: Annotated[str, StringConstraints(min_length=1, max_length=120), READABLE]
    kind: PromotionKind
    value: Minor = 0
    threshold_minor: Minor = 0
    x: Few = 0
    y: Few = 0
    skus: Annotated[list[Sku], Field(max_length=1000)] = []
    categories: Annotated[list[Word], Field(max_length=100)] = []
    excluded_skus: Annotated[list[Sku], Field(max_length=1000)] = []
    excluded_categories: Annotated[list[Word], Field(max_length=100)] = []
    channels: Annotated[list[UUID], Field(max_length=100)] = []
    stores: Annotated[list[UUID], Field(max_length=1000)] = []
    valid_from: Moment | None = None
    valid_to: Moment | None = None
    priority: Annotated[int, Field(ge=-1000, le=1000), NUMBER] = 0
    stackable: StrictBool = False
    tiers: Annotated[list[TierIn], Field(max_length=20)] = []
    bundle: Annotated[list[PieceIn], Field(max_length=20)] = []
    windows: Annotated[list[WindowIn], Field(max_length=20)] = []
    in_store_zone: StrictBool = False
    who: Who = Who.EVERYBODY
    levels: Annotated[list[Level], Field(max_length=20)] = []
    group: Annotated[str, StringConstraints(max_length=40), STORABLE] = ""
    best_of: StrictBool = False
    cap_minor: Minor = 0
    times: Few = 0
    min_people: Annotated[int, Field(ge=1, le=10_000), NUMBER] = 1
    condition: Annotated[str, StringConstraints(max_length=500), STORABLE] = ""


class PromotionOut(PromotionIn):
    code: str


def _promotion(code: str, wanted: PromotionIn) -> Promotion:
    return msgspec.convert({**wanted.model_dump(), "id": uuid7(), "code": code}, type=Promotion)


def _said(promotion: Promotion) -> dict[str, Any]:
    said = msgspec.to_builtins(replace(promotion), builtin_types=(datetime, UUID))
    for name, value in said.items():
        if isinstance(value, (set, frozenset)):
            said[name] = sorted(value)
    return {name: said[name] for name in PromotionOut.model_fields}


@router.get("/promotions", response=list[PromotionOut], summary="Promotions", operation_id="list_promotions")
def list_promotions(request: HttpRequest) -> list[dict[str, Any]]:
    """All of them by code, those that ended too."""
    client = require(request, Scope.CATALOG_READ)
    found = api.list_rules(client.brand_id).promotions
    return [_said(promotion) for promotion in sorted(found, key=lambda promotion: promotion.code)]


class CheckOut(Schema):
    """`promotion` as it would be kept."""

    promotion: PromotionOut


@router.post(
    "/promotions/{code}/check",
    response={200: CheckOut, 404: None},
    summary="Check a promotion",
    operation_id="check_promotion",
)
def check(request: HttpRequest, code: Code, wanted: PromotionIn) -> dict[str, Any]:
    """Everything that is wrong with it, by field; nothing is kept."""
    require(request, Scope.CATALOG_READ)
    promotion = _promotion(code, wanted)
    with _fields_of_body():
        api.check_promotions([promotion])
    return {"promotion": _said(promotion)}


@router.put(
    "/promotions/{code}",
    response={200: PromotionOut, 404: None},
    summary="Put a promotion",
    operation_id="put_promotion",
)
def put(request: HttpRequest, code: Code, wanted: PromotionIn) -> dict[str, Any]:
    """Checked, then it holds at every channel from the next quote on, within its dates; the same again changes
    nothing."""
    client = require(request, Scope.CATALOG_WRITE)
    promotion = _promotion(code, wanted)
    with _fields_of_body():
        api.put_promotions(client.brand_id, [promotion], by=machine(client).username)
    return _said(promotion)


@router.post(
    "/promotions/{code}/end", response={204: None, 404: None}, summary="End a promotion", operation_id="end_promotion"
)
def end(request: HttpRequest, code: Code) -> Any:
    """It ends now; its record stays. 404 when there is none; one that has ended stays ended."""
    client = require(request, Scope.CATALOG_WRITE)
    known = {promotion.code for promotion in api.list_rules(client.brand_id).promotions}
    if code not in known:
        raise NotFound(f"no promotion {code}")
    with suppress(NotFound):  # it has ended: twice is as once
        api.end_promotion(client.brand_id, code, by=machine(client).username)
    return Status(204, None)


class _fields_of_body:  # noqa: N801 - a context
    """Problems of the one promotion of a call, named as its body names them."""

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if isinstance(error, BadInput):
            error.problems = tuple(
                replace(problem, field=problem.field.removeprefix("promotions/0/")) for problem in error.problems
            )
