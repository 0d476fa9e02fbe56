"""What happens to an order once its stores work on it: handed over, refused, cancelled, paid later, given back."""

from __future__ import annotations

import pytest

from datong.fulfilment.api import advance, tasks_of
from datong.fulfilment.types import FulfilmentKind, TaskState
from datong.inventory.api import audit
from datong.kernel import relay
from datong.kernel.db import in_brand, rows
from datong.kernel.errors import BadValue, Conflict
from datong.kernel.tests.test_outbox import deliver_all
from datong.ledger.api import balances
from datong.orders import api
from datong.orders.subscribers import CONSUMERS
from datong.orders.tests.conftest import sound
from datong.orders.types import OrderState
from datong.payments.api import payments_of, refunds_of
from datong.payments.types import AttemptOutcome, PaymentMethod, PaymentState, RefundState
from datong.site.testing.steps import walk


def work(shop):
    """Let the consumers of orders hear everything, twice over: what one of them causes the next must hear too."""
    for consumer in (*CONSUMERS, *CONSUMERS):
        relay.enrol(shop.brand.id, [consumer])
        deliver_all(shop.brand.id, consumer)


def books(shop) -> dict[str, int]:
    """Net of every account that is not at zero: credits less debits."""
    nets = {b.account.code: b.credits_minor - b.debits_minor for b in balances(shop.brand.id)}
    return {code: net for code, net in nets.items() if net}


def task(shop, outcome):
    return next(t for t in tasks_of(shop.brand.id, [outcome.order_id]) if t.state is not TaskState.CANCELLED)


def step(shop, outcome, to, **words):
    walk(task(shop, outcome).id, to, brand=shop.brand.id, by="ann", **words)


def test_goods_leave_the_count_when_they_are_handed_over_and_sales_are_earned_when_they_arrive(committed_shop):
    shop = committed_shop
    order = shop.place_one(("TEA", 2), payment=PaymentMethod.PREPAID, paid=True, provider_ref="ch_1")
    work(shop)
    step(shop, order, TaskState.ACCEPTED)
    step(shop, order, TaskState.HANDED_OVER, carrier="UPS", tracking="1Z")
    work(shop)
    stock = shop.stock("TEA")
    assert (stock.on_hand, stock.reserved) == (8, 0)
    assert books(shop) == {"asset:provider:web": -1000, "liability:sales": 1000}
    step(shop, order, TaskState.DONE)
    work(shop)
    assert shop.page(order).state == "completed"
    assert books(shop) == {"asset:provider:web": -1000, "income:sales": 1000}
    assert shop.stock("TEA").on_hand == 8
    sound(shop)


def test_a_share_that_its_store_refuses_goes_to_another_store_and_not_back(committed_shop):
    shop = committed_shop
    order = shop.place_one(("TEA", 2))
    work(shop)
    step(shop, order, TaskState.REFUSED, reason="the kettle is broken")
    work(shop)
    assert shop.page(order).store_id == shop.far.id
    assert (shop.stock("TEA").reserved, shop.stock("TEA", shop.far).reserved) == (0, 2)
    step_of_far = next(t for t in tasks_of(shop.brand.id, [order.order_id]) if t.store_id == shop.far.id)
    advance([step_of_far.id], TaskState.REFUSED, brand=shop.brand.id, by="ben", reason="no staff")
    work(shop)
    view = shop.page(order)
    assert view.state == "backorder" and [f.kind for f in view.findings] == ["stock_short"]
    assert api.retry_waiting(brand=shop.brand.id) == 0
    sound(shop)


def test_a_pickup_order_that_its_store_refuses_waits_for_its_customers_answer(committed_shop):
    shop = committed_shop
    order = shop.place_one(("TEA", 2), fulfilment=FulfilmentKind.PICKUP, store_code="NEAR")
    work(shop)
    step(shop, order, TaskState.REFUSED, reason="closed early")
    work(shop)
    view = shop.page(order)
    assert (view.state, view.store_id) == ("backorder", shop.near.id)
    assert view.decisions[-1].reason == "named_store_refused"
    assert api.retry_waiting(brand=shop.brand.id) == 0
    sound(shop)


def test_a_cancelled_order_gives_back_stock_task_and_money_and_the_books_are_as_before(committed_shop):
    shop = committed_shop
    order = shop.place_one(("TEA", 2), payment=PaymentMethod.PREPAID, paid=True, provider_ref="ch_2")
    work(shop)
    assert api.cancel(order.order_id, brand=shop.brand.id, who="ann", reason="changed her mind")
    assert not api.cancel(order.order_id, brand=shop.brand.id, who="ann", reason="again")
    assert shop.stock("TEA").reserved == 0
    (due,) = refunds_of(shop.brand.id, [order.order_id])
    assert (due.state, due.amount_minor) == (RefundState.DUE, 1000)
    work(shop)
    assert {t.state for t in tasks_of(shop.brand.id, [order.order_id])} == {TaskState.CANCELLED}
    assert books(shop) == {"asset:provider:web": -1000, "liability:refunds": 1000}
    from datong.payments.api import refund_done

    refund_done(due.id, provider_ref="re_1", brand=shop.brand.id)
    refund_done(due.id, provider_ref="re_1", brand=shop.brand.id)
    work(shop)
    assert books(shop) == {}
    assert [(e.kind, e.reason) for e in shop.page(order).timeline][-1] == ("cancelled", "changed her mind")
    sound(shop)


def test_an_order_whose_goods_have_left_is_not_cancelled_and_nothing_of_it_changes(committed_shop):
    shop = committed_shop
    order = shop.place_one(("TEA", 2))
    work(shop)
    step(shop, order, TaskState.HANDED_OVER)
    with pytest.raises(Conflict, match="return"):
        api.cancel(order.order_id, brand=shop.brand.id, who="ann", reason="too late")
    assert shop.page(order).state == "assigned" and refunds_of(shop.brand.id, [order.order_id]) == []


def test_a_platforms_order_that_is_cancelled_there_leaves_nothing_owed_by_us(committed_shop):
    shop = committed_shop
    (order,) = shop.place(shop.sold_elsewhere(("TEA", 2, 500)))
    api.cancel(order.order_id, brand=shop.brand.id, who="meituan", reason="customer cancelled", by_channel=True)
    work(shop)
    assert books(shop) == {}
    assert [r.state for r in refunds_of(shop.brand.id, [order.order_id])] == [RefundState.DONE]
    sound(shop)


def test_two_people_cancel_at_once_and_the_money_is_owed_once(committed_shop, in_parallel):
    shop = committed_shop
    order = shop.place_one(("TEA", 2), payment=PaymentMethod.PREPAID, paid=True, provider_ref="ch_3")
    did = in_parallel(4, lambda: api.cancel(order.order_id, brand=shop.brand.id, who="ann", reason="twice"))
    assert sorted(did) == [False, False, False, True]
    assert [r.amount_minor for r in refunds_of(shop.brand.id, [order.order_id])] == [1000]
    sound(shop)


@pytest.mark.requirement("S-176")
def test_an_order_that_is_paid_later_keeps_its_stock_and_settles_what_was_receivable(shop):
    order = shop.place_one(("TEA", 2), payment=PaymentMethod.PREPAID)
    assert books(shop) == {"asset:receivable": -1000, "liability:sales": 1000}
    said = [
        api.pay(order.order_id, amount_minor=1000, provider_ref="ch_4", brand=shop.brand.id, who="shopify")
        for _ in range(2)
    ]
    assert said == [AttemptOutcome.PAID, AttemptOutcome.REPEATED]
    assert shop.page(order).paid
    assert books(shop) == {"asset:provider:web": -1000, "liability:sales": 1000}
    with in_brand(shop.brand.id):
        assert rows("SELECT expires_at FROM inventory_hold WHERE order_id = %s", [order.order_id]) == [(None,)]
    assert audit(shop.brand.id).sound


def test_another_amount_than_was_asked_for_is_kept_and_not_taken_for_payment(shop):
    order = shop.place_one(("TEA", 2), payment=PaymentMethod.PREPAID)
    outcome = api.pay(order.order_id, amount_minor=900, provider_ref="ch_5", brand=shop.brand.id, who="shopify")
    assert outcome is AttemptOutcome.AMOUNT_DIFFERS and not shop.page(order).paid
    (payment,) = payments_of(shop.brand.id, [order.order_id])[order.order_id]
    assert payment.state is PaymentState.PENDING and payment.attempts[-1].amount_minor == 900


def test_money_that_comes_for_a_cancelled_order_is_owed_back_at_once(shop):
    order = shop.place_one(("TEA", 2), payment=PaymentMethod.PREPAID)
    api.cancel_unpaid([order.order_id], brand=shop.brand.id, actor="payments")
    assert books(shop) == {} and shop.page(order).state == OrderState.CANCELLED
    api.pay(order.order_id, amount_minor=1000, provider_ref="ch_6", brand=shop.brand.id, who="shopify")
    assert books(shop) == {"asset:provider:web": -1000, "liability:refunds": 1000}
    assert [r.state for r in refunds_of(shop.brand.id, [order.order_id])] == [RefundState.DUE]
    sound(shop)


def test_part_of_the_money_goes_back_once_and_never_more_than_was_paid(committed_shop):
    shop = committed_shop
    order = shop.place_one(("TEA", 2), payment=PaymentMethod.PREPAID, paid=True, provider_ref="ch_7")

    def back(amount, key, **more):
        return api.give_back(
            order.order_id, amount_minor=amount, reason="cold", key=key, brand=shop.brand.id, who="ann", **more
        )

    first, again = back(300, "a"), back(300, "a")
    assert first.id == again.id and again.repeat
    with pytest.raises(BadValue, match="at most 700"):
        back(701, "b")
    back(700, "c", done=True, provider_ref="re_7")
    work(shop)
    assert books(shop) == {"asset:provider:web": -300, "liability:refunds": 300}
    sound(shop)
