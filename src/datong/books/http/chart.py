"""The chart of accounts and the posting rules over HTTP: read them; ask for a rule that a person decides."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any
from uuid import UUID

from django.http import HttpRequest
from ninja import Query, Router, Schema, Status
from pydantic import StringConstraints

from datong.access.api import require
from datong.access.types import Scope
from datong.books.http.common import CSV, Format, Reason, answer, machine
from datong.kernel.bodies import STORABLE, Body, Day
from datong.ledger import api as ledger
from datong.ledger.types import Line, PostingRule, Standard, Template

router = Router(tags=["books"])
Side = Annotated[str, StringConstraints(max_length=120), STORABLE]


class ChartLineOut(Schema):
    """`codes` are patterns of the ledger's codes; of those that fit the longest wins."""

    number: str
    name: str
    name_zh: str
    line: Line
    codes: list[str]


class ChartOut(Schema):
    """`valid_from` is absent for the chart of the house, which holds until a brand has its own."""

    template: Template
    standard: Standard
    valid_from: date | None
    accounts: list[ChartLineOut]


class ChartWanted(Schema):
    """`day`: the chart in force on it; today without it."""

    day: Day | None = None
    format: Format | None = None


@router.get(
    "/books/chart", response=ChartOut, summary="Chart of accounts", operation_id="read_chart", openapi_extra=CSV
)
def read_chart(request: HttpRequest, wanted: Query[ChartWanted]) -> Any:
    """Numbers and names over the ledger's codes, with the template and the version of the standard they follow."""
    brand = require(request, Scope.LEDGER_READ).brand_id
    found = ledger.chart_on(brand, wanted.day)
    told = {
        "template": found.template,
        "standard": found.standard,
        "valid_from": found.valid_from if found.by else None,
        "accounts": [
            {"number": x.number, "name": x.name, "name_zh": x.name_zh, "line": x.line, "codes": list(x.codes)}
            for x in found.lines
        ],
    }
    return answer(request, wanted.format, told, "accounts", "chart")


class RuleOut(Schema):
    """What an event debits and credits from a day on; `valid_from` is absent for the default."""

    event: str
    debit: str
    credit: str
    valid_from: date | None
    by: str


class RulesOut(Schema):
    """By event, the newest first; `first_day` is the first day a new rule may hold from."""

    rules: list[RuleOut]
    first_day: date


class RulesWanted(Schema):
    format: Format | None = None


@router.get(
    "/books/posting-rules",
    response=RulesOut,
    summary="Posting rules",
    operation_id="list_posting_rules",
    openapi_extra=CSV,
)
def list_posting_rules(request: HttpRequest, wanted: Query[RulesWanted]) -> Any:
    """Every rule there is and was, the defaults among them."""
    brand = require(request, Scope.LEDGER_READ).brand_id
    rules = [
        {"event": r.event, "debit": r.debit, "credit": r.credit, "valid_from": r.valid_from if r.by else None,
         "by": r.by}
        for r in ledger.posting_rules(brand)
    ]  # fmt: skip
    return answer(
        request, wanted.format, {"rules": rules, "first_day": ledger.first_day(brand)}, "rules", "posting-rules"
    )


class RuleIn(Body):
    """An event that is not to be posted has both sides empty, where that is allowed."""

    debit: Side
    credit: Side = ""
    valid_from: Day
    reason: Reason


class AskedOut(Schema):
    """A request that a person decides, under Approvals."""

    id: UUID
    kind: str
    subject: str
    state: str
    asked_by: str


def asked_out(approval: Any) -> dict[str, Any]:
    return {name: getattr(approval, name) for name in ("id", "kind", "subject", "state", "asked_by")}


@router.post(
    "/books/posting-rules/{event}",
    response={202: AskedOut, 404: None, 409: None},
    summary="Ask for a posting rule",
    operation_id="ask_posting_rule",
)
def ask_posting_rule(request: HttpRequest, event: str, wanted: RuleIn) -> Status[dict[str, Any]]:
    """Ask that an event posts otherwise from a day on; a person decides. The same request is asked once."""
    client = require(request, Scope.BOOKS_WRITE)
    rule = PostingRule(event, wanted.debit.strip(), wanted.credit.strip(), wanted.valid_from)
    return Status(202, asked_out(ledger.ask_rule(client.brand_id, rule, by=machine(client), reason=wanted.reason)))
