"""A real Chromium counts with an approval, buys from a proposal to a receipt with a difference, and sells out."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from datong.access import api as access
from datong.access.types import Role
from datong.catalog.api import put_items
from datong.channels.tests.conftest import House
from datong.channels.tests.test_browser import PHONE, address, chromium, enter, examine, page
from datong.channels.tests.test_purchasing_pages import open_mill
from datong.inventory import api as inventory
from datong.kernel import clock
from datong.purchasing import api as purchasing
from datong.purchasing.types import ClaimKind, OrderState

__all__ = ["address", "chromium", "page"]

pytestmark = pytest.mark.browser
CUP_CODE, OTHER_CODE = "036000291452", "4006381333931"


def row(house: House, store: Any) -> Any:
    (found,) = inventory.stock_of(house.brand.id, items=[house.items["CUP"].id], locations=[store.id])
    return found


def test_a_count_on_the_phone_waits_for_a_second_person_and_moves_stock_when_they_say_yes(
    page: Page, committed_house: House
) -> None:
    house = committed_house
    access.set_limits(house.brand.id, "stock.adjust", {Role.STORE: 100}, by="owner")
    page.set_viewport_size(PHONE)
    enter(page, house, Role.STORE)
    page.goto("/stock/counts/")
    page.get_by_role("button", name="Begin a count").first.click()
    page.get_by_role("dialog").get_by_role("button", name="Begin").click()
    code = page.get_by_label("Product number or barcode")
    expect(code).to_be_focused()
    code.fill("CUP")
    page.get_by_label("Units", exact=True).fill("7")
    page.keyboard.press("Enter")
    expect(page.get_by_text("1 product counted")).to_be_visible()
    expect(page.locator("main").get_by_text("Books", exact=True)).to_have_count(0)  # nobody counts towards a figure
    assert examine(page) == []
    page.get_by_role("button", name="Close the count").click()
    expect(page.get_by_text("a second person is asked")).to_be_visible()
    assert row(house, house.near).on_hand == 10
    page.context.clear_cookies()
    page.set_viewport_size({"width": 1440, "height": 900})
    enter(page, house, Role.HQ)
    (asked,) = access.list_approvals(house.brand.id, kind="stock.adjust").approvals
    page.goto(f"/approvals/{asked.id}/")
    page.get_by_role("button", name="Approve").click()
    expect(page.get_by_text("approved").first).to_be_visible()
    assert row(house, house.near).on_hand == 7 and inventory.audit(house.brand.id).sound


@pytest.mark.requirement("S-150", "S-153")
def test_from_a_proposal_to_an_order_to_a_receipt_that_differs(page: Page, committed_house: House) -> None:
    from dataclasses import replace

    house = committed_house
    put_items(house.brand.id, [replace(house.items["CUP"], gtin=CUP_CODE)])
    open_mill(house)
    enter(page, house)
    page.goto("/purchasing/")
    page.get_by_role("button", name="Make proposals now").click()
    expect(page.get_by_text("error 0%, naive 0%")).to_be_visible()
    page.get_by_label("To order", exact=True).fill("6")
    page.get_by_role("button", name="Draft this order").click()
    page.get_by_role("button", name="Approve").click()
    expect(page.get_by_text("The order is approved.")).to_be_visible()
    assert examine(page) == []
    page.get_by_role("button", name="It was sent").click()
    expect(page.get_by_text("Sent to the supplier")).to_be_visible()
    (order,) = purchasing.orders(house.brand.id)
    assert order.state is OrderState.SENT

    page.context.clear_cookies()
    page.set_viewport_size(PHONE)
    enter(page, house, Role.STORE)
    page.goto(f"/purchasing/orders/{order.id}/")
    page.get_by_role("link", name="Receive").click()
    field = page.get_by_label("Barcode or product number")
    for code in (CUP_CODE, f"0{CUP_CODE}", OTHER_CODE, CUP_CODE, CUP_CODE):  # as fast as a scanner types
        expect(field).to_be_focused()
        page.keyboard.insert_text(code)
        page.keyboard.press("Enter")
        if code == OTHER_CODE:
            expect(page.locator("[data-scan-said]")).to_have_text(f"{OTHER_CODE} is not of this order.")
    expect(page.locator("[data-scan-said]")).to_have_text("Cup: 4")
    expect(page.get_by_label("Good: Cup")).to_have_value("4")
    page.get_by_label("Damaged: Cup").fill("1")
    wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert wide <= 0 and examine(page) == []
    page.get_by_role("button", name="Put it on the shelf").click()
    expect(page.get_by_text("Goods came: 4 good, 1 damaged")).to_be_visible()
    assert row(house, house.near).on_hand == 14
    purchasing.close_order(house.brand.id, order.id, by="hq")
    claimed = {(c.kind, c.units) for c in purchasing.claims(house.brand.id)}
    assert claimed == {(ClaimKind.DAMAGED, 1), (ClaimKind.SHORT, 1)}


def test_a_product_is_sold_out_at_one_touch_and_back_at_another(page: Page, committed_house: House) -> None:
    house = committed_house
    page.set_viewport_size(PHONE)
    enter(page, house, Role.STORE)
    page.goto("/sold-out/")
    began = clock.now()
    page.get_by_role("button", name="Sell out: Cup").click()
    expect(page.get_by_text("Cup is sold out at Uptown.")).to_be_visible()
    assert row(house, house.near).free == 0 and row(house, house.far).free == 10
    assert clock.now() - began < timedelta(seconds=5)
    assert examine(page) == []
    page.get_by_role("button", name="Back on sale: Cup").click()
    expect(page.get_by_text("Cup is on sale again at Uptown.")).to_be_visible()
    assert row(house, house.near).free == 10
