"""Reports over HTTP: trial balance, income statement, what stands where, margins. Amounts in minor units."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import date, timedelta
from typing import Any, Literal

from django.http import HttpRequest
from ninja import Query, Router, Schema

from datong.access.api import require
from datong.access.types import Scope
from datong.books import api
from datong.books.http.common import (
    CSV,
    Code,
    Days,
    Format,
    Names,
    Narrowed,
    Paged,
    StoreCode,
    answer,
    asked,
    read_key,
    write_key,
)
from datong.books.types import POSITIONS, Position
from datong.kernel import clock
from datong.kernel.bodies import Day
from datong.ledger.api import report_page, rulebook
from datong.ledger.types import Account, AccountKind, Asked, ReportKey, ReportPage, ReportRow, shown

router = Router(tags=["books"])

BACK = timedelta(days=30)
By = Literal["", "channel", "store", "company", "merchant", "campaign", "order"]


class NamedAccount(Schema):
    """`account` is the ledger's code; number, names and line are the chart's, empty for a code that nothing maps.

    The same part of all purses is one account, `liability:purse:*:<part>`.
    """

    account: str
    currency: str
    number: str
    name: str
    name_zh: str
    line: str


class TrialRowOut(NamedAccount):
    """Debits less credits before the period and after it; `value` of the dimension, `label` what it is called."""

    value: str
    label: str
    opening_minor: int
    debits_minor: int
    credits_minor: int
    closing_minor: int


class TrialSumOut(Schema):
    """Of all pages, in one currency: debits equal credits, opening and closing are zero unless narrowed."""

    currency: str
    opening_minor: int
    debits_minor: int
    credits_minor: int
    closing_minor: int


class TrialBalanceOut(Schema):
    by: str
    rows: list[TrialRowOut]
    totals: list[TrialSumOut]
    next: str | None = None


class TrialWanted(Narrowed, Paged):
    """`by`: split by this dimension; `account`: codes that begin so, a * for any characters."""

    by: By = ""
    account: Code = ""


@router.get(
    "/books/trial-balance",
    response={200: TrialBalanceOut, 404: None},
    summary="Trial balance",
    operation_id="read_trial_balance",
    openapi_extra=CSV,
)
def read_trial_balance(request: HttpRequest, wanted: Query[TrialWanted]) -> Any:
    """Each account before, in and after a period, split by a dimension if wanted; as CSV with `format=csv`."""
    brand = require(request, Scope.LEDGER_READ).brand_id
    about = asked(brand, wanted, [wanted.account])
    found = report_page(brand, about, by=wanted.by, after=read_key(wanted.cursor), limit=wanted.limit)
    names = Names(brand, wanted.by, wanted.until)
    names.learn(row.value for row in found.rows)
    told = {
        "by": wanted.by,
        "rows": [
            {**names.account(row.account), "value": row.value, "label": names.value(row.value), **_figures(row)}
            for row in found.rows
        ],
        "totals": [{"currency": row.account.currency, **_figures(row)} for row in found.totals],
        "next": write_key(found.next),
    }
    return answer(request, wanted.format, told, "rows", "trial-balance")


def _figures(row: ReportRow) -> dict[str, int]:
    names = ("opening_minor", "debits_minor", "credits_minor", "closing_minor")
    return {name: getattr(row, name) for name in names}


class IncomeRowOut(NamedAccount):
    """`amount_minor` is what it adds to the profit: income above zero, expenses below."""

    value: str
    label: str
    amount_minor: int


class ProfitOut(Schema):
    currency: str
    profit_minor: int


class IncomeOut(Schema):
    """`profit`: of all pages, a currency each."""

    by: str
    rows: list[IncomeRowOut]
    profit: list[ProfitOut]
    next: str | None = None


class IncomeWanted(Narrowed, Paged):
    """`product` and `category` are made from the lines of orders and go with `store` and `channel` only."""

    by: By | Literal["product", "category"] = ""


@router.get(
    "/books/income",
    response={200: IncomeOut, 404: None},
    summary="Income statement",
    operation_id="read_income",
    openapi_extra=CSV,
)
def read_income(request: HttpRequest, wanted: Query[IncomeWanted]) -> Any:
    """What was earned and spent in a period, by account and the dimension `by`; as CSV with `format=csv`."""
    brand = require(request, Scope.LEDGER_READ).brand_id
    kinds = (AccountKind.INCOME, AccountKind.EXPENSE)
    about = asked(brand, wanted, [f"{kind}:" for kind in kinds])
    after = read_key(wanted.cursor)
    if wanted.by in api.GOODS:
        found = _page(api.income_by_goods(brand, about, by=wanted.by), after, wanted.limit)
    else:
        found = report_page(brand, about, by=wanted.by, after=after, limit=wanted.limit)
    names = Names(brand, wanted.by, wanted.until)
    names.learn(row.value for row in found.rows)
    told = {
        "by": wanted.by,
        "rows": [
            {**names.account(row.account), "value": row.value, "label": names.value(row.value),
             "amount_minor": -row.net_minor}
            for row in found.rows
        ],
        "profit": [{"currency": row.account.currency, "profit_minor": -row.net_minor} for row in found.totals],
        "next": write_key(found.next),
    }  # fmt: skip
    return answer(request, wanted.format, told, "rows", "income")


def _page(rows: Sequence[ReportRow], after: ReportKey, limit: int) -> ReportPage:
    """A page of rows that are at hand."""
    sums: dict[str, int] = {}
    for row in rows:
        sums[row.account.currency] = sums.get(row.account.currency, 0) + row.net_minor
    totals = tuple(ReportRow(Account("", unit), "", 0, max(n, 0), max(-n, 0)) for unit, n in sorted(sums.items()))
    left = [row for row in rows if row.key > after]
    page = tuple(left[:limit])
    return ReportPage(page, totals, page[-1].key if len(left) > limit else None)


class PositionOut(NamedAccount):
    """`balance_minor`: assets by debits, debts by credits above zero; `store` the code of the store it stands at."""

    store: str
    balance_minor: int


class PositionsOut(Schema):
    positions: list[PositionOut]
    next: str | None = None


class PositionsWanted(Paged):
    """What stands at the end of `until`; `by_store` splits it by store."""

    until: Day | None = None
    store: StoreCode = ""
    by_store: bool = False


@router.get(
    "/books/positions/{part}",
    response={200: PositionsOut, 404: None},
    summary="What stands where",
    operation_id="list_positions",
    openapi_extra=CSV,
)
def list_positions(request: HttpRequest, part: Position, wanted: Query[PositionsWanted]) -> Any:
    """Receivables, cash, liabilities, rights in pieces or clearing, at the end of a business day.

    A page may have fewer rows than `limit`: accounts of other parts are left out of it.
    """
    brand = require(request, Scope.LEDGER_READ).brand_id
    narrowed = asked(brand, Narrowed(until=wanted.until, store=wanted.store))
    about = Asked(None, wanted.until, where=narrowed.where)
    by = "store" if wanted.by_store else ""
    found = report_page(brand, about, by=by, after=read_key(wanted.cursor), limit=wanted.limit)
    names = Names(brand, by, wanted.until)
    names.learn(row.value for row in found.rows)
    told = {
        "positions": [
            {**line, "store": names.value(row.value), "balance_minor": shown(row.account, row.closing_minor)}
            for row in found.rows
            if row.closing_minor and (line := names.account(row.account))["line"] in POSITIONS[part]
        ],
        "next": write_key(found.next),
    }
    return answer(request, wanted.format, told, "positions", part.value)


class MarginOut(Schema):
    """`revenue_minor` without tax; `known_minor` the part of it whose cost is known; margin is known less cost."""

    value: str
    label: str
    currency: str
    units: int
    revenue_minor: int
    known_minor: int
    cost_minor: int
    margin_minor: int


class MarginsOut(Schema):
    by: str
    margins: list[MarginOut]


class MarginsWanted(Days):
    """The 1,000 biggest; without `since` the last 31 days."""

    by: Literal["channel", "store", "product"] = "channel"
    format: Format | None = None


@router.get("/books/margins", response=MarginsOut, summary="Margins", operation_id="list_margins", openapi_extra=CSV)
def list_margins(request: HttpRequest, wanted: Query[MarginsWanted]) -> Any:
    """What was handed over in a period and what it cost, by channel, store or product, the most first."""
    brand = require(request, Scope.LEDGER_READ).brand_id
    until = wanted.until or rulebook(brand).business_date(clock.now())
    found = api.margins(
        brand, wanted.since or max(until, date.min + timedelta(days=30)) - timedelta(days=30), until, by=wanted.by
    )
    names = Names(brand, wanted.by, wanted.until)
    names.learn(each.value for each in found)
    told = {
        "by": wanted.by,
        "margins": [
            {**asdict(each), "label": names.value(each.value), "margin_minor": each.margin_minor} for each in found
        ],
    }
    return answer(request, wanted.format, told, "margins", "margins")
