"""Each company has its own books: they balance by themselves, and together nothing is left between companies."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from datong.brand.api import always_open, put_company, put_stores, set_company_stores
from datong.brand.types import Store
from datong.kernel.geo import Point
from datong.kernel.ids import uuid7
from datong.ledger import api, rules
from datong.ledger.tests.test_actions import DAY
from datong.ledger.types import OWN, Account, Asked, Transfer, company_clearing, company_receivable, purse_account

pytestmark = pytest.mark.django_db


@pytest.fixture
def world(brand):
    """Store, its company: two of a tea company, one of an inn, one of the brand itself."""
    stores = [Store(uuid7(), f"S{n}", f"S{n}", Point(0, 0), "X", always_open(), "UTC") for n in range(4)]
    put_stores(brand.id, stores)
    tea, inn = (put_company(brand.id, name, by="test").id for name in ("Tea Ltd", "Inn Ltd"))
    set_company_stores(brand.id, tea, [stores[0].id, stores[1].id], by="test")
    set_company_stores(brand.id, inn, [stores[2].id], by="test")
    return brand, tea, inn, [s.id for s in stores]


def entry(debit: str, credit: str, amount: int, store: UUID | None = None, **kw) -> Transfer:
    dimensions = {"store": str(store)} if store else {}
    sides = Account(debit, "USD"), Account(credit, "USD")
    return Transfer(uuid7(), *sides, amount, "goods", uuid7(), DAY, dimensions | kw)


def books(brand, company: UUID | None = None, **asked):
    where = {"company": str(company) if company else ""}
    found = api.report(brand.id, Asked(where=where, **asked))
    return {r.account.code: r.closing_minor for r in found.rows if r.closing_minor}


@pytest.mark.requirement("S-203")
def test_an_entry_stands_in_the_books_of_the_company_that_runs_the_store_when_it_is_posted(world):
    brand, tea, inn, stores = world
    api.post([before := entry("asset:till:t", "income:sales", 500, stores[0])], brand=brand.id)
    set_company_stores(brand.id, inn, [stores[0], stores[2]], by="test")
    api.post([entry("asset:till:t", "income:sales", 70, stores[0]), before], brand=brand.id)
    api.post([entry("asset:till:t", "income:sales", 9, stores[3])], brand=brand.id)
    assert books(brand, tea) == {"asset:till:t": 500, "income:sales": -500}
    assert books(brand, inn) == {"asset:till:t": 70, "income:sales": -70}
    assert books(brand) == {"asset:till:t": 9, "income:sales": -9}
    by = {r.value: r.net_minor for r in api.report(brand.id, Asked(codes=("income:",)), by="company").rows}
    assert by == {str(tea): -500, str(inn): -70, "": -9}


def test_what_is_the_brands_wherever_it_happened_leaves_a_claim_between_them(world):
    brand, tea, _inn, stores = world
    purse = purse_account(uuid7(), "principal", "USD")
    order = entry("clearing:wallet", "income:sales", 100, stores[0])
    spend = entry(purse.code, "clearing:wallet", 100, stores[0])
    top_up = entry("asset:wallet:cash", purse.code, 300, stores[0])
    api.post([top_up], brand=brand.id)
    api.post([spend, order], brand=brand.id)
    api.post([platform := entry("asset:platform:m", "income:sales", 50, stores[1])], brand=brand.id)
    assert books(brand, tea) == {"asset:wallet:cash": 300, "income:sales": -150, "clearing:between": -150}
    assert books(brand)["clearing:between"] == 150 and books(brand)["asset:platform:m"] == 50
    found = api.entries(brand.id, Asked(where={"company": str(tea)}))
    assert {p.transfer.id for p in found} == {top_up.id, order.id, platform.id}
    owed = (company_receivable(None, tea, "USD"), company_clearing(None, tea, "USD"))
    owes = (company_receivable(tea, None, "USD"), company_clearing(tea, None, "USD"))
    pairs = [(*owed, 100), (*owes, 300), (*owed, 50)]
    api.post([entry(d.code, c.code, n, stores[0]) for d, c, n in pairs], brand=brand.id)
    assert "clearing:between" not in books(brand, tea) and "clearing:between" not in books(brand)
    assert books(brand, tea)[owed[0].code] == 150 and books(brand)[owed[1].code] == -150


CODES = ("asset:till:t", "asset:platform:m", "clearing:wallet", "income:sales", "expense:fee", "liability:points",
         "asset:wallet:cash", "clearing:order")  # fmt: skip


@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(st.tuples(st.sampled_from(range(10)), st.sampled_from(range(10)), st.integers(1, 999),
                          st.sampled_from([None, 0, 1, 2, 3])), min_size=1, max_size=12))  # fmt: skip
def test_the_books_of_each_company_balance_and_together_come_to_the_brands(world, moves):
    brand, tea, inn, stores = world
    pairs = [(tea, None), (None, inn)]
    codes = [*CODES, *(company_clearing(*p, "USD").code for p in pairs[:1]),
             *(company_receivable(*p, "USD").code for p in pairs[1:])]  # fmt: skip
    made = [
        entry(codes[d], codes[c], n, None if s is None else stores[s])
        for d, c, n, s in moves
        if d != c
    ]  # fmt: skip
    api.post(made, brand=brand.id)
    whole = {(r.account.code, r.account.currency): r.closing_minor for r in api.report(brand.id, Asked()).rows}
    split = api.report(brand.id, Asked(), by="company").rows
    for value in {row.value for row in split}:
        mine = [row for row in split if row.value == value]
        assert sum(row.debits_minor for row in mine) == sum(row.credits_minor for row in mine)
        alone = api.report(brand.id, Asked(where={"company": value})).rows
        assert {r.account.code: r.closing_minor for r in alone} == {r.account.code: r.closing_minor for r in mine}
    together: dict[tuple[str, str], int] = {}
    for row in split:
        key = row.account.code, row.account.currency
        together[key] = together.get(key, 0) + row.closing_minor
    assert together.pop((rules.BETWEEN, "USD"), 0) == 0
    assert together == whole
    python: dict[tuple[str, str], int] = {}
    for page in api.journal(brand.id, Asked()):
        for posted in page:
            for company in {*rules.companies_of(posted.transfer)}:
                for account, minor in rules.sides_in(posted.transfer, company):
                    python[company, account.code] = python.get((company, account.code), 0) + minor
    told = {(UUID(r.value).hex if r.value else OWN, r.account.code): r.closing_minor for r in split}
    assert python == told


def test_the_export_of_a_companys_books_balances(world):
    brand, tea, _inn, stores = world
    api.post([entry("asset:platform:m", "income:sales", 50, stores[1]),
              entry("asset:till:t", "income:sales", 7, stores[3])], brand=brand.id)  # fmt: skip
    text = "".join(api.beancount(brand.id, company=str(tea)))
    assert "Assets:Clearing:Between  0.50 USD" in text and "Income:Sales  -0.50 USD" in text
    assert "Tea Ltd" in text and "0.07" not in text
    assert "0.07" in "".join(api.beancount(brand.id, company="", until=DAY + timedelta(1)))
