"""What the customer of the shop sees of fetching an order: number and code, as long as it waits."""

from __future__ import annotations

from uuid import UUID

import pytest
from django.test import Client

from datong.channels.shop.door import Shopper, shop_of
from datong.channels.shop.status import status_url
from datong.channels.tests.conftest import House
from datong.channels.tests.every_shop import open_shop
from datong.fulfilment import api as fulfilment
from datong.fulfilment.types import Calling, FulfilmentKind, Task
from datong.kernel.ids import uuid7


def placed(house: House, kind: FulfilmentKind = FulfilmentKind.PICKUP) -> tuple[str, Calling]:
    """The page of an order that a store has, and what its task is called by."""
    open_shop(house)
    brand, channel = shop_of(house.brand.slug)
    wish = {"store_code": house.near.code, "destination": None} if kind is not FulfilmentKind.DELIVERY else {}
    made = house.place(house.intent(channel_id=channel.id, fulfilment=kind, **wish))
    return status_url(Shopper(brand, channel), made.order_id), opened(house, made.order_id, kind)


def opened(house: House, order_id: UUID, kind: FulfilmentKind) -> Calling:
    fulfilment.open_tasks([Task(uuid7(), order_id, house.near.id, kind, None)], brand=house.brand.id)
    (calling,) = fulfilment.callings_of(house.brand.id, [order_id]).values()
    return calling


@pytest.mark.requirement("S-154", "S-177")
@pytest.mark.parametrize("kind", [FulfilmentKind.PICKUP, FulfilmentKind.IN_STORE])
def test_the_order_s_page_shows_number_and_code_until_it_was_handed_over(house: House, kind: FulfilmentKind) -> None:
    url, calling = placed(house, kind)
    code = f"{calling.code[:3]} {calling.code[3:]}"
    page = Client().get(url).content.decode()
    assert f"data-calling>{calling.said}<" in page and f"data-code>{code}<" in page
    fulfilment.hand_over(calling.number, store_id=house.near.id, brand=house.brand.id, by="ann", code=code)
    assert code not in Client().get(url).content.decode()


def test_a_delivery_shows_no_code_for_the_counter(house: House) -> None:
    url, calling = placed(house, FulfilmentKind.DELIVERY)
    assert calling.code[:3] + " " + calling.code[3:] not in Client().get(url).content.decode()
