"""What is brought must come to something (起送价): by the brand's table, told before, refused with what is missing."""

from __future__ import annotations

from dataclasses import replace

import pytest

from datong.access.types import Role, Staff
from datong.brand.types import AddressText
from datong.catalog import api as catalog
from datong.catalog.types import Row
from datong.fulfilment.types import FulfilmentKind
from datong.kernel.ids import uuid7
from datong.orders import api
from datong.orders.tests.conftest import HOME
from datong.orders.types import Accepted, CheckOut, Contact, Destination, Refused, Way
from datong.payments.types import PaymentMethod


@pytest.mark.requirement("S-12")
def test_a_delivery_below_the_minimum_is_refused_with_what_is_missing(shop):
    brand = shop.brand.id
    table = replace(catalog.FIRST_TABLES["minimum_order"], rows=(Row(("", ""), ("1500",), "everywhere"),))
    version = catalog.put_table(brand, table, by="test")
    catalog.publish_table(brand, version.id, by=Staff(uuid7(), brand, "owner", Role.OWNER), reason="test")
    basket, _token = api.open_basket(brand)
    basket = api.put_in_basket(basket.id, "TEA", 2, brand=brand, seen_minor=500)
    address = AddressText(line="1 Main St", city="Minneapolis")
    way = Way(shop.web, "USD", FulfilmentKind.DELIVERY, address=address, place=HOME)
    costs = api.price_basket(brand, basket, way)
    assert (costs.least_minor, costs.missing_minor, costs.total_minor) == (1500, 500, 1000)

    def check_out(there):
        priced = api.price_basket(brand, there, way)
        wanted = CheckOut(
            there.version, priced.total_minor, way, "", PaymentMethod.CASH_ON_DELIVERY, Contact("Ann", "+16125550100"),
            Destination(address, HOME),
        )  # fmt: skip
        return api.check_out(there.id, wanted, brand=brand, actor="test")

    refused = check_out(basket)
    assert isinstance(refused, Refused) and refused.code == "below_minimum"
    assert refused.problems[0].fix == "goods for 500 more: at least 1500 are brought there"
    fetched = replace(way, fulfilment=FulfilmentKind.PICKUP, store_id=shop.near.id)
    assert api.price_basket(brand, basket, fetched).missing_minor == 0
    more = api.put_in_basket(basket.id, "TEA", 3, brand=brand, seen_minor=500)
    assert isinstance(check_out(more), Accepted)
