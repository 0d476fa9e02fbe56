"""Every field has one master; a value that is changed back again and again is left alone and shown."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from datong.catalog import api as catalog
from datong.kernel import clock
from datong.kernel.errors import BadValue
from datong.sync import api as sync
from datong.sync.local.shopify import LocalShopify
from datong.sync.masters.compare import read_products, set_master, try_again
from datong.sync.masters.queries import differing
from datong.sync.masters.types import FieldName, FieldState, Master
from datong.sync.tests.world import World, open_world

SETTINGS = {"mode": "sum", "places": {"": "1"}, "kinds": ["price"]}


@pytest.fixture
def world(brand: Any) -> World:
    return open_world(brand)


def _connect(world: World, shop: LocalShopify) -> Any:
    channel = world.connect("shopify", shop.url)
    secrets = {"access_token": shop.token}
    sync.connect(world.brand.id, channel, "shopify", shop.url, secrets=secrets, settings=SETTINGS, by="ann")
    return channel


def _round(world: World, channel: Any) -> Any:
    done = read_products(world.brand.id, channel, by="test")
    sync.send_due(world.brand.id, channel)
    return done


@pytest.mark.requirement("S-69")
def test_a_price_of_ours_that_was_changed_there_is_set_right_and_after_three_fights_it_stops(world: World) -> None:
    with LocalShopify() as shop:
        tea = shop.put("TEA", "Green tea", "5.00", 1)
        channel = _connect(world, shop)
        _round(world, channel)
        assert differing(world.brand.id) == []
        for fight in range(1, 4):
            tea.price = "9.00"  # another app there, every time
            assert _round(world, channel).pushed == 1
            assert tea.price == "5.00"
            assert _round(world, channel).agree == 2
            assert fight <= 3
        tea.price = "9.00"
        for _ in range(3):
            assert _round(world, channel).stopped == 1
        assert tea.price == "9.00"
        (row,) = differing(world.brand.id)
        shown = (row.field.state, row.field.theirs, row.field.ours, row.master, row.field.fights)
        assert shown == (FieldState.STOPPED, "900", "500", Master.DATONG, 3)
        try_again(world.brand.id, channel, row.field.item_id, FieldName.PRICE, by="ann")
        assert _round(world, channel).pushed == 1 and tea.price == "5.00"


@pytest.mark.requirement("S-60")
def test_a_field_the_channel_leads_becomes_ours_and_is_not_pushed_back(world: World) -> None:
    with LocalShopify() as shop:
        tea = shop.put("TEA", "Sencha from the shop", "6.50", 1)
        channel = _connect(world, shop)
        set_master(world.brand.id, channel, FieldName.PRICE, Master.CHANNEL, by="ann")
        set_master(world.brand.id, channel, FieldName.TITLE, Master.CHANNEL, by="ann")
        done = _round(world, channel)
        assert (done.taken, done.pushed) == (2, 0)
        with clock.held_at(clock.now() + timedelta(seconds=2)):
            assert _round(world, channel).agree == 2
        assert catalog.items_by_sku(world.brand.id, ["TEA"])["TEA"].title == "Sencha from the shop"
        assert catalog.price_history(world.brand.id, "TEA")[0].amount_minor == 650
        assert tea.price == "6.50"


def test_a_price_the_channel_leads_waits_above_the_limit_and_is_asked_for_once(world: World) -> None:
    with LocalShopify() as shop:
        shop.put("TEA", "Green tea", "12.50", 1)
        channel = _connect(world, shop)
        set_master(world.brand.id, channel, FieldName.PRICE, Master.CHANNEL, by="ann")
        for _ in range(3):
            _round(world, channel)
        (waits,) = catalog.waiting_prices(world.brand.id, ["TEA"])["TEA"]
        assert (waits.before_minor, waits.after_minor, waits.made_by.split()[0]) == (500, 1250, "channel")
        assert catalog.price_history(world.brand.id, "TEA")[0].amount_minor == 500


def test_a_title_nobody_leads_is_shown_as_a_difference_and_the_stock_of_all_is_no_channels(world: World) -> None:
    with LocalShopify() as shop:
        shop.put("TEA", "Another name", "5.00", 1)
        channel = _connect(world, shop)
        _round(world, channel)
        (row,) = differing(world.brand.id)
        assert (row.field.field, row.field.state) == (FieldName.TITLE, FieldState.DIFFERS)
        with pytest.raises(BadValue):
            set_master(world.brand.id, channel, FieldName.STOCK, Master.CHANNEL, by="ann")


def test_fights_are_forgotten_after_a_quiet_day(world: World) -> None:
    with LocalShopify() as shop:
        tea = shop.put("TEA", "Green tea", "5.00", 1)
        channel = _connect(world, shop)
        _round(world, channel)
        for day in range(6):
            tea.price = "9.00"
            with clock.held_at(clock.now() + timedelta(days=2 * day + 1)):
                assert _round(world, channel).stopped == 0
                assert tea.price == "5.00"
                _round(world, channel)
