"""Fixed levels of items at stores: many at once, each change told, beside what the forecast says."""

from __future__ import annotations

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest

from datong.kernel import audit, clock
from datong.kernel.errors import BadInput
from datong.purchasing import api
from datong.purchasing.tests.test_buying import open_mill
from datong.purchasing.types import Policy


@pytest.fixture
def places(shop):
    return (shop.near.id, shop.items["CUP"].id), (shop.far.id, shop.items["TEA"].id)


def test_levels_are_kept_changed_and_given_back_to_the_forecast(shop, places):
    brand, (cup, tea) = shop.brand.id, places
    assert api.put_levels(brand, [Policy(*cup, 5, 20), Policy(*tea, 0, 8)], by="ann") == 2
    assert api.put_levels(brand, [Policy(*cup, 5, 20), Policy(*tea, 1, 8)], by="ann") == 1
    assert api.policies(brand) == {cup: Policy(*cup, 5, 20), tea: Policy(*tea, 1, 8)}
    assert api.policies(brand, stores=[shop.far.id]) == {tea: Policy(*tea, 1, 8)}
    assert api.put_levels(brand, [], dropped=[cup], by="bob") == 1
    assert api.put_levels(brand, [], dropped=[cup], by="bob") == 0
    assert set(api.policies(brand)) == {tea}
    told = audit.page(brand, verb="stock.level").entries
    assert [(e.actor, e.subject, e.before, e.after) for e in told[:2]] == [
        ("bob", "stock level CUP NEAR", {"low": 5, "high": 20}, None),
        ("ann", "stock level TEA FAR", {"low": 0}, {"low": 1}),
    ]
    assert len(told) == 4


def test_a_level_that_orders_nothing_is_named_by_row_and_none_is_kept(shop, places):
    cup, tea = places
    with pytest.raises(BadInput) as caught:
        api.put_levels(shop.brand.id, [Policy(*cup, 5, 20), Policy(*tea, 8, 8)], by="ann")
    assert [(p.field, p.fix) for p in caught.value.problems] == [
        ("/levels/1/high", "more than 8, the level at which it is ordered")
    ]
    assert api.policies(shop.brand.id) == {}


@pytest.mark.requirement("S-150")
def test_the_outlook_says_what_a_proposal_would_say_whatever_is_fixed(shop, places):
    (near, cup), _tea = places
    open_mill(shop)
    today = clock.now().astimezone(ZoneInfo(shop.brand.timezone)).date()
    api.put_history(shop.brand.id, {(cup, near, today - timedelta(days=n)): 4 for n in range(1, 100)})
    api.put_levels(shop.brand.id, [Policy(near, cup, 1, 3)], by="ann")
    said = api.outlook(shop.brand.id, near, [cup, shop.items["TEA"].id])
    assert set(said) == {cup} and said[cup].forecast is not None
    assert (said[cup].days, said[cup].level, said[cup].forecast.units, said[cup].forecast.wape) == (4, 16, 16.0, 0.0)
