"""A channel's own list is read: what its messages lost is taken, once, whatever goes wrong on the way."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from datong.integration import api as integration
from datong.kernel import clock
from datong.kernel.db import in_brand, rows
from datong.sync.inward.pull import pull, pull_due
from datong.sync.inward.queries import pull_states
from datong.sync.local.orders import Fault, LocalOrders
from datong.sync.tests.world import World, fill, open_world, shopify, wechat

PLATFORMS = ["shopify", "woocommerce", "wechat_shop"]


@pytest.fixture
def world(brand: Any) -> World:
    return open_world(brand)


@pytest.mark.requirement("S-60")
@pytest.mark.parametrize("platform", PLATFORMS)
def test_orders_whose_messages_were_lost_are_found_page_by_page_and_taken_once(world: World, platform: str) -> None:
    with LocalOrders(platform, page=2) as shop:
        fill(shop, range(1, 8), start=clock.now() - timedelta(hours=2))
        channel = world.connect(platform, shop.url)
        first = pull(world.brand.id, channel)
        again = pull(world.brand.id, channel)
    assert (first.handed, first.done, first.problem) == (7, True, "")
    assert [(key, total) for key, total, _ in world.orders()] == [(str(n), 500) for n in range(1, 8)]
    assert set(world.inbox()) == {("placed", "recent")} and again.handed == 0
    assert pull_states(world.brand.id)[channel].gained == 7


def test_what_the_webhook_brought_is_not_taken_again_and_makes_no_noise(world: World) -> None:
    with LocalOrders("shopify") as shop:
        channel = world.connect("shopify", shop.url)
        order = shopify(1)
        shop.put(order)
        world.deliver("shopify", order)
        integration.drain(world.brand.id)
        assert pull(world.brand.id, channel).handed == 0
    assert world.inbox() == [("placed", "")]


def test_a_webhook_that_comes_after_the_pull_is_a_repeat(world: World) -> None:
    with LocalOrders("shopify") as shop:
        channel = world.connect("shopify", shop.url)
        order = shopify(1)
        shop.put(order)
        assert pull(world.brand.id, channel).handed == 1
        world.deliver("shopify", order)
        integration.drain(world.brand.id)
    assert world.inbox() == [("placed", "recent"), ("repeat", "")]
    assert world.orders() == [("1", 500, "assigned")]


@pytest.mark.requirement("S-60")
def test_a_webhook_doubled_and_late_and_two_pulls_at_once_make_one_order(
    committed_db: str, make_brand: Callable[..., Any], in_parallel: Callable[..., list[Any]]
) -> None:
    world = open_world(make_brand())
    with LocalOrders("shopify", page=3) as shop:
        channel = world.connect("shopify", shop.url)
        lost = [shopify(n) for n in range(1, 11)]
        for order in lost:
            shop.put(order)
        turns = itertools.count()

        def work() -> None:
            if next(turns) % 2:
                pull(world.brand.id, channel)
                return
            for order in lost[::2]:
                world.deliver("shopify", order)
            integration.drain(world.brand.id)

        in_parallel(4, work)
        pull(world.brand.id, channel)
        while integration.drain(world.brand.id).taken:
            pass
    assert [key for key, _, _ in world.orders()] == sorted(str(n) for n in range(1, 11))
    states = [state for state, _ in world.inbox()]
    assert states.count("placed") == 10 and set(states) <= {"placed", "repeat"}


def test_an_order_that_cannot_be_read_is_handed_over_once_and_again_when_it_was_changed(world: World) -> None:
    with LocalOrders("shopify") as shop:
        channel = world.connect("shopify", shop.url)
        broken = shopify(1, line_items=[{"id": 1, "sku": "", "quantity": 1, "price": "5.00"}])
        shop.put(broken)
        assert [pull(world.brand.id, channel).handed for _ in range(2)] == [1, 0]
        shop.put(shopify(1))
        assert pull(world.brand.id, channel).handed == 1
    assert [state for state, _ in world.inbox()] == ["rejected", "placed"]


@pytest.mark.parametrize("offset_h", [-3, 3])
def test_a_shop_whose_clock_is_hours_off_loses_nothing(world: World, offset_h: int) -> None:
    theirs = clock.now() + timedelta(hours=offset_h)
    with LocalOrders("shopify") as shop:
        channel = world.connect("shopify", shop.url)
        for n in range(1, 5):
            moment = theirs + timedelta(seconds=n)
            shop.put(shopify(n, at=clock.now()), updated_at=moment)
            assert pull(world.brand.id, channel).handed == 1
    assert len(world.orders()) == 4


def test_a_cancelled_order_we_never_had_is_not_taken_and_an_unpaid_one_of_wechat_neither(world: World) -> None:
    with LocalOrders("shopify") as shop, LocalOrders("wechat_shop") as wx:
        shop.put(shopify(1, cancelled_at=clock.now().isoformat()))
        wx.put(wechat("10", status=10))
        wx.put(wechat("11", status=250))
        assert pull(world.brand.id, world.connect("shopify", shop.url)).handed == 0
        assert pull(world.brand.id, world.connect("wechat_shop", wx.url)).handed == 0
    assert world.orders() == []


def test_shopifys_bucket_of_calls_runs_over_and_the_list_is_read_on_later(world: World) -> None:
    """40 calls, two a second come back; here three, so that it is soon over."""
    with LocalOrders("shopify", page=1) as shop:
        channel = world.connect("shopify", shop.url)
        fill(shop, range(1, 6), start=clock.now() - timedelta(hours=1))
        shop.bucket, shop.leak_per_s = 3, 0.0
        first = pull(world.brand.id, channel)
        assert "429" in first.problem and first.handed == 3
        shop.bucket = 40
        assert pull(world.brand.id, channel).problem == ""
    assert len(world.orders()) == 5


@pytest.mark.requirement("S-60")
@pytest.mark.parametrize("fault", [Fault(429, {"Retry-After": "40.0"}), Fault(500), Fault(503), Fault(0)])
def test_a_channel_that_is_away_is_left_alone_for_a_while_and_loses_nothing(world: World, fault: Fault) -> None:
    with LocalOrders("shopify", page=2) as shop:
        fill(shop, range(1, 6), start=clock.now() - timedelta(hours=1))
        channel = world.connect("shopify", shop.url)
        shop.faults.append(fault)
        stopped = pull(world.brand.id, channel)
        state = pull_states(world.brand.id)[channel]
        assert stopped.done is False and stopped.problem != "" and state.failures == 1 and state.error != ""
        asked = 40 if fault.status == 429 else 15
        assert state.due_at is not None
        assert asked - 3 <= (state.due_at - clock.now()).total_seconds() <= asked
        assert pull_due(world.brand.id) == []
        with clock.held_at(clock.now() + timedelta(seconds=45)):
            (run,) = pull_due(world.brand.id)
        assert run.done
        assert pull_states(world.brand.id)[channel].failures == 0
    assert len(world.orders()) == 5


def test_a_run_that_stops_at_its_limit_or_dies_goes_on_from_the_last_page(world: World) -> None:
    with LocalOrders("shopify", page=1) as shop:
        fill(shop, range(1, 7), start=clock.now() - timedelta(hours=6), step_s=3000)
        channel = world.connect("shopify", shop.url, pull_pages=2)
        assert pull(world.brand.id, channel, full=False).handed == 2
        shop.faults.extend([Fault(500)])
        assert pull(world.brand.id, channel, full=False).done is False
        handed = [pull(world.brand.id, channel, full=False).handed for _ in range(4)]
    assert sum(handed) == 4 and len(world.orders()) == 6


def test_what_a_full_reading_does_not_show_any_more_is_marked_as_gone(world: World) -> None:
    with LocalOrders("shopify") as shop:
        shop.put(shopify(1))
        shop.put(shopify(2))
        channel = world.connect("shopify", shop.url)
        pull(world.brand.id, channel)
        del shop.orders["2"]
        pull(world.brand.id, channel, full=True)
    with in_brand(world.brand.id):
        found = rows("SELECT external_id, gone_at IS NOT NULL FROM sync_theirs ORDER BY 1")
    assert found == [("1", False), ("2", True)]


def test_a_key_that_is_refused_is_said_with_its_fix(world: World) -> None:
    with LocalOrders("shopify") as shop:
        channel = world.connect("shopify", shop.url)
        shop.faults.append(Fault(401))
        pull(world.brand.id, channel)
    assert "a key that may read orders" in pull_states(world.brand.id)[channel].error


def test_an_order_cancelled_there_and_one_paid_later_come_in_by_the_same_door_once(world: World) -> None:
    with LocalOrders("shopify") as shop:
        channel = world.connect("shopify", shop.url)
        for number in (1, 2):
            shop.put(shopify(number, paid=False))
        assert pull(world.brand.id, channel).handed == 2
        later = clock.now() + timedelta(seconds=1)
        shop.put(shopify(1, paid=False, cancelled_at=later.isoformat()), updated_at=later)
        shop.put(shopify(2), updated_at=later)
        assert [pull(world.brand.id, channel).handed for _ in range(2)] == [2, 0]
    states = {key: state for key, _, state in world.orders()}
    with in_brand(world.brand.id):
        paid = dict(rows("SELECT external_id, paid FROM orders_order"))
    assert (states["1"], paid["2"]) == ("cancelled", True)
