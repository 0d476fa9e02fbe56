"""The chart of accounts, posting rules, and what is closed."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from datong.books import api as books
from datong.books.types import Statement
from datong.brand.api import put_company
from datong.kernel.ids import uuid7
from datong.ledger import api as ledger
from datong.ledger.types import Account, PostingRule, Standard, Template, Transfer
from datong.site.tests.audited.world import BY, VERBS, World, verb


def past(w: World) -> date:
    return ledger.first_day(w.brand) - timedelta(days=3)


def taken(w: World) -> Statement:
    """A statement of one order that nobody here knows."""
    row = (2, ["X-1", "3.00", "0.02"])
    days = (past(w), past(w))
    return books.take_statement(
        w.brand, "asset:provider:web", ["order", "amount", "fee"], [row], file="bill.csv", days=days, **BY
    )


def closed(w: World) -> object:
    """A day that was counted and closed."""
    books.count_cash(w.brand, w.near, past(w), {}, **BY)
    return books.close_day(w.brand, w.near, past(w), deposit_minor=0, **BY)


VERBS |= {
    "books.put_royalty": lambda w: books.put_royalty(
        w.brand, put_company(w.brand, "Tea Ltd", **BY).id, 500, ledger.first_day(w.brand), **BY
    ),
    "books.ask_reopen": lambda w: (closed(w), books.ask_reopen(w.brand, w.near, past(w), by=w.owner, reason="found")),
    "books.close_day": lambda w: closed(w),
    "books.count_cash": lambda w: closed(w),
    "books.lock_day": lambda w: (closed(w), books.lock_day(w.brand, w.near, past(w), **BY)),
    "books.post_fee": lambda w: books.post_fee(w.brand, taken(w).id, **BY),
    "books.settle_entry": lambda w: books.settle_entry(
        w.brand, books.statement_entries(w.brand, taken(w).id)[0].id, reason="another shop's", **BY
    ),
    "books.take_statement": lambda w: taken(w),
    "ledger.adopt_template": lambda w: ledger.adopt_template(
        w.brand, Template.RESTAURANT, Standard.IFRS, ledger.first_day(w.brand), **BY
    ),
    "ledger.adopt_rules": lambda w: ledger.adopt_rules(w.brand, Template.RETAIL, ledger.first_day(w.brand), **BY),
    "ledger.put_day_end": lambda w: ledger.put_day_end(w.brand, 4, ledger.first_day_of(w.brand), **BY),
    "ledger.put_rule": lambda w: ledger.put_rule(
        w.brand, PostingRule("receivable", "asset:guests", "", ledger.first_day(w.brand)), **BY
    ),
    "ledger.ask_rule": lambda w: ledger.ask_rule(
        w.brand, PostingRule("receivable", "asset:guests", "", ledger.first_day(w.brand)), by=w.owner, reason="new"
    ),
    "ledger.ask_period": lambda w: ledger.ask_period(w.brand, past(w), by=w.owner, reason="month end"),
    "ledger.lock_day": lambda w: ledger.lock_day(w.brand, w.near, past(w), **BY),
    "ledger.unlock_day": lambda w: (
        ledger.lock_day(w.brand, w.near, past(w), **BY),
        ledger.unlock_day(w.brand, w.near, past(w) - timedelta(days=1), **BY),
    ),
}


@verb("ledger.put_chart")
def put_chart(w: World) -> object:
    chart = ledger.chart_on(w.brand)
    day = ledger.first_day(w.brand) - timedelta(days=1)
    return ledger.put_chart(w.brand, replace(chart, lines=chart.lines[1:], valid_from=day), **BY)


@verb("books.match_provider")
def match_provider(w: World) -> object:
    sides = Account("asset:provider:web", "USD"), Account("clearing:order", "USD")
    ledger.post([Transfer(uuid7(), *sides, 500, "payment", uuid7(), past(w))], brand=w.brand)
    return books.match_provider(w.brand, past(w), "asset:provider:web", 500, **BY)
