"""From demand to a purchase order, its receipts and claims; every unit and cent recomputed."""

import base64
import re
import zlib
from dataclasses import replace
from datetime import date, timedelta
from zoneinfo import ZoneInfo

import pytest

from datong.access.api import assign, create_user, decide, set_limits, staff_of, withdraw
from datong.access.types import Role
from datong.catalog.api import put_items
from datong.inventory.api import audit, costs_of, put_stock, stock_of
from datong.inventory.types import StockRow
from datong.kernel import audit as trail
from datong.kernel import clock, relay
from datong.kernel.errors import BadInput, Conflict
from datong.kernel.ids import uuid7
from datong.kernel.tests.test_outbox import deliver_all
from datong.orders.api import cancel
from datong.purchasing import api
from datong.purchasing.subscribers import CONSUMERS
from datong.purchasing.types import ClaimKind, OrderState, Policy, Supplier, SupplierItem


@pytest.fixture
def mill(shop):
    """A supplier that sells cups in packs of 6 at 4.00."""
    return open_mill(shop)


def open_mill(shop):
    supplier = Supplier(uuid7(), "MILL", "The Mill", lead_days=3, min_order_minor=2_000)
    api.put_supplier(shop.brand.id, supplier, by="test")
    api.put_supplier_items(
        shop.brand.id, [SupplierItem(supplier.id, shop.items["CUP"].id, 400, pack_units=6)], by="test"
    )
    return supplier


def person(brand, role):
    user = create_user(f"{role.value}-{uuid7().hex[-6:]}@{brand.slug}")
    assign(brand.id, user, role, by="test")
    return staff_of(user, brand.id)


def ordered(shop, mill, units=12, **fields):
    order = api.create_order(shop.brand.id, mill.id, shop.near.id, {shop.items["CUP"].id: units}, by="ann", **fields)
    api.submit_order(shop.brand.id, order.id, by=person(shop.brand, Role.HQ))
    return api.send_order(shop.brand.id, order.id, by="ann")


def test_an_order_goes_from_draft_to_closed_with_receipts_in_parts_and_claims_for_what_differs(shop, mill):
    cup = shop.items["CUP"].id
    order = ordered(shop, mill, 24)
    assert (order.state, order.total_minor) == (OrderState.SENT, 9_600)
    assert api.on_order(shop.brand.id) == {(shop.near.id, cup): 24}
    api.confirm_order(shop.brand.id, order.id, by="ann")
    api.receive_goods(shop.brand.id, order.id, {cup: 10}, damaged={cup: 2}, by="bob", key="r1")
    api.receive_goods(shop.brand.id, order.id, {cup: 10}, damaged={cup: 2}, by="bob", key="r1")
    assert shop.on_hand("CUP") == 20 and api.on_order(shop.brand.id) == {(shop.near.id, cup): 12}
    api.receive_goods(shop.brand.id, order.id, {cup: 7}, by="bob", key="r2")
    done = api.close_order(shop.brand.id, order.id, by="ann")
    assert api.close_order(shop.brand.id, order.id, by="ann").state is done.state is OrderState.CLOSED
    claimed = {(c.kind, c.units, c.value_minor) for c in api.claims(shop.brand.id, order_id=order.id)}
    assert claimed == {(ClaimKind.DAMAGED, 2, 800), (ClaimKind.SHORT, 5, 2_000)}
    assert shop.on_hand("CUP") == 27 and api.on_order(shop.brand.id) == {}
    assert audit(shop.brand.id).sound
    for claim in api.claims(shop.brand.id):
        api.settle_claim(shop.brand.id, claim.id, by="ann", note="credited")
    assert all(c.settled_by == "ann" for c in api.claims(shop.brand.id))


def test_more_than_was_ordered_is_taken_and_claimed(shop, mill):
    order = ordered(shop, mill, 12)
    api.receive_goods(shop.brand.id, order.id, {shop.items["CUP"].id: 15}, by="bob")
    (claim,) = api.claims(shop.brand.id)
    assert (claim.kind, claim.units, claim.value_minor) == (ClaimKind.OVER, 3, 1_200)


def test_goods_come_in_at_cost_and_the_average_follows(shop, mill):
    cup = shop.items["CUP"].id
    order = ordered(shop, mill, 12)
    api.receive_goods(shop.brand.id, order.id, {cup: 12}, by="bob")
    assert costs_of(shop.brand.id, [cup]) == {cup: 400_000}
    api.put_supplier_items(shop.brand.id, [SupplierItem(mill.id, cup, 560, pack_units=4)], by="test")
    again = ordered(shop, mill, 32)
    api.receive_goods(shop.brand.id, again.id, {cup: 32}, by="bob")  # 32 there at 4.00, 32 more at 5.60
    assert costs_of(shop.brand.id, [cup]) == {cup: 480_000}


def test_an_order_above_ones_limit_waits_for_a_second_person_and_is_not_sent_before(shop, mill):
    set_limits(shop.brand.id, "purchase.order", {Role.MERCHANDISER: 5_000}, by="owner")
    buyer = person(shop.brand, Role.MERCHANDISER)
    order = api.create_order(shop.brand.id, mill.id, shop.near.id, {shop.items["CUP"].id: 18}, by="ann")
    waiting = api.submit_order(shop.brand.id, order.id, by=buyer)
    assert waiting.state is OrderState.ASKED
    with pytest.raises(Conflict, match="asked"):
        api.send_order(shop.brand.id, order.id, by="ann")
    decide(waiting.approval_id, brand=shop.brand.id, by=person(shop.brand, Role.FINANCE), approve=True)
    assert api.send_order(shop.brand.id, order.id, by="ann").state is OrderState.SENT


def waiting_order(shop, mill):
    """An order of 18 cups that waits for a second person, and who asked."""
    set_limits(shop.brand.id, "purchase.order", {Role.MERCHANDISER: 5_000}, by="owner")
    buyer = person(shop.brand, Role.MERCHANDISER)
    order = api.create_order(shop.brand.id, mill.id, shop.near.id, {shop.items["CUP"].id: 18}, by="ann")
    return api.submit_order(shop.brand.id, order.id, by=buyer), buyer


def test_an_order_that_was_refused_is_no_longer_on_order_and_is_proposed_again(shop, mill):
    cup, near, brand = shop.items["CUP"].id, shop.near.id, shop.brand.id
    api.put_levels(brand, [Policy(near, cup, 10, 28)], by="ann")
    waiting, buyer = waiting_order(shop, mill)
    assert api.on_order(brand) == {(near, cup): 18} and api.propose(brand) == []
    finance = person(shop.brand, Role.FINANCE)
    decide(waiting.approval_id, brand=brand, by=finance, approve=False, note="too much")
    assert api.order_of(brand, waiting.id).state is OrderState.REFUSED
    assert api.on_order(brand) == {}
    (proposal,) = api.propose(brand)
    assert (proposal.units, proposal.facts["on_order"]) == (18, 0)
    for verb in (api.send_order, api.cancel_order):
        with pytest.raises(Conflict, match="refused"):
            verb(brand, waiting.id, by="ann")
    with pytest.raises(Conflict, match="refused"):
        api.submit_order(brand, waiting.id, by=buyer)
    (told,) = trail.page(brand, verb="purchase.refuse").entries
    assert (told.actor, told.reason) == (finance.username, "too much")


def test_a_request_taken_back_makes_it_a_draft_that_can_be_asked_for_again(shop, mill):
    brand = shop.brand.id
    waiting, buyer = waiting_order(shop, mill)
    withdraw(waiting.approval_id, brand=brand, by=buyer)
    assert api.order_of(brand, waiting.id).state is OrderState.DRAFT and api.on_order(brand) == {}
    again = api.submit_order(brand, waiting.id, by=buyer)
    assert again.state is OrderState.ASKED and again.approval_id != waiting.approval_id
    assert api.submit_order(brand, waiting.id, by=buyer) == again


@pytest.mark.parametrize("end", ["cancel", "close"])
def test_an_order_that_is_over_is_not_on_order(shop, mill, end):
    brand, cup = shop.brand.id, shop.items["CUP"].id
    order = ordered(shop, mill, 12)
    if end == "close":
        api.receive_goods(brand, order.id, {cup: 5}, by="bob")
    assert sum(api.on_order(brand).values()) == (7 if end == "close" else 12)
    {"cancel": api.cancel_order, "close": api.close_order}[end](brand, order.id, by="ann")
    assert api.on_order(brand) == {}


def test_what_was_called_off_while_it_waited_cannot_be_approved(shop, mill):
    waiting, _buyer = waiting_order(shop, mill)
    api.cancel_order(shop.brand.id, waiting.id, by="ann")
    finance = person(shop.brand, Role.FINANCE)
    with pytest.raises(Conflict, match="refuse the request"):
        decide(waiting.approval_id, brand=shop.brand.id, by=finance, approve=True)
    decide(waiting.approval_id, brand=shop.brand.id, by=finance, approve=False)
    assert api.order_of(shop.brand.id, waiting.id).state is OrderState.CANCELLED


def test_what_cannot_be_ordered_is_named_by_line(shop, mill):
    cup, tea = shop.items["CUP"].id, shop.items["TEA"].id
    with pytest.raises(BadInput) as caught:
        api.create_order(shop.brand.id, mill.id, shop.near.id, {cup: 7, tea: 6}, by="ann")
    assert [(p.field, p.code) for p in caught.value.problems] == [
        ("/lines/0/units", "pack"), ("/lines/1/item", "not_sold"),
    ]  # fmt: skip
    small = api.create_order(shop.brand.id, mill.id, shop.near.id, {cup: 1 * 6 - 0}, by="ann")
    api.put_supplier(shop.brand.id, Supplier(mill.id, "MILL", "The Mill", min_order_minor=9_000), by="t")
    with pytest.raises(BadInput, match=r"from \$90.00 an order"):
        api.submit_order(shop.brand.id, small.id, by=person(shop.brand, Role.HQ))
    assert api.order_of(shop.brand.id, small.id).state is OrderState.DRAFT


def test_an_order_is_called_off_only_while_nothing_came(shop, mill):
    order = ordered(shop, mill)
    api.receive_goods(shop.brand.id, order.id, {shop.items["CUP"].id: 1}, by="bob")
    with pytest.raises(Conflict, match="close it instead"):
        api.cancel_order(shop.brand.id, order.id, by="ann")
    other = ordered(shop, mill)
    assert api.cancel_order(shop.brand.id, other.id, by="ann").state is OrderState.CANCELLED
    with pytest.raises(Conflict, match="cancelled"):
        api.receive_goods(shop.brand.id, other.id, {shop.items["CUP"].id: 1}, by="bob")


def test_the_order_goes_to_the_supplier_as_a_file(shop, mill):
    order = ordered(shop, mill)
    text = api.order_text(shop.brand.id, order.id)
    assert f"{order.number},Uptown,Minneapolis,CUP,,Cup,12,4.00,48.00,USD" in text


def printed(paper):
    """The words of a PDF; Chinese is UTF-16 in it."""
    streams = re.findall(rb"stream\r?\n(.*?)endstream", paper, re.DOTALL)
    pages = b"".join(zlib.decompress(base64.a85decode(s.strip().removesuffix(b"~>"))) for s in streams)
    return b" ".join(re.findall(rb"\((.*?)\) Tj", pages, re.DOTALL)).decode("latin-1")


def test_the_order_on_paper_has_its_lines_and_sum_and_says_when_it_orders_nothing(shop, mill):
    order = api.create_order(shop.brand.id, mill.id, shop.near.id, {shop.items["CUP"].id: 12}, by="ann", note="Ring")
    words = printed(api.order_pdf(shop.brand.id, order.id))
    for said in (
        order.number,
        "The Mill",
        "MILL",
        "Uptown",
        "CUP",
        "Cup",
        "12",
        "2 \\327 6",
        "$4.00",
        "$48.00",
        "Ring",
    ):
        assert said in words, said
    assert "Draft: nothing is ordered yet." in words
    api.submit_order(shop.brand.id, order.id, by=person(shop.brand, Role.HQ))
    assert "Draft" not in printed(api.order_pdf(shop.brand.id, order.id))
    api.cancel_order(shop.brand.id, order.id, by="ann")
    assert "Called off: nothing is ordered." in printed(api.order_pdf(shop.brand.id, order.id))


def test_the_order_on_paper_is_chinese_for_a_chinese_reader(shop, mill):
    item = replace(shop.items["CUP"], titles={"zh-Hans": "\u676f\u5b50"})
    put_items(shop.brand.id, [item])
    order = api.create_order(shop.brand.id, mill.id, shop.near.id, {item.id: 12}, by="ann")
    paper = api.order_pdf(shop.brand.id, order.id, language="zh-hans")
    words = printed(paper)
    octal = "".join(
        f"\\{b:03o}" if not 32 <= b < 127 or chr(b) in "()\\" else chr(b) for b in "杯子".encode("utf-16-be")
    )
    assert b"STSong-Light" in paper and octal in words and "Cup" not in words


def test_the_history_of_an_order_says_who_did_what(shop, mill):
    order = ordered(shop, mill)
    api.receive_goods(shop.brand.id, order.id, {shop.items["CUP"].id: 5}, damaged={shop.items["CUP"].id: 1}, by="bob")
    steps = api.history(shop.brand.id, order)
    assert [s.verb for s in steps] == ["receive", "send", "approve", "submit", "draft"]
    assert (steps[0].by, steps[0].facts["received"], steps[0].facts["damaged"]) == ("bob", 5, 1)


@pytest.mark.requirement("S-133")
def test_goods_bought_outright_are_carried_at_cost_with_what_is_sold_and_what_is_not(shop, mill):
    put_stock(shop.brand.id, [StockRow(shop.near.id, shop.items["CUP"].id, 0)])
    order = ordered(shop, mill, 12, buyout=True)
    api.receive_goods(shop.brand.id, order.id, {shop.items["CUP"].id: 12}, by="bob")
    shop.sale(("CUP", 5))
    (bought,) = api.buyouts(shop.brand.id)
    assert (bought.units, bought.cost_minor, bought.sold, bought.unsold) == (12, 400, 5, 7)


@pytest.mark.requirement("S-150", "S-153")
def test_demand_by_item_and_day_follows_the_orders_and_is_the_same_when_made_again(committed_shop):
    shop = committed_shop
    first = shop.order(("CUP", 3), ("FIX", 1))
    shop.order(("CUP", 2), ("TEA", 1))
    cancel(first.order_id, brand=shop.brand.id, who="test", reason="changed their mind")
    relay.enrol(shop.brand.id, CONSUMERS)
    deliver_all(shop.brand.id, CONSUMERS[0])
    known = dict(api.item_demand(shop.brand.id, date(2020, 1, 1)))
    assert (known[shop.items["CUP"].id], known[shop.items["TEA"].id]) == (2, 1)
    assert api.demand_differs(shop.brand.id) == 0
    api.count_demand(shop.brand.id, [first.order_id], [first.order_id])  # a fact that comes again
    assert api.demand_differs(shop.brand.id) == 0
    assert api.rebuild_demand(shop.brand.id) == 2 and api.demand_differs(shop.brand.id) == 0


@pytest.mark.requirement("S-150")
def test_proposals_come_from_the_forecast_less_what_is_there_held_underway_and_on_order(shop, mill):
    cup, near = shop.items["CUP"].id, shop.near.id
    today = clock.now().astimezone(ZoneInfo(shop.brand.timezone)).date()
    sold = {(cup, near, today - timedelta(days=n)): 4 for n in range(1, 100)}
    api.put_history(shop.brand.id, sold)
    (proposal,) = api.propose(shop.brand.id)
    # four a day for three days of lead and one of review, ten there, in packs of six
    assert (proposal.units, proposal.why, proposal.facts["model"]) == (6, "forecast", "naive")
    assert (proposal.facts["forecast"], proposal.facts["on_hand"], proposal.facts["wape"]) == (16.0, 10, 0.0)
    order = api.order_proposed(shop.brand.id, near, mill.id, {cup: 6}, by="ann")
    assert api.proposals(shop.brand.id) == [] and order.state is OrderState.DRAFT
    api.submit_order(shop.brand.id, order.id, by=person(shop.brand, Role.HQ))
    assert api.propose(shop.brand.id) == []
    assert demandless(shop)


def demandless(shop):
    """The history that was loaded is no fault of the demand made from orders."""
    return api.demand_differs(shop.brand.id) == 0


def test_a_fixed_rule_decides_in_place_of_the_forecast(shop, mill):
    api.put_levels(shop.brand.id, [Policy(shop.near.id, shop.items["CUP"].id, 10, 40)], by="ann")
    (proposal,) = api.propose(shop.brand.id)
    assert (proposal.units, proposal.why) == (30, "min_max")
    assert stock_of(shop.brand.id, items=[shop.items["CUP"].id], locations=[shop.near.id])[0].on_hand == 10


def test_a_receipt_pressed_by_many_at_once_is_booked_once(committed_shop, in_parallel):
    shop = committed_shop
    mill = open_mill(shop)
    order = ordered(shop, mill, 12)
    cup = shop.items["CUP"].id
    in_parallel(4, lambda: api.receive_goods(shop.brand.id, order.id, {cup: 12}, by="bob", key="one"))
    assert shop.on_hand("CUP") == 22 and audit(shop.brand.id).sound


@pytest.mark.requirement("S-151", "S-152")
def test_coverage_by_market_tier_is_kept_day_by_day(shop):
    from dataclasses import replace

    from datong.brand.api import put_stores
    from datong.brand.types import StoreKind

    put_stores(shop.brand.id, [replace(shop.near, tier=1), replace(shop.far, tier=4, kind=StoreKind.PARTNER)])
    assert api.keep_coverage(shop.brand.id) == 2 and api.keep_coverage(shop.brand.id) == 2
    kept = api.coverage(shop.brand.id, date(2020, 1, 1))
    assert [(t.tier, t.stores, t.partners, t.supplied, t.delivering) for t in kept] == [
        (1, 1, 0, 1, 1),
        (4, 1, 1, 1, 1),
    ]
