"""What an order left of a platform's coupon: income once nothing is taken back any more, and free again."""

from __future__ import annotations

from datetime import timedelta
from itertools import count
from typing import Any
from uuid import UUID

import pytest

from datong.integration.tests.test_coupons import TEA, Counter, committed, counter
from datong.kernel import clock
from datong.kernel.errors import BadValue
from datong.kernel.ids import uuid7
from datong.wallet import api
from datong.wallet.types.coupons import Coupon
from datong.wallet.types.paying import PayAsk

__all__ = ["committed", "counter"]

LIABILITY, BREAKAGE = "liability:vouchers:meituan", "income:breakage"


def left_over(counter: Counter) -> tuple[Coupon, UUID, UUID]:
    """A coupon of 12,800 put aside for 12,000, of which an order took 5,000: 7,000 are left of it."""
    counter.meituan.sell(["4455667788"], TEA, order="mt-1")
    (one,) = counter.verify("4455667788")
    till: dict[str, Any] = {"brand": counter.brand, "by": "till", "asker": "till"}
    made, order = api.authorise(PayAsk(12_000, "CNY", "pay", coupons=(one.id,)), **till), uuid7()
    api.take_payment(made.id, order, 5_000, brand=counter.brand)
    return one, made.id, order


def test_what_an_order_left_of_a_coupon_is_income_once_the_platform_takes_none_back(counter: Counter) -> None:
    one, payment, order = left_over(counter)
    after = clock.now() + timedelta(minutes=11)
    with clock.held_at(after):
        assert api.lapse_coupons(counter.brand) == 0, "another order may still take of the payment"
    api.release_payment(payment, brand=counter.brand)
    assert api.lapse_coupons(counter.brand) == 0, "the platform still takes it back"
    assert counter.stands(LIABILITY) == -7_000
    with pytest.raises(BadValue):
        api.take_payment(payment, uuid7(), 100, brand=counter.brand)
    with clock.held_at(after):
        assert (api.lapse_coupons(counter.brand), api.lapse_coupons(counter.brand)) == (1, 0)
        told = api.get_coupon(counter.brand, one.id)
        assert (told.rest_minor, told.rest_at) == (7_000, after)
        assert (counter.stands(LIABILITY), counter.stands(BREAKAGE)) == (0, -7_000)
        api.give_back_payment(order, 5_000, "CNY", brand=counter.brand, key="r")
        free = api.get_coupon(counter.brand, one.id)
        assert (free.payment_id, free.rest_minor, free.rest_at) == (None, None, None)
        assert (counter.stands(LIABILITY), counter.stands(BREAKAGE)) == (-12_800, 0), "all of it can pay again"
        again = api.authorise(
            PayAsk(12_800, "CNY", "k2", coupons=(one.id,)), brand=counter.brand, by="till", asker="till"
        )
        api.take_payment(again.id, uuid7(), 12_800, brand=counter.brand)
        assert (api.lapse_coupons(counter.brand), counter.stands(LIABILITY), counter.stands(BREAKAGE)) == (1, 0, 0)
        assert api.get_coupon(counter.brand, one.id).rest_minor == 0


def test_a_rest_is_told_once_while_jobs_and_a_refund_are_at_it_together(committed: Counter, in_parallel: Any) -> None:
    one, payment, order = left_over(committed)
    api.release_payment(payment, brand=committed.brand)
    after, turns = clock.now() + timedelta(minutes=11), count()

    def work() -> int:
        with clock.held_at(after):
            if next(turns) == 3:
                api.give_back_payment(order, 5_000, "CNY", brand=committed.brand, key="r")
                return 0
            return api.lapse_coupons(committed.brand)

    assert sum(in_parallel(6, work)) in (0, 1) and work() == 0
    assert api.get_coupon(committed.brand, one.id).payment_id is None
    assert (committed.stands(LIABILITY), committed.stands(BREAKAGE)) == (-12_800, 0)
