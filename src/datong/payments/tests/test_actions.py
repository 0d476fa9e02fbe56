from __future__ import annotations

from uuid import UUID

import pytest
from django.db.utils import ProgrammingError

from datong.kernel.db import count_statements, execute, in_brand, rows, savepoint
from datong.kernel.errors import BadInput, NotFound
from datong.kernel.ids import uuid7
from datong.payments import api
from datong.payments.types import AttemptOutcome, PaymentAsk, PaymentMethod, PaymentState, RefUsed

pytestmark = pytest.mark.django_db


def paid(ref: str, order: UUID | None = None, method=PaymentMethod.PLATFORM) -> PaymentAsk:
    return PaymentAsk(order or uuid7(), method, 1000, "USD", PaymentState.PAID, ref)


def pending(order: UUID | None = None, method=PaymentMethod.CASH_ON_DELIVERY) -> PaymentAsk:
    return PaymentAsk(order or uuid7(), method, 1000, "USD", PaymentState.PENDING)


def of(brand, order: UUID) -> list[tuple]:
    found = api.payments_of(brand.id, [order]).get(order, [])
    return [(p.state.value, p.provider_ref, [a.outcome.value for a in p.attempts]) for p in found]


def events(brand) -> list[tuple]:
    with in_brand(brand.id):
        return rows("SELECT name, payload->>'outcome' FROM kernel_outboxevent ORDER BY id")


@pytest.mark.requirement("S-176", "S-180")
def test_what_was_paid_elsewhere_and_what_is_to_be_paid_are_told_apart(brand):
    asks = [paid("mt:1"), pending(), pending(method=PaymentMethod.PAY_AT_STORE), paid("", method=PaymentMethod.TILL)]
    assert api.record(asks, brand=brand.id) == ()
    assert [of(brand, ask.order_id) for ask in asks] == [
        [("paid", "mt:1", ["paid"])],
        [("pending", "", ["asked"])],
        [("pending", "", ["asked"])],
        [("paid", "", ["paid"])],
    ]
    [payment] = api.payments_of(brand.id, [asks[0].order_id])[asks[0].order_id]
    assert (payment.method, payment.amount_minor, payment.currency) == (PaymentMethod.PLATFORM, 1000, "USD")


def test_the_same_order_with_the_same_reference_again_changes_nothing(brand):
    ask = paid("mt:1")
    api.record([ask], brand=brand.id)
    assert api.record([ask], brand=brand.id) == ()
    assert of(brand, ask.order_id) == [("paid", "mt:1", ["paid"])]
    assert events(brand) == []


def test_a_reference_pays_one_order_only(brand, make_brand):
    first, second, third = paid("mt:1"), paid("mt:1"), paid("mt:2")
    api.record([first], brand=brand.id)
    assert api.record([second, third], brand=brand.id) == (RefUsed(second.order_id, "mt:1", first.order_id),)
    assert of(brand, second.order_id) == [("pending", "", ["ref_used"])]
    assert of(brand, third.order_id) == [("paid", "mt:2", ["paid"])]
    assert events(brand) == [("payments.questioned", "ref_used")]
    other = make_brand()
    assert api.record([paid("mt:1")], brand=other.id) == ()
    assert of(other, first.order_id) == []


def test_two_orders_of_one_batch_cannot_share_a_reference(brand):
    asks = [paid("mt:1"), paid("mt:1")]
    [used] = api.record(asks, brand=brand.id)
    assert {used.order_id, used.used_by} == {ask.order_id for ask in asks}
    assert sorted(of(brand, ask.order_id)[0][0] for ask in asks) == ["paid", "pending"]


def test_a_bad_ask_stops_the_batch_before_anything_is_written(brand):
    good = paid("mt:1")
    with pytest.raises(BadInput):
        api.record([good, PaymentAsk(uuid7(), PaymentMethod.TILL, -1, "USD", PaymentState.PAID)], brand=brand.id)
    assert of(brand, good.order_id) == []
    assert api.record([], brand=brand.id) == ()


def test_money_at_the_door_makes_a_pending_payment_paid_once(brand):
    ask = pending()
    api.record([ask], brand=brand.id)
    [payment] = api.payments_of(brand.id, [ask.order_id])[ask.order_id]

    def confirm(amount: int, ref: str) -> AttemptOutcome:
        return api.confirm(payment.id, amount_minor=amount, provider_ref=ref, brand=brand.id, by="courier")

    assert confirm(900, "c:1") is AttemptOutcome.AMOUNT_DIFFERS
    assert confirm(1000, "c:1") is AttemptOutcome.PAID
    assert confirm(1000, "c:1") is AttemptOutcome.REPEATED
    assert confirm(1000, "c:2") is AttemptOutcome.PAID_AGAIN
    tried = ["asked", "amount_differs", "paid", "repeated", "paid_again"]
    assert of(brand, ask.order_id) == [("paid", "c:1", tried)]
    assert events(brand) == [
        ("payments.questioned", "amount_differs"),
        ("payments.confirmed", None),
        ("payments.questioned", "paid_again"),
    ]
    with pytest.raises(NotFound):
        api.confirm(uuid7(), amount_minor=1, provider_ref="", brand=brand.id, by="courier")


def test_a_reference_of_another_payment_confirms_nothing(brand):
    taken, ask = paid("mt:1"), pending()
    api.record([taken, ask], brand=brand.id)
    [payment] = api.payments_of(brand.id, [ask.order_id])[ask.order_id]
    outcome = api.confirm(payment.id, amount_minor=1000, provider_ref="mt:1", brand=brand.id, by="web")
    assert outcome is AttemptOutcome.REF_USED
    assert of(brand, ask.order_id) == [("pending", "", ["asked", "ref_used"])]


def test_attempts_stay_as_they_were_written(brand):
    api.record([paid("mt:1")], brand=brand.id)
    for statement in (
        "UPDATE payments_attempt SET by = 'me'",
        "DELETE FROM payments_attempt",
        "TRUNCATE payments_attempt",
    ):
        with in_brand(brand.id), pytest.raises(ProgrammingError, match="permission denied"), savepoint():
            execute(statement)


def test_recording_costs_one_statement_whatever_the_number(brand):
    def cost(asks: list[PaymentAsk]) -> int:
        with in_brand(brand.id), count_statements() as statements:
            api.record(asks, brand=brand.id)
        return len(statements)

    many = [paid(f"mt:{n}") for n in range(200)]
    assert cost(many) == 1
    assert cost([pending()]) == 1
    assert cost(many) == 2
    assert cost([paid(f"mt:{n}") for n in range(200)]) == 4
