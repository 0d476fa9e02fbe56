"""A member in a real Chromium with an authenticator: makes a passkey, logs out, logs in by it; once and only theirs."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

import pytest
from django.test import Client
from playwright.sync_api import Browser, expect

from datong.channels.shop.door import SESSION_COOKIE, shop_of
from datong.channels.tests.conftest import House, committed_house
from datong.channels.tests.every_shop import open_shop
from datong.channels.tests.test_browser import PHONE, address, chromium
from datong.channels.tests.test_shop_browser import clean
from datong.customers import api as customers
from datong.customers.types import Identity, IdentityKind
from datong.kernel.db import in_brand, rows

pytestmark = pytest.mark.browser
__all__ = ["address", "chromium", "committed_house"]


@pytest.mark.requirement("S-10", "S-14")
def test_a_member_logs_in_by_finger_or_face_once_per_answer(
    chromium: Browser, address: str, committed_house: House, settings: Any
) -> None:
    settings.DATONG_SMTP = urlsplit("smtp://127.0.0.1")  # the page of log-in is there
    house, home = committed_house, open_shop(committed_house)
    brand, _channel = shop_of(house.brand.slug)
    here = address.replace("127.0.0.1", "localhost")  # a passkey is bound to a name, never to a number
    asked = customers.ask_sign_in(Identity(IdentityKind.EMAIL, "ann@example.com"), brand=brand.id, asker="test")
    context = chromium.new_context(base_url=here, viewport=PHONE, locale="zh-CN", reduced_motion="reduce")  # type: ignore[arg-type]
    context.set_default_timeout(30_000)
    page = context.new_page()
    cdp = context.new_cdp_session(page)
    cdp.send("WebAuthn.enable")
    device = {"protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True,
              "isUserVerified": True, "automaticPresenceSimulation": True}  # fmt: skip
    cdp.send("WebAuthn.addVirtualAuthenticator", {"options": device})
    page.goto(f"{home}login/{asked.link}/")
    page.get_by_role("main").get_by_role("button").click()
    page.goto(f"{home}me/")
    page.get_by_role("button", name="添加通行密钥").click()
    expect(page.get_by_text("在商城创建")).to_be_visible()
    clean(page)
    page.get_by_role("button", name="退出").click()
    expect(page.get_by_role("link", name="登录")).to_be_visible()
    answers: list[str] = []
    page.on("request", lambda one: answers.append(one.post_data or "") if one.url.endswith("/login/passkey/") else None)
    page.goto(f"{home}login/")
    clean(page)
    page.get_by_role("button", name="用通行密钥登录").click()
    page.wait_for_url("**/me/")
    with in_brand(brand.id):
        assert rows("SELECT count(*), min(count) > 0 FROM customers_passkey WHERE brand_id = %s", [brand.id]) == [
            (1, True)
        ]
    replayed = Client(headers={"host": here.removeprefix("http://")})
    again = replayed.post(f"{home}login/passkey/", answers[0], content_type="application/x-www-form-urlencoded")
    assert again.status_code == 422 and SESSION_COOKIE not in replayed.cookies
    page.goto(f"{home}me/")
    page.get_by_role("button", name="移除").click()
    expect(page.get_by_text("在商城创建")).to_have_count(0)
    context.close()
