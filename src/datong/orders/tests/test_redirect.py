"""An order goes elsewhere or at another time, as long as no store has begun; else it is refused clearly."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from itertools import count
from typing import Any
from uuid import UUID

import pytest

from datong.brand.api import put_stores
from datong.brand.types import AddressText
from datong.catalog.types import Row
from datong.fulfilment.api import advance, open_tasks, tasks_of
from datong.fulfilment.types import FulfilmentKind, Task, TaskState
from datong.inventory.api import holds_of
from datong.kernel import clock
from datong.kernel.errors import BadValue, Conflict
from datong.kernel.geo import Point
from datong.kernel.ids import uuid7
from datong.orders import api
from datong.orders.sourcing import supply
from datong.orders.tests.conftest import HOME, Shop, sound
from datong.orders.tests.test_delivery_fee import decide
from datong.orders.types import Accepted, Destination

SAID = {"reason": "moved", "who": "mia"}


def to(place: Point, line: str = "9 Lake St") -> Destination:
    return Destination(AddressText(line=line, city="Minneapolis"), place)


def short_reach(shop: Shop) -> None:
    put_stores(shop.brand.id, [replace(store, serves_radius_m=2_000) for store in (shop.near, shop.far)])
    supply.forget(shop.brand.id)


@pytest.mark.requirement("S-250")
def test_a_store_that_does_not_reach_the_new_address_gives_it_to_one_that_does(shop: Shop) -> None:
    short_reach(shop)
    order = shop.place_one(("CUP", 1))
    assert shop.page(order).store_id == shop.near.id
    near = api.redirect(order.order_id, brand=shop.brand.id, destination=to(Point(HOME.lon + 0.005, HOME.lat)), **SAID)
    assert (near.store_id, near.address) == (shop.near.id, "9 Lake St, Minneapolis")
    far = api.redirect(order.order_id, brand=shop.brand.id, destination=to(shop.far.place), **SAID)
    assert far.store_id == shop.far.id and [h[0] for h in holds_of(shop.brand.id, order.order_id)] == [shop.far.id]
    with pytest.raises(Conflict):
        api.redirect(order.order_id, brand=shop.brand.id, destination=to(Point(HOME.lon + 9, HOME.lat)), **SAID)
    assert shop.page(order).address == "9 Lake St, Minneapolis" and shop.page(order).store_id == shop.far.id
    sound(shop)


def opened(shop: Shop, order: Accepted) -> UUID:
    task = Task(uuid7(), order.order_id, shop.near.id, FulfilmentKind.DELIVERY, None)
    open_tasks([task], brand=shop.brand.id)
    return task.id


def test_a_new_time_reaches_the_store_and_one_gone_by_is_refused(shop: Shop) -> None:
    order, later = shop.place_one(("CUP", 1)), clock.now() + timedelta(hours=3)
    opened(shop, order)
    assert api.redirect(order.order_id, brand=shop.brand.id, promised_at=later, **SAID).promised_at == later
    assert [task.promised_at for task in tasks_of(shop.brand.id, [order.order_id])] == [later]
    with pytest.raises(BadValue):
        api.redirect(order.order_id, brand=shop.brand.id, promised_at=clock.now() - timedelta(hours=1), **SAID)


def test_once_a_store_has_begun_nothing_is_changed(shop: Shop) -> None:
    order = shop.place_one(("CUP", 1))
    advance([opened(shop, order)], TaskState.ACCEPTED, brand=shop.brand.id, by="bo")
    with pytest.raises(Conflict) as error:
        api.redirect(order.order_id, brand=shop.brand.id, destination=to(HOME), **SAID)
    assert "begun" in str(error.value) and shop.page(order).address == "1 Main St, Minneapolis"


def test_a_dearer_delivery_is_refused_with_both_fees_unless_the_brand_bears_it(shop: Shop) -> None:
    decide(shop, Row(("<= 3000", "", ""), ("100",), "near"), Row(("> 3000", "", ""), ("900",), "far"))
    order = shop.place_one(("CUP", 1), placed_at=clock.now())
    further = to(Point(HOME.lon - 0.1, HOME.lat))
    with pytest.raises(Conflict) as error:
        api.redirect(order.order_id, brand=shop.brand.id, destination=further, **SAID)
    assert error.value.problems[0].code == "fee_differs" and error.value.problems[0].value == 900
    moved = api.redirect(order.order_id, brand=shop.brand.id, destination=further, keep_fee=True, **SAID)
    assert (moved.delivery_minor, moved.total_minor) == (100, 1300)


def test_a_customer_who_cancels_while_the_desk_changes_the_address_leaves_one_state(
    committed_shop: Shop, in_parallel: Callable[..., Any]
) -> None:
    shop = committed_shop
    short_reach(shop)
    order, turns = shop.place_one(("CUP", 1)), count()

    def one() -> str:
        try:
            if next(turns) % 2:
                api.cancel(order.order_id, brand=shop.brand.id, who="customer", reason="changed my mind")
            else:
                api.redirect(order.order_id, brand=shop.brand.id, destination=to(shop.far.place), **SAID)
        except Conflict:
            return "refused"
        return "done"

    in_parallel(6, one)
    assert shop.page(order).state == "cancelled" and holds_of(shop.brand.id, order.order_id) == []
    sound(shop)
