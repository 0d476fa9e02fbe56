"""Bonus rules of top-ups over HTTP: what is given on top, by the same verbs as in the console."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from typing import Annotated, Any

from django.http import HttpRequest
from ninja import Query, Router, Schema
from pydantic import Field, StringConstraints

from datong.access.api import require
from datong.access.types import Scope
from datong.brand.api import get_brand
from datong.kernel.bodies import NUMBER, Body, Moment
from datong.kernel.money import MAX_MINOR
from datong.wallet import api
from datong.wallet.http.common import Currency, Minor, Word
from datong.wallet.types.stored import BonusRule, Policy

router = Router(tags=["wallet"])

Given = Annotated[int, Field(ge=0, le=MAX_MINOR), NUMBER]
Code = Annotated[str, StringConstraints(pattern="^[a-z0-9_-]{1,40}$")]
Places = Annotated[list[Word], Field(max_length=200)]


class BonusRuleIn(Body):
    """For top-ups of `from_minor` or more: `bonus_minor`, or `percent` of it, at most `max_minor`. `stores` and
    `channels` are codes, empty any. `currency`: the brand's where it is left out."""

    currency: Currency | None = None
    from_minor: Minor
    bonus_minor: Given = 0
    percent: Annotated[int, Field(ge=0, le=100), NUMBER] = 0
    max_minor: Minor | None = None
    starts_at: Moment | None = None
    ends_at: Moment | None = None
    stores: Places = []
    channels: Places = []


class BonusRuleOut(Schema):
    code: str
    from_minor: int
    bonus_minor: int
    percent: int
    max_minor: int | None
    starts_at: datetime | None
    ends_at: datetime | None
    stores: list[str]
    channels: list[str]


class BonusRulesOut(Schema):
    """Of the rules that hold for a top-up, the one that gives most counts."""

    currency: str
    rules: list[BonusRuleOut]


class InCurrency(Schema):
    currency: Currency | None = None


class EndBonusRuleIn(Body):
    currency: Currency | None = None


@router.get(
    "/wallet/bonus-rules", response=BonusRulesOut, summary="Bonus rules of top-ups", operation_id="list_bonus_rules"
)
def list_bonus_rules(request: HttpRequest, wanted: Query[InCurrency]) -> dict[str, Any]:
    """What is given on top of a top-up in a currency; without one, in the brand's."""
    client = require(request, Scope.WALLET_READ)
    currency = wanted.currency or get_brand(client.brand_id).currency
    return _out(currency, api.stored_policy(client.brand_id, currency))


@router.put(
    "/wallet/bonus-rules/{code}",
    response={200: BonusRulesOut, 404: None, 409: None},
    summary="Put a bonus rule",
    operation_id="put_bonus_rule",
)
def put_bonus_rule(request: HttpRequest, code: Code, wanted: BonusRuleIn) -> dict[str, Any]:
    """Add a rule, or change the one of this code; top-ups follow it from now on. The same again changes nothing."""
    client = require(request, Scope.WALLET_WRITE)
    currency = wanted.currency or get_brand(client.brand_id).currency
    said = wanted.model_dump(exclude={"currency", "stores", "channels"})
    rule = BonusRule(code=code, **said, stores=frozenset(wanted.stores), channels=frozenset(wanted.channels))
    return _out(currency, api.put_bonus_rule(currency, rule, brand=client.brand_id, by=f"client {client.name}"))


@router.post(
    "/wallet/bonus-rules/{code}/end",
    response={200: BonusRulesOut, 404: None, 409: None},
    summary="End a bonus rule",
    operation_id="end_bonus_rule",
)
def end_bonus_rule(request: HttpRequest, code: Code, wanted: EndBonusRuleIn) -> dict[str, Any]:
    """Nothing is given by this rule any more; what was given stays. Twice is once."""
    client = require(request, Scope.WALLET_WRITE)
    currency = wanted.currency or get_brand(client.brand_id).currency
    return _out(currency, api.drop_bonus_rule(currency, code, brand=client.brand_id, by=f"client {client.name}"))


def _out(currency: str, policy: Policy) -> dict[str, Any]:
    rules = [
        {**asdict(rule), "stores": sorted(rule.stores), "channels": sorted(rule.channels)} for rule in policy.bonus
    ]
    return {"currency": currency, "rules": rules}
