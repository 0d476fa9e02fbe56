"""An agent at the desk in a real Chromium, by keyboard: screen-pop, a new caller, an order, an act with a reason."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, expect

from datong.access import api as access
from datong.access.types import Role
from datong.channels.tests.conftest import PASSWORD, House
from datong.channels.tests.test_browser import AXE, address, chromium
from datong.channels.tests.test_desk_pages import open_desk
from datong.orders import api as orders
from datong.orders.api import BoardFilter

pytestmark = pytest.mark.browser
__all__ = ["address", "chromium"]
RUN_AXE = (
    "async () => (await axe.run()).violations.filter(v => ['serious', 'critical'].includes(v.impact)).map(v => v.id)"
)


@pytest.mark.requirement("S-250")
def test_an_agent_takes_an_order_of_a_new_caller_and_cancels_it_with_a_reason(
    chromium: Browser, address: str, committed_house: House
) -> None:
    channel = open_desk(committed_house)
    access.set_password(committed_house.users[Role.AGENT], PASSWORD, by="test")
    context = chromium.new_context(base_url=address, viewport={"width": 1440, "height": 900}, reduced_motion="reduce")
    context.set_default_timeout(40_000)
    page = context.new_page()
    page.goto("/desk/?phone=6125550177")
    page.get_by_label("Name").fill(f"agent@{committed_house.brand.slug}")
    page.get_by_label("Password").fill(PASSWORD)
    page.keyboard.press("Enter")
    page.get_by_role("link", name="New caller").click()
    page.get_by_placeholder("Name or code of a product").fill("cup")
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Add Cup").click()
    page.get_by_label("Store to fetch it at").select_option("NEAR")
    page.get_by_label("Name", exact=True).fill("Bo Berg")
    page.get_by_role("button", name="What it costs this way").click()
    expect(page.locator("[data-total]")).to_have_text("$12.00")
    page.evaluate(AXE)
    assert page.evaluate(RUN_AXE) == []
    page.get_by_role("button", name="Take the order").click()
    expect(page.get_by_text("The order is taken.")).to_be_visible()
    page.get_by_text("Cancel the order", exact=True).first.click()
    page.get_by_label("Reason").last.select_option("cancel")
    page.get_by_role("button", name="Cancel the order").click()
    expect(page.get_by_text("Cancelled. Its stock is free again")).to_be_visible()
    page.evaluate(AXE)
    assert page.evaluate(RUN_AXE) == []
    (row,) = orders.board(committed_house.brand.id, BoardFilter(channel_id=channel)).rows
    assert (row.state, row.contact_name, row.total_minor) == ("cancelled", "Bo Berg", 1200)
    context.close()
