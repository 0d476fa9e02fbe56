"""Franchise money: what the brand holds for a company and what the company owes of its sales, entered once."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from datong.books import api, rules
from datong.books.tests.conftest import Shop
from datong.books.types import Royalty
from datong.brand.api import put_company, set_company_stores
from datong.kernel import clock
from datong.kernel.errors import BadValue, NotFound
from datong.kernel.ids import uuid7
from datong.ledger import api as ledger
from datong.ledger.types import Account, Asked, Transfer, company_clearing, company_receivable

pytestmark = pytest.mark.django_db
LAST = (clock.now().date().replace(day=1) - timedelta(days=1)).replace(day=1)
"""The first day of the month before."""


@pytest.fixture
def tea(shop: Shop) -> UUID:
    """The company that runs the far store."""
    company = put_company(shop.brand.id, "Tea Ltd", by="test").id
    set_company_stores(shop.brand.id, company, [shop.far.id], by="test")
    return company


def sale(shop: Shop, debit: str, amount: int, day: date, credit: str = "income:sales", **kw: str) -> Transfer:
    sides = Account(debit, "USD"), Account(credit, "USD")
    return Transfer(uuid7(), *sides, amount, "goods", uuid7(), day, {"store": str(shop.far.id)} | kw)


def balance(shop: Shop, account: Account, company: UUID | None = None, *, whole: bool = False) -> int:
    where = {} if whole else {"company": str(company) if company else ""}
    found = ledger.report(shop.brand.id, Asked(where=where, codes=(account.code,))).rows
    return sum(row.closing_minor for row in found)


@pytest.mark.requirement("S-205", "S-208")
def test_a_platforms_money_for_a_franchisee_is_owed_to_it_once_and_follows_what_is_given_back(shop: Shop, tea: UUID):
    brand, owed = shop.brand.id, company_clearing(None, tea, "USD")
    ledger.post([sale(shop, "asset:platform:m", 5000, LAST), sale(shop, "asset:till:t", 900, LAST)], brand=brand)
    ledger.post([sale(shop, "expense:commission", 500, LAST, "asset:platform:m")], brand=brand)
    assert balance(shop, Account(ledger.BETWEEN, "USD"), tea) == 4500
    assert [api.enter_company_money(brand), api.enter_company_money(brand)] == [1, 0]
    assert balance(shop, owed) == -4500
    assert balance(shop, company_receivable(None, tea, "USD"), tea) == 4500
    assert balance(shop, Account(ledger.BETWEEN, "USD"), tea) == 0
    ledger.post([sale(shop, "income:refunds", 1000, LAST, "asset:platform:m")], brand=brand)
    assert [api.enter_company_money(brand), api.enter_company_money(brand)] == [1, 0]
    assert balance(shop, owed) == -3500
    [pair] = api.company_pairs(brand, clock.now().date())
    assert (pair.owes, pair.owed, pair.payable_minor, pair.difference_minor) == (None, tea, 3500, 0)
    own, company = api.company_books(brand, LAST, clock.now().date())
    assert (company.name, company.net_sales_minor, company.profit_minor, company.open_minor) == (
        "Tea Ltd",
        4900,
        4400,
        0,
    )
    assert (own.id, own.profit_minor, own.open_minor) == (None, 0, 0)


def test_a_royalty_is_a_part_of_the_net_sales_of_a_month_and_is_posted_once(shop: Shop, tea: UUID, monkeypatch: Any):
    brand = shop.brand.id
    earlier = clock.now() - timedelta(days=(clock.now().date() - LAST).days)
    with monkeypatch.context() as then:
        then.setattr(clock, "now", lambda: earlier)
        api.put_royalty(brand, tea, 500, LAST, by="boss", reason="contract 7")
        api.put_royalty(brand, tea, 600, LAST + timedelta(days=10), by="boss")
        with pytest.raises(BadValue):
            api.post_royalties(brand, LAST)
    assert api.post_royalties(brand, LAST) == 0
    later = LAST + timedelta(days=10)
    ledger.post([sale(shop, "asset:till:t", 10_010, LAST), sale(shop, "asset:till:t", 2_000, later),
                 sale(shop, "income:refunds", 500, later, "asset:till:t"),
                 sale(shop, "income:delivery", 70, later, "asset:till:t")], brand=brand)  # fmt: skip
    for new in (2, 0):
        assert api.post_royalties(brand, LAST + timedelta(days=3)) == new
        assert balance(shop, Account("expense:royalty", "USD"), tea) == 591  # 5 % of 100.10 and 6 % of 15.00: 5.905
        assert balance(shop, Account("income:royalty", "USD")) == -591
        assert balance(shop, company_clearing(tea, None, "USD"), tea) == -591
        assert balance(shop, company_receivable(tea, None, "USD")) == 591
    ledger.post([sale(shop, "income:refunds", 2_000, later, "asset:till:t")], brand=brand)
    assert [api.post_royalties(brand, LAST), api.post_royalties(brand, LAST)] == [2, 0]
    assert balance(shop, Account("expense:royalty", "USD"), tea) == 471
    assert [term.rate_bp for term in api.royalties(brand, tea)] == [600, 500]


def test_terms_of_a_month_that_is_over_or_of_nobody_are_refused(shop: Shop, tea: UUID):
    today = clock.now().date()
    for rate, day in ((-1, today), (5001, today), (100, LAST)):
        with pytest.raises(BadValue):
            api.put_royalty(shop.brand.id, tea, rate, day, by="boss")
    with pytest.raises(NotFound):
        api.put_royalty(shop.brand.id, uuid7(), 100, today, by="boss")
    assert api.royalties(shop.brand.id) == []


SALES = st.lists(
    st.tuples(
        st.sampled_from(["asset:platform:m", "asset:provider:w", "asset:till:t"]),
        st.integers(1, 99_999),
        st.integers(0, 20),
        st.booleans(),
    ),
    min_size=1,
    max_size=6,
)


@settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck))
@given(SALES)
def test_whatever_is_sold_each_companys_books_balance_the_pairs_mirror_and_a_settlement_ends_at_zero(
    shop: Shop, tea: UUID, sales: list[tuple[str, int, int, bool]]
):
    brand, today = shop.brand.id, clock.now().date()
    made = [_sale(shop, where, n, LAST + timedelta(days=d), back) for where, n, d, back in sales]
    ledger.post(made, brand=brand)
    api.enter_company_money(brand, since=LAST)
    for value in (str(tea), ""):
        rows = ledger.report(brand, Asked(where={"company": value})).rows
        assert sum(r.debits_minor for r in rows) == sum(r.credits_minor for r in rows)
        assert ledger.BETWEEN not in {r.account.code for r in rows if r.closing_minor}
    for pair in api.company_pairs(brand, today):
        assert pair.difference_minor == 0
        legs = (
            (company_clearing(pair.owes, pair.owed, "USD"), Account("asset:bank:settlement:own", "USD")),
            (Account(f"asset:bank:settlement:{tea.hex}", "USD"), company_receivable(pair.owes, pair.owed, "USD")),
        )
        paid = [(d, c) if pair.payable_minor > 0 else (c, d) for d, c in legs]
        amount = abs(pair.payable_minor)
        ledger.post([Transfer(uuid7(), d, c, amount, "settlement", uuid7(), today) for d, c in paid], brand=brand)
    assert api.company_pairs(brand, today) == []


def _sale(shop: Shop, where: str, amount: int, day: date, back: bool) -> Transfer:
    if back:
        return sale(shop, "income:refunds", amount, day, where)
    return sale(shop, where, amount, day)


@given(st.lists(st.tuples(st.integers(-(10**9), 10**9), st.integers(0, 5_000)), max_size=20))
def test_a_royalty_is_rounded_once_and_to_the_nearest(parts: list[tuple[int, int]]):
    exact = sum(base * rate for base, rate in parts)
    assert abs(rules.royalty_minor(parts) * 10_000 - exact) <= 5_000
    terms = [Royalty(uuid7(), date(2026, 1, 1), 500), Royalty(uuid7(), date(2026, 1, 11), 0)]
    assert list(rules.spans(terms, date(2026, 1, 5), date(2026, 1, 31))) == [(date(2026, 1, 5), date(2026, 1, 10), 500)]
