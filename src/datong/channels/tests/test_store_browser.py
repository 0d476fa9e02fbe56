"""The store's screen in a real Chromium, in two tabs: what comes in is heard and seen in both, and made once."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from datong.access.types import Role
from datong.channels.tests.conftest import House
from datong.channels.tests.test_browser import AXE, address, chromium, enter
from datong.channels.tests.test_store_pages import comes, state
from datong.fulfilment import api as fulfilment
from datong.fulfilment.types import TaskState
from datong.kernel import clock
from datong.orders.types import IntentLine

__all__ = ["address", "chromium"]

pytestmark = pytest.mark.browser


@pytest.fixture
def tabs(chromium: Browser, address: str) -> Iterator[Any]:
    opened: list[BrowserContext] = []

    def tab(house: House, role: Role) -> Page:
        context = chromium.new_context(base_url=address, viewport={"width": 1440, "height": 900}, locale="en-US")
        context.set_default_timeout(20_000)
        opened.append(context)
        page = context.new_page()
        enter(page, house, role)
        page.goto("/store/?store=NEAR")
        return page

    yield tab
    for context in opened:
        context.close()


def shot(page: Page, name: str) -> None:
    """A picture of the screen, where somebody asks for them: DATONG_SHOTS=<folder>."""
    if folder := os.environ.get("DATONG_SHOTS"):
        page.screenshot(path=f"{folder}/{name}.png", full_page=True)


def look(page: Page) -> None:
    """As when somebody comes back to the tab: it asks at once, not within four seconds."""
    page.locator("#cards").dispatch_event("refresh")


@pytest.mark.requirement("S-164")
def test_two_screens_of_a_store_hear_of_an_order_and_one_tap_moves_it_on_both(
    tabs: Any, committed_house: House
) -> None:
    house = committed_house
    first = comes(house, lines=(IntentLine(1, "CUP", 2), IntentLine(2, "POT", 1)), note="no sugar, please")
    comes(house, promised_at=clock.now() - timedelta(minutes=3))
    kitchen, counter = tabs(house, Role.STORE), tabs(house, Role.CASHIER)
    expect(kitchen.locator('[data-column="new"] [data-task]')).to_have_count(2)
    kitchen.get_by_role("button", name="Sound off").click()
    expect(kitchen.get_by_role("button", name="Sound on")).to_be_visible()
    third = comes(house)
    for page in (kitchen, counter):
        look(counter)  # the kitchen's screen asks by itself
        expect(page.locator('[data-column="new"] [data-task]')).to_have_count(3)
        expect(page.locator(f'[data-task="{third.task_id.hex}"][data-fresh]')).to_be_visible()
    assert kitchen.locator("#cards").get_attribute("data-rung") == "2", "once to try, once for the order"
    assert counter.locator("#cards").get_attribute("data-rung") is None, "the other tab is silent"
    assert kitchen.title().startswith("(3)")
    shot(kitchen, "board")
    for page in (kitchen, counter):  # both before either has heard of the other
        page.locator(f"#go-{first.task_id.hex}").click()
    for page in (kitchen, counter):
        expect(page.locator(f'[data-column="preparing"] [data-task="{first.task_id.hex}"]')).to_be_visible()
    assert state(house, first) is TaskState.ACCEPTED
    counter.get_by_role("button", name="Undo").first.click() if counter.get_by_role(
        "button", name="Undo"
    ).count() else 0
    expect(counter.locator('[data-column="preparing"]')).to_be_visible()
    counter.get_by_label("Pickup number").fill(third.said)
    counter.get_by_label("Pickup code").fill(third.code)
    counter.get_by_role("button", name="Hand over", exact=True).first.click()
    expect(counter.get_by_text(f"{third.said} handed over.")).to_be_visible()
    look(kitchen)
    expect(kitchen.locator(f'[data-column="handed"] [data-task="{third.task_id.hex}"]')).to_be_visible()
    assert len(fulfilment.steps_of(house.brand.id, [third.order_id])) == 1
    kitchen.evaluate(AXE)
    found = kitchen.evaluate("() => axe.run(document)")["violations"]
    assert [one["id"] for one in found if one["impact"] in ("serious", "critical")] == []
