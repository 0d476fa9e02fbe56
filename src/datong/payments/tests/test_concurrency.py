from __future__ import annotations

from datong.kernel.db import in_brand, rows
from datong.kernel.ids import uuid7
from datong.payments import api
from datong.payments.types import AttemptOutcome, PaymentAsk, PaymentMethod, PaymentState


def paid(ref: str) -> PaymentAsk:
    return PaymentAsk(uuid7(), PaymentMethod.PLATFORM, 1000, "USD", PaymentState.PAID, ref)


def test_many_callbacks_with_one_reference_at_once_pay_one_order(committed_db, make_brand, in_parallel):
    brand = make_brand()
    results = in_parallel(6, lambda: api.record([paid("mt:1")], brand=brand.id))
    assert sorted(len(used) for used in results) == [0, 1, 1, 1, 1, 1]
    with in_brand(brand.id):
        assert rows("SELECT state, count(*) FROM payments_payment GROUP BY 1 ORDER BY 1") == [
            ("paid", 1),
            ("pending", 5),
        ]


def test_a_callback_that_comes_six_times_at_once_pays_once(committed_db, make_brand, in_parallel):
    brand = make_brand()
    ask = PaymentAsk(uuid7(), PaymentMethod.PAY_AT_STORE, 1000, "USD", PaymentState.PENDING)
    api.record([ask], brand=brand.id)
    [payment] = api.payments_of(brand.id, [ask.order_id])[ask.order_id]

    def call() -> AttemptOutcome:
        return api.confirm(payment.id, amount_minor=1000, provider_ref="wx:1", brand=brand.id, by="wechat")

    assert sorted(in_parallel(6, call)) == [AttemptOutcome.PAID] + [AttemptOutcome.REPEATED] * 5
