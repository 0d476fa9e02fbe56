"""What a till is told: all of it once, then what changed."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from datong.catalog import api as catalog
from datong.catalog.types import Price, Promotion, PromotionKind, Who
from datong.kernel import clock
from datong.kernel.ids import uuid7
from datong.tills import api
from datong.tills.queries import snapshot
from datong.tills.tests.conftest import Counter
from datong.tills.types import AskedLine, Snapshot

pytestmark = pytest.mark.django_db
OFF = Promotion(uuid7(), "TEN", "Ten off", PromotionKind.PERCENTAGE, value=1000, skus=frozenset({"CUP"}))


@pytest.fixture(autouse=True)
def _nothing_kept() -> None:
    snapshot._kept.clear()


def told(counter: Counter, known: str = "") -> Snapshot:
    snapshot._kept.clear()
    return api.tell(counter.shop.brand.id, counter.device, known)


def test_all_of_it_once_then_what_changed_then_nothing(counter: Counter) -> None:
    first = told(counter)
    assert [(i.sku, i.unit_minor, i.free) for i in first.items] == [
        ("CUP", 1200, 10),
        ("FIX", 3000, None),
        ("TEA", 500, 10),
    ]
    assert (first.since, first.currency, first.exponent) == ("", "USD", 2)
    same = told(counter, first.version)
    assert (same.version, same.items, same.gone) == (first.version, (), ())
    catalog.put_prices(counter.shop.brand.id, [Price("TEA", 550, clock.now() - timedelta(minutes=1))])
    counter.tell(counter.sold(("CUP", 3, 1200)))
    next_ = told(counter, first.version)
    assert [(i.sku, i.unit_minor, i.free) for i in next_.items] == [("CUP", 1200, 7), ("TEA", 550, 10)]
    assert next_.since == first.version
    catalog.put_items(counter.shop.brand.id, [replace(counter.shop.items["FIX"], active=False)])
    assert told(counter, next_.version).gone == ("FIX",)
    assert told(counter, first.version).since == "", "an old version: all of it again"


def test_a_plain_promotion_is_told_and_others_are_asked_for(counter: Counter) -> None:
    brand = counter.shop.brand.id
    catalog.put_promotions(brand, [OFF])
    by_sku = {item.sku: item for item in told(counter).items}
    assert (by_sku["CUP"].off.bps, by_sku["TEA"].off) == (1000, None)
    for other in (
        replace(OFF, who=Who.MEMBERS),
        replace(OFF, kind=PromotionKind.NTH_ITEM, x=2, value=5000),
        replace(OFF, condition="basket.units > 0"),
    ):
        catalog.put_promotions(brand, [other])
        assert {item.sku: item.off for item in told(counter).items}["CUP"] is None
    catalog.put_promotions(brand, [replace(OFF, kind=PromotionKind.UNIT_PRICE, value=900)])
    assert {item.sku: item for item in told(counter).items}["CUP"].off.most_minor == 900


def test_a_basket_is_quoted_as_every_door_quotes_it(counter: Counter) -> None:
    catalog.put_promotions(counter.shop.brand.id, [OFF])
    quoted = api.quote_basket(counter.shop.brand.id, counter.device, [AskedLine("CUP", 3), AskedLine("NONE", 1)])
    assert [(line.total_minor, line.discount_minor) for line in quoted.lines] == [(3240, 360), (0, 0)]
    assert [problem.code for problem in quoted.problems] == ["unknown_sku"]
