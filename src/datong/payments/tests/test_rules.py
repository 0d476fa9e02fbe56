from __future__ import annotations

from datetime import UTC, datetime

import pytest

from datong.kernel.errors import BadInput
from datong.kernel.ids import uuid7
from datong.payments import rules
from datong.payments.types import AttemptOutcome, Payment, PaymentAsk, PaymentMethod, PaymentState


def a_payment(state: PaymentState, ref: str = "") -> Payment:
    at = datetime(2026, 11, 22, tzinfo=UTC)
    return Payment(uuid7(), uuid7(), PaymentMethod.PAY_AT_STORE, 100, "USD", state, ref, at)


@pytest.mark.parametrize(
    ("state", "amount", "ref", "others", "outcome"),
    [
        (PaymentState.PENDING, 100, "r1", False, AttemptOutcome.PAID),
        (PaymentState.PENDING, 99, "r1", False, AttemptOutcome.AMOUNT_DIFFERS),
        (PaymentState.PENDING, 100, "r1", True, AttemptOutcome.REF_USED),
        (PaymentState.PAID, 100, "r0", False, AttemptOutcome.REPEATED),
        (PaymentState.PAID, 100, "r1", False, AttemptOutcome.PAID_AGAIN),
        (PaymentState.PAID, 100, "r1", True, AttemptOutcome.REF_USED),
    ],
)
def test_what_a_provider_says_comes_to_one_thing(state, amount, ref, others, outcome):
    payment = a_payment(state, "r0" if state is PaymentState.PAID else "")
    assert rules.outcome_of(payment, amount, ref, ref_is_others=others) is outcome


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"amount_minor": -1}, "amount_minor"),
        ({"amount_minor": 1.5}, "amount_minor"),
        ({"currency": "dollar"}, "currency"),
        ({"provider_ref": "x" * 201}, "provider_ref"),
        ({"provider_ref": " r1"}, "provider_ref"),
        ({"provider_ref": "r\n1"}, "provider_ref"),
    ],
)
def test_an_ask_that_cannot_be_recorded_is_refused_by_field(change, field):
    good = {"amount_minor": 0, "currency": "USD", "provider_ref": ""}
    ask = PaymentAsk(uuid7(), PaymentMethod.TILL, state=PaymentState.PAID, **{**good, **change})
    with pytest.raises(BadInput) as caught:
        rules.check_asks([PaymentAsk(uuid7(), PaymentMethod.TILL, 0, "JPY", PaymentState.PAID, "ok:1"), ask])
    assert [problem.field for problem in caught.value.problems] == [f"payments/1/{field}"]
