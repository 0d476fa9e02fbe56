"""The chart of accounts, posting rules, and what is closed."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from datong.ledger import api as ledger
from datong.ledger.types import PostingRule, Standard, Template
from datong.site.tests.audited.world import BY, VERBS, World, verb


def past(w: World) -> date:
    return ledger.first_day(w.brand) - timedelta(days=3)


VERBS |= {
    "ledger.adopt_template": lambda w: ledger.adopt_template(
        w.brand, Template.RESTAURANT, Standard.IFRS, ledger.first_day(w.brand), **BY
    ),
    "ledger.put_rule": lambda w: ledger.put_rule(
        w.brand, PostingRule("receivable", "asset:guests", "", ledger.first_day(w.brand)), **BY
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
