from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from uuid import UUID, uuid4

import pytest
from django.db.utils import IntegrityError, ProgrammingError

from datong.kernel import clock
from datong.kernel.db import count_statements, execute, in_brand, rows, savepoint
from datong.kernel.errors import BadInput, Conflict
from datong.kernel.ids import uuid7
from datong.ledger import api
from datong.ledger.types import Account, Balance, Transfer

pytestmark = pytest.mark.django_db
DAY = date(2026, 11, 22)
BANK, SALES = Account("asset:bank", "USD"), Account("income:sales", "USD")
CLEARING, TAX = Account("clearing:order", "USD"), Account("liability:tax", "USD")


def a_transfer(debit=BANK, credit=SALES, amount=100, subject: UUID | None = None, **kw) -> Transfer:
    fields = {"id": uuid7(), "kind": "sale", "subject_id": subject or uuid7(), "business_date": DAY}
    return Transfer(debit=debit, credit=credit, amount_minor=amount, **{**fields, **kw})


def a_sale(amount: int, tax: int, subject: UUID, **kw) -> list[Transfer]:
    """The customer's money comes in through clearing and leaves it as revenue and tax."""
    return [
        a_transfer(BANK, CLEARING, amount, subject, **kw),
        a_transfer(CLEARING, SALES, amount - tax, subject, **kw),
        a_transfer(CLEARING, TAX, tax, subject, **kw),
    ]


@pytest.mark.requirement("S-199", "S-200")
def test_what_is_posted_can_be_traced_from_the_balance_to_the_order_and_back(brand):
    first, second = uuid7(), uuid7()
    assert api.post([*a_sale(1000, 80, first), *a_sale(500, 40, second)], brand=brand.id) == 6
    assert api.balances(brand.id) == [
        Balance(BANK, 1500, 0),
        Balance(CLEARING, 1500, 1500),
        Balance(SALES, 0, 1380),
        Balance(TAX, 0, 120),
    ]
    assert [p.transfer.amount_minor for p in api.transfers_of(brand.id, [second])] == [500, 460, 40]
    sales = api.list_transfers(brand.id, code="income:sales")
    assert {p.transfer.subject_id for p in sales} == {first, second}
    assert [p.transfer.amount_minor for p in api.list_transfers(brand.id, after=sales[0].transfer.id, limit=2)] == [
        80,
        500,
    ]
    assert api.check(brand.id) == []
    assert sum(row.net_minor for row in api.trial_balance(brand.id)) == 0


def test_a_transfer_comes_back_as_it_was_posted(brand):
    transfer = a_transfer(dimensions={"channel": "web", "store": "12"})
    now = clock.now()
    with clock.held_at(now):
        api.post([transfer], brand=brand.id)
    [posted] = api.transfers_by_id(brand.id, [transfer.id, uuid7()])
    assert (posted.transfer, posted.posted_at) == (transfer, now)


def test_another_brand_has_its_own_books(brand, make_brand):
    other = make_brand()
    transfer = a_transfer()
    api.post([transfer], brand=brand.id)
    assert api.balances(other.id) == []
    assert api.post([replace(transfer, amount_minor=7)], brand=other.id) == 1
    assert api.balances(brand.id, ["asset:bank"]) == [Balance(BANK, 100, 0)]


def test_posting_again_changes_nothing(brand):
    batch = a_sale(1000, 80, uuid7())
    assert api.post(batch, brand=brand.id) == 3
    assert api.post([*batch, extra := a_transfer()], brand=brand.id) == 1
    assert api.post([*batch, extra], brand=brand.id) == 0
    assert api.balances(brand.id, ["asset:bank"]) == [Balance(BANK, 1100, 0)]


def test_one_id_with_another_content_is_a_conflict_and_nothing_of_the_batch_is_posted(brand):
    transfer = a_transfer(dimensions={"channel": "web"})
    api.post([transfer], brand=brand.id)
    for change in ({"amount_minor": 101}, {"debit": TAX}, {"dimensions": {}}, {"business_date": DAY + timedelta(1)}):
        [field] = change
        with pytest.raises(Conflict) as caught:
            api.post([a_transfer(), replace(transfer, **change)], brand=brand.id)
        assert caught.value.problems[0].code == f"exists_with_different_{field}"
    assert api.balances(brand.id, ["asset:bank"]) == [Balance(BANK, 100, 0)]


def test_what_cannot_be_posted_is_refused_before_anything_is_written(brand):
    with pytest.raises(BadInput):
        api.post([a_transfer(), a_transfer(amount=0)], brand=brand.id)
    with pytest.raises(BadInput):
        api.post([a_transfer(id=uuid4())], brand=brand.id)
    assert api.post([], brand=brand.id) == 0
    assert api.balances(brand.id) == []


@pytest.mark.requirement("S-203")
def test_entries_are_reported_by_any_dimension(brand):
    web = a_sale(1000, 80, uuid7(), dimensions={"channel": "web", "store": "1"})
    till = a_sale(500, 40, uuid7(), dimensions={"channel": "till", "store": "1"}, business_date=DAY + timedelta(1))
    api.post([*web, *till, a_transfer()], brand=brand.id)

    def sales(dimension: str, **kw) -> dict[str, int]:
        found = api.balances_by(brand.id, dimension, ["income:sales"], **kw)
        return {value: balance.credits_minor for value, [balance] in found.items()}

    assert sales("channel") == {"": 100, "till": 460, "web": 920}
    assert sales("store") == {"": 100, "1": 1380}
    assert sales("channel", since=DAY + timedelta(1)) == {"till": 460}
    assert sales("channel", until=DAY) == {"": 100, "web": 920}
    assert api.balances(brand.id, ["income:sales"], until=DAY) == [Balance(SALES, 0, 1020)]


def test_what_was_left_on_a_clearing_account_is_found(brand):
    order = uuid7()
    api.post([*a_sale(1000, 80, uuid7()), *a_sale(700, 50, order)[:2]], brand=brand.id)
    assert [(d.what, d.account, d.subject_id, d.difference_minor) for d in api.check(brand.id)] == [
        ("clearing_open", "clearing:order", order, -50)
    ]


def test_rows_without_an_account_or_in_another_currency_are_found(brand):
    api.post([a_transfer()], brand=brand.id)
    with in_brand(brand.id):
        stray = """
            INSERT INTO ledger_transfer SELECT brand_id, %(id)s, {}, credit_id, 9, {}, kind, subject_id, business_date,
                                               dimensions, posted_at FROM ledger_transfer WHERE amount_minor = 100
        """
        execute(stray.format("%(id)s", "currency"), {"id": uuid7()})
        execute(stray.format("debit_id", "'EUR'"), {"id": uuid7()})
    found = {(d.what, d.account, d.currency) for d in api.check(brand.id)}
    assert ("account_differs", "asset:bank", "EUR") in found
    assert ("account_differs", "income:sales", "EUR") in found
    assert [what for what, *_ in sorted(found)].count("account_missing") == 1
    assert ("currency_unbalanced", "", "USD") in found


@pytest.mark.parametrize("table", ["ledger_transfer", "ledger_account"])
@pytest.mark.parametrize(
    "statement", ["UPDATE {} SET currency = 'EUR'", "DELETE FROM {}", "TRUNCATE {}", "DROP TABLE {}"]
)
def test_the_database_lets_the_application_change_nothing_that_was_posted(brand, table, statement):
    api.post([a_transfer()], brand=brand.id)
    with in_brand(brand.id):
        with pytest.raises(ProgrammingError, match="permission denied|must be owner"), savepoint():
            execute(statement.format(table))
        assert rows("SELECT count(*) FROM ledger_transfer") == [(1,)]
    assert api.balances(brand.id, ["asset:bank"]) == [Balance(BANK, 100, 0)]


def test_the_partitions_are_out_of_reach_of_the_application(brand):
    api.post([a_transfer()], brand=brand.id)
    [(partition,)] = rows(
        "SELECT inhrelid::regclass::text FROM pg_inherits WHERE inhparent = 'ledger_transfer'::regclass LIMIT 1"
    )
    with in_brand(brand.id):
        for statement in (f"SELECT count(*) FROM {partition}", f"DELETE FROM {partition}"):
            with pytest.raises(ProgrammingError, match="permission denied"), savepoint():
                rows(statement)


@pytest.mark.parametrize(("debit", "credit", "amount"), [(1, 2, 0), (1, 2, -5), (1, 1, 5)])
def test_the_database_itself_refuses_a_row_that_moves_nothing(brand, debit, credit, amount):
    insert = """
        INSERT INTO ledger_transfer VALUES (%(brand)s, %(id)s, %(debit)s, %(credit)s, %(amount)s, 'USD', 'sale',
                                            %(id)s, now(), '{}', now())
    """
    params = {"debit": UUID(int=debit), "credit": UUID(int=credit), "amount": amount}
    with in_brand(brand.id), pytest.raises(IntegrityError), savepoint():
        execute(insert, {"brand": brand.id, "id": uuid7(), **params})


def test_posting_costs_one_statement_and_a_repeat_two(brand):
    batch = [transfer for _ in range(200) for transfer in a_sale(1000, 80, uuid7())]
    with in_brand(brand.id):
        with count_statements() as first:
            api.post(batch, brand=brand.id)
        with count_statements() as again:
            api.post(batch, brand=brand.id)
    assert (len(first), len(again)) == (1, 2)
