"""What a till tells is taken once, whatever the network, the clock and the order of things."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta

import pytest

from datong.access.api import client_of
from datong.integration import api as integration
from datong.kernel import clock
from datong.kernel.errors import BadInput, BadValue, Conflict, NotFound
from datong.kernel.ids import uuid7
from datong.orders import api as orders
from datong.tills import api
from datong.tills.tests.conftest import Counter, open_counter
from datong.tills.types import FactState

pytestmark = pytest.mark.django_db
TEA = ("TEA", 1, 500)


def test_a_sale_told_twice_is_one_order_with_its_cash_in_the_store_and_its_goods_off_the_shelf(
    counter: Counter,
) -> None:
    sale = counter.sold(TEA, ("CUP", 2, 1200))
    [first] = counter.tell(sale)
    [second] = counter.tell(sale)
    assert (first.state, first.repeat, second.repeat) == (FactState.TAKEN, False, True)
    assert (second.order_id, second.number) == (first.order_id, first.number)
    assert counter.nets() == {"asset:till:till": 2900, "income:sales": -2900}
    assert [counter.shop.stock(sku).on_hand for sku in ("TEA", "CUP")] == [9, 8]
    page = orders.order_page(counter.shop.brand.id, first.number)
    assert (page.state, page.store_id, page.paid) == ("completed", counter.shop.near.id, True)
    counter.sound()


def test_an_id_that_was_used_for_something_else_is_refused_and_changes_nothing(counter: Counter) -> None:
    sale = counter.sold(TEA)
    counter.tell(sale)
    [other] = counter.tell(replace(counter.sold(("CUP", 1, 1200)), id=sale.id))
    assert (other.state, other.problems[0].code) == (FactState.REFUSED, "fact_differs")
    elsewhere = open_counter(counter.shop, counter.shop.far.id, "Airport")
    [stolen] = elsewhere.tell(sale)
    assert stolen.problems[0].code == "fact_differs"
    assert counter.nets()["income:sales"] == -500


def test_the_price_the_customer_saw_stands_with_our_quote_beside_it(counter: Counter) -> None:
    [told] = counter.tell(counter.sold(("TEA", 2, 450)))
    page = orders.order_page(counter.shop.brand.id, told.number)
    assert (page.total_minor, page.quoted_minor) == (900, 1000)
    assert [finding.kind for finding in page.findings] == ["price_differs"]


def test_a_product_nobody_knows_is_sold_all_the_same_and_somebody_is_told(counter: Counter) -> None:
    [told] = counter.tell(counter.sold(("GONE", 1, 700)))
    page = orders.order_page(counter.shop.brand.id, told.number)
    assert told.state is FactState.TAKEN and [f.kind for f in page.findings] == ["unknown_sku"]


def test_more_than_the_shelf_holds_is_sold_and_the_shortfall_stands(counter: Counter) -> None:
    [told] = counter.tell(counter.sold(("CUP", 12, 1200)))
    page = orders.order_page(counter.shop.brand.id, told.number)
    assert told.state is FactState.TAKEN and [f.kind for f in page.findings] == ["stock_short"]
    counter.sound()


def test_a_clock_that_is_hours_wrong_is_put_right_and_a_repeat_later_is_still_the_same_sale(counter: Counter) -> None:
    now = clock.now()
    for off in (timedelta(hours=5), timedelta(hours=-9)):
        sale = counter.sold(TEA, fields={"at": now + off - timedelta(minutes=20)})
        [told] = counter.tell(sale, sent_at=now + off)
        placed = orders.order_page(counter.shop.brand.id, told.number).placed_at
        assert abs(placed - (now - timedelta(minutes=20))) < timedelta(seconds=30)
        [again] = counter.tell(sale, sent_at=now + off + timedelta(minutes=7))
        assert again.repeat and again.number == told.number


def test_one_sale_that_cannot_be_read_waits_in_the_inbox_and_the_others_are_taken(counter: Counter) -> None:
    bad = counter.sold(TEA, ("CUP", 1, 1200))
    bad = replace(bad, body={**bad.body, "lines": [{"sku": "TEA", "units": 0, "unit_minor": 500}]})
    good = counter.sold(TEA)
    first, second = counter.tell(bad, good)
    assert (first.state, second.state) == (FactState.REFUSED, FactState.TAKEN)
    assert [p.field for p in first.problems] == ["/sale/lines/0/units"]
    brand = counter.shop.brand.id
    [kept] = api.facts_open(brand)
    assert kept.id == bad.id and kept.inbox_id is not None
    with pytest.raises(Conflict):
        api.try_again(brand, bad.id, by="mia")
    entry = integration.inbox_entry(brand, kept.inbox_id)
    said = json.loads(entry.body)
    said["sale"]["lines"][0]["units"], said["sale"]["total_minor"] = 1, 1700
    integration.correct(brand, entry.id, json.dumps(said), "mia")
    assert api.try_again(brand, bad.id, by="mia").state is FactState.TAKEN
    assert api.facts_waiting(brand) == 0
    counter.sound()


def test_a_sale_by_terminal_and_cash_puts_each_where_it_is(counter: Counter) -> None:
    paid = [
        {"kind": "terminal", "amount_minor": 1500, "reference": "slip 77"},
        {"kind": "cash", "amount_minor": 200},
    ]
    [told] = counter.tell(counter.sold(TEA, ("CUP", 1, 1200), tenders=paid))
    assert told.state is FactState.TAKEN
    assert counter.nets() == {"asset:till:till": 200, "asset:provider:terminal": 1500, "income:sales": -1700}
    counter.sound()


def test_tenders_that_do_not_pay_the_sale_are_looked_at_and_the_sale_stands(counter: Counter) -> None:
    [told] = counter.tell(counter.sold(TEA, tenders=[{"kind": "cash", "amount_minor": 100}]))
    assert (told.state, told.problems[0].code) == (FactState.REFUSED, "not_paid")
    assert orders.order_page(counter.shop.brand.id, told.number).total_minor == 500
    assert api.close_fact(counter.shop.brand.id, told.id, by="mia", note="typed wrong").state is FactState.CLOSED
    assert api.facts_open(counter.shop.brand.id) == []


def test_a_till_that_was_taken_back_tells_nothing_more(counter: Counter) -> None:
    brand = counter.shop.brand.id
    made = api.register(brand, counter.shop.near.id, "Tablet", by="mia")
    assert client_of(made.key) is not None
    api.revoke(brand, made.device.id, by="mia", reason="lost")
    assert client_of(made.key) is None
    assert api.revoke(brand, made.device.id, by="mia") == api.get_device(brand, made.device.id)
    with pytest.raises(NotFound):
        api.device_of(brand, uuid7())
    for name in ("", "x" * 81, "a\nb"):
        with pytest.raises(BadValue):
            api.register(brand, counter.shop.near.id, name, by="mia")
    with pytest.raises(BadInput):
        api.register(brand, counter.shop.near.id, "Tablet", by="mia", channel_code="web")
