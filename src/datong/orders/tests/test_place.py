"""The one way in: what each kind of order becomes, and what a repeat gets."""

import re
from dataclasses import replace
from pathlib import Path

import pytest

from datong.brand.api import put_gazetteer, put_stores, register_channel, update_channel
from datong.brand.types import AddressText, Channel, ChannelKind
from datong.catalog.api import put_tax_rates
from datong.catalog.types import TaxRate
from datong.fulfilment.types import FulfilmentKind
from datong.inventory.api import open_shortfalls, put_stock
from datong.inventory.types import StockRow
from datong.kernel.db import count_statements
from datong.kernel.geo import Point
from datong.kernel.ids import uuid7
from datong.ledger.api import balances
from datong.orders import api
from datong.orders.sourcing import supply
from datong.orders.tests.conftest import LONG_AGO, forget, phone, sound
from datong.orders.types import (
    Accepted,
    Amounts,
    BusinessModel,
    Contact,
    Destination,
    ExceptionKind,
    IntentLine,
    OrderState,
    Refused,
    Repeated,
)
from datong.payments.types import PaymentMethod


@pytest.mark.requirement("S-161", "S-164", "S-165")
def test_an_order_gets_the_nearest_store_its_price_its_stock_and_its_postings(shop):
    outcome = shop.place_one(("TEA", 2), ("CUP", 1))
    assert isinstance(outcome, Accepted) and outcome.state is OrderState.ASSIGNED
    assert outcome.total_minor == 2200 and outcome.store_ids == (shop.near.id,)
    assert (shop.stock("TEA").reserved, shop.stock("CUP").reserved) == (2, 1)
    view = shop.page(outcome)
    assert [(line.sku, line.units, line.total_minor) for line in view.lines] == [("TEA", 2, 1000), ("CUP", 1, 1200)]
    assert view.decisions[0].reason == "nearest_store_serves"
    assert [c["store_id"] for c in view.decisions[0].refused] == [str(shop.far.id)]
    assert [(e.kind, e.state, e.actor) for e in view.timeline] == [("placed", "assigned", "test")]
    sound(shop)


@pytest.mark.requirement("S-162", "S-175", "SC-06")
def test_the_same_order_again_gets_the_first_answer_and_changes_nothing(shop):
    intent = shop.intent(("TEA", 1))
    (first,) = shop.place(intent)
    (again,) = shop.place(replace(intent, received_by="another delivery"))
    assert again == replace(first, repeat=True)
    assert shop.stock("TEA").reserved == 1
    assert api.proof(shop.brand.id).orders == 1


@pytest.mark.requirement("S-175")
def test_a_different_order_under_a_used_id_is_a_conflict_and_the_first_stands(shop):
    intent = shop.intent(("TEA", 1))
    (first,) = shop.place(intent)
    (other,) = shop.place(replace(intent, lines=(IntentLine(1, "TEA", 5),)))
    assert other == Repeated(first.order_id, first.number)
    assert shop.stock("TEA").reserved == 1
    assert [f.kind for f in shop.page(first).findings] == ["conflicting_repeat"]
    assert api.board(shop.brand.id, api.BoardFilter(needs_hand=True)).rows[0].id == first.order_id


def test_twins_in_one_batch_are_one_order_and_a_different_twin_is_a_conflict(shop):
    intent = shop.intent(("TEA", 1))
    outcomes = shop.place(intent, intent, replace(intent, note="other"))
    assert outcomes[1] == replace(outcomes[0], repeat=True)
    assert outcomes[2] == Repeated(outcomes[0].order_id, outcomes[0].number)
    assert shop.stock("TEA").reserved == 1
    assert [f.kind for f in shop.page(outcomes[0]).findings] == ["conflicting_repeat"]


def test_the_same_id_on_two_channels_is_two_orders(shop):
    intent = shop.intent(("TEA", 1))
    first, second = shop.place(intent, replace(intent, channel_id=shop.platform))
    assert first.order_id != second.order_id


def test_what_is_refused_names_the_fields_and_leaves_no_trace_so_a_corrected_one_may_come(shop):
    bad = shop.intent(("TEA", 1), ("GONE", 1), external_id="X-1")
    (outcome,) = shop.place(bad)
    assert isinstance(outcome, Refused)
    assert [(p.field, p.code, p.value) for p in outcome.problems] == [("/lines/1/sku", "unknown_sku", "GONE")]
    assert api.proof(shop.brand.id).orders == 0
    (outcome,) = shop.place(replace(bad, lines=bad.lines[:1]))
    assert isinstance(outcome, Accepted) and not outcome.repeat


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"external_id": ""}, "/external_id"),
        ({"currency": "EUR"}, "/currency"),
        ({"lines": ()}, "/lines"),
        ({"lines": (IntentLine(1, "TEA", 0),)}, "/lines/0/units"),
        ({"lines": (IntentLine(1, "TEA", 1), IntentLine(1, "CUP", 1))}, "/lines"),
        ({"amounts": Amounts(goods=-1, paid=0)}, "/amounts/goods"),
    ],
)
def test_bad_input_names_the_field(shop, fields, field):
    (outcome,) = shop.place(replace(shop.intent(), **fields))
    assert isinstance(outcome, Refused) and field in [p.field for p in outcome.problems]


@pytest.mark.requirement("S-115")
def test_a_price_that_is_not_todays_is_refused_where_we_sell_ourselves(shop):
    outcome = shop.place_one(lines=(IntentLine(1, "TEA", 1, unit_minor=450),))
    assert [(p.field, p.code) for p in outcome.problems] == [("/lines/0/unit_minor", "price_changed")]


@pytest.mark.requirement("S-176", "S-117")
def test_an_order_paid_on_a_platform_keeps_its_amounts_and_a_difference_is_a_finding(shop):
    settled = Amounts(
        goods=900, paid=850, platform_subsidy=200, merchant_subsidy=100, packaging=50, delivery=200, commission=120
    )
    (outcome,) = shop.place(shop.sold_elsewhere(("TEA", 2, 450), amounts=settled))
    assert outcome.total_minor == 850 and outcome.exceptions == (ExceptionKind.PRICE_DIFFERS,)
    view = shop.page(outcome)
    assert view.amounts["commission"] == 120 and view.quoted_minor == 1000
    assert view.findings[0].detail["lines"] == [{"line_no": 1, "sku": "TEA", "booked": 900, "quoted": 1000}]
    nets = {b.account.code: b.debits_minor - b.credits_minor for b in balances(shop.brand.id)}
    assert nets == {
        "asset:platform:platform": 850 + 200 - 120,
        "expense:commission": 120,
        "expense:subsidy": 100,
        "liability:sales": -900,
        "liability:packaging": -50,
        "liability:delivery": -200,
        "clearing:order": 0,
    }
    sound(shop)


def test_platform_amounts_that_do_not_add_up_are_booked_with_the_difference_in_its_own_account(shop):
    (outcome,) = shop.place(shop.sold_elsewhere(("TEA", 2, 500), amounts=Amounts(goods=1000, paid=990)))
    assert ExceptionKind.AMOUNTS_DIFFER in outcome.exceptions
    nets = {b.account.code: b.debits_minor - b.credits_minor for b in balances(shop.brand.id)}
    assert nets["asset:difference"] == 10 and nets["clearing:order"] == 0
    sound(shop)


def test_a_platform_order_with_an_unknown_item_is_taken_with_a_finding(shop):
    (outcome,) = shop.place(shop.sold_elsewhere(("TEA", 1, 500), ("GONE", 1, 700)))
    assert isinstance(outcome, Accepted) and outcome.exceptions == (ExceptionKind.UNKNOWN_SKU,)
    assert outcome.total_minor == 1200 and outcome.state is OrderState.ASSIGNED
    sound(shop)


@pytest.mark.requirement("S-176")
def test_orders_that_name_their_store_fill_its_limit_and_go_beyond_it_and_others_go_elsewhere(shop):
    put_stores(shop.brand.id, [replace(shop.near, order_limit=2)])
    here = {"fulfilment": FulfilmentKind.PICKUP, "store_code": "NEAR", "destination": None}
    named = [shop.intent(**here) for _ in range(3)]
    outcomes = shop.place(shop.intent(), *named, shop.intent())
    assert [o.store_ids for o in outcomes] == [(shop.near.id,)] * 4 + [(shop.far.id,)]
    (later,) = shop.place(shop.intent(**here))
    assert later.store_ids == (shop.near.id,)
    sound(shop)


@pytest.mark.requirement("S-176")
def test_a_store_the_platform_named_is_never_changed(shop):
    shop.place_one(("TEA", 10))
    (outcome,) = shop.place(shop.sold_elsewhere(("TEA", 1, 500), store_code="NEAR"))
    assert outcome.state is OrderState.BACKORDER and outcome.store_ids == (shop.near.id,)
    assert outcome.exceptions == (ExceptionKind.STOCK_SHORT,)
    assert api.retry_waiting(brand=shop.brand.id) == 0
    assert shop.stock("TEA", shop.far).reserved == 0
    sound(shop)


def test_a_till_sale_is_never_refused_for_stock_price_or_an_unknown_item(shop):
    (outcome,) = shop.place(shop.till_sale(lines=(IntentLine(1, "TEA", 12, 400), IntentLine(2, "GONE", 1, 100))))
    assert outcome.state is OrderState.COMPLETED and outcome.total_minor == 4900
    kinds = {ExceptionKind.UNKNOWN_SKU, ExceptionKind.PRICE_DIFFERS, ExceptionKind.STOCK_SHORT}
    assert set(outcome.exceptions) == kinds
    assert shop.stock("TEA").on_hand == 0
    assert [units for *_, units in open_shortfalls(shop.brand.id)] == [2]
    sound(shop)


def test_a_till_sale_at_an_unknown_store_is_booked_with_a_finding(shop):
    (outcome,) = shop.place(shop.till_sale(("TEA", 1), store_code="NOWHERE"))
    assert outcome.state is OrderState.COMPLETED and outcome.exceptions == (ExceptionKind.STORE_UNKNOWN,)
    assert shop.stock("TEA").on_hand == 10
    sound(shop)


def test_pickup_is_at_the_store_the_customer_chose_or_waits_there(shop):
    fields = {"fulfilment": FulfilmentKind.PICKUP, "store_code": "FAR", "payment": PaymentMethod.PAY_AT_STORE}
    assert shop.place_one(("TEA", 1), **fields).store_ids == (shop.far.id,)
    late = shop.place_one(("TEA", 10), **fields)
    assert late.state is OrderState.BACKORDER and late.store_ids == (shop.far.id,)
    assert shop.stock("TEA").reserved == 0


@pytest.mark.requirement("S-165", "SC-07")
def test_a_typed_address_is_located_by_the_gazetteer(shop):
    put_gazetteer(shop.brand.id, [("US", "55450", Point(shop.far.place.lon, shop.far.place.lat))])
    text = AddressText(line="7 Air Rd", city="Minneapolis", postcode="55450", country="US")
    assert shop.place_one(("TEA", 1), destination=Destination(text)).store_ids == (shop.far.id,)


def test_an_address_nobody_can_locate_waits_for_a_person(shop):
    outcome = shop.place_one(("TEA", 1), destination=Destination(AddressText(line="?")))
    assert outcome.state is OrderState.BACKORDER and outcome.exceptions == (ExceptionKind.ADDRESS_UNKNOWN,)


@pytest.mark.requirement("S-182")
def test_the_order_records_its_business_model(shop):
    outcome = shop.place_one(("CUP", 2), model=BusinessModel.B2B)
    assert shop.page(outcome).model == "b2b" and shop.page(shop.place_one()).model == "b2c"


@pytest.mark.requirement("S-174", "S-179")
def test_one_engine_takes_goods_to_deliver_and_meals_to_take_away_or_eat_in(shop):
    goods, away = shop.place(shop.intent(("CUP", 1)), shop.intent(("TEA", 2)))
    eat_in = shop.place_one(("TEA", 1), fulfilment=FulfilmentKind.IN_STORE, store_code="FAR")
    assert [shop.page(o).lines[0].kind for o in (goods, away, eat_in)] == ["goods", "on_site", "on_site"]
    assert [shop.page(o).fulfilment for o in (goods, away, eat_in)] == ["delivery", "delivery", "in_store"]
    assert eat_in.store_ids == (shop.far.id,) and shop.stock("TEA", shop.far).reserved == 1
    sound(shop)


@pytest.mark.requirement("S-178")
def test_a_service_needs_no_stock(shop):
    outcome = shop.place_one(("FIX", 3))
    assert outcome.state is OrderState.ASSIGNED and outcome.store_ids == (shop.near.id,)
    sound(shop)


@pytest.mark.requirement("S-162")
def test_a_verified_contact_is_one_customer_at_every_door_and_a_relay_number_is_nobody(shop):
    web = shop.place_one(identities=(phone(),))
    (till,) = shop.place(shop.till_sale(("TEA", 1), identities=(phone(),)))
    (masked,) = shop.place(shop.sold_elsewhere(("TEA", 1, 500), contact=Contact("A**", "+16125550100", masked=True)))
    customers = [shop.page(o).customer_id for o in (web, till, masked)]
    assert customers[0] is not None and customers[0] == customers[1] and customers[2] is None


def test_tax_on_top_is_part_of_the_total_and_posted_apart(shop):
    put_tax_rates(shop.brand.id, [TaxRate("standard", 80_000, LONG_AGO)], inclusive=False)
    outcome = shop.place_one(("TEA", 2))
    assert outcome.total_minor == 1080
    nets = {b.account.code: b.debits_minor - b.credits_minor for b in balances(shop.brand.id)}
    assert nets["liability:tax"] == -80 and nets["liability:sales"] == -1000 and nets["asset:receivable"] == 1080
    sound(shop)


def test_the_first_order_of_a_channel_registered_this_moment_is_taken(shop):
    shop.place_one()
    channel = Channel(uuid7(), "new", "New", ChannelKind.APP, role="sell")
    register_channel(shop.brand.id, channel)
    assert isinstance(shop.place_one(channel_id=channel.id), Accepted)


def test_a_closed_channel_takes_no_new_orders_but_books_what_was_sold(shop):
    for channel in (shop.web, shop.platform):
        update_channel(shop.brand.id, channel, who="Kim", open=False)
    forget(shop)
    assert isinstance(shop.place_one(), Refused)
    assert isinstance(shop.place(shop.sold_elsewhere(("TEA", 1, 500)))[0], Accepted)


def test_one_bad_order_does_not_hold_its_neighbours_up(shop):
    outcomes = shop.place(shop.intent(), shop.intent(("GONE", 1)), shop.intent(("TEA", 50)), shop.intent())
    assert [type(o).__name__ for o in outcomes] == ["Accepted", "Refused", "Accepted", "Accepted"]
    assert [o.state for o in outcomes if isinstance(o, Accepted)] == ["assigned", "backorder", "assigned"]
    sound(shop)


@pytest.mark.requirement("S-164")
def test_a_batch_costs_the_same_statements_for_one_order_and_for_sixty(shop, monkeypatch):
    monkeypatch.setattr(supply, "FRESH_S", 3600)  # the look at the outbox, five times a second, is not the batch's
    put_stock(shop.brand.id, [StockRow(s.id, shop.items["CUP"].id, 1_000) for s in (shop.near, shop.far)])
    forget(shop)
    shop.place(shop.intent(identities=(phone("+16125550199"),)))

    def batch(count):
        numbers = [f"+1612555{1000 + count * 100 + n}" for n in range(count)]
        return [shop.intent(("CUP", 1), identities=(phone(number),)) for number in numbers]

    def cost(intents):
        with count_statements() as seen:
            outcomes = shop.place(*intents)
        assert {(type(o), o.state) for o in outcomes} == {(Accepted, OrderState.ASSIGNED)}
        return [s for s in seen if "SAVEPOINT" not in s and "set_config" not in s]

    for count in (1, 60):
        strangers, known = batch(count), batch(count)
        first, then, again = cost(strangers), cost(known), cost(known)
        assert [len(first), len(then), len(again)] == [22, 19, 2], [" ".join(s.split()[:6]) for s in then]


def test_the_page_about_architecture_lists_as_many_statements_as_an_order_costs():
    """The number is what the test above has measured for known customers."""
    text = (Path(__file__).parents[4] / "ARCHITECTURE.md").read_text("utf-8")
    table = text[text.index("| # | step | statement |") : text.index("There are more only when something calls for it")]
    numbers = [int(n) for cell in re.findall(r"^\| ([0-9, ]+) \|", table, re.MULTILINE) for n in cell.split(", ")]
    assert numbers == list(range(1, 20))
    assert "new customers (2)" in text and "A repeat of an order costs statements 1 and 2." in text


def test_the_board_pages_by_key_and_shows_what_came_since(shop):
    placed = [shop.place_one().order_id for _ in range(5)]
    first = api.board(shop.brand.id, api.BoardFilter(limit=2))
    assert [r.id for r in first.rows] == placed[:2:-1] and first.more
    second = api.board(shop.brand.id, api.BoardFilter(limit=2, before=first.rows[-1].id))
    assert [r.id for r in second.rows] == placed[2:0:-1]
    since = api.board(shop.brand.id, api.BoardFilter(after=placed[2]))
    assert [r.id for r in since.rows] == placed[:2:-1]
    found = api.board(shop.brand.id, api.BoardFilter(text=first.rows[0].number[:9], store_id=shop.near.id))
    assert placed[4] in [r.id for r in found.rows]


def test_a_stores_staff_see_their_stores_orders_only(shop):
    shop.place_one(("TEA", 10))
    far = shop.place_one(("TEA", 1))
    page = api.board(shop.brand.id, api.BoardFilter(stores=(shop.far.id,)))
    assert [r.id for r in page.rows] == [far.order_id]


@pytest.mark.requirement("S-163")
def test_reconciliation_names_the_orders_a_source_has_and_the_book_has_not(shop):
    outcome = shop.place_one(external_id="A")
    found = api.reconcile(shop.brand.id, {shop.web: ["A", "B"]})
    assert found[shop.web].missing == ("B",) and found[shop.web].present == 1 and found[shop.web].extra == 0
    assert outcome.number


def test_each_decision_of_a_batch_names_the_client_its_order_came_through(shop):
    batch = [shop.intent(("TEA", 1), received_by=name) for name in ("client aa", "client bb", "")]
    placed = api.place(batch, brand=shop.brand.id, actor="inbox")
    assert [shop.page(one).decisions[0].actor for one in placed] == ["client aa", "client bb", "inbox"]
