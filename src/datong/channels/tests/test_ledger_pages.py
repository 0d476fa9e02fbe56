"""An account's statement, the holds that are open, the proof of the books: seen by who may see the whole brand."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse

from datong.access.types import Role
from datong.kernel import clock
from datong.kernel.ids import uuid7
from datong.ledger import api as ledger
from datong.ledger.types import Account, Hold, Transfer, purse_account

pytestmark = pytest.mark.django_db
CASH, TILL = Account("asset:cash", "USD"), Account("clearing:wallet", "USD")


def a_purse() -> Account:
    return purse_account(uuid7(), "principal", "USD")


def move(house, debit: Account, credit: Account, amount: int) -> Transfer:
    day = ledger.rulebook(house.brand.id).business_date(clock.now())
    return Transfer(uuid7(), debit, credit, amount, "spend", uuid7(), day)


@pytest.mark.requirement("S-199", "S-200")
def test_an_account_is_followed_from_its_statement_to_the_order(house):
    order = house.sold_elsewhere(2000)
    client = house.client(Role.FINANCE)
    where = f"{reverse('books-account')}?account=expense:commission&currency=USD"
    shown = client.get(where).content.decode()
    assert reverse("order", args=[order.number]) in shown and "$1.00" in shown
    assert "/books/account/?account=" in shown  # the other side has a statement too
    assert "1.0,1.0,USD" in client.get(f"{where}&format=csv").content.decode("utf-8-sig")
    entries = client.get(reverse("books-entries")).content.decode()
    assert "/books/account/?account=expense%3Acommission&amp;currency=USD" in entries
    assert client.get(f"{reverse('books-account')}?account=asset:nothing&currency=USD").status_code == 404


def test_a_statement_is_paged_and_its_balance_goes_on(house):
    purse = a_purse()
    ledger.post([move(house, CASH, purse, 100) for _ in range(60)], brand=house.brand.id)
    client = house.client(Role.OWNER)
    where = f"{reverse('books-account')}?account={purse.code}&currency=USD"
    first = client.get(where)
    assert "$50.00" in first.content.decode() and "$51.00" not in first.content.decode()
    rest = client.get(reverse("books-account") + first.context["older"]).content.decode()
    assert "$51.00" in rest and "$60.00" in rest
    assert client.get(f"{where}&cursor=x").status_code == 422


@pytest.mark.requirement("S-198")
def test_what_is_held_is_listed_until_somebody_takes_it(house):
    client = house.client(Role.FINANCE)
    assert "Nothing is held just now" in client.get(reverse("books-holds")).content.decode()
    purse = a_purse()
    ledger.post([up := move(house, CASH, purse, 1000)], brand=house.brand.id)
    until = clock.now() + timedelta(hours=1)
    hold = Hold(uuid7(), purse, TILL, 700, "spend", uuid7(), up.business_date, until)
    ledger.hold([hold], brand=house.brand.id)
    shown = client.get(reverse("books-holds")).content.decode()
    assert "7.00" in shown and purse.code in shown


def test_the_books_are_added_up_when_somebody_asks(house):
    client = house.client(Role.FINANCE)
    assert "No recount yet" in client.get(reverse("books-proof")).content.decode()
    assert client.post(reverse("books-proof")).status_code == 302
    assert ledger.verify_due(house.brand.id)
    assert "Everything adds up" in client.get(reverse("books-proof")).content.decode()
    ledger.post([move(house, TILL, CASH, 100)], brand=house.brand.id)
    client.post(reverse("books-proof"))
    assert ledger.verify_due(house.brand.id)
    shown = client.get(reverse("books-proof")).content.decode()
    assert "A clearing account has not come back to zero" in shown and "clearing:wallet" in shown
    chinese = house.client(Role.FINANCE, headers={"accept-language": "zh-hans"}).get(reverse("books-proof"))
    assert "清算账户没有归零" in chinese.content.decode()


def test_who_answers_for_some_stores_sees_no_account_of_the_whole_brand(house):
    client = house.client(Role.MANAGER)
    for name in ("books-account", "books-holds", "books-proof"):
        assert client.get(reverse(name)).status_code == 403
    assert client.post(reverse("books-proof")).status_code == 403
    assert not ledger.verify_due(house.brand.id) or ledger.last_verification(house.brand.id).by == "ledger.verify"
