"""A shift's cash: the float, what was sold and paid, the count, and what differs, in the ledger."""

from __future__ import annotations

from datetime import timedelta

import pytest

from datong.books import api as books
from datong.books.types import DrawerKind
from datong.fulfilment.api import open_tasks, tasks_of
from datong.fulfilment.types import FulfilmentKind, Task, TaskState
from datong.kernel import clock
from datong.kernel.ids import uuid7
from datong.ledger.api import rulebook
from datong.orders import api as orders
from datong.tills import api
from datong.tills.tests.conftest import Counter, open_counter
from datong.tills.types import Fact, FactKind, FactState

pytestmark = pytest.mark.django_db
TEA = ("TEA", 1, 500)


def whole_shift(counter: Counter) -> list[Fact]:
    """Float 100.00; sold 5.00 and 12.00 in cash, 12.00 by terminal; 20.00 in, 3.50 out, 50.00 to the safe; counted
    83.00 where 83.50 should be."""
    shift, then = uuid7(), clock.now() - timedelta(hours=2)
    at = {"fields": {"shift_id": shift, "at": then}}
    plain = {"shift_id": shift, "at": then}
    card = [{"kind": "terminal", "amount_minor": 1200}]
    return [
        counter.fact(FactKind.OPENED, {"float_minor": 10_000}, **plain),
        counter.sold(TEA, **at),
        counter.sold(("CUP", 1, 1200), **at),
        counter.sold(("CUP", 1, 1200), tenders=card, **at),
        counter.fact(FactKind.CASH, {"kind": "paid_in", "amount_minor": 2000, "reason": "coins"}, **plain),
        counter.fact(FactKind.CASH, {"kind": "paid_out", "amount_minor": 350, "reason": "milk"}, **plain),
        counter.fact(FactKind.CASH, {"kind": "drop", "amount_minor": 5000, "reason": "safe"}, **plain),
        counter.fact(FactKind.CLOSED, {"pieces": {"5000": 1, "2000": 1, "1000": 1, "100": 3}}, **plain),
    ]


AFTER = {
    "asset:till:till": 1700 + 2000 - 350 - 50,
    "asset:provider:terminal": 1200,
    "asset:bank": -2000,
    "expense:petty": 350,
    "expense:cash": 50,
    "income:sales": -2900,
}


def test_a_shift_ends_with_what_differs_in_the_ledger_and_in_the_day(counter: Counter) -> None:
    told = whole_shift(counter)
    assert {t.state for t in counter.tell(*told)} == {FactState.TAKEN}
    shift = books.shift_of(counter.shop.brand.id, told[0].shift_id)
    assert (shift.expected_minor, shift.counted_minor, shift.difference_minor) == (8350, 8300, -50)
    assert counter.nets() == AFTER
    kinds = [move.kind for move in books.drawer_moves(counter.shop.brand.id, shift.id)]
    assert sorted(kinds) == sorted([DrawerKind.SALE] * 2 + [DrawerKind.PAID_IN, DrawerKind.PAID_OUT, DrawerKind.DROP])
    assert all(t.repeat for t in counter.tell(*told)) and counter.nets() == AFTER
    day = rulebook(counter.shop.brand.id).business_date(shift.closed_at, counter.shop.near.id)
    assert books.expected_cash(counter.shop.brand.id, counter.shop.near.id, day) == AFTER["asset:till:till"]
    assert books.shifts_of(counter.shop.brand.id, counter.shop.near.id, shift.opened_at, clock.now()) == [shift]
    counter.sound()


def test_the_facts_of_a_shift_come_in_any_order(counter: Counter) -> None:
    facts = whole_shift(counter)
    for fact in (facts[5], facts[-1], facts[2], facts[0], *reversed(facts)):
        assert counter.tell(fact)[0].state is FactState.TAKEN
    assert counter.nets() == AFTER
    counter.sound()


def test_a_shift_is_its_own_tills_and_is_closed_once(counter: Counter) -> None:
    facts = whole_shift(counter)
    counter.tell(*facts)
    other = open_counter(counter.shop, name="Counter 2")
    theirs = other.fact(FactKind.CLOSED, {"pieces": {"100": 1}}, shift_id=facts[0].shift_id)
    twice = counter.fact(FactKind.CLOSED, {"pieces": {"100": 1}}, shift_id=facts[0].shift_id)
    lost = counter.fact(FactKind.CLOSED, {"pieces": {"7": 1, "x": 2}}, shift_id=uuid7())
    none = counter.fact(FactKind.CASH, {"kind": "drop", "amount_minor": 5, "reason": "x"})
    for till, fact, code in (
        (other, theirs, "conflict"),
        (counter, twice, "conflict"),
        (counter, lost, "bad_value"),
        (counter, none, "missing"),
    ):
        [told] = till.tell(fact)
        assert (told.state, told.problems[0].code) == (FactState.REFUSED, code)
    assert counter.nets() == AFTER
    assert len(api.facts_open(counter.shop.brand.id)) == 4


def test_what_was_sold_at_the_till_goes_back_in_cash_at_any_store_and_another_way_what_was_not(
    counter: Counter,
) -> None:
    brand, shop = counter.shop.brand.id, counter.shop
    [sold] = counter.tell(counter.sold(TEA, ("CUP", 1, 1200)))
    away = open_counter(shop, shop.far.id, "Airport")
    shift = uuid7()
    back = {"number": sold.number, "amount_minor": 1200, "reason": "broken", "cash": True}
    [told] = away.tell(away.fact(FactKind.RETURN, back, shift_id=shift))
    assert (told.state, told.order_id) == (FactState.TAKEN, sold.order_id)
    assert [m.amount_minor for m in books.drawer_moves(brand, shift)] == [-1200]
    [more] = counter.tell(counter.fact(FactKind.RETURN, back))
    assert (more.state, more.problems[0].field) == (FactState.REFUSED, "amount_minor")
    web = shop.order_cup()
    paid = {"number": web.number, "amount_minor": 1200, "reason": "broken", "cash": False}
    [open_] = counter.tell(counter.fact(FactKind.RETURN, paid))
    assert open_.state is FactState.REFUSED, "nothing was paid yet"
    counter.sound()


def test_an_order_that_is_fetched_is_paid_at_the_counter_and_handed_over_once(counter: Counter) -> None:
    brand, order, shift = counter.shop.brand.id, counter.shop.order_cup(), uuid7()
    open_tasks([Task(uuid7(), order.order_id, counter.shop.near.id, FulfilmentKind.PICKUP, None)], brand=brand)
    paid = [{"kind": "cash", "amount_minor": 200}, {"kind": "terminal", "amount_minor": 1000, "reference": "slip 9"}]
    away = open_counter(counter.shop, counter.shop.far.id, "Airport")

    def handed(till: Counter, tenders: object) -> object:
        body = {"number": order.number, "tenders": tenders}
        return till.tell(till.fact(FactKind.HANDED, body, shift_id=shift))[0]

    assert [p.code for p in handed(counter, []).problems] == ["not_paid"]
    assert [p.code for p in handed(away, paid).problems] == ["not_here"]
    first = counter.fact(FactKind.HANDED, {"number": order.number, "tenders": paid}, shift_id=shift)
    for _ in range(2):
        [told] = counter.tell(first)
        assert (told.state, told.order_id) == (FactState.TAKEN, order.order_id)
    page = orders.order_page(brand, order.number)
    assert page.paid and counter.nets()["asset:till:web"] == 200 and counter.nets()["asset:provider:terminal"] == 1000
    assert [task.state for task in tasks_of(brand, [order.order_id])] == [TaskState.DONE]
    assert [move.amount_minor for move in books.drawer_moves(brand, shift)] == [200]
    assert [p.code for p in handed(counter, paid).problems] == ["not_paid"], "it is paid: nothing more is due"
    counter.sound()
