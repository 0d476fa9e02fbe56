"""Sales tax over HTTP: jurisdictions, rates, customers who are free of it."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

from django.http import HttpRequest
from ninja import Header, Query, Router, Schema
from pydantic import Field, StringConstraints

from datong.access.api import require
from datong.access.types import Scope
from datong.catalog import api
from datong.catalog.http_prices import machine
from datong.catalog.types import Certificate, Jurisdiction, TaxLevel, TaxRate
from datong.kernel.bodies import STORABLE, Body, Day, Moment
from datong.kernel.db import in_brand
from datong.kernel.ids import uuid7
from datong.kernel.once import once
from datong.kernel.pages import CURSOR

router = Router(tags=["taxes"])

Code = Annotated[str, StringConstraints(max_length=40), STORABLE]
Text = Annotated[str, StringConstraints(min_length=1, max_length=120), STORABLE]
Names = Annotated[list[Annotated[str, StringConstraints(min_length=1, max_length=80), STORABLE]], Field(max_length=200)]


class JurisdictionIn(Body):
    """Below a region an address belongs to it by postcode, or by city where one of the two has no postcode. `stacks`:
    its rate comes on top of the wider ones."""

    code: Annotated[str, StringConstraints(min_length=1, max_length=40), STORABLE]
    name: Text
    level: TaxLevel
    country: Annotated[str, StringConstraints(min_length=2, max_length=2), STORABLE]
    regions: Names = []
    cities: Names = []
    postcodes: Names = []
    stacks: Annotated[bool, Field(strict=True)] = False
    source: Annotated[str, StringConstraints(max_length=300), STORABLE] = ""


class TaxRateIn(Body):
    """`rate`: per cent as people write it, at most four decimal places; `jurisdiction` empty: everywhere."""

    jurisdiction: Code = ""
    tax_class: Annotated[str, StringConstraints(min_length=1, max_length=40), STORABLE]
    rate: Annotated[str, StringConstraints(min_length=1, max_length=12), STORABLE]
    valid_from: Moment


class TaxesIn(Body):
    jurisdictions: Annotated[list[JurisdictionIn], Field(max_length=500)] = []
    rates: Annotated[list[TaxRateIn], Field(max_length=2000)] = []


class TaxesPut(Schema):
    jurisdictions: int
    rates: int


class TaxRateOut(Schema):
    jurisdiction: str
    tax_class: str
    rate_ppm: int
    valid_from: datetime


class JurisdictionOut(Schema):
    """`rates`: every dated rate, the latest first."""

    code: str
    name: str
    level: str
    country: str
    regions: list[str]
    cities: list[str]
    postcodes: list[str]
    stacks: bool
    source: str
    rates: list[TaxRateOut]


class TaxesOut(Schema):
    """`everywhere`: rates of no jurisdiction. `next`: the code to continue after, null at the end."""

    everywhere: list[TaxRateOut]
    jurisdictions: list[JurisdictionOut]
    next: str | None


class TaxesQuery(Schema):
    after: Annotated[str, StringConstraints(max_length=40)] = ""
    limit: Annotated[int, Field(ge=1, le=200)] = 100


@router.put("/taxes", response={200: TaxesPut, 409: None}, summary="Put taxes", operation_id="put_taxes")
def put_taxes(request: HttpRequest, wanted: TaxesIn) -> dict[str, int]:
    """Jurisdictions and dated rates, all or none; the same again changes nothing. Orders keep their taxes."""
    client = require(request, Scope.CATALOG_WRITE)
    by = machine(client).username
    found = [
        Jurisdiction(j.code, j.name, j.level, j.country, tuple(j.regions), tuple(j.cities), tuple(j.postcodes),
                     j.stacks, j.source)
        for j in wanted.jurisdictions
    ]  # fmt: skip
    rates = [
        TaxRate(r.tax_class, api.read_tax_rate(r.rate, f"rates/{n}/rate"), r.valid_from, r.jurisdiction)
        for n, r in enumerate(wanted.rates)
    ]
    with in_brand(client.brand_id):
        if found:
            api.put_jurisdictions(client.brand_id, found, by=by)
        if rates:
            api.put_tax_rates(client.brand_id, rates, by=by)
    return {"jurisdictions": len(found), "rates": len(rates)}


@router.get("/taxes", response=TaxesOut, summary="Taxes", operation_id="list_taxes")
def list_taxes(request: HttpRequest, wanted: Query[TaxesQuery]) -> dict[str, Any]:
    """Jurisdictions by code, each with its rates. What a basket owes at an address: POST /quotes/explain."""
    client = require(request, Scope.CATALOG_READ)
    rates: dict[str, list[dict[str, Any]]] = {}
    for rate in api.list_tax_rates(client.brand_id):
        rates.setdefault(rate.jurisdiction, []).append(asdict(rate))
    known = sorted((j for j in api.list_jurisdictions(client.brand_id) if j.code > wanted.after), key=lambda j: j.code)
    page = known[: wanted.limit]
    return {
        "everywhere": rates.get("", []),
        "jurisdictions": [{**asdict(j), "rates": rates.get(j.code, [])} for j in page],
        "next": page[-1].code if len(known) > wanted.limit else None,
    }


class CertificateIn(Body):
    """A customer who pays no tax between two days, both counted. `jurisdictions` empty: to nobody."""

    customer_id: UUID
    number: Text
    reason: Text
    valid_from: Day
    valid_to: Day | None = None
    jurisdictions: Annotated[list[Code], Field(max_length=200)] = []


class CertificateOut(Schema):
    """`ended_at`: it was taken back. `jurisdictions` empty: free of every tax."""

    id: UUID
    customer_id: UUID
    number: str
    reason: str
    valid_from: date
    valid_to: date | None
    jurisdictions: list[str]
    ended_at: datetime | None


class CertificatesOut(Schema):
    certificates: list[CertificateOut]
    next: str | None


class CertificatesQuery(Schema):
    cursor: Annotated[str, StringConstraints(pattern=CURSOR)] = ""
    limit: Annotated[int, Field(ge=1, le=200)] = 50


@router.post(
    "/tax-certificates",
    response={200: CertificateOut, 409: None},
    summary="Keep a tax certificate",
    operation_id="keep_tax_certificate",
)
def keep_certificate(
    request: HttpRequest, wanted: CertificateIn, idempotency_key: Annotated[str, Header(max_length=200)] = ""
) -> Any:
    """From its first day on the customer's orders are quoted without the tax of these jurisdictions. With an
    Idempotency-Key the call may be sent again: it is carried out once."""
    client = require(request, Scope.CATALOG_WRITE)
    codes = tuple(code for code in wanted.jurisdictions if code) or ("",)
    one = Certificate(
        uuid7(), wanted.customer_id, wanted.number, wanted.reason, wanted.valid_from, wanted.valid_to, codes
    )

    def keep() -> dict[str, Any]:
        api.keep_certificate(client.brand_id, one, by=machine(client).username)
        return _out(one)

    with in_brand(client.brand_id):
        return once("tax-certificate", idempotency_key, wanted.model_dump(mode="json"), keep)


@router.get(
    "/tax-certificates", response=CertificatesOut, summary="Tax certificates", operation_id="list_tax_certificates"
)
def list_certificates(request: HttpRequest, wanted: Query[CertificatesQuery]) -> dict[str, Any]:
    """The latest first, ended ones too."""
    client = require(request, Scope.CATALOG_READ)
    page, following = api.list_certificates(client.brand_id, cursor=wanted.cursor, limit=wanted.limit)
    return {"certificates": [_out(one) for one in page], "next": following or None}


@router.delete(
    "/tax-certificates/{certificate_id}",
    response={200: None, 404: None, 409: None},
    summary="End a tax certificate",
    operation_id="end_tax_certificate",
)
def end_certificate(request: HttpRequest, certificate_id: UUID) -> None:
    """It holds no longer from now on; orders keep what they were taxed by. Again: nothing changes."""
    client = require(request, Scope.CATALOG_WRITE)
    api.end_certificate(client.brand_id, certificate_id, by=machine(client).username)


def _out(one: Certificate) -> dict[str, Any]:
    return {**asdict(one), "id": one.id, "jurisdictions": [code for code in one.jurisdictions if code]}
