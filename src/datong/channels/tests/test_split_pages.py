"""A split order: each store sees which units are its own and where the rest comes from."""

from __future__ import annotations

from django.test.utils import CaptureQueriesContext

from datong.access.types import Role
from datong.channels.tests.conftest import House
from datong.channels.tests.test_pages import texts
from datong.inventory.api import recount
from datong.inventory.types import StockRow
from datong.orders import api as orders
from datong.orders.types import IntentLine


def split_order(house: House, number: int = 1) -> str:
    """Two cups that only Uptown has, and a teapot that only the other store has."""
    gone = [StockRow(house.near.id, house.items["POT"].id, 0), StockRow(house.far.id, house.items["CUP"].id, 0)]
    recount(house.brand.id, gone, who="test")
    lines = (IntentLine(1, "CUP", 2), IntentLine(2, "POT", 1))
    made = house.place(house.intent(lines=lines, external_id=f"split-{number}"))
    assert len(orders.shares(house.brand.id, [made.order_id])[made.order_id]) == 2
    return made.number


def test_a_store_sees_which_lines_of_a_split_order_are_its_own_and_where_the_rest_comes_from(house: House) -> None:
    number = split_order(house)
    store, other = house.client(Role.STORE), house.far.name
    page = texts(store.get(f"/orders/{number}/"))
    assert f"2 of 3 units are yours; the rest comes from {other}." in page
    assert f"{house.near.name} yours 2 × Cup" in page and f"{other} 1 × Teapot with a name" in page
    assert "yours: 2" in page and page.count("from another store") == 1
    assert "split: 2 of 3 units yours" in texts(store.get("/"))


def test_head_office_sees_who_sends_what(house: House) -> None:
    number = split_order(house)
    page = texts(house.client().get(f"/orders/{number}/"))
    assert "Split over several stores 3 units come from" in page and "from another store" not in page
    assert "yours" not in page
    assert "split over 2 stores" in texts(house.client().get("/"))
    assert "split over 2 stores" in texts(house.client().get("/stores/NEAR/"))


def test_an_order_of_one_store_says_nothing_of_splitting(house: House) -> None:
    made = house.place()
    page = texts(house.client(Role.STORE).get(f"/orders/{made.number}/"))
    assert "Split over" not in page and "yours" not in page
    assert "split" not in texts(house.client(Role.STORE).get("/"))


def test_the_marks_of_a_page_cost_one_statement_however_many_orders(house: House) -> None:
    from django.db import connection

    from datong.kernel.db import in_brand

    split_order(house, 1)
    ids = [row.id for row in orders.board(house.brand.id, orders.BoardFilter()).rows]
    with in_brand(house.brand.id), CaptureQueriesContext(connection) as seen:
        orders.shares(house.brand.id, ids)
    first = len(seen)
    for n in range(2, 5):
        house.place(house.intent(lines=(IntentLine(1, "CUP", 1), IntentLine(2, "POT", 1)), external_id=f"more-{n}"))
    ids = [row.id for row in orders.board(house.brand.id, orders.BoardFilter()).rows]
    with in_brand(house.brand.id), CaptureQueriesContext(connection) as seen:
        assert len(orders.shares(house.brand.id, ids)) == 4
    assert len(seen) == first
