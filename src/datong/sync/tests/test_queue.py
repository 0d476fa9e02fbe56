"""What orders wait for is promised to them: no channel is told that it could sell it."""

from __future__ import annotations

import pytest

from datong.inventory.api import count
from datong.orders.api import cancel
from datong.sync.tests.shops import TwoWay
from datong.sync.tests.test_bundles import menu_shop  # noqa: F401


def stand(two_way: TwoWay, sku: str, near: int, far: int) -> tuple[int, int]:
    shop = two_way.shop
    for store, units in ((shop.near, near), (shop.far, far)):
        count(shop.brand.id, store.id, shop.items[sku].id, units, who="test")
    return told(two_way, sku)


def told(two_way: TwoWay, sku: str) -> tuple[int, int]:
    two_way.hear()
    two_way.settle()
    return two_way.shown(sku)


@pytest.mark.requirement("S-62")
def test_units_that_an_order_waits_for_are_not_told_and_are_again_when_it_is_gone(menu_shop: TwoWay) -> None:  # noqa: F811
    two_way, shop = menu_shop, menu_shop.shop
    assert stand(two_way, "CUP", 3, 4) == (7, 7)
    waiting = shop.sold(two_way.at_woo, "W-1", "CUP", 5)  # no store has five
    assert waiting.state == "backorder"
    assert told(two_way, "CUP") == (2, 2)
    assert two_way.shown("MENU") == (2, 2), "and so is what is made of it"
    cancel(waiting.order_id, brand=two_way.brand, who="kim", reason="not wanted any more")
    assert told(two_way, "CUP") == (7, 7)
