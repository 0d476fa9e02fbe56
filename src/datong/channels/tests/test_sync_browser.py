"""Channels both ways in a real browser: the lag, a message that failed, who leads a field, a day explained."""

from __future__ import annotations

from uuid import UUID

import pytest
from playwright.sync_api import Page, expect

from datong.access.types import Role
from datong.catalog.api import items_by_sku
from datong.channels.tests.conftest import House
from datong.channels.tests.test_browser import address, chromium, enter, examine, page
from datong.kernel import clock
from datong.site.testing.platforms import LocalWooCommerce, woo
from datong.sync import api as sync

__all__ = ["address", "chromium", "page", "woo"]

pytestmark = pytest.mark.browser


def connect(house: House, woo: LocalWooCommerce) -> UUID:
    web = house.channels["web"]
    woo.put("POT", "Teapot", "1.00", 10)
    woo.put("CUP", "The blue cup", "1.00", 20)
    keys = {"consumer_key": "ck_local", "consumer_secret": "cs_local"}
    sync.connect(house.brand.id, web, "woocommerce", woo.url, secrets=keys, settings={}, by="test")
    sync.learn(house.brand.id, web, by="test")
    sync.send_due(house.brand.id, web)
    return web


@pytest.mark.requirement("S-62")
def test_a_failed_message_is_mended_and_sent_again_and_the_lag_is_shown(
    page: Page, committed_house: House, woo: LocalWooCommerce
) -> None:
    web = connect(committed_house, woo)
    cup = woo.products.pop(20)  # somebody deletes the cup in the shop
    sync.mark_stock(committed_house.brand.id, [committed_house.items["CUP"].id], at=clock.now())
    sync.send_due(committed_house.brand.id, web)
    enter(page, committed_house, Role.OWNER)
    page.goto("/sync/")
    row = page.get_by_role("row").filter(has_text="WooCommerce")
    expect(row).to_contain_text("needs a hand")
    expect(row).to_contain_text(" s / ")
    row.get_by_role("link").first.click()
    page.locator(".tabs").get_by_role("link", name="failed").click()
    expect(page.locator("main")).to_contain_text("The product was deleted in WooCommerce: learn the products again.")
    assert examine(page) == []
    woo.products[20] = cup  # and brings it back
    page.get_by_role("button", name="Send again: ").first.click()
    expect(page.locator(".tabs").get_by_role("link", name="failed")).to_contain_text("0")
    sync.send_due(committed_house.brand.id, web)
    page.goto("/sync/web/?state=sent")
    confirmed = page.get_by_role("row").filter(has_text="CUP").filter(has_text="stock")
    expect(confirmed).to_have_count(1)
    assert woo.by_sku("CUP").stock_quantity == sync.shelf(committed_house.brand.id, web)[0].wanted_units


@pytest.mark.requirement("S-60")
def test_a_field_gets_its_leader_and_what_differs_is_taken(
    page: Page, committed_house: House, woo: LocalWooCommerce
) -> None:
    connect(committed_house, woo)
    enter(page, committed_house, Role.OWNER)
    page.goto("/sync/fields/")
    page.get_by_role("button", name="Read the products of").click()
    differs = page.get_by_role("row").filter(has_text="The blue cup")
    expect(differs).to_contain_text("differs")
    page.get_by_label("Title").select_option("channel")
    page.get_by_role("button", name="Declare who leads at").click()
    expect(page.get_by_role("status").filter(has_text="Title: led by the channel from now on.")).to_be_visible()
    expect(page.get_by_label("Title")).to_have_value("channel")
    page.get_by_role("button", name="Read the products of").click()
    expect(page.get_by_role("status").filter(has_text="2 taken over")).to_be_visible()
    assert examine(page) == []
    assert items_by_sku(committed_house.brand.id, ["CUP"])["CUP"].title == "The blue cup"


@pytest.mark.requirement("S-163")
def test_a_day_that_differs_is_opened_and_the_difference_accepted_with_its_reason(
    page: Page, committed_house: House
) -> None:
    enter(page, committed_house, Role.OWNER)
    page.goto("/reconciliation/totals/")
    page.get_by_label("Or type it").fill("channel,day,orders,amount\ntill,2026-11-20,2,10.00\n")
    page.get_by_role("button", name="Keep and compare").click()
    expect(page.get_by_role("status").filter(has_text="1 day declared")).to_be_visible()
    page.goto("/reconciliation/till/2026-11-20/")
    expect(page.locator("main")).to_contain_text("totals differ")
    page.get_by_placeholder("Why, or what to ask").fill("the till's own test")
    page.get_by_role("button", name="Accept").click()
    expect(page.get_by_role("status").filter(has_text="Accepted.")).to_be_visible()
    expect(page.locator("main")).to_contain_text("the till's own test")
    assert examine(page) == []
