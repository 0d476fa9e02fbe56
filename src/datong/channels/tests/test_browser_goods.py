"""A food product in a real Chromium: made from a template, put on sale, ordered over the API with its options."""

from __future__ import annotations

import json
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from datong.access import api as access
from datong.access.types import Scope
from datong.catalog import api as catalog
from datong.catalog.types import Price
from datong.channels.tests.conftest import House
from datong.channels.tests.test_browser import address, chromium, enter, page
from datong.inventory import api as inventory
from datong.inventory.types import StockRow
from datong.kernel import clock

pytestmark = pytest.mark.browser
__all__ = ["address", "chromium", "page"]


@pytest.mark.requirement("S-119", "S-137")
def test_a_drink_is_made_from_a_template_put_on_sale_and_ordered_with_its_options(
    page: Page, committed_house: House, address: str
) -> None:
    house = committed_house
    enter(page, house)
    page.goto("/goods/")
    page.get_by_role("link", name="New product").first.click()
    page.get_by_role("link", name="Tea or coffee").click()
    page.get_by_label("Title", exact=True).first.fill("Jasmine tea")
    page.get_by_label("Code", exact=True).first.fill("JASMINE")
    page.locator("[name=v-0-sku]").fill("JAS-M")
    page.locator("[name=v-0-gtin]").fill("4006381333932")
    page.get_by_role("button", name="Add a variant").click()
    page.locator("[name=v-0-x0]").fill("M")
    page.locator("[name=v-1-sku]").fill("JAS-L")
    page.locator("[name=v-1-x0]").fill("L")
    page.get_by_role("button", name="Add a group of options").click()
    page.locator("[name=g-2-title]").fill("Toppings")
    page.locator("[name=g-2-c-0-title]").fill("Keep cup")
    page.locator("[name=g-2-c-0-code]").fill("cup")
    page.locator("[name=g-2-c-0-delta]").fill("2.50")
    page.locator("[name=g-2-c-0-uses]").fill("CUP")
    page.get_by_role("button", name="Save").last.click()
    expect(page.locator("#v-0-gtin-note")).to_contain_text("check digit 1: 4006381333931")
    expect(page.locator("[name=v-1-sku]")).to_have_value("JAS-L")
    page.locator("[name=v-0-gtin]").fill("4006381333931")
    page.get_by_role("button", name="Save").last.click()
    expect(page.locator("h1")).to_have_text("Jasmine tea")
    for step in ("Develop", "Declare ready", "Put on sale"):
        page.get_by_role("button", name=step).click()
    expect(page.locator(".page-title .badge")).to_have_text("on sale")
    number = _order(page, house, address)
    page.goto(f"/orders/{number}/")
    expect(page.locator(".line-options")).to_have_text("Sugar: Half sugar · Ice: No ice · Toppings: Keep cup")
    expect(page.locator("tfoot .total")).to_contain_text("15.00")


def _order(page: Page, house: House, address: str) -> str:
    """Two large teas with a keep cup each, over the API, as the web shop would; its number."""
    brand = house.brand.id
    catalog.put_prices(brand, [Price(sku, 500, clock.now()) for sku in ("JAS-M", "JAS-L")])
    items = catalog.items_by_sku(brand, ["JAS-L", "CUP"])
    inventory.put_stock(brand, [StockRow(house.near.id, items["JAS-L"].id, 5)])
    made = access.create_client(brand, house.channels["web"], "web shop", [Scope.ORDERS_WRITE], by="test")
    order: dict[str, Any] = {
        "external_id": "JAS-1",
        "placed_at": clock.now().isoformat(),
        "currency": "USD",
        "lines": [{"sku": "JAS-L", "units": 2, "options": ["sugar-50", "ice-none", "cup"]}],
        "fulfilment": "pickup",
        "payment": "pay_at_store",
        "store_code": house.near.code,
        "contact": {"name": "Ann Lee", "phone": "+16125550100"},
    }
    headers = {"authorization": f"Bearer {made.key}", "content-type": "application/json"}
    answer = page.request.post(f"{address}/api/v1/orders", data=json.dumps(order), headers=headers)
    assert answer.ok, answer.text()
    return str(answer.json()["number"])
