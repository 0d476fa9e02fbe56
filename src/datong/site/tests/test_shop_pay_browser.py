"""A customer in a real Chromium, on a phone, in Chinese, pays at the provider's page and comes back."""

from __future__ import annotations

import re

import httpx
import pytest
from django.urls import reverse
from playwright.sync_api import Browser, expect

from datong.catalog import api as catalog
from datong.channels.tests.conftest import House, committed_house
from datong.channels.tests.every_shop import open_shop
from datong.channels.tests.test_browser import PHONE, address, chromium
from datong.channels.tests.test_shop_browser import clean
from datong.integration.local.payproviders import LocalStripe
from datong.orders import api as orders
from datong.site.tests.test_shop_pay import connect, intent_of

pytestmark = pytest.mark.browser
__all__ = ["address", "chromium", "committed_house"]


@pytest.mark.requirement("S-12", "S-171", "S-177", "S-180")
def test_a_customer_pays_at_the_providers_page_and_back_pays_nothing_again(
    chromium: Browser, address: str, committed_house: House
) -> None:
    catalog.forget_counts()
    house, home = committed_house, open_shop(committed_house)
    with LocalStripe() as stripe:
        connect(house, stripe)
        context = chromium.new_context(base_url=address, viewport=PHONE, locale="zh-CN", reduced_motion="reduce")
        context.set_default_timeout(40_000)
        page = context.new_page()
        page.goto(f"{home}p/CUP/")
        page.get_by_role("button", name="加入购物车").click()
        page.get_by_role("link", name="去结算").click()
        page.get_by_label("您的姓名").fill("李安")
        page.get_by_label("手机号").fill("612 555 0100")
        page.get_by_label("门店", exact=True).select_option(house.near.code)
        expect(page.get_by_label("银行卡(Stripe)")).to_be_checked()
        clean(page)
        page.get_by_role("button", name="提交订单").dblclick()
        expect(page.locator("h1")).to_have_text(re.compile("支付|等待您付款"))
        if page.get_by_role("link", name="去支付").count():  # the second click came first
            page.get_by_role("link", name="去支付").click()
        clean(page)
        pay_page = page.url
        page.get_by_role("link", name="使用银行卡").click()
        page.get_by_role("button", name="Pay at the provider").click()
        expect(page.get_by_text("等待付款")).to_be_visible()  # coming back proves nothing
        intent = intent_of(house)
        headers, body = stripe.notice(intent.ref)
        url = f"{address}{reverse('pay-hook', args=[house.brand.slug, 'stripe'])}"
        told = httpx.post(url, content=body, headers={**headers, "content-type": "application/json"})
        assert told.status_code == 200, told.text
        expect(page.locator("h1")).to_have_text(re.compile("已收到订单"))  # the page follows by itself
        page.goto(pay_page)
        expect(page.locator("h1")).to_have_text(re.compile("已收到订单"))
        assert orders.order_page(house.brand.id, intent.order_id).paid
        context.close()
