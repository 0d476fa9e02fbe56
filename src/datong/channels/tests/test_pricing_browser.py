"""In a real browser: many prices are changed by one person and approved by another."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from datong.access import api as access
from datong.access.types import Role
from datong.catalog import api as catalog
from datong.catalog.types import Ask, AskLine
from datong.channels.tests.conftest import House
from datong.channels.tests.test_browser import address, chromium, enter, page  # noqa: F401
from datong.kernel import clock

pytestmark = pytest.mark.browser


def costs(house: House) -> set[int]:
    """What every door asks for a cup."""
    asks = [Ask(channel, "USD", clock.now(), (AskLine(1, "CUP", 1),)) for channel in house.channels.values()]
    return {quote.total_minor for quote in catalog.quote(asks, brand=house.brand.id)}


@pytest.mark.requirement("S-120")
def test_a_bulk_price_change_waits_for_a_second_person(page: Page, committed_house: House) -> None:  # noqa: F811
    enter(page, committed_house, Role.MERCHANDISER)
    page.goto("/prices/")
    page.get_by_role("link", name="Change many prices").click()
    page.get_by_label("Every product on sale").check()
    page.get_by_label("By how much, or which price").fill("5")
    page.get_by_label("Reason").fill("rent")
    page.get_by_role("button", name="Show what it comes to").click()
    expect(page.get_by_role("row", name="Cup")).to_contain_text("$12.60")
    assert costs(committed_house) == {1200}
    page.get_by_role("button", name="Submit").click()
    expect(page.get_by_text("Asked for. Another person decides it.").first).to_be_visible()
    expect(page.get_by_role("button", name="Approve")).to_have_count(0)
    where = page.url
    assert costs(committed_house) == {1200}
    page.context.clear_cookies()
    page.goto(f"/in/{access.login_token(committed_house.users[Role.FINANCE], committed_house.brand.id)}")
    page.goto(where)
    page.get_by_role("button", name="Approve").click()
    expect(page.get_by_text("Approved. The prices hold from their date on.").first).to_be_visible()
    assert costs(committed_house) == {1260}
