"""Options and bundles on their way from the intent to the shelf; assortments in the choice of a store."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from datong.catalog import api as catalog
from datong.catalog.types import (
    About,
    AssortmentLine,
    Component,
    ItemKind,
    Modifier,
    ModifierChoice,
    Place,
    Price,
    Product,
    ProductState,
    Variant,
)
from datong.inventory.api import put_stock
from datong.inventory.types import StockRow
from datong.kernel.db import in_brand, savepoint
from datong.kernel.ids import uuid7
from datong.orders import api
from datong.orders.sourcing import supply
from datong.orders.tests.conftest import LONG_AGO, forget, open_shop, sound
from datong.orders.types import Accepted, IntentLine, OrderState, Refused

SUGAR = Modifier("sugar", "Sugar", 1, 1, (ModifierChoice("full", "Full sugar"), ModifierChoice("half", "Half sugar")))
EXTRA = Modifier("extra", "Extra", 0, 2, (ModifierChoice("cup", "A cup to keep", 900, 2, (Component("CUP"),)),))


def put(shop, code, parts=(), modifiers=(), price=800, kind=ItemKind.ON_SITE) -> None:
    made = Product(
        uuid7(), code, "set_menu" if parts else "food", code.title(), ProductState.ON_SALE, kind,
        variants=(Variant(code, parts=tuple(Component(sku, units) for sku, units in parts)),), modifiers=modifiers,
    )  # fmt: skip
    catalog.put_products(shop.brand.id, [made], by="test")
    if price is not None:
        catalog.put_prices(shop.brand.id, [Price(code, price, LONG_AGO)])


@pytest.fixture
def empty_cafe(brand):
    """TEA asks for its sugar and may bring a cup; DUO is two teas and a cup; nothing is in stock."""
    shop = open_shop(brand, units=0)
    put(shop, "TEA", modifiers=(SUGAR, EXTRA), price=None)
    put(shop, "DUO", (("TEA", 2), ("CUP", 1)), price=1800)
    return shop


@pytest.fixture
def cafe(empty_cafe):
    for store in (empty_cafe.near, empty_cafe.far):
        stock(empty_cafe, store, TEA=10, CUP=10)
    return empty_cafe


def stock(shop, store, **units) -> None:
    put_stock(shop.brand.id, [StockRow(store.id, shop.items[sku].id, n) for sku, n in units.items()])
    forget(shop)


def ordered(*options: str, sku: str = "TEA", units: int = 1, **fields) -> dict:
    return {"lines": (IntentLine(1, sku, units, options=options, **fields),)}


def test_the_options_are_priced_kept_for_the_kitchen_and_hold_their_stock(cafe):
    outcome = cafe.place_one(**ordered("half", "cup", "cup", units=3))
    assert isinstance(outcome, Accepted) and outcome.total_minor == 3 * (500 + 2 * 900)
    (line,) = cafe.page(outcome).lines
    assert [(o["group"], o["title"], o["units"]) for o in line.options] == [
        ("Sugar", "Half sugar", 1),
        ("Extra", "A cup to keep", 2),
    ]
    assert {p["sku"]: p["units"] for p in line.parts} == {"TEA": 3, "CUP": 6}
    assert (cafe.stock("TEA").reserved, cafe.stock("CUP").reserved) == (3, 6)
    sound(cafe)


def test_a_missing_or_unknown_option_is_refused_with_its_group_and_the_fix(cafe):
    outcome = cafe.place_one(**ordered())
    assert isinstance(outcome, Refused)
    assert [(p.field, p.code, p.fix) for p in outcome.problems] == [
        ("/lines/0/options", "option_required", "at least 1 of Sugar (sugar): full, half")
    ]
    outcome = cafe.place_one(**ordered("half", "salt"))
    assert [(p.field, p.code, p.value) for p in outcome.problems] == [("/lines/0/options", "unknown_option", "salt")]
    assert cafe.stock("TEA").reserved == 0 and api.proof(cafe.brand.id).orders == 0


def test_a_platform_that_sold_what_we_do_not_offer_is_a_finding_and_takes_its_stock(cafe):
    line = IntentLine(1, "DUO", 1, 1800, options=("salt",))
    (outcome,) = cafe.place(replace(cafe.sold_elsewhere(("DUO", 1, 1800)), lines=(line,)))
    assert isinstance(outcome, Accepted)
    (finding,) = cafe.page(outcome).findings
    assert finding.kind == "not_offered" and finding.detail["lines"][0]["code"] == "unknown_option"
    assert (cafe.stock("TEA").reserved, cafe.stock("CUP").reserved) == (2, 1)


def test_other_options_are_another_order_and_no_options_hash_as_before_there_were_any(cafe):
    intent = cafe.intent(**ordered("half"))
    cafe.place(intent)
    (again, other) = cafe.place(intent, replace(intent, **ordered("full")))
    assert again.repeat and not hasattr(other, "repeat")


@pytest.mark.requirement("S-121")
def test_a_bundle_reserves_its_parts_once_beside_the_same_things_sold_alone(cafe):
    lines = (IntentLine(1, "DUO", 2), IntentLine(2, "TEA", 1, options=("full",)), IntentLine(3, "CUP", 1))
    outcome = cafe.place_one(lines=lines)
    assert outcome.total_minor == 2 * 1800 + 500 + 1200
    assert (cafe.stock("TEA").reserved, cafe.stock("CUP").reserved) == (5, 3)
    assert [(line.line_no, line.stores) for line in cafe.page(outcome).lines] == [
        (1, ((cafe.near.id, 2),)),
        (2, ((cafe.near.id, 1),)),
        (3, ((cafe.near.id, 1),)),
    ]
    sound(cafe)


def test_a_bundle_that_lacks_a_part_waits_and_gets_all_its_parts_when_they_come(empty_cafe):
    cafe = empty_cafe
    stock(cafe, cafe.near, TEA=9)
    outcome = cafe.place_one(**ordered(sku="DUO", units=2))
    assert outcome.state is OrderState.BACKORDER and cafe.stock("TEA").reserved == 0
    stock(cafe, cafe.near, CUP=5)
    assert api.retry_waiting(brand=cafe.brand.id) == 1
    assert (cafe.stock("TEA").reserved, cafe.stock("CUP").reserved) == (4, 2)
    assert cafe.page(outcome).lines[0].stores == ((cafe.near.id, 2),)
    sound(cafe)


def test_a_till_sale_of_a_menu_takes_its_parts_from_the_store(cafe):
    cafe.place(cafe.till_sale(("DUO", 1)))
    assert (cafe.stock("TEA").on_hand, cafe.stock("CUP").on_hand) == (8, 9)
    sound(cafe)


def test_a_split_never_parts_a_bundle(empty_cafe):
    cafe = empty_cafe
    stock(cafe, cafe.near, TEA=9)
    stock(cafe, cafe.far, CUP=9)
    outcome = cafe.place_one(lines=(IntentLine(1, "DUO", 1), IntentLine(2, "FIX", 1)))
    assert outcome.state is OrderState.BACKORDER
    both = cafe.place_one(lines=(IntentLine(1, "TEA", 1, options=("full",)), IntentLine(2, "CUP", 1)))
    assert set(both.store_ids) == {cafe.near.id, cafe.far.id}


def test_a_store_without_the_product_in_its_assortment_is_refused_with_that_reason(cafe):
    line = AssortmentLine(Place.STORE, cafe.near.id, About.PRODUCT, "TEA", listed=False)
    catalog.set_assortment(cafe.brand.id, [line], by="test")
    outcome = cafe.place_one(**ordered("full"))
    assert outcome.store_ids == (cafe.far.id,)
    refused = {c["store_id"]: c["refused"] for c in cafe.page(outcome).decisions[0].refused}
    assert refused == {str(cafe.near.id): "not_in_assortment"}
    named = cafe.place_one(**ordered("full"), store_code="NEAR")
    assert [(p.field, p.code) for p in named.problems] == [("/lines/0/sku", "not_in_assortment")]
    (sale,) = cafe.place(cafe.till_sale(("TEA", 1)))
    assert [f.kind for f in cafe.page(sale).findings] == ["not_offered"]


SKUS = ("TEA", "CUP", "DUO")
BASKET = st.lists(st.tuples(st.sampled_from(SKUS), st.integers(1, 3)), min_size=1, max_size=4)


@pytest.mark.requirement("S-121")
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(tea=st.integers(0, 12), cup=st.integers(0, 12), batch=st.lists(BASKET, min_size=1, max_size=4))
def test_a_bundle_and_the_same_parts_as_simple_lines_reserve_the_same_stock(empty_cafe, tea, cup, batch):
    """From random stock and random batches; nothing is held twice and never more than there is."""
    cafe = empty_cafe

    def reserve(baskets) -> tuple[list[str], dict[str, int]]:
        class Undo(Exception):
            pass

        result: list = []
        with pytest.raises(Undo), in_brand(cafe.brand.id), savepoint():
            stock(cafe, cafe.near, TEA=tea, CUP=cup)
            intents = [
                cafe.intent(
                    lines=tuple(
                        IntentLine(n, sku, units, options=("full",) if sku == "TEA" else ())
                        for n, (sku, units) in enumerate(basket, 1)
                    ),
                    store_code="NEAR",
                )
                for basket in baskets
            ]
            states = [outcome.state for outcome in cafe.place(*intents)]
            held = {sku: cafe.stock(sku).reserved for sku in ("TEA", "CUP")}
            sound(cafe)
            result.append((states, held))
            raise Undo
        supply.forget(cafe.brand.id)
        return result[0]

    opened = {"TEA": [("TEA", 1)], "CUP": [("CUP", 1)], "DUO": [("TEA", 2), ("CUP", 1)]}
    plain = [[(part, n * units) for sku, units in basket for part, n in opened[sku]] for basket in batch]
    with_bundles, with_parts = reserve(batch), reserve(plain)
    assert with_bundles == with_parts
    assert with_bundles[1]["TEA"] <= tea and with_bundles[1]["CUP"] <= cup
