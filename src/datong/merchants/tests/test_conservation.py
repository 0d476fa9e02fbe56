"""Whatever companies do, in whatever order, and however often it is told: nothing is made and nothing is lost."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from datong.kernel.db import savepoint
from datong.ledger.api import trial_balance
from datong.merchants import api
from datong.merchants.tests.conftest import Alliance
from datong.merchants.types import EntryKind, SettlementState
from datong.wallet import api as wallet
from datong.wallet.types import NotEnoughPoints

LONG = bool(os.environ.get("DATONG_LONG"))
STEPS = st.lists(
    st.tuples(st.sampled_from(["earn", "burn", "back", "settle", "undo", "refuse", "again"]), st.integers(1, 900)),
    max_size=30 if LONG else 12,
)


class Undone(Exception):
    """Leaves the savepoint, so that every example begins where the first did."""


@given(steps=STEPS)
@settings(max_examples=300 if LONG else 12, deadline=None,
          suppress_health_check=[HealthCheck.function_scoped_fixture])  # fmt: skip
def test_any_sequence_of_points_given_taken_returned_and_settled_conserves(alliance: Alliance, steps: Any):
    with pytest.raises(Undone), savepoint():
        _play(alliance, steps)
        raise Undone


def _play(alliance: Alliance, steps: list[tuple[str, int]]) -> None:
    ann = alliance.person()
    given_points, taken, acts = 0, {}, []
    for what, n in steps:
        if what == "earn":
            acts.append(alliance.earn(ann, alliance.inn_store))
            given_points += 1000
        elif what == "burn":
            try:
                taken[alliance.burn(ann, n, alliance.mall_store)] = n
            except NotEnoughPoints:
                assert n > given_points - sum(taken.values())
        elif what == "back" and taken:
            key = sorted(taken)[n % len(taken)]
            part = 1 + n % taken[key]
            alliance.give_back(key, part)
            taken[key] -= part
            if not taken[key]:
                del taken[key]
        elif what == "again":
            assert api.enter_points(acts, brand=alliance.brand) == 0
        elif what in ("settle", "undo", "refuse") and _open(alliance):
            _settle(alliance, what)
        _conserved(alliance, given_points, sum(taken.values()))
    if _open(alliance):
        alliance.settle()
    assert (alliance.owes(alliance.inn), alliance.owes(None, alliance.mall)) == (0, 0)
    assert {row.account.code: row.net_minor for row in trial_balance(alliance.brand)
            if row.account.code.startswith("asset:partner:") and row.net_minor} == {}  # fmt: skip
    alliance.sound()


def _open(alliance: Alliance) -> bool:
    return any(line.entry.run_id is None for line in api.lines(alliance.brand, limit=500))


def _settle(alliance: Alliance, how: str) -> None:
    made, asked = api.propose_run(alliance.today, alliance.currency, brand=alliance.brand, by=alliance.maker)
    alliance.decided(asked, approve=how != "refuse")
    if how == "undo":
        assert api.undo_run(made.id, brand=alliance.brand, by="boss", reason="x").state is SettlementState.UNDONE


def _conserved(alliance: Alliance, given_points: int, taken: int) -> None:
    """What was entered is what stands at the agreed rates, whatever is settled; the partners and the brand are zero."""
    sums: dict[EntryKind, tuple[int, int]] = {}
    for line in api.lines(alliance.brand, limit=500):
        points, amount = sums.get(line.entry.kind, (0, 0))
        sums[line.entry.kind] = points + line.entry.points, amount + line.entry.amount_minor
    assert sums.get(EntryKind.EARN, (0, 0)) == (given_points, given_points * 90 // 100)
    points, amount = sums.get(EntryKind.BURN, (0, 0))
    assert points == taken and abs(amount * 100 - taken * 80) <= 50 * 30
    net = {row.account.code: row.net_minor for row in trial_balance(alliance.brand)}
    payable = sum(-minor for code, minor in net.items() if code.startswith("clearing:company:"))
    receivable = sum(minor for code, minor in net.items() if code.startswith("asset:partner:"))
    assert payable == receivable
    assert sum(minor for code, minor in net.items() if code.startswith("asset:bank:settlement:")) == 0


def test_two_workers_that_hear_of_one_act_at_once_enter_it_once(
    committed_alliance: Alliance, in_parallel: Callable[..., Any]
):
    alliance = committed_alliance
    ann = alliance.person()
    act = wallet.earn_event(ann, "stay", key="k", brand=alliance.brand, by="inn", store_id=alliance.inn_store)

    def hear() -> int:
        return api.enter_points([act.id], brand=alliance.brand)

    assert sorted(in_parallel(4, hear)) == [0, 0, 0, 1]
    assert alliance.owes(alliance.inn) == 900
    made, asked = api.propose_run(alliance.today, alliance.currency, brand=alliance.brand, by=alliance.maker)

    def decide() -> UUID:
        return alliance.decided(asked).id

    assert set(in_parallel(3, decide)) == {asked.id}
    assert (api.run(alliance.brand, made.id).state, alliance.owes(alliance.inn)) == (SettlementState.POSTED, 0)
    assert api.merchant_differences(alliance.brand) == []
