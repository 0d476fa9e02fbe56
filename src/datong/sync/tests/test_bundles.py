"""A menu at a channel: it can be sold as often as its parts allow, and what changes a part changes the menu."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import replace
from uuid import UUID

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from datong.brand.api import update_channel
from datong.brand.types import Brand
from datong.catalog.api import items_by_sku, put_prices, put_products, set_state
from datong.catalog.types import Component, ItemKind, Price, Product, ProductState, Variant
from datong.inventory.api import back_on_sale, count, put_stock, set_sold_out
from datong.inventory.types import StockRow
from datong.kernel.db import count_statements, execute, in_brand, savepoint
from datong.kernel.ids import uuid7
from datong.orders.types import Accepted
from datong.sync.local.marketplace import LocalMarketplace
from datong.sync.local.shopify import LocalShopify
from datong.sync.local.woocommerce import LocalWooCommerce
from datong.sync.queries import get_link, units_of
from datong.sync.rules import NOWHERE
from datong.sync.tests.shops import LONG_AGO, Shop, TwoWay, open_shop, open_two_way
from datong.sync.tests.test_platforms import at_meituan


def bundle(sku: str, parts: Mapping[str, int], kind: ItemKind = ItemKind.GOODS) -> Product:
    variant = Variant(sku, parts=tuple(Component(part, units) for part, units in parts.items()))
    return Product(
        uuid7(), sku, "retail", sku.title(), ProductState.ON_SALE, kind, variants=(variant,), composed=bool(parts)
    )


def sell_as(shop: Shop, sku: str, parts: Mapping[str, int], kind: ItemKind = ItemKind.GOODS) -> UUID:
    """A menu with a price; its item's id."""
    put_products(shop.brand.id, [bundle(sku, parts, kind)], by="test")
    put_prices(shop.brand.id, [Price(sku, 1500, LONG_AGO)])
    shop.items[sku] = items_by_sku(shop.brand.id, [sku])[sku]
    return shop.items[sku].id


def stand(shop: Shop, sku: str, near: int, far: int) -> None:
    for store, units in ((shop.near, near), (shop.far, far)):
        count(shop.brand.id, store.id, shop.items[sku].id, units, who="test")


@pytest.fixture
def menu_shop(
    committed_db: str, make_brand: Callable[..., Brand], shopify: LocalShopify, woo: LocalWooCommerce
) -> TwoWay:
    """Two teas and a cup are a menu; of the cups one is left, at the near store."""
    shop = open_shop(make_brand())
    sell_as(shop, "MENU", {"TEA": 2, "CUP": 1})
    stand(shop, "CUP", 1, 0)
    shopify.put("MENU", "Menu", "15.00", 30, L1=0)
    woo.put("MENU", "Menu", "15.00", 30)
    return open_two_way(shop, shopify, woo)


@pytest.mark.requirement("S-62")
@pytest.mark.requirement("S-121")
def test_the_last_cup_sold_at_the_till_makes_the_menu_0_at_every_platform(menu_shop: TwoWay) -> None:
    two_way, shop = menu_shop, menu_shop.shop
    with LocalMarketplace() as meituan:
        for place in ("MT1", "MT2"):
            meituan.put(place, "MENU", "套餐", "15.00")
        made = at_meituan(shop, meituan)
        two_way.links.append(made)
        two_way.hear()
        two_way.send()
        assert two_way.shown("MENU") == (1, 1)
        assert (meituan.shown("MENU", "MT1"), meituan.shown("MENU", "MT2")) == (1, 0)
        assert isinstance(shop.till_sale("T-1", "CUP"), Accepted)
        two_way.hear()
        two_way.send()
        assert two_way.shown("MENU") == (0, 0) and meituan.shown("MENU") == 0
        assert two_way.shown("CUP") == (0, 0) and two_way.shown("TEA") == (20, 20)


@pytest.mark.requirement("S-121")
def test_a_part_that_is_held_or_sold_out_is_missing_in_the_menu_and_comes_back(menu_shop: TwoWay) -> None:
    two_way, shop = menu_shop, menu_shop.shop
    stand(shop, "CUP", 4, 3)

    def after(happened: object) -> tuple[int, int]:
        assert happened
        two_way.hear()
        two_way.settle()
        return two_way.shown("MENU")

    assert after(True) == (7, 7)
    assert after(shop.sold(two_way.at_woo, "W-1", "CUP", 2)) == (5, 5), "two cups are held"
    tea = [shop.items["TEA"].id]
    assert after(set_sold_out(two_way.brand, tea, store_id=shop.near.id, by="test")) == (3, 3)
    assert after(back_on_sale(two_way.brand, tea, store_id=shop.near.id, by="test")) == (5, 5)
    menu = [shop.items["MENU"].id]
    assert after(set_sold_out(two_way.brand, menu, store_id=None, by="test")) == (0, 0), "the menu itself"
    assert after(back_on_sale(two_way.brand, menu, store_id=None, by="test")) == (5, 5)
    assert after(set_state(two_way.brand, "MENU", ProductState.PAUSED, by="test")) == (0, 0), "not on sale"
    assert after(set_state(two_way.brand, "MENU", ProductState.ON_SALE, by="test")) == (5, 5)
    recipe = bundle("MENU", {"TEA": 2, "CUP": 2})
    assert after(put_products(two_way.brand, [recipe], by="test")) == (2, 2), "it takes two cups now"


def test_only_the_menu_of_what_changed_is_told_again(menu_shop: TwoWay) -> None:
    two_way, shop = menu_shop, menu_shop.shop
    sell_as(shop, "PAIR", {"TEA": 2})
    two_way.woo.put("PAIR", "Pair", "15.00", 40)
    two_way.shopify.put("PAIR", "Pair", "15.00", 40, L1=0)
    two_way.connect()
    two_way.hear()
    two_way.settle()
    stand(shop, "CUP", 2, 0)
    two_way.hear()
    waiting = {row[1] for row in two_way.states(two_way.at_woo) if row[2] == "waiting"}
    assert waiting == {"CUP", "MENU"}


def test_goods_nobody_has_counted_keep_the_channels_own_figure_and_say_what_to_do(two_way: TwoWay) -> None:
    """At connecting, opening stock may not be in yet: a shop that sells is not set to 0."""
    two_way.woo.put("FIX", "Repair kit", "30.00", 30).stock_quantity = 4
    two_way.connect()
    two_way.settle()
    assert two_way.woo.shown("FIX") == 4
    assert ("stock", "FIX", "failed", None, "not_counted") in two_way.states(two_way.at_woo)
    put_stock(two_way.brand, [StockRow(two_way.shop.near.id, two_way.shop.items["FIX"].id, 2)])
    two_way.mark("FIX")
    two_way.settle()
    assert two_way.woo.shown("FIX") == 2


parts = st.dictionaries(st.sampled_from(["TEA", "CUP", "FIX"]), st.integers(1, 3), min_size=1)
shelf = st.tuples(st.integers(0, 12), st.integers(0, 12))


@pytest.mark.requirement("S-121")
@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@example({"TEA": 2, "CUP": 1}, {"TEA": (5, 9), "CUP": (9, 1), "FIX": (0, 0)}, 1, {("CUP", "far")})
@given(
    parts,
    st.fixed_dictionaries({"TEA": shelf, "CUP": shelf, "FIX": shelf}),
    st.integers(0, 3),
    st.sets(st.tuples(st.sampled_from(["TEA", "CUP", "FIX", "MENU"]), st.sampled_from(["near", "far"])), max_size=2),
)
def test_a_menu_can_be_sold_as_often_as_simple_stock_can_give_all_of_its_parts(
    two_way: TwoWay, made: dict[str, int], stock: dict[str, tuple[int, int]], keep: int, out: set[tuple[str, str]]
) -> None:
    """Take the parts off two shelves, menu by menu, until one lacks: that many the channel shows, apart and in sum."""
    shop, brand = two_way.shop, two_way.brand
    places = {"near": shop.near.id, "far": shop.far.id}
    sold = {}
    for n, place in enumerate(places):
        here, sold[place] = {sku: 0 if (sku, place) in out else units[n] for sku, units in stock.items()}, 0
        while ("MENU", place) not in out and all(here[sku] - units >= keep for sku, units in made.items()):
            here.update({sku: here[sku] - units for sku, units in made.items()})
            sold[place] += 1
    with suppress(_Undo), in_brand(brand), savepoint():
        menu = sell_as(shop, "MENU", made)
        put_stock(brand, [StockRow(place, shop.items["FIX"].id, 0) for place in places.values()])
        for sku, (near, far) in stock.items():
            stand(shop, sku, near, far)
        for sku, place in out:
            set_sold_out(brand, [shop.items[sku].id], store_id=places[place], by="test")
        for at in two_way.links:
            update_channel(brand, at, who="test", buffer_units=keep)
        link = get_link(brand, two_way.at_woo)
        assert units_of(brand, link, [menu]) == {(menu, NOWHERE): ("", sum(sold.values()))}
        apart = replace(link, settings={"mode": "location", "places": {str(id_): name for name, id_ in places.items()}})
        execute("UPDATE sync_link SET settings = %s::jsonb", [json.dumps(apart.settings)])
        assert units_of(brand, apart, [menu]) == {(menu, id_): (name, sold[name]) for name, id_ in places.items()}
        raise _Undo


class _Undo(Exception):
    """Examples share a transaction: what one set up is taken back before the next."""


def test_figures_and_marks_of_bundles_cost_the_same_statements_however_many(two_way: TwoWay) -> None:
    shop, link = two_way.shop, get_link(two_way.brand, two_way.at_woo)
    menus = [sell_as(shop, f"M{n}", {"TEA": 1, "CUP": n}) for n in range(1, 9)]
    counts = []
    for some in (menus[:1], menus):
        with count_statements() as seen:
            found = units_of(two_way.brand, link, some)
        counts.append(len(seen))
    assert counts[0] == counts[1]
    assert [found[menu, NOWHERE][1] for menu in menus] == [
        20 // n if 10 % n == 0 else 2 * (10 // n) for n in range(1, 9)
    ]
