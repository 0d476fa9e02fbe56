"""Partners and their contracts over HTTP."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

from django.http import HttpRequest
from ninja import Router, Schema
from pydantic import Field, StringConstraints

from datong.access.api import require
from datong.access.types import Scope
from datong.brand.api import get_brand
from datong.kernel.bodies import NUMBER, STORABLE, Body, Day
from datong.merchants import api
from datong.merchants.http.common import Currency, Key, PartnerAskedOut, Reason, asked_out, machine
from datong.merchants.types import Commission, Contract, Period, Terms, Use

router = Router(tags=["partners"])

Points = Annotated[int, Field(ge=1, le=1_000_000), NUMBER]
Minor = Annotated[int, Field(ge=0, le=1_000_000_000), NUMBER]


class CommissionIn(Body):
    """`category` "" is everything that no other line names; `rate_bp` hundredths of a per cent."""

    category: Annotated[str, StringConstraints(max_length=60), STORABLE] = ""
    rate_bp: Annotated[int, Field(ge=0, le=10_000), NUMBER] = 0
    least_minor: Minor = 0


class TermsIn(Body):
    """The company pays `earn_minor` for each `earn_points` points its stores give, and gets `burn_minor` for each
    `burn_points` they take. `accepts`: what its stores take part in. Without a currency it is the brand's."""

    valid_from: Day
    reason: Reason
    accepts: Annotated[list[Use], Field(max_length=10)] = list(Use)
    earn_points: Points = 100
    earn_minor: Minor = 0
    burn_points: Points = 100
    burn_minor: Minor = 0
    commission: Annotated[list[CommissionIn], Field(max_length=100)] = []
    fixed_minor: Minor = 0
    period: Period = Period.MONTH
    currency: Currency | None = None
    bank: Annotated[str, StringConstraints(max_length=120), STORABLE] = ""


class CommissionOut(Schema):
    category: str
    rate_bp: int
    least_minor: int


class ContractOut(Schema):
    """A version, in force from `valid_from` until the next one."""

    id: UUID
    valid_from: date
    accepts: list[Use]
    earn_points: int
    earn_minor: int
    burn_points: int
    burn_minor: int
    commission: list[CommissionOut]
    fixed_minor: int
    period: Period
    currency: str
    bank: str
    asked_by: str
    by: str
    at: datetime


class PartnerOut(Schema):
    """`contract` is in force today, `coming` begins on a later day."""

    company_id: UUID
    name: str
    stores: list[UUID]
    contract: ContractOut | None
    coming: ContractOut | None


class PartnerList(Schema):
    partners: list[PartnerOut]


class ContractList(Schema):
    """The newest first."""

    contracts: list[ContractOut]


def contract_out(contract: Contract | None) -> dict[str, Any] | None:
    if contract is None:
        return None
    said = asdict(contract)
    terms = said.pop("terms")
    return {**said, **terms, "accepts": sorted(terms["accepts"])}


@router.get("/partners", response=PartnerList, summary="Partners", operation_id="list_partners")
def list_partners(request: HttpRequest) -> dict[str, Any]:
    """Every company that runs stores of the brand, by name, with its contract."""
    brand = require(request, Scope.PARTNERS_READ).brand_id
    told = [
        {
            "company_id": found.company_id,
            "name": found.name,
            "stores": list(found.stores),
            "contract": contract_out(found.now),
            "coming": contract_out(found.next),
        }
        for found in api.partners(brand)
    ]
    return {"partners": told}


@router.get(
    "/partners/{company_id}/contracts",
    response={200: ContractList, 404: None},
    summary="A partner's contracts",
    operation_id="list_contracts",
)
def list_contracts(request: HttpRequest, company_id: UUID) -> dict[str, Any]:
    """Every version of a company's contract."""
    brand = require(request, Scope.PARTNERS_READ).brand_id
    api.partner(brand, company_id)
    return {"contracts": [contract_out(each) for each in api.contracts(brand, [company_id]).get(company_id, [])]}


@router.post(
    "/partners/{company_id}/contracts",
    response={200: PartnerAskedOut, 404: None, 409: None},
    summary="Ask for a contract",
    operation_id="ask_contract",
)
def ask_contract(request: HttpRequest, company_id: UUID, wanted: TermsIn, idempotency_key: Key = "") -> dict[str, Any]:
    """Ask for a version of a contract from a day on; a second person agrees. A change begins on a day to come."""
    client = require(request, Scope.PARTNERS_WRITE)
    terms = Terms(
        currency=wanted.currency or get_brand(client.brand_id).currency,
        accepts=frozenset(wanted.accepts),
        earn_points=wanted.earn_points,
        earn_minor=wanted.earn_minor,
        burn_points=wanted.burn_points,
        burn_minor=wanted.burn_minor,
        commission=tuple(Commission(c.category, c.rate_bp, c.least_minor) for c in wanted.commission),
        fixed_minor=wanted.fixed_minor,
        period=wanted.period,
        bank=wanted.bank.strip(),
    )
    key = f"{client.id} {idempotency_key}" if idempotency_key else ""
    return asked_out(
        api.ask_contract(
            company_id,
            wanted.valid_from,
            terms,
            brand=client.brand_id,
            by=machine(client),
            reason=wanted.reason,
            key=key,
        )
    )
