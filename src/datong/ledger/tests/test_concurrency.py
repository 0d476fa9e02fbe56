from __future__ import annotations

import threading
from datetime import date

import pytest

from datong.kernel.ids import uuid7
from datong.ledger import api
from datong.ledger.types import Account, Balance, Transfer

BANK, SALES = Account("asset:bank", "USD"), Account("income:sales", "USD")


def a_transfer() -> Transfer:
    return Transfer(uuid7(), BANK, SALES, 100, "sale", uuid7(), date(2026, 11, 22))


@pytest.mark.requirement("S-200")
def test_many_tills_post_at_once_and_nothing_is_lost_or_doubled(committed_db, make_brand, in_parallel):
    """Eight tills, each with its own sales and all with the same ten of a batch that was sent to every one of them."""
    brand = make_brand()
    shared = [a_transfer() for _ in range(10)]
    own = [[a_transfer() for _ in range(60)] for _ in range(8)]
    lock = threading.Lock()

    def work() -> int:
        with lock:
            mine = own.pop()
        return sum(api.post([*shared, *mine[i : i + 15]], brand=brand.id) for i in range(0, len(mine), 15))

    assert sum(in_parallel(8, work)) == 10 + 8 * 60
    assert api.balances(brand.id) == [Balance(BANK, 49_000, 0), Balance(SALES, 0, 49_000)]
    assert api.check(brand.id) == []
