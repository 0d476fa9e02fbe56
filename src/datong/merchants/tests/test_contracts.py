"""Contracts: two people, dated, kept."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from datong.access.api import decide
from datong.kernel.errors import BadInput, BadValue, Conflict, NotAllowed, NotFound
from datong.kernel.ids import uuid7
from datong.merchants import api, rules
from datong.merchants.tests.conftest import Alliance, terms_of_inn
from datong.merchants.types import Commission, Period, Terms, Use


def test_a_change_of_a_contract_is_agreed_by_a_second_person_and_the_old_one_stays(alliance: Alliance):
    day = alliance.today + timedelta(days=5)
    asked = api.ask_contract(alliance.inn, day, terms_of_inn(alliance.currency, earn_minor=60), brand=alliance.brand,
                             by=alliance.maker, reason="new rate")  # fmt: skip
    same = api.ask_contract(alliance.inn, day, terms_of_inn(alliance.currency, earn_minor=60), brand=alliance.brand,
                            by=alliance.maker, reason="new rate")  # fmt: skip
    assert same.id == asked.id
    with pytest.raises(NotAllowed):
        decide(asked.id, brand=alliance.brand, by=alliance.maker, approve=True)
    alliance.decided(asked)
    held = api.contracts(alliance.brand, [alliance.inn])[alliance.inn]
    assert [contract.terms.earn_minor for contract in held] == [60, 90]
    assert (held[0].asked_by, held[0].by) == (alliance.maker.username, alliance.checker.username)
    found = api.partner(alliance.brand, alliance.inn)
    assert found.now and found.next and (found.now.terms.earn_minor, found.next.terms.earn_minor) == (90, 60)
    for at, rate in ((day - timedelta(days=1), 90), (day, 60), (day + timedelta(days=900), 60)):
        contract = api.in_force(held, at)
        assert contract and contract.terms.earn_minor == rate


def test_two_versions_never_begin_on_one_day_and_no_change_reaches_back(alliance: Alliance):
    day, terms = alliance.today + timedelta(days=5), terms_of_inn(alliance.currency)
    other = terms_of_inn(alliance.currency, earn_minor=60)
    first, second = (
        api.ask_contract(alliance.inn, day, each, brand=alliance.brand, by=alliance.maker, reason="x")
        for each in (terms, other)
    )
    alliance.decided(first)
    with pytest.raises(Conflict):
        alliance.decided(second)
    with pytest.raises(BadValue) as caught:
        api.ask_contract(alliance.inn, alliance.today, terms, brand=alliance.brand, by=alliance.maker, reason="x")
    assert caught.value.problems[0].field == "valid_from"
    with pytest.raises(NotFound):
        api.ask_contract(uuid7(), day, terms, brand=alliance.brand, by=alliance.maker, reason="x")


def test_terms_that_cannot_be_meant_are_refused_by_field():
    odd = Terms("CNY", earn_points=0, burn_minor=-1, bank="x" * 200, fixed_minor=-5,
                commission=(Commission("tea", 10_001), Commission("tea", 5, -1)))  # fmt: skip
    with pytest.raises(BadInput) as caught:
        rules.check_terms(odd)
    assert [problem.field for problem in caught.value.problems] == [
        "earn_points", "burn_minor", "fixed_minor", "bank", "commission/0/rate_bp", "commission/1/category",
        "commission/1/least_minor",
    ]  # fmt: skip


terms = st.builds(
    Terms,
    st.sampled_from(["CNY", "USD"]),
    st.frozensets(st.sampled_from(list(Use))),
    st.integers(1, 1000),
    st.integers(0, 1000),
    st.integers(1, 1000),
    st.integers(0, 1000),
    st.lists(st.builds(Commission, st.text(max_size=5), st.integers(0, 10_000), st.integers(0, 999)), max_size=3).map(
        tuple
    ),
    st.integers(0, 999),
    st.sampled_from(list(Period)),
    st.text(max_size=10),
)


@given(terms)
def test_terms_come_back_as_they_were_written(made: Terms):
    assert rules.read_terms(rules.write_terms(made)) == made
