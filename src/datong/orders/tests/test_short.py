"""Units a store cannot give: another store brings them, or the customer decides; money, stock and shares agree."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from datong.fulfilment.api import open_tasks, tasks_of
from datong.fulfilment.types import FulfilmentKind, Task, TaskState
from datong.inventory.api import holds_of
from datong.kernel import clock
from datong.kernel.errors import BadInput, BadValue, Conflict
from datong.kernel.ids import uuid7
from datong.orders import api
from datong.orders.tests.conftest import Shop, sound
from datong.orders.types import Answer
from datong.payments.api import refunds_of
from datong.payments.types import PaymentMethod

PAID = {"payment": PaymentMethod.PREPAID, "paid": True}
FETCHED = {**PAID, "fulfilment": FulfilmentKind.PICKUP, "store_code": "NEAR", "destination": None}


def bought(shop: Shop, *lines: tuple[str, int], **fields: Any) -> Any:
    made = shop.place_one(*lines, provider_ref=f"p{shop._n}", **{**FETCHED, **fields})
    kind = FulfilmentKind(fields.get("fulfilment", FulfilmentKind.PICKUP))
    open_tasks([Task(uuid7(), made.order_id, shop.near.id, kind, None)], brand=shop.brand.id)
    return made


def short(shop: Shop, order: Any, units: dict[int, int], key: str = "1", **more: Any) -> Any:
    return api.report_short(
        order.order_id, store_id=shop.near.id, units=units, reason="dropped", key=key, brand=shop.brand.id, who="ann",
        **more,
    )  # fmt: skip


def say(shop: Shop, question: Any, answer: Answer) -> Any:
    return api.answer_short(question.id, answer, brand=shop.brand.id, who="customer")


def back(shop: Shop, order: Any) -> int:
    return sum(refund.amount_minor for refund in refunds_of(shop.brand.id, [order.order_id]))


def holds(shop: Shop, order: Any) -> dict[tuple[str, str], int]:
    names = {item.id: sku for sku, item in shop.items.items()}
    codes = {shop.near.id: "NEAR", shop.far.id: "FAR"}
    held = holds_of(shop.brand.id, order.order_id)
    return {(codes[location], names[item]): units for location, item, units in held}


def test_what_is_fetched_here_is_asked_of_the_customer_who_goes_without_and_gets_the_money(shop: Shop) -> None:
    order = bought(shop, ("CUP", 3), ("TEA", 1))
    (asked,) = short(shop, order, {1: 2})
    assert (asked.answer, asked.units, asked.title) == (None, 2, "Cup")
    assert back(shop, order) == 0 and holds(shop, order)["NEAR", "CUP"] == 3, "nothing happens before the answer"
    assert short(shop, order, {1: 2}) == [asked], "told twice is told once"
    done = say(shop, asked, Answer.WITHOUT)
    assert say(shop, asked, Answer.WITHOUT) == done and done.answered_by == "customer"
    assert back(shop, order) == 2400 and holds(shop, order) == {("NEAR", "CUP"): 1, ("NEAR", "TEA"): 1}
    with pytest.raises(Conflict, match="answered already"):
        say(shop, asked, Answer.CANCEL)
    sound(shop)


def test_the_customer_may_cancel_all_of_it_instead(shop: Shop) -> None:
    order = bought(shop, ("CUP", 2), ("TEA", 1))
    (asked,) = short(shop, order, {1: 2})
    say(shop, asked, Answer.CANCEL)
    assert shop.page(order).state == "cancelled" and back(shop, order) == order.total_minor
    assert holds(shop, order) == {} and tasks_of(shop.brand.id, [order.order_id])[0].state is TaskState.CANCELLED
    sound(shop)


def test_a_substitute_the_store_proposes_is_held_instead_at_no_extra_cost(shop: Shop) -> None:
    order = bought(shop, ("CUP", 1), ("FIX", 1))
    (asked,) = short(shop, order, {1: 1}, substitutes={1: "TEA"})
    assert asked.substitute_title == "Green tea"
    say(shop, asked, Answer.SUBSTITUTE)
    assert holds(shop, order) == {("NEAR", "TEA"): 1} and back(shop, order) == 0
    sound(shop)


def test_nothing_is_substituted_that_was_not_proposed_or_is_gone(shop: Shop) -> None:
    order = bought(shop, ("CUP", 1), ("FIX", 1))
    with pytest.raises(BadValue, match="substitute-1"):
        short(shop, order, {1: 1}, substitutes={1: "NONE"})
    (asked,) = short(shop, order, {1: 1})
    with pytest.raises(BadInput):
        say(shop, asked, Answer.SUBSTITUTE)
    assert api.questions_of(shop.brand.id, [order.order_id])[0].answer is None


def test_a_delivery_s_units_go_to_another_store_that_has_them_and_nobody_is_asked(shop: Shop) -> None:
    way = {**PAID, "fulfilment": FulfilmentKind.DELIVERY, "store_code": "", "destination": shop.intent().destination}
    order = bought(shop, ("CUP", 3), ("TEA", 1), **way)
    (moved,) = short(shop, order, {1: 2})
    assert moved.answer is Answer.MOVED
    assert holds(shop, order) == {("NEAR", "CUP"): 1, ("NEAR", "TEA"): 1, ("FAR", "CUP"): 2}
    assert {store for line in shop.page(order).lines for store, _ in line.stores} == {shop.near.id, shop.far.id}
    assert shop.stock("CUP").sold_out, "the store said there are none: the shelf believes it"
    sound(shop)


def test_nobody_answers_in_time_and_the_order_goes_without(shop: Shop) -> None:
    order = bought(shop, ("CUP", 2), ("TEA", 1))
    short(shop, order, {1: 1})
    assert api.take_defaults(brand=shop.brand.id) == 0
    with clock.held_at(clock.now() + timedelta(minutes=11)):
        assert api.take_defaults(brand=shop.brand.id) == 1
        assert api.take_defaults(brand=shop.brand.id) == 0
    (asked,) = api.questions_of(shop.brand.id, [order.order_id])
    assert (asked.answer, asked.answered_by, back(shop, order)) == (Answer.WITHOUT, "deadline", 1200)
    sound(shop)


def test_an_order_is_not_handed_over_while_its_customer_is_asked(shop: Shop) -> None:
    order = bought(shop, ("CUP", 2), ("TEA", 1))
    (asked,) = short(shop, order, {1: 1})
    task = tasks_of(shop.brand.id, [order.order_id])[0]
    wish: dict[str, Any] = {"store_id": shop.near.id, "brand": shop.brand.id, "by": "ann", "without": "knows her"}
    with pytest.raises(Conflict, match="still asked"):
        api.hand_over(task.id, **wish)
    say(shop, asked, Answer.WITHOUT)
    assert api.hand_over(task.id, **wish).state is TaskState.DONE


@pytest.mark.parametrize("units", [{1: 4}, {1: 0}, {9: 1}, {}, {1: 3, 2: 1}])
def test_more_than_the_share_none_or_all_of_it_is_refused_and_nothing_moves(shop: Shop, units: dict[int, int]) -> None:
    order = bought(shop, ("CUP", 3), ("TEA", 1))
    with pytest.raises(BadInput):
        short(shop, order, units)
    assert api.questions_of(shop.brand.id, [order.order_id]) == [] and not shop.stock("CUP").sold_out


def test_what_was_not_paid_is_not_asked_about(shop: Shop) -> None:
    order = bought(shop, ("CUP", 2), ("TEA", 1), payment=PaymentMethod.PAY_AT_STORE, paid=False)
    with pytest.raises(Conflict, match="not paid"):
        short(shop, order, {1: 1})


def test_the_store_reports_while_the_customer_cancels_and_both_see_one_truth(
    committed_shop: Shop, in_parallel: Any
) -> None:
    shop = committed_shop
    for n in range(4):
        order = bought(shop, ("CUP", 2), ("TEA", 1))
        turn = iter(range(2))

        def act(order: Any = order, turn: Any = turn) -> str:
            try:
                if next(turn):
                    api.cancel(order.order_id, brand=shop.brand.id, who="customer", reason="changed my mind")
                    return "cancelled"
                short(shop, order, {1: 1}, off_sale=False)
            except Conflict:
                return "too late"
            return "asked"

        assert "cancelled" in in_parallel(2, act), n
        assert back(shop, order) == order.total_minor and holds(shop, order) == {}
        for asked in api.questions_of(shop.brand.id, [order.order_id]):
            with pytest.raises(Conflict, match="cancelled"):
                say(shop, asked, Answer.WITHOUT)
    with clock.held_at(clock.now() + timedelta(minutes=11)):
        api.take_defaults(brand=shop.brand.id)
    sound(shop)


def test_two_answers_at_once_are_one(committed_shop: Shop, in_parallel: Any) -> None:
    shop = committed_shop
    order = bought(shop, ("CUP", 2), ("TEA", 1))
    (asked,) = short(shop, order, {1: 1})
    answers = iter([Answer.WITHOUT, Answer.CANCEL, Answer.WITHOUT, Answer.CANCEL])

    def act() -> str:
        answer = next(answers)
        try:
            return str(say(shop, asked, answer).answer)
        except Conflict:
            return ""

    said = set(in_parallel(4, act)) - {""}
    assert len(said) == 1
    assert back(shop, order) == (1200 if said == {"without"} else order.total_minor)
    sound(shop)
