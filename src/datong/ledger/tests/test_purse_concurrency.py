"""One purse, many tills: what is spent is what there was, whatever is sent at once, twice, late, in whatever order."""

from __future__ import annotations

import random
import threading

import pytest

from datong.kernel.errors import DatongError
from datong.kernel.ids import uuid7
from datong.ledger import api
from datong.ledger.tests.purses import TILL, a_hold, a_purse, figures, move, top_up
from datong.ledger.types import Capture, InsufficientBalance, Release


@pytest.mark.requirement("S-198", "S-200")
def test_fifty_tills_spend_exactly_what_one_purse_has(committed_db, make_brand, in_parallel):
    """Half of them post, half hold and capture; each wants 30 of the 1,000 again and again until it is refused."""
    brand, purse = make_brand(), a_purse()
    top_up(brand.id, purse, 1000)
    turns = iter(range(50))

    def spend() -> int:
        spent, holds = 0, next(turns) % 2
        while True:
            try:
                if holds:
                    api.hold([hold := a_hold(purse, 30)], brand=brand.id)
                    api.capture([Capture(uuid7(), hold.id, 20)], brand=brand.id)
                    api.release([Release(uuid7(), hold.id)], brand=brand.id)
                    spent += 20
                else:
                    api.post([move(purse, TILL, 30)], brand=brand.id)
                    spent += 30
            except InsufficientBalance as short:
                assert 0 <= short.available_minor < 30
                return spent

    spent = sum(in_parallel(50, spend))
    posted, held, available = figures(brand.id, purse)
    assert (posted, held) == (1000 - spent, 0) and posted == available
    tried = 0
    while posted - tried * 10 >= 10:  # what the last refusals left behind is spendable to the last coin
        api.post([move(purse, TILL, 10)], brand=brand.id)
        tried += 1
    assert figures(brand.id, purse) == (0, 0, 0)
    till = next(balance for balance in api.balances(brand.id) if balance.account == TILL)
    assert till.credits_minor == 1000


@pytest.mark.requirement("S-199")
def test_every_authorisation_sent_five_times_out_of_order_counts_once(committed_db, make_brand, in_parallel):
    """Thirty purchases of 10 from a purse of 200: hold, capture, release of the rest, each five times."""
    brand, purse = make_brand(), a_purse()
    top_up(brand.id, purse, 200)
    holds = [a_hold(purse, 10) for _ in range(30)]
    calls = [(api.hold, hold) for hold in holds]
    calls += [(api.capture, Capture(uuid7(), hold.id, 7)) for hold in holds]
    calls += [(api.release, Release(uuid7(), hold.id, 3)) for hold in holds]
    storm = calls * 5
    random.Random(7).shuffle(storm)
    lock, done = threading.Lock(), {}

    def work() -> None:
        while True:
            with lock:
                if not storm:
                    return
                verb, what = storm.pop()
            try:
                new = verb([what], brand=brand.id)
            except DatongError as refused:
                assert refused.code in ("insufficient_balance", "not_found"), refused
                continue
            with lock:
                done[what.id] = done.get(what.id, 0) + new

    in_parallel(8, work)
    for verb, what in calls:  # what came before its hold is sent once more, as its sender would
        try:
            done[what.id] = done.get(what.id, 0) + verb([what], brand=brand.id)
        except DatongError as refused:
            assert refused.code in ("insufficient_balance", "not_found"), refused
    assert set(done.values()) == {1}
    taken = api.holds_by_id(brand.id, [hold.id for hold in holds])
    assert {(held.captured_minor, held.released_minor) for held in taken} == {(7, 3)}
    assert figures(brand.id, purse) == (200 - 7 * len(taken), 0, 200 - 7 * len(taken))
    assert 20 <= len(taken) <= 28  # 20 fit at once, 28 one after the other


def test_purses_that_pay_each_other_never_wait_in_a_ring(committed_db, make_brand, in_parallel):
    """Eight threads move money among five purses, several at once and in any order; some are opened as they go."""
    brand, purses = make_brand(), [a_purse() for _ in range(5)]
    top_up(brand.id, purses[0], 1000)
    seeds = iter(range(8))

    def work() -> None:
        dice = random.Random(next(seeds))
        for _ in range(12):
            groups = [[move(*dice.sample(purses, 2), dice.randint(1, 50))] for _ in range(4)]
            api.post_each(groups, brand=brand.id)

    in_parallel(8, work)
    assert sum(found.posted_minor for found in api.available(brand.id, purses).values()) == 1000
    assert api.check(brand.id) == []
