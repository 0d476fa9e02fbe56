"""Two tills and two tabs of one tell the same and different things at the same time."""

from __future__ import annotations

from typing import Any

from datong.tills.tests.conftest import Counter, open_counter
from datong.tills.types import FactState

TEA = ("TEA", 1, 500)


def test_two_tills_and_two_tabs_at_once_lose_and_double_nothing(committed_counter: Counter, in_parallel: Any) -> None:
    here = committed_counter
    there = open_counter(here.shop, here.shop.near.id, "Counter 2")
    mine = [here.sold(TEA, ("CUP", 1, 1200)) for _ in range(4)]
    theirs = [there.sold(("CUP", 1, 1200), TEA) for _ in range(4)]
    calls = [lambda: here.tell(*mine), lambda: here.tell(*reversed(mine)), lambda: there.tell(*theirs)] * 2
    answers = in_parallel(len(calls), lambda: calls.pop()())
    assert all(told.state is FactState.TAKEN for answer in answers for told in answer)
    assert len({told.number for answer in answers for told in answer}) == 8
    assert here.nets() == {"asset:till:till": 8 * 1700, "income:sales": -8 * 1700}
    assert [here.shop.stock(sku).on_hand for sku in ("TEA", "CUP")] == [2, 2]
    here.sound()
