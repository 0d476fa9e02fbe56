"""What customers are worth, counted from their orders: by person, segment and category."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from datong.customers import api as customers
from datong.customers.types import Identity, IdentityKind
from datong.insight import api
from datong.insight.types import LifeStage, Segment
from datong.kernel import clock
from datong.kernel.db import count_statements, execute, in_brand
from datong.orders import api as orders
from datong.orders.tests.conftest import open_shop


@pytest.fixture
def shop(brand: Any) -> Any:
    return open_shop(brand, units=1000)


def bought(shop: Any, card: str, *days_ago: int, sku: str = "TEA") -> UUID:
    signs = (Identity(IdentityKind.CARD, card, verified=True),)
    intents = [shop.intent((sku, 1), identities=signs, placed_at=clock.now() - timedelta(days=day)) for day in days_ago]
    outcomes = shop.place(*intents)
    found = orders.order_page(shop.brand.id, outcomes[0].order_id).customer_id
    assert found
    return found


@pytest.mark.requirement("S-99", "S-102", "S-107")
def test_each_person_has_one_worth_over_all_their_records(shop: Any) -> None:
    often, once = bought(shop, "often", 400, 300, 200, 100, 3), bought(shop, "once", 390)
    also = bought(shop, "also", 50)
    customers.merge(often, also, brand=shop.brand.id, by="eva", reason="one")
    assert api.value_of(shop.brand.id, often) is None
    assert api.value_customers(brand=shop.brand.id) == 2
    worth, other = api.value_of(shop.brand.id, also), api.value_of(shop.brand.id, once)
    assert worth and other
    assert (worth.orders, worth.days, worth.spent_minor) == (6, 6, 3000)
    assert (worth.stage, other.stage) == (LifeStage.MAINTAINED, LifeStage.IDENTIFIED)
    assert worth.gap_days == pytest.approx(397 / 5, abs=0.1) and other.gap_days is None
    assert worth.ahead_minor is None  # two customers tell nothing of a year
    assert (worth.recency, other.recency) > (other.recency, worth.recency)
    assert {one.segment for one in api.segment_sums(shop.brand.id)} == {worth.segment, other.segment}
    assert [one.customer_id for one in api.customers_in(shop.brand.id, worth.segment)] == [often]


def test_what_was_cancelled_does_not_count_and_who_has_nothing_left_has_no_worth(shop: Any) -> None:
    ann = bought(shop, "ann", 9)
    api.value_customers(brand=shop.brand.id)
    with in_brand(shop.brand.id):
        execute("UPDATE orders_order SET state = 'cancelled' WHERE brand_id = %s", [shop.brand.id])
    assert api.value_customers(brand=shop.brand.id) == 0 and api.value_of(shop.brand.id, ann) is None


@pytest.mark.requirement("S-102")
def test_with_enough_customers_the_year_ahead_is_told_and_pages_follow(shop: Any) -> None:
    intents = [
        shop.intent(
            identities=(Identity(IdentityKind.CARD, f"C{n}", verified=True),),
            placed_at=clock.now() - timedelta(days=day),
        )
        for n in range(60)
        for day in range(5 + n % 7, 300, 60 + n)
    ]
    shop.place(*intents)
    with count_statements() as few:
        assert api.value_customers(brand=shop.brand.id) == 60
    assert len(few) < 12
    sums = api.segment_sums(shop.brand.id)
    assert sum(one.customers for one in sums) == 60 and sum(one.ahead_minor for one in sums) > 0
    largest = max(sums, key=lambda one: one.customers)
    first = api.customers_in(shop.brand.id, Segment(largest.segment), limit=3)
    rest = api.customers_in(shop.brand.id, Segment(largest.segment), last=first[-1].customer_id, limit=500)
    assert len(first) + len(rest) == largest.customers
    assert not {one.customer_id for one in first} & {one.customer_id for one in rest}
    assert all(one.alive is not None and 0 <= one.alive <= 1 for one in first)


@pytest.mark.requirement("S-106")
def test_categories_held_come_first_and_the_missing_ones_by_how_many_have_them(shop: Any) -> None:
    with in_brand(shop.brand.id):
        sql = "UPDATE catalog_item SET category = %s WHERE brand_id = %s AND sku = %s"
        for sku, category in (("TEA", "tea"), ("CUP", "cups"), ("FIX", "repair")):
            execute(sql, [category, shop.brand.id, sku])
    ann = bought(shop, "ann", 3, 9)
    for n in range(3):
        bought(shop, f"b{n}", 5, sku="CUP")
    api.value_customers(brand=shop.brand.id)
    held = api.categories_held(shop.brand.id, [ann])
    assert [(one.category, one.orders, one.share) for one in held] == [("tea", 2, 0.25), ("cups", 0, 0.75)]
