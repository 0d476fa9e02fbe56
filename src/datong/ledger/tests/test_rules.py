from __future__ import annotations

from dataclasses import replace
from datetime import date
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from datong.kernel.errors import BadInput, Conflict
from datong.kernel.ids import uuid7
from datong.ledger import rules
from datong.ledger.types import Account, AccountKind, Transfer, TrialRow, company_clearing, company_pair

CASH, SALES = Account("asset:cash", "CNY"), Account("income:sales", "CNY")
CLEARING = Account("clearing:order", "CNY")
ORDER, OTHER = uuid7(), uuid7()


def a_transfer(**kw: object) -> Transfer:
    fields = {
        "id": uuid7(),
        "debit": CASH,
        "credit": SALES,
        "amount_minor": 100,
        "kind": "sale",
        "subject_id": ORDER,
        "business_date": date(2026, 11, 22),
        "dimensions": {"channel": "shop"},
    }
    return Transfer(**{**fields, **kw})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("change", "fields"),
    [
        ({"amount_minor": 0}, ["amount_minor"]),
        ({"amount_minor": -5}, ["amount_minor"]),
        ({"amount_minor": 1.0}, ["amount_minor"]),
        ({"amount_minor": True}, ["amount_minor"]),
        ({"amount_minor": 2**63}, ["amount_minor"]),
        ({"credit": CASH}, ["credit"]),
        ({"credit": Account("income:sales", "USD")}, ["credit"]),
        ({"debit": Account("cash", "CNY")}, ["debit"]),
        ({"debit": Account("cosh:x", "CNY")}, ["debit"]),
        ({"debit": Account("asset:a b", "CNY")}, ["debit"]),
        ({"id": UUID(int=7)}, ["id"]),
        ({"kind": ""}, ["kind"]),
        ({"dimensions": {"channel": ""}}, ["dimensions"]),
        ({"dimensions": {str(i): "x" for i in range(13)}}, ["dimensions"]),
    ],
)
def test_what_cannot_be_posted_is_refused_by_field(change, fields):
    with pytest.raises(BadInput) as caught:
        rules.check_transfers([a_transfer(), a_transfer(**change)])
    assert [problem.field for problem in caught.value.problems] == [f"transfers/1/{field}" for field in fields]


def test_the_same_transfer_twice_in_a_batch_counts_once():
    transfer = a_transfer()
    assert rules.check_transfers([transfer, a_transfer(id=transfer.id)]) == [transfer]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("debit", Account("asset:bank", "CNY")),
        ("credit", CLEARING),
        ("amount_minor", 101),
        ("kind", "refund"),
        ("subject_id", OTHER),
        ("business_date", date(2026, 11, 23)),
        ("dimensions", {}),
    ],
)
def test_one_id_with_two_contents_is_a_conflict_that_names_the_field(field, value):
    transfer = a_transfer()
    with pytest.raises(Conflict) as caught:
        rules.check_transfers([transfer, replace(transfer, **{field: value})])
    assert [problem.code for problem in caught.value.problems] == [f"exists_with_different_{field}"]


def test_an_account_has_one_id_a_brand_and_currency():
    brand, other = uuid7(), uuid7()
    assert rules.account_id(brand, CASH) == rules.account_id(brand, Account("asset:cash", "CNY"))
    assert len({rules.account_id(b, a) for b in (brand, other) for a in (CASH, Account("asset:cash", "USD"))}) == 4


def test_a_clearing_account_must_come_back_to_zero_for_each_subject():
    into = a_transfer(debit=CASH, credit=CLEARING, amount_minor=300)
    out = [a_transfer(debit=CLEARING, credit=SALES, amount_minor=part) for part in (100, 200)]
    left = a_transfer(debit=CASH, credit=CLEARING, amount_minor=7, subject_id=OTHER)
    assert rules.open_clearing(rules.clearing_nets([into, *out])) == []
    found = rules.open_clearing(rules.clearing_nets([into, out[0], left]))
    assert [(d.what, d.subject_id, d.account, d.difference_minor) for d in found] == [
        ("clearing_open", ORDER, "clearing:order", -200),
        ("clearing_open", OTHER, "clearing:order", -7),
    ]


def test_an_open_asset_is_not_a_difference():
    assert rules.open_clearing({(ORDER, CASH): 100}) == []


accounts = st.builds(
    Account, st.sampled_from([f"{kind.value}:{name}" for kind in AccountKind for name in "ab"]), st.just("CNY")
)
transfers = st.lists(
    st.tuples(accounts, accounts, st.integers(1, 10**9), st.sampled_from([ORDER, OTHER]))
    .filter(lambda row: row[0] != row[1])
    .map(lambda row: a_transfer(debit=row[0], credit=row[1], amount_minor=row[2], subject_id=row[3])),
    max_size=20,
)


@given(transfers)
def test_whatever_is_posted_balances(batch):
    rows = rules.totals(rules.check_transfers(batch))
    assert rules.unbalanced(rows.values()) == []
    assert sum(row.debits_minor for row in rows.values()) == sum(t.amount_minor for t in batch)
    nets = rules.clearing_nets(batch)
    for account, row in rows.items():
        if account.kind is AccountKind.CLEARING:
            assert row.net_minor == sum(net for (_, of), net in nets.items() if of == account)


def test_rows_that_were_tampered_with_are_found():
    rows = [TrialRow(CASH, 100, 0), TrialRow(SALES, 0, 90), TrialRow(Account("asset:cash", "USD"), 5, 5)]
    assert [(d.what, d.currency, d.difference_minor) for d in rules.unbalanced(rows)] == [
        ("currency_unbalanced", "CNY", 10)
    ]


def test_what_a_company_owes_another_stands_in_an_account_of_the_pair_until_it_is_settled():
    tea, inn = uuid7(), uuid7()
    owed = company_clearing(tea, inn, "CNY")
    assert owed == Account(f"clearing:company:{tea.hex}:{inn.hex}", "CNY")
    assert company_clearing(None, tea, "CNY").code == f"clearing:company:own:{tea.hex}"
    assert company_pair(owed.code) == (tea, inn)
    assert company_pair(company_clearing(inn, None, "CNY").code) == (inn, None)
    assert company_pair(CLEARING.code) is None
    with pytest.raises(ValueError, match="itself"):
        company_clearing(None, None, "CNY")
    [left] = rules.open_clearing({(ORDER, owed): -500, (ORDER, CLEARING): 7})
    assert left.account == CLEARING.code
    assert rules.check_transfers([a_transfer(debit=SALES, credit=owed)])
