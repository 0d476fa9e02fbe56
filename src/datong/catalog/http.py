"""Items, prices and quotes over HTTP."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from django.http import HttpRequest
from ninja import Header, Router, Schema, Status
from pydantic import Field, StringConstraints

from datong.access.api import require
from datong.access.types import Scope
from datong.brand.api import get_brand
from datong.brand.types import AddressText
from datong.catalog import api
from datong.catalog.http_choices import router as choices
from datong.catalog.http_pictures import router as pictures
from datong.catalog.http_prices import machine
from datong.catalog.http_prices import router as prices
from datong.catalog.http_products import router as products
from datong.catalog.http_ranges import router as ranges
from datong.catalog.http_tables import router as tables
from datong.catalog.http_taxes import router as taxes
from datong.catalog.types import Ask, AskLine, ChangeState
from datong.kernel import clock
from datong.kernel.bodies import NUMBER, STORABLE, Body, Moment
from datong.kernel.db import in_brand
from datong.kernel.once import once

router = Router(tags=["catalogue"])
router.add_router("", products)
router.add_router("", ranges)
router.add_router("", prices)
router.add_router("", tables)
router.add_router("", pictures)
router.add_router("", choices)
router.add_router("", taxes)

Sku = Annotated[str, StringConstraints(min_length=1, max_length=60)]


OptionCode = Annotated[str, StringConstraints(min_length=1, max_length=60), STORABLE]


class QuoteLineIn(Body):
    sku: Sku
    units: Annotated[int, Field(ge=1, le=100_000), NUMBER]
    options: Annotated[list[OptionCode], Field(max_length=50)] = []


class TaxShareOut(Schema):
    """What one jurisdiction gets: `rate_ppm` millionths of `base_minor`, for goods, delivery or packaging."""

    part: str
    tax_class: str
    jurisdiction: str
    rate_ppm: int
    base_minor: int
    tax_minor: int


class PlaceIn(Body):
    """Where the order goes: tax is due there. Left out, tax is due at the store that is named, else in the region."""

    city: Annotated[str, StringConstraints(max_length=80), STORABLE] = ""
    region: Annotated[str, StringConstraints(max_length=80), STORABLE] = ""
    postcode: Annotated[str, StringConstraints(max_length=20), STORABLE] = ""
    country: Annotated[str, StringConstraints(max_length=2), STORABLE] = ""

    def text(self) -> AddressText:
        return AddressText("", self.city, self.region, self.postcode, self.country)


class QuoteIn(Body):
    """A basket to be priced now, as the client's channel sells it."""

    lines: Annotated[list[QuoteLineIn], Field(min_length=1, max_length=500)]
    region: Annotated[str, StringConstraints(max_length=80), STORABLE] = ""
    place: PlaceIn | None = None


class QuoteLineOut(Schema):
    line_no: int
    sku: str
    title: str
    units: int
    unit_minor: int
    discount_minor: int
    tax_minor: int
    total_minor: int
    promotions: list[str]
    options: list[dict[str, Any]]


_LINE = tuple(name for name in QuoteLineOut.model_fields if name != "options")


class QuoteOut(Schema):
    """Amounts in minor units; `taxes`: whose the tax is; `problems` are lines that cannot be sold and why."""

    id: UUID
    currency: str
    total_minor: int
    tax_minor: int
    tax_inclusive: bool
    taxes: list[TaxShareOut]
    lines: list[QuoteLineOut]
    problems: list[dict[str, Any]]


@router.post("/quotes", response=QuoteOut, summary="Price a basket", operation_id="quote")
def quote(request: HttpRequest, wanted: QuoteIn) -> dict[str, Any]:
    """What the basket costs at this moment: the price every channel quotes (S-115)."""
    client = require(request, Scope.CATALOG_READ)
    lines = tuple(AskLine(n, line.sku, line.units, tuple(line.options)) for n, line in enumerate(wanted.lines, 1))
    currency = get_brand(client.brand_id).currency
    place = wanted.place.text() if wanted.place else None
    ask = Ask(client.channel_id, currency, clock.now(), lines, wanted.region, place=place)
    (found,) = api.quote([ask], brand=client.brand_id)
    return {
        "taxes": [asdict(share) for share in found.taxes],
        **{name: getattr(found, name) for name in ("id", "currency", "total_minor", "tax_minor", "tax_inclusive")},
        "lines": [
            {name: getattr(line, name) for name in _LINE} | {"options": [asdict(o) for o in line.options]}
            for line in found.lines
        ],
        "problems": [asdict(p) for p in found.problems],
    }


class PriceIn(Body):
    amount_minor: Annotated[int, Field(ge=0, le=10**15), NUMBER]
    valid_from: Moment | None = None
    reason: Annotated[str, StringConstraints(min_length=1, max_length=200), STORABLE]


class PriceOut(Schema):
    """`state`: done, waiting for a second person, or refused; `change_id` is where it is decided."""

    sku: str
    amount_minor: int
    valid_from: datetime | None
    state: str
    change_id: UUID


@router.put(
    "/prices/{sku}",
    response={200: PriceOut, 202: PriceOut, 404: None, 409: None},
    summary="Change a price",
    operation_id="change_price",
)
def change_price(
    request: HttpRequest, sku: Sku, price: PriceIn, idempotency_key: Annotated[str, Header(max_length=200)] = ""
) -> Any:
    """A new price from a moment on (now if none is given); every channel quotes it from then.

    Above what the brand lets programs do alone it waits for a person (202). With an Idempotency-Key the call may be
    sent again: it is carried out once.
    """
    client = require(request, Scope.CATALOG_WRITE)
    by = machine(client)

    def change() -> dict[str, Any]:
        asked = api.change_price(client.brand_id, sku, price.amount_minor, price.valid_from, by=by, reason=price.reason)
        return {
            "sku": sku,
            "amount_minor": price.amount_minor,
            "valid_from": asked.begins,
            "state": asked.state.value,
            "change_id": asked.id,
        }

    with in_brand(client.brand_id):
        answer: dict[str, Any] = once("price", idempotency_key, [sku, price.model_dump()], change)
    return Status(200 if answer["state"] == ChangeState.DONE else 202, answer)


class ExplainIn(QuoteIn):
    """A basket to be explained. `member`: the level of the customer's card, "" for a card without levels. With
    `distance_m` also what its delivery costs."""

    store_id: UUID | None = None
    at: Moment | None = None
    member: Annotated[str, StringConstraints(max_length=40), STORABLE] | None = None
    people: Annotated[int, Field(ge=1, le=100_000), NUMBER] = 1
    distance_m: Annotated[int, Field(ge=0, le=20_100_000), NUMBER] | None = None


class StepOut(Schema):
    code: str
    title: str
    off_minor: int
    left_minor: int


class ExplainedLineOut(Schema):
    """gross_minor less the steps is total_minor. `why`: default, policy, fallback or none."""

    line_no: int
    sku: str
    units: int
    why: str
    price_list: str
    note: str
    unit_minor: int
    gross_minor: int
    steps: list[StepOut]
    tax_minor: int
    rate_ppm: int
    total_minor: int
    problems: list[str]


class PromotionFindingOut(Schema):
    """What became of a promotion: `applied`, or why not and what is missing."""

    code: str
    title: str
    verdict: str
    off_minor: int
    by: str
    missing_minor: int
    missing_units: int
    sku: str


class FeeOut(Schema):
    """What delivery costs on top, by which row of which version of the table `delivery_fee`."""

    minor: int
    distance_m: int
    total_minor: int
    region: str
    note: str
    version: int


class ExplainOut(Schema):
    currency: str
    total_minor: int
    tax_minor: int
    tax_inclusive: bool
    taxes: list[TaxShareOut]
    jurisdictions: list[str]
    lines: list[ExplainedLineOut]
    promotions: list[PromotionFindingOut]
    delivery: FeeOut | None
    delivery_tax_minor: int


@router.post("/quotes/explain", response=ExplainOut, summary="Explain a basket's price", operation_id="explain_quote")
def explain(request: HttpRequest, wanted: ExplainIn) -> dict[str, Any]:
    """Why the basket costs what it costs, line by line, and what became of each promotion."""
    client = require(request, Scope.CATALOG_READ)
    lines = tuple(AskLine(n, line.sku, line.units, tuple(line.options)) for n, line in enumerate(wanted.lines, 1))
    currency = get_brand(client.brand_id).currency
    ask = Ask(
        client.channel_id,
        currency,
        wanted.at or clock.now(),
        lines,
        wanted.region,
        store_id=wanted.store_id,
        member=wanted.member,
        people=wanted.people,
        place=wanted.place.text() if wanted.place else None,
    )
    found = api.explain(ask, brand=client.brand_id, distance_m=wanted.distance_m)
    quoted = found.quote
    return {
        **{name: getattr(quoted, name) for name in ("currency", "total_minor", "tax_minor", "tax_inclusive")},
        "lines": [
            {
                **{name: getattr(line.quoted, name) for name in _EXPLAINED},
                "why": line.price.why.value,
                "price_list": line.price.price_list,
                "note": line.price.note,
                "gross_minor": line.gross_minor,
                "steps": line.steps,
                "rate_ppm": line.quoted.taxed.ppm,
                "problems": list(line.problems),
            }
            for line in found.lines
        ],
        "promotions": [{name: getattr(f, name) for name in PromotionFindingOut.model_fields} for f in found.findings],
        "delivery": asdict(found.delivery) if found.delivery else None,
        "delivery_tax_minor": found.delivery_tax_minor,
        "taxes": [asdict(share) for share in quoted.taxes],
        "jurisdictions": [each.code for each in found.jurisdictions],
    }


_EXPLAINED = ("line_no", "sku", "units", "unit_minor", "tax_minor", "total_minor")
