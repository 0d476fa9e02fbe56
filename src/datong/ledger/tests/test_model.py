"""The ledger against a model in plain Python: whatever is asked in whatever order, both say the same.

DATONG_LONG=1 takes a hundred thousand steps instead of some five thousand.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any, ClassVar
from uuid import UUID

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from datong.kernel import clock
from datong.kernel.db import in_brand, savepoint
from datong.kernel.errors import Conflict
from datong.kernel.ids import uuid7
from datong.ledger import api
from datong.ledger.tests.purses import CASH, TILL, a_hold, a_purse, move
from datong.ledger.types import Account, Capture, Hold, Release, Transfer

LONG = bool(os.environ.get("DATONG_LONG"))
STEPS, EXAMPLES = (200, 700) if LONG else (90, 62)
PURSES = st.integers(0, 2)
SIDES = st.integers(0, 4)  # three purses, the till, cash
AMOUNTS = st.one_of(st.integers(1, 60), st.sampled_from([1, 1000]))
taken = {"steps": 0}


@dataclass
class Purse:
    posted: int = 0
    held: int = 0
    floor: int = 0


@dataclass
class Put:
    """A hold of the model."""

    hold: Hold
    left: int
    steps: list[Capture | Release] = field(default_factory=list)


class Model(RuleBasedStateMachine):
    make_brand: ClassVar[Callable[[], Any]]
    brands: ClassVar[list[UUID]] = []

    def __init__(self) -> None:
        super().__init__()
        self.brand = self.make_brand().id
        self.brands.append(self.brand)
        self.accounts: list[Account] = [*(a_purse() for _ in range(3)), TILL, CASH]
        self.purses = {account: Purse() for account in self.accounts[:3]}
        self.holds: list[Put] = []
        self.posted: list[Transfer] = []
        self.now = clock.now()

        self.inside = in_brand(self.brand)
        self.inside.__enter__()

    def teardown(self) -> None:
        self.inside.__exit__(None, None, None)

    def call(self, verb, *args, **kw):
        taken["steps"] += 1
        with clock.held_at(self.now):
            return verb(*args, **kw)

    def code(self, verb, what) -> str:
        """'' when it was taken, else the first problem's code."""
        try:
            with savepoint():
                self.call(verb, what, brand=self.brand)
        except Conflict as refused:
            return refused.problems[0].code
        return ""

    def pay(self, entry: Transfer, trial: dict[Account, Purse]) -> bool:
        if entry.debit in trial:
            purse = trial[entry.debit]
            if purse.posted - purse.held - purse.floor < entry.amount_minor:
                return False
            purse.posted -= entry.amount_minor
        if entry.credit in trial:
            trial[entry.credit].posted += entry.amount_minor
        return True

    @rule(purse=PURSES, amount=AMOUNTS)
    def top_up(self, purse, amount):
        self.groups([[(4, purse, amount)]])

    @rule(wanted=st.lists(st.lists(st.tuples(SIDES, SIDES, AMOUNTS), min_size=1, max_size=3), min_size=1, max_size=3))
    def groups(self, wanted):
        """Groups of transfers, each all or nothing."""
        sides = self.accounts
        groups = [[move(sides[d], sides[c], amount) for d, c, amount in group if d != c] for group in wanted]
        outcomes = self.call(api.post_each, groups, brand=self.brand)
        for group, outcome in zip(groups, outcomes, strict=True):
            trial = {account: replace(purse) for account, purse in self.purses.items()}
            fits = all(self.pay(entry, trial) for entry in group)
            assert (outcome.refused is None, outcome.new) == (fits, len(group) if fits else 0)
            if fits:
                self.purses = trial
                self.posted += group

    @rule(purse=PURSES, amount=AMOUNTS, minutes=st.sampled_from([1, 5, 600, None]))
    def put_aside(self, purse, amount, minutes):
        account = self.accounts[purse]
        until = None if minutes is None else self.now + timedelta(minutes=minutes)
        hold = a_hold(account, amount, expires_at=until)
        mine = self.purses[account]
        fits = mine.posted - mine.held - mine.floor >= amount
        assert self.code(api.hold, [hold]) == ("" if fits else "insufficient_balance")
        if fits:
            mine.held += amount
            self.holds.append(Put(hold, amount))

    @precondition(lambda self: self.holds)
    @rule(which=st.integers(0, 9), amount=AMOUNTS)
    def take(self, which, amount):
        put = self.holds[which % len(self.holds)]
        capture = Capture(uuid7(), put.hold.id, amount)
        late = put.hold.expires_at is not None and put.hold.expires_at <= self.now
        expected = "hold_expired" if late else "exceeds_hold" if amount > put.left else ""
        assert self.code(api.capture, [capture]) == expected
        if not expected:
            put.left -= amount
            put.steps.append(capture)
            mine = self.purses[put.hold.debit]
            mine.held -= amount
            mine.posted -= amount

    @precondition(lambda self: self.holds)
    @rule(which=st.integers(0, 9), amount=st.one_of(st.none(), AMOUNTS))
    def give_back(self, which, amount):
        put = self.holds[which % len(self.holds)]
        release = Release(uuid7(), put.hold.id, amount)
        fits = amount is None or amount <= put.left
        assert self.code(api.release, [release]) == ("" if fits else "exceeds_hold")
        if fits:
            back = put.left if amount is None else amount
            put.left -= back
            self.purses[put.hold.debit].held -= back
            if back:
                put.steps.append(release)

    @rule(minutes=st.integers(1, 10))
    def time_passes(self, minutes):
        self.now += timedelta(minutes=minutes)
        due = [put for put in self.holds if put.left and put.hold.expires_at and put.hold.expires_at <= self.now]
        assert self.call(api.expire, brand=self.brand) == len(due)
        for put in due:
            self.purses[put.hold.debit].held -= put.left
            put.left = 0

    @rule(which=st.integers(0, 99))
    def all_again(self, which):
        """What was taken is sent again, and again with another body."""
        if self.posted:
            entry = self.posted[which % len(self.posted)]
            assert self.call(api.post, [entry], brand=self.brand) == 0
            assert self.code(api.post, [replace(entry, kind="other")]) == "exists_with_different_kind"
        if self.holds:
            put = self.holds[which % len(self.holds)]
            assert self.call(api.hold, [put.hold], brand=self.brand) == 0
            for step in put.steps[-1:]:
                verb = api.capture if isinstance(step, Capture) else api.release
                assert self.call(verb, [step], brand=self.brand) == 0
                assert self.code(verb, [replace(step, amount_minor=7777)]) == "exists_with_different_amount_minor"

    @rule(purse=PURSES, floor=st.integers(-80, 0))
    def credit_line(self, purse, floor):
        account = self.accounts[purse]
        mine = self.purses[account]
        fits = floor <= mine.posted - mine.held
        try:
            with savepoint():
                self.call(api.set_floor, self.brand, account, floor, by="ann", reason="try")
        except Conflict:
            assert not fits
        else:
            assert fits
            mine.floor = floor

    @invariant()
    def both_say_the_same(self):
        found = api.available(self.brand, self.purses)
        there = {a: (f.posted_minor, f.held_minor, f.floor_minor) for a, f in found.items()}
        assert there == {a: (p.posted, p.held, p.floor) for a, p in self.purses.items()}


@pytest.mark.requirement("S-199")
def test_the_ledger_does_what_a_model_in_plain_python_does(db, make_brand):
    Model.make_brand, taken["steps"] = staticmethod(make_brand), 0
    checks = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much]
    fair = settings(
        max_examples=EXAMPLES,
        stateful_step_count=STEPS,
        deadline=None,
        database=None,
        suppress_health_check=checks,
        derandomize=not LONG,  # a change is judged by what it changed; the long run throws the dice
    )
    run_state_machine_as_test(Model, settings=fair)
    assert taken["steps"] >= (100_000 if LONG else 5000)
    for brand in Model.brands[-10:]:
        assert {difference.what for difference in api.check(brand)} <= {"clearing_open"}
