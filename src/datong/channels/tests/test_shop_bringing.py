"""Before pickup and after delivery a customer sees no courier, and nothing of where they are is kept."""

from __future__ import annotations

from datong.access.types import Role
from datong.channels.shop.door import Shopper, shop_of
from datong.channels.shop.status import status_url
from datong.channels.tests.conftest import House
from datong.channels.tests.every_shop import open_shop
from datong.channels.tests.test_courier_pages import hire, order, tell
from datong.channels.tests.test_pages import texts
from datong.fulfilment import api as fulfilment
from datong.kernel.db import in_brand, rows
from datong.kernel.geo import Point


def test_the_customer_sees_the_courier_between_pickup_and_delivery_and_only_then(house: House) -> None:
    open_shop(house)
    task, kim = order(house), hire(house)
    fulfilment.assign_delivery(task.id, kim.id, brand=house.brand.id, by="ann")
    brand, channel = shop_of(house.brand.slug)
    url, customer, phone = (
        status_url(Shopper(brand, channel), task.order_id), house.client(Role.STORE), house.client(Role.COURIER),
    )  # fmt: skip

    def seen() -> tuple[bool, bool, int]:
        fulfilment.put_position(kim.id, Point(-93.2, 44.9), brand=house.brand.id)
        said = texts(customer.get(url))
        with in_brand(house.brand.id):
            kept = rows("SELECT count(*) FROM fulfilment_position WHERE brand_id = %s", [house.brand.id])[0][0]
        return "Show this code to the courier" in said, "Where the courier was" in said, kept

    assert seen() == (False, False, 0)
    note = fulfilment.deliveries_by_task(house.brand.id, [task.id])[0].note
    assert tell(phone, "picked_up", task, scan=note.number)["taken"]
    assert seen() == (True, True, 1)
    assert tell(phone, "delivered", task, proof="code", code=note.code, cash_minor=note.due_minor)["taken"]
    assert seen() == (False, False, 0)
