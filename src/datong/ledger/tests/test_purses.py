from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from django.db.utils import IntegrityError, ProgrammingError

from datong.kernel import clock
from datong.kernel.db import count_statements, execute, in_brand, rows, savepoint
from datong.kernel.errors import BadInput, Conflict, NotFound
from datong.kernel.ids import uuid7
from datong.ledger import api
from datong.ledger.tests.purses import CASH, TILL, a_hold, a_purse, figures, move, top_up
from datong.ledger.types import Available, Capture, InsufficientBalance, Release

pytestmark = pytest.mark.django_db


@pytest.mark.requirement("S-198")
def test_a_purse_is_spent_down_to_nothing_and_no_further(brand):
    purse = a_purse()
    top_up(brand.id, purse, 1000)
    assert api.post([move(purse, TILL, 700)], brand=brand.id) == 1
    with pytest.raises(InsufficientBalance) as caught:
        api.post([move(purse, TILL, 301)], brand=brand.id)
    assert (caught.value.code, caught.value.account) == ("insufficient_balance", purse)
    assert (caught.value.wanted_minor, caught.value.available_minor) == (301, 300)
    assert api.post([move(purse, TILL, 300)], brand=brand.id) == 1
    assert figures(brand.id, purse) == (0, 0, 0)
    assert api.available(brand.id, [nobody := a_purse()]) == {nobody: Available(0, 0)}


def test_a_refusal_leaves_the_transaction_around_it_whole(brand):
    purse = a_purse()
    with in_brand(brand.id):
        with pytest.raises(InsufficientBalance):
            api.post([move(purse, TILL, 1)], brand=brand.id)
        top_up(brand.id, purse, 5)
    assert figures(brand.id, purse) == (5, 0, 5)


def test_points_and_vouchers_are_units_without_decimals(brand):
    points = a_purse("points", "PTS")
    issued = CASH._replace(code="equity:points:issued", currency="PTS")
    api.post([move(issued, points, 250, kind="earn")], brand=brand.id)
    assert figures(brand.id, points) == (250, 0, 250)
    assert api.check(brand.id) == []


def test_groups_are_served_in_order_each_wholly_or_not_at_all(brand):
    purse, friend = a_purse(), a_purse()
    top_up(brand.id, purse, 100)
    groups = [
        [move(purse, TILL, 60)],
        [move(purse, friend, 30), move(purse, TILL, 11)],  # 41 of the 40 left
        [move(purse, friend, 30), move(friend, TILL, 30)],  # spends what came in within the group
        [],
        [move(purse, TILL, 11)],
        [move(purse, TILL, 10)],
    ]
    with in_brand(brand.id), count_statements() as statements:
        outcomes = api.post_each(groups, brand=brand.id)
    assert len(statements) == 5  # a purse is new, and something does not fit
    assert [outcome.new for outcome in outcomes] == [1, 0, 2, 0, 0, 1]
    assert [getattr(outcome.refused, "code", None) for outcome in outcomes] == [
        None,
        "insufficient_balance",
        None,
        None,
        "insufficient_balance",
        None,
    ]
    assert (figures(brand.id, purse), figures(brand.id, friend)) == ((0, 0, 0), (0, 0, 0))
    again = api.post_each(groups, brand=brand.id)
    assert [outcome.new for outcome in again] == [0] * 6
    assert [bool(outcome.refused) for outcome in again] == [bool(outcome.refused) for outcome in outcomes]
    [refused] = api.post_each([[replace(groups[0][0], amount_minor=1)]], brand=brand.id)
    assert refused.refused and refused.refused.problems[0].code == "exists_with_different_amount_minor"


def test_what_was_there_already_does_not_count_twice(brand):
    purse = a_purse()
    first = move(CASH, purse, 100)
    api.post([first], brand=brand.id)
    with pytest.raises(InsufficientBalance):
        api.post([first, move(purse, TILL, 150)], brand=brand.id)  # 100, not 200
    assert figures(brand.id, purse) == (100, 0, 100)
    again, taken = a_hold(purse, 80), move(purse, TILL, 20)
    assert api.hold([again], brand=brand.id) == 1 and api.post([taken], brand=brand.id) == 1
    # Nothing is left, and both are known again, alone and among others.
    assert api.hold([again], brand=brand.id) == 0 and api.post([taken], brand=brand.id) == 0
    assert [g.new for g in api.post_each([[taken], [move(CASH, purse, 5)], [taken]], brand=brand.id)] == [0, 1, 0]
    outcomes = api.hold_each([[again], [replace(again, amount_minor=79)], [a_hold(purse, 5)]], brand=brand.id)
    assert [(g.new, bool(g.refused)) for g in outcomes] == [(0, False), (0, True), (1, False)]
    with pytest.raises(Conflict):
        api.hold([replace(again, amount_minor=79)], brand=brand.id)
    assert figures(brand.id, purse) == (85, 85, 0)


def test_a_batch_of_which_a_part_was_there_moves_the_purses_by_the_rest(brand):
    one, two = a_purse(), a_purse()
    for purse in (one, two):
        top_up(brand.id, purse, 100)
    first, second = move(one, TILL, 10), move(two, TILL, 7)
    held, more = a_hold(one, 5), a_hold(two, 3)
    assert (api.post([first], brand=brand.id), api.hold([held], brand=brand.id)) == (1, 1)
    assert (api.post([first, second], brand=brand.id), api.hold([held, more], brand=brand.id)) == (1, 1)
    assert (figures(brand.id, one), figures(brand.id, two)) == ((90, 5, 85), (93, 3, 90))
    assert (api.post([first, second], brand=brand.id), api.hold([held, more], brand=brand.id)) == (0, 0)
    assert (figures(brand.id, one), figures(brand.id, two)) == ((90, 5, 85), (93, 3, 90))


def test_a_thousand_groups_cost_four_statements_and_a_hold_as_many(brand):
    purses = [a_purse() for _ in range(50)]
    api.post([move(CASH, purse, 100) for purse in purses], brand=brand.id)
    with in_brand(brand.id):
        with count_statements() as posting:
            api.post_each([[move(purse, TILL, 1)] for purse in purses for _ in range(20)], brand=brand.id)
        with count_statements() as holding:
            holds = [a_hold(purse, 2) for purse in purses]
            api.hold_each([[hold] for hold in holds], brand=brand.id)
        with count_statements() as capturing:
            api.capture([Capture(uuid7(), hold.id, 1) for hold in holds], brand=brand.id)
        with count_statements() as releasing:
            api.release([Release(uuid7(), hold.id) for hold in holds], brand=brand.id)
    assert [len(s) for s in (posting, holding, capturing, releasing)] == [4, 4, 5, 5]
    assert {figures(brand.id, purse) for purse in purses} == {(79, 0, 79)}


@pytest.mark.requirement("S-199", "S-214")
def test_what_is_held_is_captured_in_parts_and_the_rest_given_back(brand):
    purse = a_purse()
    top_up(brand.id, purse, 1000)
    hold = a_hold(purse, 800, dimensions={"channel": "till"})
    assert api.hold([hold], brand=brand.id) == 1
    assert figures(brand.id, purse) == (1000, 800, 200)
    with pytest.raises(InsufficientBalance):
        api.post([move(purse, TILL, 201)], brand=brand.id)
    first = Capture(uuid7(), hold.id, 500, dimensions={"part": "1"})
    assert api.capture([first], brand=brand.id) == 1
    assert figures(brand.id, purse) == (500, 300, 200)
    [posted] = api.transfers_by_id(brand.id, [first.id])
    assert (posted.transfer.debit, posted.transfer.credit, posted.transfer.amount_minor) == (purse, TILL, 500)
    assert posted.transfer.dimensions == {"channel": "till", "part": "1"}
    assert posted.transfer.subject_id == hold.subject_id
    with pytest.raises(Conflict) as caught:
        api.capture([Capture(uuid7(), hold.id, 301)], brand=brand.id)
    assert caught.value.problems[0].code == "exceeds_hold"
    assert api.release([Release(uuid7(), hold.id, 100)], brand=brand.id) == 1
    assert api.release([rest := Release(uuid7(), hold.id)], brand=brand.id) == 1
    assert api.release([rest, Release(uuid7(), hold.id)], brand=brand.id) == 0
    assert figures(brand.id, purse) == (500, 0, 500)
    [held] = api.holds_of(brand.id, [hold.subject_id])
    assert (held.captured_minor, held.released_minor, held.left_minor) == (500, 300, 0)


def test_what_is_sent_again_changes_nothing_and_another_body_is_a_conflict(brand):
    purse = a_purse()
    top_up(brand.id, purse, 1000)
    hold = a_hold(purse, 600)
    capture = Capture(uuid7(), hold.id, 200)
    release = Release(uuid7(), hold.id, 100)
    for new in (1, 0, 0):
        assert api.hold([hold], brand=brand.id) == new
        assert api.capture([capture], brand=brand.id) == new
        assert api.release([release], brand=brand.id) == new
    later = hold.expires_at + timedelta(1)
    other = a_hold(purse, 50)
    api.hold([other], brand=brand.id)
    for verb, change, code in (
        (api.hold, replace(hold, amount_minor=1), "amount_minor"),
        (api.hold, replace(hold, expires_at=later), "expires_at"),
        (api.capture, replace(capture, amount_minor=1), "amount_minor"),
        (api.capture, replace(capture, kind="fee"), "kind"),
        (api.capture, replace(capture, hold_id=other.id, amount_minor=50), "debit"),
        (api.release, replace(release, amount_minor=1), "amount_minor"),
        (api.release, replace(release, hold_id=other.id), "hold_id"),
        (api.release, Release(capture.id, hold.id), "kind"),
        (api.capture, Capture(release.id, hold.id, 100), "kind"),
    ):
        with pytest.raises(Conflict) as caught:
            verb([change], brand=brand.id)
        if code != "debit":
            assert caught.value.problems[0].code == f"exists_with_different_{code}"
    assert figures(brand.id, purse) == (800, 350, 450)


def test_the_id_of_a_posted_transfer_cannot_capture(brand):
    purse = a_purse()
    top_up(brand.id, purse, 100)
    api.post([posted := move(CASH, purse, 100)], brand=brand.id)
    api.hold([hold := a_hold(purse, 100)], brand=brand.id)
    with pytest.raises(Conflict), in_brand(brand.id, may_fail=True):
        api.capture([Capture(posted.id, hold.id, 100)], brand=brand.id)
    assert figures(brand.id, purse) == (200, 100, 100)


def test_what_cannot_be_held_or_taken_is_refused_by_name(brand):
    purse = a_purse()
    top_up(brand.id, purse, 100)
    for bad in (replace(a_hold(purse, 1), debit=CASH), a_hold(purse, 0), a_hold(purse, 1, expires_at=None)):
        if bad.expires_at is None:
            assert api.hold([bad], brand=brand.id) == 1  # never expires
            continue
        with pytest.raises(BadInput):
            api.hold([bad], brand=brand.id)
    with pytest.raises(Conflict) as caught:
        api.hold([a_hold(purse, 1, expires_at=clock.now())], brand=brand.id)
    assert caught.value.problems[0].code == "hold_expired"
    with pytest.raises(NotFound):
        api.release([Release(uuid7(), uuid7())], brand=brand.id)
    with pytest.raises(BadInput):
        api.capture([Capture(uuid7(), uuid7(), -1)], brand=brand.id)


def test_a_hold_that_nobody_took_comes_back_when_its_time_has_passed(brand):
    purse = a_purse()
    top_up(brand.id, purse, 100)
    soon, late = a_hold(purse, 40), a_hold(purse, 30, expires_at=clock.now() + timedelta(hours=5))
    api.hold([soon, late], brand=brand.id)
    api.capture([taken := Capture(uuid7(), soon.id, 10)], brand=brand.id)
    assert api.expire(brand=brand.id) == 0
    with clock.held_at(soon.expires_at):
        with pytest.raises(Conflict) as caught:
            api.capture([Capture(uuid7(), soon.id, 10)], brand=brand.id)
        assert caught.value.problems[0].code == "hold_expired"
        assert api.capture([taken], brand=brand.id) == 0
        assert api.expire(brand=brand.id) == 1
        assert api.expire(brand=brand.id) == 0
    assert figures(brand.id, purse) == (90, 30, 60)
    with clock.held_at(late.expires_at + timedelta(days=3)):
        assert api.expire(brand=brand.id) == 1
    assert figures(brand.id, purse) == (90, 0, 90)


def test_a_credit_line_is_a_floor_below_zero_with_a_reason(brand):
    purse = a_purse()
    api.set_floor(brand.id, purse, -500, by="ann", reason="company account")
    api.post([move(purse, TILL, 450)], brand=brand.id)
    found = api.available(brand.id, [purse])[purse]
    assert (found.available_minor, found.spendable_minor) == (-450, 50)
    with pytest.raises(InsufficientBalance) as short:
        api.hold([a_hold(purse, 51)], brand=brand.id)
    assert short.value.available_minor == 50
    with pytest.raises(Conflict) as caught:
        api.set_floor(brand.id, purse, -449, by="ann", reason="less")
    assert caught.value.problems[0].code == "floor_above_balance"
    for wrong in (1, "0", -(2**62)):
        with pytest.raises(BadInput):
            api.set_floor(brand.id, purse, wrong, by="ann", reason="x")
    with pytest.raises(BadInput):
        api.set_floor(brand.id, CASH, -5, by="ann", reason="x")


@pytest.mark.parametrize(
    "change", ["debits_minor = 101", "held_debits_minor = 101", "floor_minor = 1", "credits_minor = 99"]
)
def test_the_database_itself_holds_a_purse_to_its_floor(brand, change):
    purse = a_purse()
    top_up(brand.id, purse, 100)
    api.hold([a_hold(purse, 1)], brand=brand.id)
    api.post([move(purse, TILL, 99)], brand=brand.id)
    with in_brand(brand.id), pytest.raises(IntegrityError), savepoint():
        execute(f"UPDATE ledger_balance SET {change}")


@pytest.mark.parametrize("table", ["ledger_hold", "ledger_holdstep"])
@pytest.mark.parametrize("statement", ["UPDATE {} SET amount_minor = 1", "DELETE FROM {}", "TRUNCATE {}"])
def test_holds_and_their_steps_are_only_added(brand, table, statement):
    with in_brand(brand.id), pytest.raises(ProgrammingError, match="permission denied"), savepoint():
        execute(statement.format(table))
    assert rows("SELECT 1") == [(1,)]
