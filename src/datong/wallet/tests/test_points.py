"""Points of real customers in a real database: earned once, spent once, given back where they were."""

from __future__ import annotations

from datetime import timedelta
from itertools import count
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from datong.customers.api import merge, unmerge
from datong.kernel import clock
from datong.kernel.db import count_statements
from datong.kernel.errors import BadInput, BadValue, Conflict, NotFound
from datong.kernel.ids import uuid7
from datong.ledger.api import balances, check, rulebook
from datong.wallet import api
from datong.wallet.tests.conftest import Club
from datong.wallet.types import ActKind, EarningRule, NotEnoughPoints, RuleKind

SHARED = [HealthCheck.function_scoped_fixture]
NO_SHRINKING = (Phase.explicit, Phase.reuse, Phase.generate)


def money(club: Club, code: str) -> int:
    return sum(row.credits_minor - row.debits_minor for row in balances(club.brand, [code]))


def test_points_of_an_order_wait_until_it_is_complete_and_are_earned_once(club: Club) -> None:
    ann = club.person()
    wanted = club.sale(ann, 5000, done=False)
    for _ in range(2):
        api.earn_sales([wanted, wanted], brand=club.brand)
    assert club.has(ann) == (0, 50, 0)
    assert money(club, "liability:points") == 0
    for _ in range(2):
        api.complete_sales([wanted.order_id], brand=club.brand)
    assert club.has(ann) == (50, 0, 0)
    assert money(club, "liability:points") == 40
    assert [act.kind for act in api.point_history(club.brand, ann, club.programme.id)] == [
        ActKind.ACTIVATE,
        ActKind.EARN,
    ]
    club.sound()


def test_the_return_window_is_waited_for(club: Club) -> None:
    club.put(pending_days=7, life_days=30)
    ann = club.person()
    order = club.earn(ann, 5000, done=False)
    api.complete_sales([order], brand=club.brand)
    assert (club.has(ann), api.lapse_points(club.brand)) == ((0, 50, 0), 0)
    with clock.held_at(clock.now() + timedelta(days=8)):
        assert api.lapse_points(club.brand) == 1
        assert club.has(ann) == (50, 0, 0)
    with clock.held_at(clock.now() + timedelta(days=39)):
        assert club.has(ann) == (0, 0, 0), "what ran out does not count before the job has run"
        assert (api.lapse_points(club.brand), api.lapse_points(club.brand)) == (1, 0)
    assert money(club, "liability:points") == 0
    club.sound()


def test_a_refund_takes_back_its_share_and_gives_back_the_same_lots(club: Club) -> None:
    ann = club.person()
    first = club.earn(ann, 10_000)
    order = club.earn(ann, 6000)
    api.burn_points(ann, 120, key="b1", brand=club.brand, by="web", subject_id=order, pays=True)
    assert club.has(ann) == (40, 0, 0)
    for _ in range(2):
        api.take_back_sales([api.MoneyBack(order, "refund:1", 2000)], brand=club.brand)
    assert club.has(ann) == (40 - 20 + 40, 0, 0)
    api.take_back_sales([api.MoneyBack(order, "refund:2", 4000)], brand=club.brand)
    assert club.has(ann) == (100, 0, 0)
    assert {lot.subject_id for lot, _ in api.lots_of(club.brand, ann, club.programme.id)} == {first}
    assert [d for d in check(club.brand) if d.what == "clearing_open"] == []
    club.sound()


def test_a_cancelled_order_leaves_nothing_and_a_refund_after_it_takes_nothing_more(club: Club) -> None:
    ann = club.person()
    order = club.earn(ann, 5000, done=False)
    backs = [api.MoneyBack(order, "cancelled:1"), api.MoneyBack(order, "refund:1", 5000)]
    api.take_back_sales(backs, brand=club.brand)
    api.take_back_sales(backs, brand=club.brand)
    api.complete_sales([order], brand=club.brand)
    assert club.has(ann) == (0, 0, 0)
    club.sound()


def test_more_taken_back_than_is_there_is_a_debt_that_the_next_points_fill(club: Club) -> None:
    ann = club.person()
    order = club.earn(ann, 5000)
    api.burn_points(ann, 45, key="gift", brand=club.brand, by="till")
    api.take_back_sales([api.MoneyBack(order, "refund:1", 5000)], brand=club.brand)
    assert club.has(ann) == (0, 0, 45)
    club.sound()
    with pytest.raises(NotEnoughPoints):
        api.burn_points(ann, 1, key="no", brand=club.brand, by="till")
    club.earn(ann, 6000)
    assert club.has(ann) == (15, 0, 0)
    club.sound()


def test_points_given_back_after_they_expired_live_through_the_grace(club: Club) -> None:
    club.put(life_days=10, grace_days=5)
    ann = club.person()
    club.earn(ann, 5000)
    api.burn_points(ann, 20, key="b", brand=club.brand, by="web")
    with clock.held_at(clock.now() + timedelta(days=11)):
        api.give_back_points("b", key="back", brand=club.brand, by="web")
        assert club.has(ann) == (20, 0, 0)
        club.sound()
    with clock.held_at(clock.now() + timedelta(days=17)):
        assert club.has(ann) == (0, 0, 0)


def test_a_key_is_one_act_and_another_wish_under_it_is_a_conflict(club: Club) -> None:
    ann = club.person()
    club.earn(ann, 9000)
    first = api.burn_points(ann, 30, key="k", brand=club.brand, by="web")
    again = api.burn_points(ann, 30, key="k", brand=club.brand, by="web")
    assert (again.id, again.repeat, club.has(ann)) == (first.id, True, (60, 0, 0))
    with pytest.raises(Conflict) as refused:
        api.burn_points(ann, 31, key="k", brand=club.brand, by="web")
    assert refused.value.problems[0].code == "exists_with_different_points"
    with pytest.raises(Conflict, match="10 of these points"):
        api.give_back_points("k", key="g1", points=20, brand=club.brand, by="web")
        api.give_back_points("k", key="g2", points=11, brand=club.brand, by="web")
    club.sound()


def test_an_event_earns_by_its_rule_once(club: Club) -> None:
    ann = club.person()
    rules = [EarningRule("hello", RuleKind.EVENT, points=25, event="signup")]
    api.put_earning_rules(club.brand, "club", rules, by="owner")
    for _ in range(2):
        api.earn_event(ann, "signup", key=f"signup:{ann}", brand=club.brand, by="app")
    assert club.has(ann) == (25, 0, 0)
    with pytest.raises(NotFound, match="birthday"):
        api.earn_event(ann, "birthday", key="x", brand=club.brand, by="app")


def test_each_field_that_cannot_be_is_named(club: Club) -> None:
    with pytest.raises(BadInput) as refused:
        club.put(burn_points=0, life_days=-1)
    assert [p.field for p in refused.value.problems] == ["burn_points", "life_days"]
    with pytest.raises(BadInput) as refused:
        api.put_earning_rules(club.brand, "club", [EarningRule("X", RuleKind.EVENT)], by="owner")
    assert [p.field for p in refused.value.problems] == ["rules/0/code", "rules/0/event"]
    with pytest.raises(BadValue, match="points"):
        api.burn_points(club.person(), -5, key="k", brand=club.brand, by="web")


@pytest.mark.requirement("S-92")
def test_a_merge_makes_one_balance_and_an_unmerge_gives_back_what_belonged_to_whom(club: Club) -> None:
    ann, bea = club.person(), club.person()
    club.earn(ann, 5000)
    club.earn(bea, 3000)
    made = merge(ann, bea, brand=club.brand, by="agent", reason="the same person")
    assert club.has(ann) == club.has(bea) == (80, 0, 0)
    api.burn_points(bea, 60, key="all", brand=club.brand, by="till")
    unmerge(made.id, brand=club.brand, by="agent", reason="they are sisters")
    assert (club.has(ann), club.has(bea)) == ((0, 0, 0), (20, 0, 0))
    changes = [act.points for act in api.point_history(club.brand, bea, club.programme.id)]
    assert changes == [-10, 30]
    club.sound()


def test_many_orders_cost_the_statements_of_one(club: Club) -> None:
    people = [club.person() for _ in range(9)]
    rulebook(club.brand)  # a process keeps the posting rules in memory
    with count_statements() as one:
        api.earn_sales([club.sale(people[0], 100)], brand=club.brand)
    with count_statements() as many:
        api.earn_sales([club.sale(who, 100 + n) for n, who in enumerate(people * 4)], brand=club.brand)
    assert len(many) == len(one)


@settings(
    max_examples=6, deadline=None, phases=NO_SHRINKING, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.lists(st.tuples(st.sampled_from(["earn", "burn", "refund", "back", "expire", "merge", "unmerge"]),
                          st.integers(0, 2), st.integers(1, 60)), min_size=6, max_size=14))  # fmt: skip
def test_any_sequence_conserves_points(club: Club, steps: list[tuple[str, int, int]]) -> None:
    """Lots, moves, debts, ledger and the value in the books agree after every step, merged or not."""
    people: list[UUID] = [club.person() for _ in range(3)]
    orders: list[UUID] = []
    burns: list[str] = []
    merges: list[Any] = []
    now, tag = clock.now(), uuid7().hex
    for n, (what, i, amount) in enumerate(steps):
        now += timedelta(days=amount if what == "expire" else 0, seconds=1)
        with clock.held_at(now):
            try:
                if what == "earn":
                    orders.append(club.earn(people[i], amount * 100, done=amount % 3 > 0))
                elif what == "burn":
                    api.burn_points(people[i], amount, key=f"{tag}{n}", brand=club.brand, by="t")
                    burns.append(f"{tag}{n}")
                elif what == "refund" and orders:
                    back = api.MoneyBack(orders[amount % len(orders)], f"refund:{tag}{n}", amount * 70)
                    api.take_back_sales([back], brand=club.brand)
                elif what == "back" and burns:
                    api.give_back_points(burns.pop(), key=f"{tag}{n}", brand=club.brand, by="t")
                elif what == "expire":
                    api.complete_sales(orders, brand=club.brand)
                    api.lapse_points(club.brand)
                elif what == "merge":
                    merges.append(merge(people[i], people[i - 1], brand=club.brand, by="t", reason="same"))
                elif what == "unmerge" and merges:
                    unmerge(merges.pop().id, brand=club.brand, by="t", reason="not the same")
            except Conflict:
                pass  # not enough points, or one person already: nothing was done
            club.sound()


def test_many_doors_at_once_never_spend_more_than_there_is(committed_club: Club, in_parallel: Any) -> None:
    club = committed_club
    ann, bea = club.person(), club.person()
    club.earn(ann, 5000)
    club.earn(bea, 5000)
    merge(ann, bea, brand=club.brand, by="agent", reason="the same person")

    turns = count()

    def spend() -> bool:
        n = next(turns)
        try:
            api.burn_points((ann, bea)[n % 2], 7, key=f"till{n // 2}", brand=club.brand, by="till")
        except NotEnoughPoints:
            return False
        return True

    done = in_parallel(40, spend)
    assert sum(done) >= 14
    assert club.has(ann) == (100 - 14 * 7, 0, 0)
    club.sound()
