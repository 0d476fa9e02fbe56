"""Settlements by the calendar: drafted once when a period is over, checked by a person, then decided by two."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from datong.access.api import decide
from datong.kernel.db import execute, in_brand
from datong.kernel.errors import NotAllowed, NotFound
from datong.merchants import api, rules
from datong.merchants.tests.conftest import Alliance
from datong.merchants.types import Period, RunRefused, SettlementState


@pytest.fixture
def over(alliance: Alliance) -> Alliance:
    """Inn owes 9.00 of a month that is over, and 9.00 of today; Mall has nothing open."""
    brand = alliance.brand
    ann = alliance.person()
    alliance.earn(ann, alliance.inn_store)
    with in_brand(brand):
        execute("UPDATE merchants_entry SET day = day - 40 WHERE brand_id = %s", [brand])
    alliance.earn(ann, alliance.inn_store)
    return alliance


def test_what_is_due_is_drafted_once_and_decided_by_two_after_a_check(over: Alliance) -> None:
    (made,) = api.draft_due(brand=over.brand)
    assert api.draft_due(brand=over.brand) == []
    found = api.run(over.brand, made)
    (item,) = found.items
    assert (found.state, found.by, item.company_id, item.entries, item.owes_minor) == (
        SettlementState.DRAFT, "the calendar", over.inn, 1, 900,
    )  # fmt: skip
    assert found.until == rules.last_end(Period.MONTH, over.today) and over.owes(over.inn) == 1800
    ready, asked = api.submit_run(made, brand=over.brand, by=over.maker)
    assert asked and (ready.state, ready.by) == (SettlementState.PROPOSED, over.maker.username)
    assert api.submit_run(made, brand=over.brand, by=over.maker)[1] is None
    with pytest.raises(NotAllowed):
        decide(asked.id, brand=over.brand, by=over.maker, approve=True)
    over.decided(asked)
    assert (api.run(over.brand, made).state, over.owes(over.inn)) == (SettlementState.POSTED, 900)
    with pytest.raises(RunRefused):
        api.submit_run(made, brand=over.brand, by=over.maker)
    over.sound()


def test_what_is_dropped_is_open_again_and_not_drafted_for_that_period(over: Alliance) -> None:
    (made,) = api.draft_due(brand=over.brand)
    with pytest.raises(NotFound, match="nothing is open"):
        api.propose_run(rules.last_end(Period.MONTH, over.today), over.currency, brand=over.brand, by=over.maker)
    for _ in range(2):
        dropped = api.drop_run(made, brand=over.brand, by="ann", reason="by hand this time")
        assert (dropped.state, dropped.reason) == (SettlementState.REFUSED, "by hand this time")
    assert api.draft_due(brand=over.brand) == []
    with pytest.raises(RunRefused):
        api.submit_run(made, brand=over.brand, by=over.maker)
    run, _asked = api.propose_run(over.today, over.currency, brand=over.brand, by=over.maker)
    assert run.items[0].entries == 2


@given(st.dates(date(2020, 1, 1), date(2100, 1, 1)))
def test_the_last_end_is_the_newest_sunday_or_month_end_that_is_over(today: date) -> None:
    week, month = rules.last_end(Period.WEEK, today), rules.last_end(Period.MONTH, today)
    assert week.isoweekday() == 7 and timedelta(0) < today - week <= timedelta(days=7)
    assert (month + timedelta(days=1)).day == 1 and month < today and (today - month).days <= 31
