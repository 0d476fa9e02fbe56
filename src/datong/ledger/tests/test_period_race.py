from __future__ import annotations

from threading import Event

import pytest

from datong.kernel import clock
from datong.kernel.db import in_brand
from datong.ledger import api
from datong.ledger.actions.periods import _shut
from datong.ledger.tests.test_actions import BANK, SALES, a_transfer
from datong.ledger.tests.test_periods import DAY, NOW
from datong.ledger.types import Asked, PeriodClosed


def test_a_posting_that_races_with_the_close_is_in_or_refused_and_settled_tells_when(
    committed_db, make_brand, in_parallel
):
    brand = make_brand()
    posted, closed = Event(), Event()

    def late_writer() -> bool:
        with clock.held_at(NOW), in_brand(brand.id):
            api.post([a_transfer(BANK, SALES, business_date=DAY)], brand=brand.id)
            posted.set()
            assert closed.wait(20)
            assert not api.gates(brand.id)[""].settled
        return True

    def closer() -> bool:
        assert posted.wait(20)
        with clock.held_at(NOW):
            with in_brand(brand.id):
                _shut(brand.id, "", DAY, "boss")
            closed.set()
            with pytest.raises(PeriodClosed):
                api.post([a_transfer(BANK, SALES, business_date=DAY)], brand=brand.id)
        return True

    turns = iter((late_writer, closer))
    assert in_parallel(2, lambda: next(turns)()) == [True, True]
    assert len(api.entries(brand.id, Asked())) == 1
