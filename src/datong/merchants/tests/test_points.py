"""Points of a coalition: earned at one company, spent at another, settled between them to zero."""

from __future__ import annotations

import pytest

from datong.merchants import api
from datong.merchants.tests.conftest import Alliance
from datong.merchants.types import EntryKind, LineState
from datong.wallet import api as wallet
from datong.wallet.types.places import NotAcceptedHere


@pytest.mark.requirement("S-204")
def test_points_earned_at_one_company_are_spent_at_another_and_each_pays_the_agreed_rate(alliance: Alliance):
    ann = alliance.person()
    alliance.earn(ann, alliance.inn_store)
    alliance.burn(ann, 400, alliance.mall_store)
    (balance,) = wallet.points_of(alliance.brand, ann)
    assert balance.spendable == 600
    assert (alliance.owes(alliance.inn), alliance.owes(None, alliance.mall)) == (900, 320)
    told = api.statement(alliance.brand, alliance.mall, alliance.currency, alliance.today, alliance.today)
    assert [(line.entry.kind, line.entry.points, line.entry.net_minor, line.state) for line in told.lines] == [
        (EntryKind.BURN, 400, 320, LineState.OPEN)
    ]
    assert (told.opening_minor, told.net_minor, told.settled_minor, told.closing_minor) == (0, 320, 0, 320)
    run = alliance.settle()
    assert [(i.company_id, i.owes_minor, i.gets_minor) for i in run.items] == [
        (alliance.inn, 900, 0),
        (alliance.mall, 0, 320),
    ]
    assert (alliance.owes(alliance.inn), alliance.owes(None, alliance.mall)) == (0, 0)
    told = api.statement(alliance.brand, alliance.mall, alliance.currency, alliance.today, alliance.today)
    assert (told.settled_minor, told.closing_minor, told.lines[0].state) == (320, 0, LineState.SETTLED)
    alliance.sound()


def test_the_same_act_again_enters_nothing_and_what_is_given_back_is_taken_back(alliance: Alliance):
    ann = alliance.person()
    earned = alliance.earn(ann, alliance.inn_store)
    assert api.enter_points([earned, earned], brand=alliance.brand) == 0
    burn = alliance.burn(ann, 500, alliance.mall_store)
    alliance.give_back(burn, 200)
    assert alliance.owes(None, alliance.mall) == 240
    alliance.settle()
    alliance.give_back(burn)
    assert alliance.owes(None, alliance.mall) == -240
    alliance.settle()
    assert alliance.owes(None, alliance.mall) == 0
    alliance.sound()


def test_points_at_the_brands_own_store_concern_no_company(alliance: Alliance):
    ann = alliance.person()
    alliance.earn(ann, alliance.own)
    alliance.earn(ann, None)
    assert api.lines(alliance.brand) == []


def test_a_store_gives_no_points_when_its_contract_leaves_them_out(alliance: Alliance):
    with pytest.raises(NotAcceptedHere):
        alliance.earn(alliance.person(), alliance.mall_store)
