"""Files as they go wrong in the world, through the page: each is named with its fix, or simply understood."""

from __future__ import annotations

import io
from typing import Any

import pytest
from openpyxl import Workbook

from datong.catalog.api import items_by_sku
from datong.channels.tests.conftest import House
from datong.channels.tests.test_imports_page import act, run_of, send, work


def workbook(*rows: list[Any]) -> bytes:
    book = Workbook()
    for row in rows:
        book.active.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def checked(house: House, kind: str, data: bytes, name: str) -> str:
    """The page of a file that was sent and checked."""
    client = house.client()
    run_id = run_of(send(client, kind, data, name))
    work(house, run_id)
    page: str = client.get(f"/imports/{run_id}/").content.decode()
    return page


@pytest.mark.parametrize("file", ["sku,title,Retial\nMUG,Mug,9\n", "SKU,Name,Shelf price\nMUG,Mug,9\n"])
def test_a_column_that_was_renamed_is_asked_for_by_name(house: House, file: str) -> None:
    client = house.client()
    sent = send(client, "prices", file.encode())
    run_id = run_of(sent)
    done = client.post(f"/imports/{run_id}/act/", {"verb": "check", "at-sku": "0"})
    assert done.status_code == 422
    assert "Price" in done.content.decode()
    assert file.split("\n")[0].split(",")[2] in done.content.decode()  # what it could be read from
    act(client, run_id, "check", **{"at-sku": "0", "at-price": "2"})
    assert work(house, run_id).counts.bad == 1  # MUG is not known


def test_a_date_that_is_a_number_of_excel_is_named_with_the_day_it_may_mean(house: House) -> None:
    data = workbook(["SKU", "Price", "Valid from"], ["MUG", 9, 46000])
    page = checked(house, "prices", data, "prices.xlsx")
    assert "This is the number by which Excel keeps a date." in page
    assert "perhaps 2025-12-09" in page


def test_a_file_in_gbk_is_read_as_it_is(house: House) -> None:
    client = house.client()
    run_id = run_of(
        send(client, "products", '商品编码,商品名称,售价\nCHA,龙井茶,"1,288.00"\n'.encode("gbk"), "货品.csv")
    )
    work(house, run_id)
    act(client, run_id, "start", mode="good")
    assert work(house, run_id).counts.new == 1
    assert items_by_sku(house.brand.id, ["CHA"])["CHA"].title == "龙井茶"


def test_separators_of_thousands_are_understood_and_what_has_two_readings_is_named(house: House) -> None:
    page = checked(house, "products", b'sku,title,price\nA,One,"1,234.50"\nB,Two,"1.234"\n', "goods.csv")
    assert "This can be read in two ways: 1234 or 1.234." in page
    assert "Write the one you mean, without a separator of thousands." in page
    assert "Let 1 row in" in page
