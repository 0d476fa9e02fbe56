"""What a customer may browse: on sale, priced, of the assortment; found by words, Chinese, and slips of the finger."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from datong.brand.api import list_channels, register_channel
from datong.brand.types import Brand, Channel, ChannelKind
from datong.catalog import api
from datong.catalog.types import (
    About,
    AssortmentLine,
    Category,
    Item,
    Place,
    Price,
    Product,
    ProductState,
    Variant,
    Words,
)
from datong.kernel.ids import uuid7

LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)
TITLES = (
    ("T1", "珍珠奶茶", "Pearl milk tea", "milk"),
    ("T2", "芋圆奶茶", "Taro milk tea", "milk"),
    ("T3", "冰美式咖啡", "Iced coffee", "coffee"),
    ("T4", "可颂", "Croissant", "bread"),
)


@pytest.fixture
def door(brand: Brand) -> Channel:
    channel = Channel(uuid7(), "shop", "Shop", ChannelKind.SITE, role="sells")
    register_channel(brand.id, channel)
    api.put_categories(
        brand.id,
        [Category("drinks", "Drinks"), Category("milk", "Milk tea", "drinks"), Category("coffee", "Coffee", "drinks")],
        by="test",
    )
    items = [Item(uuid7(), sku, zh, category=category, titles={"en": en}) for sku, zh, en, category in TITLES]
    api.put_items(brand.id, [*items, Item(uuid7(), "T5", "无价之宝")])
    api.put_prices(brand.id, [Price(sku, 1000, LONG_AGO) for sku, *_ in TITLES])
    api.forget_counts()
    return list_channels(brand.id)[0]


def skus(found: object) -> list[str]:
    return [one.sku for one in found]  # type: ignore[attr-defined]


@pytest.mark.requirement("S-116")
@pytest.mark.parametrize(
    ("text", "found", "close"),
    [
        ("奶茶", ["T1", "T2"], False),
        ("PEARL tea", ["T1"], False),
        ("珍珠奈茶", ["T1"], True),  # 奈 for 奶
        ("cofee", ["T3"], True),
        ("crossiant", ["T4"], True),
        ("披萨饼", [], False),
        ("50%_off\\", [], False),
    ],
)
def test_a_word_is_found_in_both_languages_and_with_a_slip(
    brand: Brand, door: Channel, text: str, found: list[str], close: bool
) -> None:
    hits = api.search_shelf(brand.id, door, text)
    assert sorted(skus(hits.found)) == found
    assert hits.close is close


def test_pages_follow_each_other_and_a_category_holds_what_is_below_it(brand: Brand, door: Channel) -> None:
    first = api.browse(brand.id, door, limit=3)
    rest = api.browse(brand.id, door, after=first[-1].item_id, limit=3)
    assert skus(first) + skus(rest) == ["T1", "T2", "T3", "T4"], "T5 has no price, so nobody can buy it"
    assert skus(api.browse(brand.id, door, category="drinks")) == ["T1", "T2", "T3"]
    assert skus(api.browse(brand.id, door, category="bread")) == ["T4"]
    assert api.shelf_counts(brand.id, door) == {"milk": 2, "coffee": 1, "bread": 1}


def test_what_the_door_does_not_sell_is_not_on_its_shelf(brand: Brand, door: Channel) -> None:
    api.set_assortment(
        brand.id, [AssortmentLine(Place.CHANNEL, door.id, About.CATEGORY, "drinks", listed=False)], by="test"
    )
    assert skus(api.browse(brand.id, door)) == ["T4"]
    assert api.search_shelf(brand.id, door, "奶茶").found == ()
    assert api.shelf_counts(brand.id, door) == {"bread": 1}
    assert not api.on_shelf(brand.id, door, "T1") and api.on_shelf(brand.id, door, "T4")


def test_a_product_is_one_thing_by_its_first_sku_and_only_while_on_sale(brand: Brand, door: Channel) -> None:
    product = Product(
        uuid7(), "LATTE", "", "拿铁", category="coffee",
        axes=("size",),
        variants=(Variant("L-S", {"size": "S"}), Variant("L-M", {"size": "M"})),
        texts={"en": Words("Latte")},
    )  # fmt: skip
    template = next(iter(api.templates_of(brand.id)))
    (put,) = api.put_products(brand.id, [replace(product, template=template, axes=product.axes)], by="test")
    api.put_prices(brand.id, [Price("L-S", 2000, LONG_AGO), Price("L-M", 2300, LONG_AGO)])
    assert "L-M" not in skus(api.browse(brand.id, door)), "an idea is not sold"
    for state in (ProductState.DEVELOPMENT, ProductState.READY, ProductState.ON_SALE):
        api.set_state(brand.id, put.code, state, by="test")
    (found,) = api.search_shelf(brand.id, door, "latte m").found
    assert (found.sku, found.title, found.titles, found.skus) == ("L-M", "拿铁", {"en": "Latte"}, 2)
    assert skus(api.browse(brand.id, door, category="coffee")) == ["T3", "L-M"]
    assert api.on_shelf(brand.id, door, "L-S")
