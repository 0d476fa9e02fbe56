"""The income statement by product: joined from the lines of orders, and the ledger's to the cent."""

from __future__ import annotations

from datetime import timedelta

import pytest

from datong.books import api
from datong.books.tests.conftest import Shop
from datong.catalog.api import put_items
from datong.catalog.types import Item
from datong.kernel import clock
from datong.kernel.errors import BadValue
from datong.kernel.ids import uuid7
from datong.ledger import api as ledger
from datong.ledger.types import Account, Asked, Transfer

pytestmark = pytest.mark.django_db


@pytest.fixture
def sold(shop: Shop) -> Shop:
    """Two till sales and a platform's, two products; one order that nobody has fetched, and a fee of no product."""
    put_items(shop.brand.id, [Item(shop.items["CUP"].id, "CUP", "Cup", category="ware")])
    placed = shop.place(
        shop.till_sale(("CUP", 2), ("TEA", 1)),
        shop.till_sale(("CUP", 1)),
        shop.sold_elsewhere(("TEA", 3, 333), completed=True),
        shop.intent(("CUP", 1)),
    )
    api.keep_margins(shop.brand.id, [order.order_id for order in placed])
    fee = Transfer(
        uuid7(), Account("expense:fee", "USD"), Account("asset:bank", "USD"), 77, "fee", uuid7(), today(shop)
    )
    ledger.post([fee], brand=shop.brand.id)
    return shop


def today(shop: Shop):
    return ledger.rulebook(shop.brand.id).business_date(clock.now())


def by(shop: Shop, what: str, **asked):
    found = api.income_by_goods(shop.brand.id, Asked(today(shop), today(shop), **asked), by=what)
    return {(row.account.code, row.value): -row.net_minor for row in found}


@pytest.mark.requirement("S-202", "S-203", "S-207")
def test_sales_are_told_by_product_and_category_and_sum_to_the_ledger_to_the_cent(sold: Shop):
    assert by(sold, "product") == {
        ("income:sales", "CUP"): 3600,
        ("income:sales", "TEA"): 1499,
        ("expense:fee", ""): -77,
    }
    assert by(sold, "category")["income:sales", "ware"] == 3600
    till = {"channel": str(sold.till)}
    assert by(sold, "product", where=till) == {("income:sales", "CUP"): 3600, ("income:sales", "TEA"): 500}
    assert by(sold, "product", stores=(sold.far.id,)) == {}
    lost = Transfer(uuid7(), Account("liability:sales", "USD"), Account("income:sales", "USD"), 7, "earned", uuid7(),
                    today(sold))  # fmt: skip
    ledger.post([lost], brand=sold.brand.id)
    assert by(sold, "product")["income:sales", ""] == 7  # what no line has is not lost
    for what in api.GOODS:
        found: dict[str, int] = {}
        for (code, _value), minor in by(sold, what).items():
            found[code] = found.get(code, 0) + minor
        whole = ledger.report(sold.brand.id, Asked(today(sold), today(sold), codes=("income:", "expense:"))).rows
        assert found == {row.account.code: -row.net_minor for row in whole}


def test_what_lines_cannot_tell_is_refused(sold: Shop):
    for where in ({"merchant": "x"}, {"order": str(uuid7())}, {"store": ""}):
        with pytest.raises(BadValue):
            by(sold, "product", where=where)
    with pytest.raises(BadValue):
        by(sold, "colour")
    tomorrow = today(sold) + timedelta(1)
    assert api.income_by_goods(sold.brand.id, Asked(tomorrow, tomorrow), by="product") == []
