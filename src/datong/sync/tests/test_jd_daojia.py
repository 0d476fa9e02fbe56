"""A second marketplace of the mapped kind, by its mapping alone: JSON inside a signed form, answers inside answers."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import UUID

import pytest

from datong.inventory.api import count
from datong.kernel import clock
from datong.kernel.ids import uuid7
from datong.sync import api
from datong.sync.api import Step
from datong.sync.local.jd_daojia import LocalJdDaojia
from datong.sync.tests.shops import Shop
from datong.sync.tests.test_platforms import channel, settle
from datong.sync.types import Kind


@pytest.fixture
def daojia() -> Iterator[LocalJdDaojia]:
    with LocalJdDaojia() as server:
        for place in ("JD1", "JD2"):
            server.put(place, "TEA", "绿茶")
            server.put(place, "CUP", "杯子")
        for n in range(30):
            server.products[f"OTHER{n}"] = "nothing of ours"
        yield server


def connected(shop: Shop, server: LocalJdDaojia) -> UUID:
    made = channel(shop, "daojia")
    places = {str(shop.near.id): "JD1", str(shop.far.id): "JD2"}
    settings = {"mapping": "jd_daojia", "mode": "location", "places": places}
    secrets = {"secret": server.secret, "token": "t", "app_key": "k"}
    api.connect(shop.brand.id, made, "marketplace", server.url, secrets=secrets, settings=settings, by="test")
    api.learn(shop.brand.id, made, by="test")
    api.send_due(shop.brand.id, made)
    return made


@pytest.mark.requirement("S-60", "S-62")
def test_stock_and_prices_of_each_store_reach_jd_and_a_product_it_lacks_spoils_no_other(
    shop: Shop, daojia: LocalJdDaojia
) -> None:
    made = connected(shop, daojia)
    assert daojia.shelves["JD1"] == {"TEA": {"stockQty": 10, "price": 500}, "CUP": {"stockQty": 10, "price": 1200}}
    assert daojia.shelves["JD2"]["TEA"] == {"stockQty": 10, "price": 500}
    del daojia.shelves["JD1"]["CUP"]
    for sku in ("TEA", "CUP"):
        count(shop.brand.id, shop.near.id, shop.items[sku].id, 4, who="test")
    api.mark_stock(shop.brand.id, [shop.items[sku].id for sku in ("TEA", "CUP")], at=clock.now())
    daojia.busy = 1
    settle(shop, made)
    assert daojia.shelves["JD1"]["TEA"]["stockQty"] == 4
    (refused,) = api.outward_page(shop.brand.id, made, state="failed").rows
    assert (refused.code, refused.why) == ("1", "商品不存在 CUP")


def test_an_order_goes_on_at_jd_and_words_with_quotation_marks_stay_one_value(
    shop: Shop, daojia: LocalJdDaojia
) -> None:
    made = connected(shop, daojia)
    daojia.orders["77"] = []
    order = uuid7()
    for kind, facts in ((Kind.ACCEPTED, {}), (Kind.CANCELLED, {"reason": 'no "green" tea'})):
        api.say(shop.brand.id, [Step(made, kind, order, "77", facts, clock.now())])
        settle(shop, made)
    assert [said["what"] for said in daojia.orders["77"]] == ["accepted", "cancelled"]
    assert daojia.orders["77"][1]["operRemark"] == 'no "green" tea'
