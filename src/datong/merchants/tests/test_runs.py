"""Settlements: decided by two, posted once, back to zero; refused, undone, paid; contested lines."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from datong.access.api import decide, withdraw
from datong.kernel import audit
from datong.kernel.errors import BadValue, Conflict, NotAllowed, NotFound
from datong.kernel.ids import uuid7
from datong.ledger.api import post, trial_balance
from datong.ledger.types import Account, Transfer, company_clearing
from datong.merchants import api
from datong.merchants.tests.conftest import Alliance
from datong.merchants.types import DisputeState, EntryKind, LineState, RunRefused, SettlementState


@pytest.fixture
def spent(alliance: Alliance) -> Alliance:
    """Inn owes 9.00 for 1000 points, Mall gets 3.20 for 400."""
    ann = alliance.person()
    alliance.earn(ann, alliance.inn_store)
    alliance.burn(ann, 400, alliance.mall_store)
    return alliance


def propose(alliance: Alliance) -> Any:
    return api.propose_run(alliance.today, alliance.currency, brand=alliance.brand, by=alliance.maker)


def test_a_settlement_is_decided_by_a_second_person_and_posted_once(spent: Alliance):
    made, asked = propose(spent)
    assert (made.state, asked.state.value, asked.amount_minor) == (SettlementState.PROPOSED, "pending", 1220)
    assert spent.owes(spent.inn) == 900
    with pytest.raises(NotAllowed):
        decide(asked.id, brand=spent.brand, by=spent.maker, approve=True)
    spent.decided(asked)
    spent.decided(asked)
    found = api.run(spent.brand, made.id)
    assert (found.state, found.approved_by) == (SettlementState.POSTED, spent.checker.username)
    assert (spent.owes(spent.inn), spent.owes(None, spent.mall)) == (0, 0)
    banks = {row.account.code.rpartition(":")[2]: row.net_minor for row in trial_balance(spent.brand)
             if row.account.code.startswith("asset:bank:settlement:")}  # fmt: skip
    assert banks == {"own": 900 - 320, spent.inn.hex: -900, spent.mall.hex: 320}
    owed = [row.net_minor for row in trial_balance(spent.brand) if row.account.code.startswith("asset:partner:")]
    assert owed == [0, 0]
    spent.sound()
    with pytest.raises(NotFound, match="nothing is open"):
        propose(spent)
    assert len(api.runs(spent.brand)) == 1


def test_what_is_in_a_settlement_is_in_no_other_until_it_is_refused(spent: Alliance):
    first, asked = propose(spent)
    with pytest.raises(NotFound):
        propose(spent)
    spent.decided(asked, approve=False)
    assert api.run(spent.brand, first.id).state is SettlementState.REFUSED
    second, again = propose(spent)
    withdraw(again.id, brand=spent.brand, by=spent.maker)
    assert api.run(spent.brand, second.id).state is SettlementState.REFUSED
    spent.settle()
    assert spent.owes(spent.inn) == 0


def test_a_settlement_is_taken_back_before_it_is_paid_and_stands_after(spent: Alliance):
    run = spent.settle()
    undone = api.undo_run(run.id, brand=spent.brand, by="boss", reason="wrong bank")
    assert undone.state is SettlementState.UNDONE and undone.reason == "wrong bank"
    assert api.undo_run(run.id, brand=spent.brand, by="boss", reason="wrong bank").state is SettlementState.UNDONE
    assert (spent.owes(spent.inn), spent.owes(None, spent.mall)) == (900, 320)
    spent.sound()
    run = spent.settle()
    paid = api.mark_paid(run.id, spent.today, "B-77", brand=spent.brand, by="boss")
    assert (paid.state, paid.paid_ref) == (SettlementState.PAID, "B-77")
    assert api.mark_paid(run.id, spent.today, "B-77", brand=spent.brand, by="boss").state is SettlementState.PAID
    with pytest.raises(RunRefused):
        api.mark_paid(run.id, spent.today, "B-78", brand=spent.brand, by="boss")
    with pytest.raises(RunRefused):
        api.undo_run(run.id, brand=spent.brand, by="boss", reason="too late")
    assert {line.state for line in api.lines(spent.brand)} == {LineState.PAID}
    verbs = {entry.verb for entry in audit.page(spent.brand).entries}
    assert {"settlement.propose", "settlement.post", "settlement.paid", "settlement.undo"} <= verbs
    spent.sound()


def test_a_contested_line_waits_for_its_answer_and_a_wrong_one_is_taken_back(spent: Alliance):
    earned, burned = api.lines(spent.brand)
    dispute = api.contest(earned.entry.id, brand=spent.brand, by="inn", reason="not our guest", company_id=spent.inn)
    again = api.contest(earned.entry.id, brand=spent.brand, by="inn", reason="not our guest")
    assert again == dispute
    with pytest.raises(NotFound):
        api.contest(burned.entry.id, brand=spent.brand, by="inn", reason="x", company_id=spent.inn)
    with pytest.raises(Conflict):
        api.contest(earned.entry.id, brand=spent.brand, by="inn", reason="another reason")
    assert [line.entry.id for line in api.lines(spent.brand, contested=True)] == [earned.entry.id]
    assert [item.company_id for item in spent.settle().items] == [spent.mall]
    assert spent.owes(spent.inn) == 900
    answered = api.answer(dispute.id, brand=spent.brand, by="boss", stands=False, words="you are right")
    assert answered.state is DisputeState.CORRECTED
    assert api.answer(dispute.id, brand=spent.brand, by="boss", stands=False, words="you are right") == answered
    with pytest.raises(Conflict):
        api.answer(dispute.id, brand=spent.brand, by="boss", stands=True, words="no")
    assert spent.owes(spent.inn) == 0
    told = api.statement(spent.brand, spent.inn, spent.currency, spent.today, spent.today)
    assert [(line.entry.net_minor, line.entry.points) for line in told.lines] == [(-900, 1000), (900, -1000)]
    assert api.enter_points([earned.entry.subject_id], brand=spent.brand) == 0  # what is told later brings it not back
    spent.sound()


def test_a_line_that_stands_is_settled_with_the_next(spent: Alliance):
    earned = api.lines(spent.brand)[0]
    dispute = api.contest(earned.entry.id, brand=spent.brand, by="inn", reason="too much")
    spent.settle()
    api.answer(dispute.id, brand=spent.brand, by="boss", stands=True, words="see the contract")
    assert [(i.company_id, i.net_minor) for i in spent.settle().items] == [(spent.inn, -900)]


def test_what_other_books_post_to_a_pair_is_settled_too(alliance: Alliance):
    royalty = Transfer(uuid7(), Account("expense:royalty", alliance.currency),
                       company_clearing(alliance.inn, None, alliance.currency), 700, "royalty", uuid7(), alliance.today,
                       {"store": str(alliance.inn_store)})  # fmt: skip
    between = Transfer(uuid7(), Account("expense:rent", alliance.currency),
                       company_clearing(alliance.inn, alliance.mall, alliance.currency), 50, "rent", uuid7(),
                       alliance.today)  # fmt: skip
    post([royalty, between], brand=alliance.brand)
    assert {d.what for d in api.merchant_differences(alliance.brand)} == {"companies_differ"}
    assert (api.adopt(brand=alliance.brand), api.adopt(brand=alliance.brand)) == (2, 0)
    told = api.statement(alliance.brand, alliance.mall, alliance.currency, alliance.today, alliance.today)
    assert [(line.entry.kind, line.entry.words) for line in told.lines] == [(EntryKind.POSTED, "rent")]
    assert told.closing_minor == 50
    alliance.settle()
    assert (alliance.owes(alliance.inn), alliance.owes(alliance.inn, alliance.mall)) == (0, 0)
    assert api.adopt(brand=alliance.brand) == 0
    alliance.sound()


def test_a_settlement_of_a_day_to_come_or_without_a_number_of_its_payment_is_refused(spent: Alliance):
    with pytest.raises(BadValue) as caught:
        api.propose_run(spent.today + timedelta(days=1), spent.currency, brand=spent.brand, by=spent.maker)
    assert caught.value.problems[0].field == "until"
    run = spent.settle()
    with pytest.raises(BadValue) as caught:
        api.mark_paid(run.id, spent.today, " ", brand=spent.brand, by="boss")
    assert caught.value.problems[0].field == "ref"
