from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from datong.kernel.db import in_brand
from datong.kernel.errors import BadInput, Conflict, NotFound
from datong.kernel.ids import uuid7
from datong.ledger import api
from datong.ledger.tests.purses import CASH, DAY, TILL, a_purse, figures, move, top_up
from datong.ledger.types import Account, Exchange, InsufficientBalance, Reversal

pytestmark = pytest.mark.django_db


def back(transfer_id, **kw) -> Reversal:
    return Reversal(**{"id": uuid7(), "transfer_id": transfer_id, "business_date": DAY, "reason": "twice", **kw})


@pytest.mark.requirement("S-199")
def test_a_transfer_is_taken_back_once_by_another_that_names_it(brand):
    purse = a_purse()
    top_up(brand.id, purse, 100)
    api.post([spent := move(purse, TILL, 60, dimensions={"store": "1"})], brand=brand.id)
    reversal = back(spent.id, business_date=DAY + timedelta(1))
    assert api.reverse([reversal], brand=brand.id, by="ann") == 1
    assert api.reverse([reversal], brand=brand.id, by="ann") == 0
    assert figures(brand.id, purse) == (100, 0, 100)
    [posted] = api.transfers_by_id(brand.id, [reversal.id])
    assert (posted.transfer.debit, posted.transfer.credit, posted.transfer.kind) == (TILL, purse, "reversal")
    assert posted.transfer.dimensions == {"store": "1", "reverses": str(spent.id)}
    assert posted.transfer.subject_id == spent.subject_id
    with pytest.raises(Conflict) as caught, in_brand(brand.id, may_fail=True):
        api.reverse([back(spent.id)], brand=brand.id, by="ann")
    assert caught.value.problems[0].code == "already_reversed"
    assert api.check(brand.id) == []


def test_a_top_up_that_was_spent_cannot_be_taken_back_and_may_be_tried_again(brand):
    purse = a_purse()
    api.post([up := move(CASH, purse, 100)], brand=brand.id)
    api.post([move(purse, TILL, 1)], brand=brand.id)
    with pytest.raises(InsufficientBalance), in_brand(brand.id, may_fail=True):
        api.reverse([back(up.id)], brand=brand.id, by="ann")
    top_up(brand.id, purse, 1)
    assert api.reverse([back(up.id)], brand=brand.id, by="ann") == 1
    for wrong, error in ((back(uuid7()), NotFound), (back(up.id, reason=" "), BadInput)):
        with pytest.raises(error), in_brand(brand.id, may_fail=True):
            api.reverse([wrong], brand=brand.id, by="ann")


def an_exchange(sold: Account, bought: Account, sold_minor: int, bought_minor: int, **kw) -> Exchange:
    fields = {"rate": "0.1405", "kind": "exchange", "subject_id": uuid7(), "business_date": DAY, **kw}
    return Exchange(uuid7(), uuid7(), sold, sold_minor, bought, bought_minor, **fields)


@pytest.mark.requirement("S-210")
def test_money_is_exchanged_by_two_legs_that_keep_the_rate(brand):
    yuan, dollars = Account("asset:bank", "CNY"), Account("asset:bank", "USD")
    trade = an_exchange(yuan, dollars, 100_000, 14_050, dimensions={"store": "1"})
    assert api.exchange([trade], brand=brand.id) == 2
    assert api.exchange([trade], brand=brand.id) == 0
    nets = {(row.account.code, row.account.currency): row.net_minor for row in api.trial_balance(brand.id)}
    assert nets == {
        ("asset:bank", "CNY"): -100_000,
        ("asset:bank", "USD"): 14_050,
        ("clearing:exchange:CNY-USD", "CNY"): 100_000,
        ("clearing:exchange:CNY-USD", "USD"): -14_050,
    }
    [first, second] = api.transfers_by_id(brand.id, [trade.id, trade.second_id])
    assert first.transfer.dimensions == {"store": "1", "rate": "0.1405", "exchange": str(trade.id)}
    assert second.transfer.dimensions == first.transfer.dimensions
    assert api.verify(brand.id).sound


def test_a_purse_is_exchanged_for_another_and_cannot_give_more_than_it_has(brand):
    yuan, yen = a_purse(unit="CNY"), a_purse(unit="JPY")
    top_up(brand.id, yuan, 1000)
    trade = an_exchange(yuan, yen, 1000, 212, rate="21.2")
    api.exchange([trade], brand=brand.id)
    assert (figures(brand.id, yuan), figures(brand.id, yen)) == ((0, 0, 0), (212, 0, 212))
    with pytest.raises(InsufficientBalance):
        api.exchange([an_exchange(yuan, yen, 100, 21, rate="21.2")], brand=brand.id)
    assert api.verify(brand.id).sound


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"bought_minor": 14_060}, "bought_minor"),
        ({"rate": "0"}, "rate"),
        ({"rate": "NaN"}, "rate"),
        ({"rate": "one"}, "rate"),
        ({"bought": Account("asset:bank", "CNY")}, "bought"),
        ({"bought": Account("liability:tax", "USD")}, "bought"),
        ({"sold_minor": 0, "bought_minor": 0}, "bought_minor"),
    ],
)
def test_an_exchange_that_does_not_fit_is_refused_by_name(brand, change, field):
    trade = an_exchange(Account("asset:bank", "CNY"), Account("asset:bank", "USD"), 100_000, 14_050)
    with pytest.raises(BadInput) as caught:
        api.exchange([replace(trade, **change)], brand=brand.id)
    assert caught.value.problems[0].field == field


def test_an_exchange_with_one_leg_is_found(brand):
    exchange = {"exchange": str(uuid7()), "rate": "0.1405"}
    clearing = Account("clearing:exchange:CNY-USD", "CNY")
    api.post([move(clearing, Account("asset:bank", "CNY"), 5, dimensions=exchange)], brand=brand.id)
    assert [found.what for found in api.verify(brand.id).differences] == ["exchange_differs"]
