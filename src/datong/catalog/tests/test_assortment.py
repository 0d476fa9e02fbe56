"""What is sold where, and the category tree."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from datong.catalog import api, rules
from datong.catalog.types import (
    About,
    Ask,
    AskLine,
    AssortmentLine,
    Category,
    CategoryRun,
    Item,
    Place,
    Price,
    Product,
    ProductState,
    Variant,
)
from datong.kernel import clock
from datong.kernel.db import count_statements
from datong.kernel.errors import BadInput, Conflict
from datong.kernel.ids import uuid7

pytestmark = pytest.mark.django_db
WEB, APP, NEAR, FAR = (uuid7() for _ in range(4))
TREE = [Category("drinks", "Drinks"), Category("tea", "Tea", "drinks"), Category("gifts", "Gifts")]


@pytest.fixture
def menu(brand):
    api.put_categories(brand.id, TREE, by="mia")
    wanted = (("GREEN", "tea"), ("WATER", "drinks"), ("MUG", "gifts"))
    api.put_products(
        brand.id,
        [
            Product(
                uuid7(), sku, "retail", sku.title(), ProductState.ON_SALE, category=category, variants=(Variant(sku),)
            )
            for sku, category in wanted
        ],
        by="mia",
    )
    api.put_items(brand.id, [Item(uuid7(), "LOOSE", "Loose", category="tea")])
    start = clock.now() - timedelta(days=9)
    api.put_prices(brand.id, [Price(sku, 100, start) for sku in ("GREEN", "WATER", "MUG", "LOOSE")])
    return brand


def line(place, about, key, listed) -> AssortmentLine:
    return AssortmentLine(Place.STORE if place in (NEAR, FAR) else Place.CHANNEL, place, About(about), key, listed)


def sold(brand, channel=WEB, store=None) -> list[str]:
    skus = ("GREEN", "LOOSE", "MUG", "WATER")
    lines = tuple(AskLine(n, sku, 1) for n, sku in enumerate(skus, 1))
    (quote,) = api.quote([Ask(channel, "USD", clock.now(), lines, store_id=store)], brand=brand.id)
    assert {p.code for p in quote.problems} <= {"not_in_assortment"}
    wrong = {p.sku for p in quote.problems}
    return [sku for sku in skus if sku not in wrong]


def test_everything_is_sold_everywhere_until_somebody_says_otherwise(menu):
    assert sold(menu) == sold(menu, store=NEAR) == ["GREEN", "LOOSE", "MUG", "WATER"]


def test_the_narrowest_line_decides_and_a_category_holds_for_those_below_it(menu):
    lines = [line(WEB, "category", "drinks", False), line(WEB, "product", "GREEN", True)]
    api.set_assortment(menu.id, lines, by="mia")
    assert sold(menu) == ["GREEN", "MUG"] and sold(menu, APP) == ["GREEN", "LOOSE", "MUG", "WATER"]
    api.set_assortment(menu.id, [], clear=lines[:1], by="mia")
    assert sold(menu) == ["GREEN", "LOOSE", "MUG", "WATER"]


def test_a_store_that_sells_only_a_few_things_is_three_lines(menu):
    few = [line(NEAR, "all", "", False), line(NEAR, "product", "MUG", True), line(NEAR, "category", "tea", True)]
    api.set_assortment(menu.id, few, by="mia")
    assert sold(menu, store=NEAR) == ["GREEN", "LOOSE", "MUG"] and len(sold(menu, store=FAR)) == 4
    items = api.items_by_sku(menu.id, ["WATER", "MUG"])
    assert api.stores_without(menu.id, [i.id for i in items.values()]) == {items["WATER"].id: frozenset({NEAR})}


def test_a_change_of_the_assortment_holds_at_once_and_costs_one_statement_once(menu):
    sold(menu)
    api.set_assortment(menu.id, [line(WEB, "product", "MUG", False)], by="mia")
    with count_statements() as first:
        assert "MUG" not in sold(menu)
    with count_statements() as second:
        sold(menu)
    assert len(first) == len(second) + 1


def test_a_line_about_nothing_we_have_is_refused(menu):
    with pytest.raises(BadInput) as error:
        api.set_assortment(menu.id, [line(WEB, "product", "NONE", False)], by="mia")
    assert [(p.field, p.code) for p in error.value.problems] == [("/lines/0/key", "unknown_product")]
    assert api.assortment_of(menu.id) == []


@pytest.mark.requirement("S-129", "S-130")
def test_the_tree_shows_the_share_of_each_category_and_what_each_channel_covers(menu):
    api.set_assortment(menu.id, [line(APP, "category", "tea", False)], by="mia")
    api.put_categories(menu.id, [Category("new", "New")], by="mia")
    found = {c.category.code: (c.depth, c.products, c.share_bps, c.channels) for c in api.coverage(menu.id, [WEB, APP])}
    assert found == {
        "drinks": (0, 2, 6666, {WEB: 2, APP: 1}),
        "tea": (1, 1, 3333, {WEB: 1}),
        "gifts": (0, 1, 3333, {WEB: 1, APP: 1}),
        "new": (0, 0, 0, {}),
    }


def test_a_category_below_itself_is_refused_naming_the_cycle(menu):
    with pytest.raises(BadInput) as error:
        api.put_categories(menu.id, [Category("drinks", "Drinks", "tea")], by="mia")
    assert [(p.code, p.value) for p in error.value.problems] == [("cycle", "drinks > tea > drinks")]
    with pytest.raises(BadInput) as error:
        api.put_categories(menu.id, [Category("x", "X", "none")], by="mia")
    assert [(p.field, p.code) for p in error.value.problems] == [("/categories/0/parent", "unknown")]


def test_a_category_with_products_stays(menu):
    with pytest.raises(Conflict):
        api.drop_category(menu.id, "tea", by="mia")
    api.put_categories(menu.id, [Category("empty", "Empty")], by="mia")
    api.drop_category(menu.id, "empty", by="mia")
    assert "empty" not in api.categories_of(menu.id)


@given(st.dictionaries(st.sampled_from(["all", "tea", "drinks", "P"]), st.booleans()), st.booleans())
def test_what_the_quick_form_answers_is_what_the_lines_say(lines, of_store):
    about = {"all": ("all", ""), "tea": ("category", "tea"), "drinks": ("category", "drinks"), "P": ("product", "P")}
    place = Place.STORE if of_store else Place.CHANNEL
    made = rules.Range(uuid7(), [(place, NEAR, *about[k], v) for k, v in lines.items()], {c.code: c for c in TREE})
    expected = next((lines[k] for k in ("P", "tea", "drinks", "all") if k in lines), True)
    answer = made.sold_at(NEAR, "P", "tea") if of_store else made.sold_by(NEAR, "P", "tea")
    assert answer is expected
    assert made.sold_at(FAR, "P", "tea") and made.sold_by(FAR, "P", "tea")


@pytest.mark.requirement("S-123")
@given(st.lists(st.sampled_from(list(CategoryRun)), min_size=1, max_size=5))
def test_the_nearest_category_that_says_who_sells_decides(runs):
    tree = {str(n): Category(str(n), "C", str(n - 1) if n else "", run) for n, run in enumerate(runs)}
    said = [run for run in runs if run]
    assert rules.is_open(str(len(runs) - 1), tree) is (bool(said) and said[-1] is CategoryRun.OPEN)
