"""Stock and price at the channels are ours: the newest figure, once, whatever happens on the way."""

from __future__ import annotations

from datetime import timedelta

import pytest

from datong.catalog.api import change_price
from datong.inventory.api import count
from datong.kernel import clock
from datong.kernel.db import in_brand, rows
from datong.sync import api
from datong.sync.tests.shops import TwoWay, owner


def stock(two_way: TwoWay, sku: str, units: int) -> None:
    shop = two_way.shop
    for store in (shop.near, shop.far):
        count(two_way.brand, store.id, shop.items[sku].id, units, who="test")
    two_way.mark(sku)


@pytest.mark.requirement("S-62")
def test_a_connected_channel_shows_our_stock_and_our_price(two_way: TwoWay) -> None:
    two_way.send()
    assert two_way.shown("TEA") == (20, 20) and two_way.shown("CUP") == (20, 20)
    assert two_way.shopify.by_sku("TEA").price == "5.00"
    assert two_way.woo.by_sku("CUP").regular_price == "12.00"
    assert two_way.waiting() == 0


def test_ten_changes_while_a_channel_is_slow_are_one_call_with_the_newest_figure(two_way: TwoWay) -> None:
    two_way.send()
    before = two_way.shopify.calls.total()
    for units in range(10):
        stock(two_way, "TEA", units)
    two_way.send()
    assert two_way.shown("TEA") == (18, 18)
    assert two_way.shopify.calls.total() - before == 1


def test_the_channels_buffer_stays_ours_at_every_store_and_the_figure_is_never_negative(two_way: TwoWay) -> None:
    from datong.brand.api import list_channels, update_channel

    channel = next(c for c in list_channels(two_way.brand) if c.id == two_way.at_woo)
    update_channel(two_way.brand, channel.id, who="test", buffer_units=3)
    stock(two_way, "TEA", 5)
    stock(two_way, "CUP", 2)
    two_way.send()
    assert two_way.shown("TEA") == (10, 4)
    assert two_way.shown("CUP") == (4, 0)
    assert two_way.woo.by_sku("CUP").stock_status == "outofstock"


@pytest.mark.parametrize("trouble", ["429", "500", "503", "lost", "drop", "500_applied", "twice", "timeout"])
def test_whatever_breaks_on_the_way_the_channel_shows_our_figure_in_the_end(two_way: TwoWay, trouble: str) -> None:
    two_way.send()
    stock(two_way, "TEA", 7)
    two_way.shopify.trouble(trouble, trouble)
    two_way.woo.trouble(trouble, trouble)
    two_way.settle()
    assert two_way.shown("TEA") == (14, 14)
    assert two_way.waiting() == 0


def test_a_call_that_arrives_after_a_newer_one_is_said_over(two_way: TwoWay) -> None:
    two_way.send()
    stock(two_way, "TEA", 7)
    two_way.woo.trouble("late")
    two_way.send()
    stock(two_way, "TEA", 2)
    with clock.held_at(clock.now() + timedelta(seconds=5)):
        two_way.send()
    assert two_way.woo.shown("TEA") == 4
    assert two_way.woo.release_late() == 1
    assert two_way.woo.shown("TEA") == 14  # the platform was told by an old call: nobody tells us
    two_way.settle()
    assert two_way.woo.shown("TEA") == 4


def test_shopify_does_not_take_back_a_sale_we_have_not_heard_of(two_way: TwoWay) -> None:
    two_way.send()
    assert two_way.shopify.sell("TEA", 20)
    stock(two_way, "TEA", 9)
    api.send_round(two_way.brand, two_way.at_shopify)
    assert two_way.shopify.shown("TEA") == 0, "the figure is not what we believed: nothing was applied"
    two_way.settle()
    assert two_way.shopify.shown("TEA") == 18, "a moment later ours is the truth again"


def test_a_price_that_begins_later_is_told_when_it_begins(two_way: TwoWay) -> None:
    two_way.send()
    begins = clock.now() + timedelta(hours=2)
    change_price(two_way.brand, "TEA", 650, begins, by=owner(two_way.brand), reason="spring")
    api.mark_priced(two_way.brand, {two_way.shop.items["TEA"].id: (begins, begins)})
    two_way.send()
    assert two_way.woo.by_sku("TEA").regular_price == "5.00"
    with clock.held_at(begins + timedelta(seconds=1)):
        two_way.send()
    assert two_way.woo.by_sku("TEA").regular_price == "6.50"
    assert two_way.shopify.by_sku("TEA").price == "6.50"


def test_a_product_id_that_was_used_again_is_named_and_nothing_is_sent_for_it(two_way: TwoWay) -> None:
    two_way.send()
    two_way.woo.by_sku("TEA").sku = "FIX"
    learned = api.learn(two_way.brand, two_way.at_woo, by="test")
    assert learned.reused == 1
    (row,) = api.counterparts(two_way.brand, two_way.at_woo, faulty=True)
    assert (row.sku, row.fault, row.found) == ("TEA", "reused", "10 was TEA, now it is FIX (Green tea)")
    stock(two_way, "TEA", 3)
    two_way.send()
    assert two_way.woo.by_sku("FIX").stock_quantity == 20, "the stock of the tea does not stand at the repair"
    failed = [row for row in two_way.states(two_way.at_woo) if row[2] == "failed"]
    assert failed == [("stock", "TEA", "failed", 20, "reused")]
    (told,) = api.outward_page(two_way.brand, two_way.at_woo, state="failed").rows
    assert told.fix == "Their product id is another product now. If that is right, say so under What it shows."
    api.accept_product(two_way.brand, two_way.at_woo, two_way.shop.items["TEA"].id, by="test")
    assert {c.sku: c.fault for c in api.counterparts(two_way.brand, two_way.at_woo)} == {"CUP": "", "FIX": ""}


def test_a_refusal_is_kept_with_its_reason_and_sent_again_by_hand(two_way: TwoWay) -> None:
    two_way.send()
    gone = two_way.woo.products.pop(10)
    stock(two_way, "TEA", 3)
    two_way.send()
    (row,) = [row for row in two_way.states(two_way.at_woo) if row[2] == "failed"]
    assert row == ("stock", "TEA", "failed", 20, "woocommerce_rest_product_invalid_id")
    two_way.woo.products[10] = gone
    assert api.resend(two_way.brand, two_way.at_woo, all_failed=True, by="Mary") == 1
    two_way.send()
    assert two_way.woo.shown("TEA") == 6


def test_a_paused_channel_hears_nothing_and_then_the_newest(two_way: TwoWay) -> None:
    two_way.send()
    api.pause(two_way.brand, two_way.at_woo, by="Mary")
    stock(two_way, "TEA", 1)
    two_way.send()
    assert two_way.shown("TEA") == (2, 20)
    api.resume(two_way.brand, two_way.at_woo, by="Mary")
    two_way.send()
    assert two_way.shown("TEA") == (2, 2)


def test_a_channel_that_is_away_is_left_alone_and_nothing_is_given_up(two_way: TwoWay) -> None:
    two_way.send()
    url_calls = two_way.woo.calls.total()
    stock(two_way, "TEA", 4)
    two_way.woo.trouble(*["lost"] * 60)
    at = clock.now()
    for minute in range(40):
        with clock.held_at(at + timedelta(seconds=30 * minute)):
            two_way.send()
    assert api.get_link(two_way.brand, two_way.at_woo).failures >= 5
    assert two_way.woo.calls.total() - url_calls <= 40, "one trial at a time, not a storm"
    two_way.woo.troubles.clear()
    api.resume(two_way.brand, two_way.at_woo, by="Mary")
    two_way.settle()
    assert two_way.woo.shown("TEA") == 8


def test_credentials_are_sealed_and_in_no_log(two_way: TwoWay, caplog: pytest.LogCaptureFixture) -> None:
    from datong.kernel.db import in_brand, rows

    with in_brand(two_way.brand):
        ((sealed, settings),) = rows("SELECT sealed, settings::text FROM sync_link WHERE platform = 'shopify'")
    assert b"shpat_local" not in bytes(sealed) and "shpat_local" not in settings
    two_way.shopify.token = "another"
    two_way.mark()
    two_way.send()
    link = api.get_link(two_way.brand, two_way.at_shopify)
    assert link.error == "not_believed: the credentials are not accepted (HTTP 401)"
    assert "shpat_local" not in caplog.text + repr(link) + repr(api.address_of(two_way.brand, two_way.at_shopify))


def test_an_event_of_a_store_marks_what_the_channels_show_of_it(committed_two_way: TwoWay) -> None:
    two_way = committed_two_way
    two_way.hear()
    two_way.send()
    assert two_way.shown("TEA") == (20, 20)
    two_way.shop.till_sale("T-1", "TEA", 3)
    two_way.hear()
    assert two_way.waiting() == 2, "one figure a channel, and the cups are left alone"
    two_way.send()
    assert two_way.shown("TEA") == (17, 17)


@pytest.mark.requirement("S-24")
def test_the_stores_and_the_own_mall_are_two_platforms_of_one_shelf_and_one_order_book(two_way: TwoWay) -> None:
    """Mode 2: a network of stores and an own shop on the net, each with its channel, linked by goods and stock."""
    mall, till = two_way.at_woo, two_way.shop.till
    two_way.send()
    in_store = two_way.shop.till_sale("T-1", "TEA", 3)
    at_mall = two_way.shop.sold(mall, "W-1", "TEA", 2)
    two_way.mark("TEA")
    two_way.settle()
    assert two_way.woo.shown("TEA") == 15, "the mall shows what both have left on the stores' shelves"
    with in_brand(two_way.brand):
        booked = rows("SELECT channel_id, external_id FROM orders_order ORDER BY external_id")
    assert booked == [(till, "T-1"), (mall, "W-1")] and in_store.number != at_mall.number
