from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from datong.books import api
from datong.books.rules import line_revenues
from datong.inventory.api import put_costs
from datong.kernel.errors import BadValue
from datong.ledger import api as ledger


@given(st.integers(0, 10**9), st.lists(st.integers(0, 10**6), min_size=1, max_size=20))
def test_the_lines_revenues_sum_to_the_order_s(goods, totals):
    parts = line_revenues(goods, totals)
    assert sum(parts) == (goods if any(totals) else 0) and len(parts) == len(totals)


@pytest.mark.django_db
@pytest.mark.requirement("S-207", "S-215")
def test_margin_is_the_sale_price_less_the_cost_where_it_is_known(shop):
    brand = shop.brand.id
    put_costs(brand, {shop.items["CUP"].id: 700})
    sold = shop.place(shop.till_sale(("CUP", 2), ("TEA", 1)), shop.till_sale(("CUP", 1)))
    [waiting] = shop.place(shop.intent(("CUP", 1)))
    ids = [order.order_id for order in (*sold, waiting)]
    assert api.keep_margins(brand, ids) == 3
    assert api.keep_margins(brand, ids) == 0
    put_costs(brand, {shop.items["CUP"].id: 900})  # a later purchase changes no past margin
    day = ledger.rulebook(brand).business_date(shop.intent().placed_at)
    found = {m.value: m for m in api.margins(brand, day, day, by="product")}
    assert (found["CUP"].units, found["CUP"].revenue_minor, found["CUP"].margin_minor) == (3, 3600, 1500)
    assert (found["TEA"].revenue_minor, found["TEA"].known_minor, found["TEA"].margin_minor) == (500, 0, 0)
    [channel] = api.margins(brand, day, day, by="channel")
    assert (channel.value, channel.revenue_minor, channel.cost_minor) == (str(shop.till), 4100, 2100)
    [store] = api.margins(brand, day, day, by="store", stores=[shop.near.id])
    assert store.value == str(shop.near.id)
    assert api.margins(brand, day, day, by="store", stores=[shop.far.id]) == []
    sales = [b for b in ledger.trial_balance(brand) if b.account.code == "income:sales"]
    assert sales[0].credits_minor == channel.revenue_minor
    with pytest.raises(BadValue):
        api.margins(brand, day, day, by="colour")
