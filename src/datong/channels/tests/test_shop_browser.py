"""A customer in a real Chromium, in Chinese, on a phone: browse, cart, checkout, where is it; two clicks, one order."""

from __future__ import annotations

import json
import re

import pytest
from playwright.sync_api import Browser, Page, expect

from datong.catalog import api as catalog
from datong.channels.tests.conftest import House
from datong.channels.tests.every_shop import open_shop
from datong.channels.tests.test_browser import AXE, PHONE, address, chromium
from datong.orders import api as orders
from datong.orders.api import BoardFilter

pytestmark = pytest.mark.browser
__all__ = ["address", "chromium"]

RUN_AXE = (
    "async () => (await axe.run()).violations.filter(v => ['serious', 'critical'].includes(v.impact)).map(v => v.id)"
)


def clean(page: Page) -> None:
    """axe finds nothing serious, and nothing is wider than the phone."""
    page.evaluate(AXE)
    assert page.evaluate(RUN_AXE) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]


@pytest.mark.requirement("S-12", "S-53", "S-171")
def test_a_customer_browses_orders_twice_by_mistake_and_sees_where_it_is(
    chromium: Browser, address: str, committed_house: House
) -> None:
    catalog.forget_counts()
    home = open_shop(committed_house)
    context = chromium.new_context(base_url=address, viewport=PHONE, locale="zh-CN", reduced_motion="reduce")
    context.set_default_timeout(40_000)
    page = context.new_page()
    wrong: list[str] = []
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.goto(home)
    clean(page)
    page.get_by_role("link", name="Cup").click()
    offer = json.loads(page.locator('script[type="application/ld+json"]').text_content() or "")["offers"]
    assert offer["price"] == "12.00"
    page.get_by_label("数量").fill("2")
    page.get_by_role("button", name="加入购物车").click()
    expect(page.get_by_text("已加入购物车")).to_be_visible()
    clean(page)
    page.get_by_role("link", name="去结算").click()
    clean(page)
    # Nothing typed: told beside the fields, nothing ordered; what is typed then stays.
    page.get_by_role("button", name="提交订单").click()
    expect(page.get_by_text("请填写收货人姓名。")).to_be_visible()
    page.get_by_label("您的姓名").fill("李安")
    page.get_by_label("手机号").fill("612 555 0100")
    page.get_by_label("配送到家").check()
    page.get_by_label("详细地址").fill("1 Main St")
    page.get_by_label("城市", exact=True).fill("Atlantis")
    page.get_by_role("button", name="提交订单").click()
    expect(page.get_by_text("无法定位该地址")).to_be_visible()
    expect(page.get_by_label("您的姓名")).to_have_value("李安")
    page.get_by_label("到店自提").check()
    page.get_by_label("门店", exact=True).select_option(committed_house.near.code)
    page.get_by_role("button", name="提交订单").dblclick()
    expect(page.locator("h1")).to_have_text(re.compile("已收到订单"))
    clean(page)
    number = page.locator("[data-number]").text_content()
    expect(page.locator("[data-total]")).to_contain_text("24.00")
    page.go_back()
    page.get_by_role("button", name="提交订单").click()
    expect(page.locator("[data-number]")).to_have_text(str(number))
    rows = orders.board(committed_house.brand.id, BoardFilter()).rows
    assert [row.number for row in rows] == [number]
    other = chromium.new_context(base_url=address, viewport=PHONE, locale="zh-CN")
    seen = other.new_page()
    seen.goto(page.url)  # the link alone, without any cookie
    expect(seen.locator("[data-number]")).to_have_text(str(number))
    assert "李安" not in (seen.locator("body").text_content() or "")
    other.close()
    context.close()
    assert wrong == []
