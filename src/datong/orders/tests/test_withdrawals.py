"""Units taken out of an order before they are handed over: money, stock, tax and share agree, whatever comes first."""

from __future__ import annotations

import itertools
import os
import threading

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from datong.catalog.api import put_tax_rates
from datong.catalog.types import TaxRate
from datong.fulfilment.api import advance, open_tasks, tasks_of
from datong.fulfilment.types import FulfilmentKind, Task, TaskState
from datong.inventory.api import holds_of, recount
from datong.inventory.types import StockRow
from datong.kernel.db import in_brand
from datong.kernel.errors import BadInput, Conflict
from datong.kernel.ids import uuid7
from datong.ledger.api import totals, transfers_of
from datong.orders import api, rules
from datong.orders.tests.conftest import LONG_AGO, Shop, forget, open_shop, sound
from datong.payments.api import refunds_of
from datong.payments.types import PaymentMethod
from datong.site.testing.steps import walk

PAID = {"payment": PaymentMethod.PREPAID, "paid": True}


def buy(shop: Shop, *lines: tuple[str, int], ref: str = "p1"):
    return shop.place_one(*lines, provider_ref=ref, **PAID)


def take(shop: Shop, order, units: dict[int, int], key: str = "1", **more):
    return api.withdraw(order.order_id, units=units, reason="out", key=key, brand=shop.brand.id, who="ann", **more)


def task(shop: Shop, order, store=None):
    open_tasks(
        [Task(uuid7(), order.order_id, (store or shop.near).id, FulfilmentKind.DELIVERY, None)], brand=shop.brand.id
    )
    return next(t.id for t in tasks_of(shop.brand.id, [order.order_id]) if t.store_id == (store or shop.near).id)


def step(shop: Shop, task_id, to: TaskState) -> None:
    walk(task_id, to, brand=shop.brand.id, by="picker")


def stands(shop: Shop, order) -> dict[str, int]:
    posted = [posted.transfer for posted in transfers_of(shop.brand.id, [order.order_id])]
    return {account.code: row.net_minor for account, row in totals(posted).items() if row.net_minor}


def shares(shop: Shop, order) -> list[tuple[int, int]]:
    return [(line.withdrawn, sum(n for _, n in line.stores)) for line in shop.page(order).lines]


def test_units_taken_out_are_sellable_again_their_money_goes_back_and_the_store_sees_less(shop):
    order = buy(shop, ("CUP", 3), ("TEA", 2))
    made = take(shop, order, {1: 2})
    assert (made.amount_minor, made.cancelled) == (2400, False)
    assert [(r.id, r.amount_minor) for r in refunds_of(shop.brand.id, [order.order_id])] == [(made.refund_id, 2400)]
    assert shares(shop, order) == [(2, 1), (0, 2)] and shop.stock("CUP").reserved == 1
    assert shop.page(order).timeline[-1].detail["lines"] == [{"line_no": 1, "title": "Cup", "units": 2}]
    again = take(shop, order, {1: 2})
    assert again.repeat and again.refund_id == made.refund_id
    assert shop.stock("CUP").reserved == 1 and shares(shop, order) == [(2, 1), (0, 2)]
    with pytest.raises(Conflict):
        take(shop, order, {1: 1})
    sound(shop)


def test_the_last_units_cancel_the_order_and_bring_its_fees_back_too(shop):
    order = buy(shop, ("CUP", 2), ("TEA", 1))
    first = take(shop, order, {1: 2}, "1", amount_minor=0)
    assert (first.amount_minor, first.refund_id) == (0, None)
    at = task(shop, order)
    last = take(shop, order, {2: 1}, "2")
    assert last.cancelled and last.amount_minor == order.total_minor == 2900
    assert take(shop, order, {2: 1}, "2").refund_id == last.refund_id
    assert shop.page(order).state == "cancelled" and holds_of(shop.brand.id, order.order_id) == []
    assert [t.state for t in tasks_of(shop.brand.id, [order.order_id]) if t.id == at] == [TaskState.CANCELLED]
    with pytest.raises(Conflict):
        take(shop, order, {1: 1}, "3")
    sound(shop)


@pytest.mark.parametrize("units", [{1: 4}, {9: 1}, {1: 0}, {}])
def test_units_that_are_not_there_are_refused_by_their_field_and_nothing_moves(shop, units):
    order = buy(shop, ("CUP", 3))
    with pytest.raises(BadInput) as refused:
        take(shop, order, units)
    assert refused.value.problems[0].field.lstrip("/").startswith("lines")
    assert shop.stock("CUP").reserved == 3 and refunds_of(shop.brand.id, [order.order_id]) == []


def test_what_was_handed_over_first_is_a_return_and_what_is_taken_out_first_does_not_leave(shop):
    early, late = buy(shop, ("CUP", 2), ref="p1"), buy(shop, ("CUP", 2), ref="p2")
    for order in (early, late):
        step(shop, task(shop, order), TaskState.READY)
    take(shop, early, {1: 1})
    for order in (early, late):
        step(shop, task(shop, order), TaskState.HANDED_OVER)
    with pytest.raises(Conflict) as refused:
        take(shop, late, {1: 1})
    assert refused.value.problems[0].field == "/lines/0/line_no"
    api.follow([early.order_id, late.order_id], brand=shop.brand.id)
    assert (shop.stock("CUP").on_hand, shop.stock("CUP").reserved) == (10 - 3, 0)
    assert refunds_of(shop.brand.id, [late.order_id]) == []
    sound(shop)


def test_a_waiting_order_wants_only_what_is_left_of_it(shop):
    order = buy(shop, ("CUP", 15), ("TEA", 1))
    assert shop.page(order).state == "backorder"
    take(shop, order, {1: 7})
    assert {line.units for line in api.waiting_units(shop.brand.id, [shop.items["CUP"].id]).values()} == {8}
    assert api.resource([order.order_id], brand=shop.brand.id, actor="t", why="stock_arrived") == {order.order_id: True}
    assert shares(shop, order) == [(7, 8), (0, 1)] and shop.stock("CUP").reserved == 8
    sound(shop)


def test_the_rest_is_held_and_sourced_again_when_its_store_refuses(shop):
    order = buy(shop, ("CUP", 3))
    at = task(shop, order)
    take(shop, order, {1: 1})
    advance([at], TaskState.REFUSED, brand=shop.brand.id, by="picker", reason="broken")
    api.follow([order.order_id], brand=shop.brand.id)
    assert (shop.stock("CUP").reserved, shop.stock("CUP", shop.far).reserved) == (0, 2)
    assert shares(shop, order) == [(1, 2)]
    sound(shop)


def split(shop: Shop, ref: str = "p1"):
    """An order of which one store has the cups and the other the tea."""
    api.put_rules(
        shop.brand.id,
        [{"name": "any", "max_stores": 2, "max_distance_m": 30_000}],
        who="ann",
    )
    gone = [StockRow(store.id, shop.items[sku].id, 0) for store, sku in ((shop.near, "TEA"), (shop.far, "CUP"))]
    recount(shop.brand.id, gone, who="ann")
    forget(shop)
    order = buy(shop, ("CUP", 2), ("TEA", 2), ref=ref)
    assert {store for line in shop.page(order).lines for store, _ in line.stores} == {shop.near.id, shop.far.id}
    return order


def test_the_last_share_that_was_waited_for_is_taken_out_and_the_order_is_complete(shop):
    order = split(shop)
    cups, tea = task(shop, order), task(shop, order, shop.far)
    step(shop, cups, TaskState.DONE)
    api.follow([order.order_id], brand=shop.brand.id)
    assert shop.page(order).state == "assigned"
    take(shop, order, {2: 2})
    assert {t.id: t.state for t in tasks_of(shop.brand.id, [order.order_id])} == {
        cups: TaskState.DONE, tea: TaskState.CANCELLED,
    }  # fmt: skip
    assert shop.page(order).state == "completed"
    assert stands(shop, order) == {"asset:provider:web": 3400, "liability:refunds": -1000, "income:sales": -2400}
    sound(shop)


def test_a_task_that_is_opened_late_for_a_share_that_is_gone_is_taken_back(shop):
    order = split(shop)
    take(shop, order, {2: 2})
    late = task(shop, order, shop.far)
    api.drop_empty_tasks(order.order_id, [shop.far.id], brand=shop.brand.id)
    assert {t.id: t.state for t in tasks_of(shop.brand.id, [order.order_id])} == {late: TaskState.CANCELLED}


def in_turn(in_parallel, shop: Shop, first, second):
    """`first` has done its work and has not committed when `second` begins; what each came to."""
    begun, go_on = threading.Event(), threading.Event()

    def slow():
        with in_brand(shop.brand.id):
            result = first()
            begun.set()
            assert not go_on.wait(0.3), "the second waits for the first"
        return result

    def waits():
        assert begun.wait(10)
        try:
            return second()
        except Conflict as error:
            return error
        finally:
            go_on.set()

    turns = iter([slow, waits])
    guard = threading.Lock()

    def either():
        with guard:
            work = next(turns)
        return work.__name__, work()

    found = dict(in_parallel(2, either))
    return found["slow"], found["waits"]


def test_taking_units_out_and_handing_them_over_at_the_same_moment(committed_shop, in_parallel):
    shop = committed_shop
    first, second, many = (buy(shop, ("CUP", 3), ref=f"c{n}") for n in range(3))
    tasks = {order.order_id: task(shop, order) for order in (first, second, many)}
    made, _ = in_turn(
        in_parallel, shop,
        lambda: take(shop, first, {1: 1}), lambda: step(shop, tasks[first.order_id], TaskState.HANDED_OVER),
    )  # fmt: skip
    _, refused = in_turn(
        in_parallel, shop,
        lambda: step(shop, tasks[second.order_id], TaskState.HANDED_OVER), lambda: take(shop, second, {1: 1}),
    )  # fmt: skip
    assert made.amount_minor == 1200 and isinstance(refused, Conflict) and "handed over" in str(refused)
    _, again = in_turn(in_parallel, shop, lambda: take(shop, many, {1: 1}, "k"), lambda: take(shop, many, {1: 1}, "k"))
    assert again.repeat
    api.follow([first.order_id, second.order_id], brand=shop.brand.id)
    numbers = itertools.count()

    def anyone():
        n = next(numbers)
        try:
            if n == 2:
                step(shop, tasks[many.order_id], TaskState.HANDED_OVER)
                return None
            return take(shop, many, {1: 1}, f"m{n}").amount_minor
        except (Conflict, BadInput):
            return None

    back = [minor for minor in in_parallel(5, anyone) if minor]
    api.follow([many.order_id], brand=shop.brand.id)
    left = 2 - len(back)
    assert left >= 0 and sum(back) == 1200 * len(back)
    assert (shop.stock("CUP").on_hand, shop.stock("CUP").reserved) == (10 - 2 - 3 - left, 0)
    assert shop.page(many).state == ("assigned" if left else "cancelled")
    sound(shop)


@settings(
    max_examples=200 if os.environ.get("DATONG_LONG") else 8, deadline=None, suppress_health_check=list(HealthCheck)
)
@given(data=st.data())
def test_after_any_withdrawals_and_a_completion_money_stock_and_tax_add_up(make_brand, data):
    shop = open_shop(make_brand(), units=20)
    put_tax_rates(
        shop.brand.id, [TaxRate("standard", data.draw(st.sampled_from([0, 82_500])), LONG_AGO)], inclusive=False
    )
    sold = {1: data.draw(st.integers(1, 7)), 2: data.draw(st.integers(1, 7))}
    order = buy(shop, ("CUP", sold[1]), ("TEA", sold[2]))
    left, back = dict(sold), 0
    for n in range(data.draw(st.integers(1, 4))):
        units = {no: k for no, most in left.items() if (k := data.draw(st.integers(0, most)))}
        if not units:
            continue
        free = data.draw(st.sampled_from([None, None, 1]))
        whole = all(units.get(no, 0) == most for no, most in left.items())
        made = take(shop, order, units, str(n), amount_minor=None if whole else free)
        assert take(shop, order, units, str(n)).repeat
        left = {no: most - units.get(no, 0) for no, most in left.items()}
        back += made.amount_minor
        assert made.cancelled == (not any(left.values()))
        held = (shop.stock("CUP").reserved, shop.stock("TEA").reserved)
        assert held == (left[1], left[2])
        if made.cancelled:
            break
    assert sum(r.amount_minor for r in refunds_of(shop.brand.id, [order.order_id])) == back <= order.total_minor
    if any(left.values()):
        step(shop, task(shop, order), TaskState.DONE)
        api.follow([order.order_id], brand=shop.brand.id)
        assert shop.page(order).state == "completed"
        assert (shop.stock("CUP").on_hand, shop.stock("TEA").on_hand) == (20 - left[1], 20 - left[2])
        assert {line.line_no: line.units for line in api.sold(shop.brand.id, [order.order_id])} == left
    else:
        assert back == order.total_minor
    net = stands(shop, order)
    assert -net.get("liability:refunds", 0) == back and net["asset:provider:web"] == order.total_minor
    assert -net.get("income:sales", 0) - net.get("liability:tax", 0) == order.total_minor - back
    assert not any(code.startswith("liability:sales") for code in net)
    sound(shop)


@given(st.integers(0, 10**6), st.integers(1, 99), st.lists(st.integers(1, 20), max_size=8))
def test_unit_by_unit_comes_to_the_same_cent_as_all_at_once(minor, units, steps):
    gone = back = 0
    for n in [*steps, units]:
        n = min(n, units - gone)
        line = rules.PaidLine(1, units, gone, minor, 0)
        back += rules.worth_minor([line], {1: minor}, {1: n}) if n else 0
        gone += n
        assert back == (2 * minor * gone + units) // (2 * units)
    assert back == minor
