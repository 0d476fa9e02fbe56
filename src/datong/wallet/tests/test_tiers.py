"""Tiers: reached by what was bought at all doors, kept for a while, told from the facts at any time."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from datong.customers.api import merge, unmerge
from datong.kernel import clock
from datong.kernel.errors import BadInput
from datong.wallet import api, rules
from datong.wallet.tests.conftest import Club
from datong.wallet.types import Basis, Fact, Tier, TierPlan

T0 = datetime(2026, 1, 1, tzinfo=UTC)
SILVER = Tier("silver", "Silver", 10_000, perks=("Free refill",))
GOLD = Tier("gold", "Gold", 50_000, points_percent=200)
PLAN = TierPlan(Basis.SPEND, 100, 30, (SILVER, GOLD))


def day(n: float) -> datetime:
    return T0 + timedelta(days=n)


def test_a_tier_is_reached_at_once_and_kept_for_the_days_after_it_is_no_longer_enough() -> None:
    facts = [Fact(day(0), 6_000), Fact(day(10), 4_000)]
    assert rules.standing(facts, PLAN, day(9)).tier is None
    reached = rules.standing(facts, PLAN, day(10))
    assert (reached.tier, reached.since, reached.until) == (SILVER, day(10), day(130))
    assert (reached.next, reached.missing) == (GOLD, 40_000)
    late = rules.standing(facts, PLAN, day(129))
    assert (late.tier, late.amount) == (SILVER, 0)
    gone = rules.standing(facts, PLAN, day(130))
    assert (gone.tier, gone.next, gone.missing) == (None, SILVER, 10_000)


def test_buying_on_keeps_a_tier_without_a_gap() -> None:
    facts = [Fact(day(0), 10_000), Fact(day(115), 10_000)]
    assert rules.standing(facts, PLAN, day(120)).since == T0
    assert rules.standing(facts, PLAN, day(120)).until == day(115 + 100 + 30)


@given(st.lists(st.tuples(st.integers(0, 400), st.integers(1, 30_000)), max_size=12), st.integers(0, 400))
def test_a_tier_is_what_the_definition_says(bought: list[tuple[int, int]], now: int) -> None:
    """Against the definition by days: some day within `keep` had enough in its last hundred."""
    facts = [Fact(day(n), amount) for n, amount in bought]
    enough = [
        tier
        for tier in PLAN.tiers
        for when in range(max(now - 30, 0), now + 1)
        # Fractions of a day stand for the moments after a whole one; facts fall on whole days.
        for moment in (when, when + 0.5 if when < now else when)
        if moment > now - 30 and sum(a for n, a in bought if moment - 100 < n <= moment) >= tier.threshold
    ]
    assert rules.standing(facts, PLAN, day(now)).tier == (enough[-1] if enough else None)


@pytest.mark.requirement("S-107")
def test_a_tier_multiplies_points_and_names_the_level_at_every_door(club: Club) -> None:
    api.put_tier_plan(club.brand, "club", PLAN, by="owner")
    ann = club.person()
    club.earn(ann, 50_000)
    assert api.tiers_of(club.brand, [ann]) == {ann: GOLD}
    club.earn(ann, 1_000)
    assert club.has(ann) == (500 + 20, 0, 0)
    stands = api.standing_of(club.brand, ann, club.programme.id)
    assert (stands.tier, stands.amount, stands.next) == (GOLD, 51_000, None)
    assert [(step.before, step.after) for step in api.tier_steps(club.brand, ann, club.programme.id)] == [("", "gold")]


def test_money_that_goes_back_takes_the_tier_back(club: Club) -> None:
    api.put_tier_plan(club.brand, "club", PLAN, by="owner")
    ann = club.person()
    order = club.earn(ann, 12_000)
    assert api.tiers_of(club.brand, [ann]) == {ann: SILVER}
    api.take_back_sales([api.MoneyBack(order, "refund:1", 4_000)], brand=club.brand)
    assert api.tiers_of(club.brand, [ann]) == {}


@pytest.mark.requirement("S-92")
def test_a_person_has_the_tier_of_all_their_records_and_each_its_own_again_when_they_are_two(club: Club) -> None:
    api.put_tier_plan(club.brand, "club", PLAN, by="owner")
    ann, bea = club.person(), club.person()
    club.earn(ann, 6_000)
    club.earn(bea, 5_000)
    made = merge(ann, bea, brand=club.brand, by="agent", reason="the same person")
    api.refresh_standings(club.brand, [ann, bea])
    assert api.tiers_of(club.brand, [ann]) == {ann: SILVER}
    unmerge(made.id, brand=club.brand, by="agent", reason="sisters")
    api.refresh_standings(club.brand, [ann, bea])
    assert api.tiers_of(club.brand, [ann, bea]) == {}


def test_a_new_plan_and_the_end_of_a_tier_reach_everybody(club: Club) -> None:
    ann = club.person()
    club.earn(ann, 12_000)
    api.put_tier_plan(club.brand, "club", PLAN, by="owner")
    with clock.held_at(clock.now() + timedelta(seconds=1)):
        assert (api.lapse_tiers(club.brand), api.lapse_tiers(club.brand)) == (1, 0)
        assert api.count_tiers(club.brand, club.programme.id) == {"silver": 1}
    with clock.held_at(clock.now() + timedelta(days=131)):
        assert api.tiers_of(club.brand, [ann]) == {}, "before the job has run"
        assert (api.lapse_tiers(club.brand), api.lapse_tiers(club.brand)) == (1, 0)


def test_each_tier_needs_more_than_the_one_before(club: Club) -> None:
    with pytest.raises(BadInput) as refused:
        api.put_tier_plan(club.brand, "club", TierPlan(period_days=0, tiers=(GOLD, SILVER, GOLD)), by="owner")
    assert [p.field for p in refused.value.problems] == ["period_days", "tiers/1/threshold", "tiers/2/code"]
