"""A shift at the till in a real Chromium: with the network cut, with a tab that dies, with two tabs and two devices."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from datong.access.types import Role
from datong.books import api as books
from datong.catalog import api as catalog
from datong.channels.tests.conftest import House
from datong.channels.tests.test_browser import AXE, address, chromium, enter
from datong.inventory import api as inventory
from datong.kernel import clock
from datong.ledger.api import check, trial_balance
from datong.orders import api as orders
from datong.orders.api import BoardFilter
from datong.tills import api as tills

__all__ = ["address", "chromium"]

pytestmark = pytest.mark.browser
COUNTER = {"width": 1024, "height": 768}


@pytest.fixture
def counter(chromium: Browser, address: str) -> Iterator[Any]:
    """Devices: each a browser of its own, at a counter."""
    opened: list[BrowserContext] = []

    def device() -> BrowserContext:
        context = chromium.new_context(
            base_url=address, viewport=COUNTER, locale="en-US", reduced_motion="reduce", timezone_id="America/Chicago"
        )
        context.set_default_timeout(30_000)
        opened.append(context)
        return context

    yield device
    for context in opened:
        context.close()


def register(context: BrowserContext, house: House, name: str = "Counter 1", role: Role = Role.MANAGER) -> Page:
    """Log in, make the browser a till, open a shift with 100.00."""
    page = context.new_page()
    enter(page, house, role)
    page.goto("/till/?store=NEAR")
    page.get_by_label("Name").fill(name)
    page.get_by_role("button", name="Register").click()
    page.wait_for_selector("#till[data-ready]")
    page.wait_for_selector("[data-offline=ready]")
    expect(page.locator("[data-sku=CUP]").first).to_be_visible()
    page.get_by_role("button", name="No shift open").click()
    page.get_by_label("Cash in the drawer").fill("100")
    page.get_by_role("dialog").get_by_role("button", name="Open the shift").click()
    expect(page.get_by_role("button", name="Shift:")).to_be_visible()
    return page


def sell(page: Page, cups: int = 1, given: str = "") -> None:
    for _ in range(cups):
        page.locator(".till-tile[data-sku=CUP]").click()
    pay(page, given)


def pay(page: Page, given: str = "") -> None:
    page.get_by_role("button", name="Pay", exact=True).click()
    if given:
        page.get_by_label("Cash given").fill(given)
        page.get_by_role("button", name="Take", exact=True).click()
    else:
        page.locator(".till-cash").first.click()
    page.get_by_role("button", name="Next customer").click()


def told(page: Page) -> None:
    """Everything was sent."""
    page.wait_for_function("() => document.getElementById('till-status').textContent === 'Online'", timeout=30_000)


def nets(house: House) -> dict[str, int]:
    return {row.account.code: row.net_minor for row in trial_balance(house.brand.id) if row.net_minor}


def on_hand(house: House) -> int:
    cup = house.items["CUP"].id
    return inventory.stock_of(house.brand.id, items=[cup], locations=[house.near.id])[0].on_hand


def sold(house: House) -> int:
    return len(orders.board(house.brand.id, BoardFilter(limit=100)).rows)


def shot(page: Page, name: str) -> None:
    """A picture of the screen, where somebody asks for them: DATONG_SHOTS=<folder>."""
    if folder := os.environ.get("DATONG_SHOTS"):
        page.screenshot(path=f"{folder}/{name}.png")


def test_a_shift_is_sold_without_network_and_nothing_is_lost_or_doubled(counter: Any, committed_house: House) -> None:
    house, context = committed_house, counter()
    page = register(context, house)
    sell(page, 1, "20")
    told(page)
    context.set_offline(True)
    page.reload()
    page.wait_for_selector("#till[data-ready]")
    for n in range(3):
        sell(page, 1 + n % 2)
    expect(page.locator("#till-status")).to_contain_text("No network: selling goes on · 3 wait to be sent")
    shot(page, "offline")
    page.get_by_role("button", name="Shift:").click()
    page.get_by_role("button", name="Close the shift").click()
    page.get_by_label("$100.00").fill("1")
    page.get_by_label("$20.00").fill("3")
    shot(page, "count")
    page.get_by_role("dialog").get_by_role("button", name="Close the shift").click()
    expect(page.get_by_text("$160.00").first).to_be_visible()
    page.get_by_role("dialog").get_by_role("button", name="Close").last.click()
    assert sold(house) == 1
    context.set_offline(False)
    told(page)
    assert (sold(house), on_hand(house)) == (4, 5)
    assert nets(house) == {"asset:till:till": 6000, "income:sales": -6000}
    now = clock.now()
    [shift] = books.shifts_of(house.brand.id, house.near.id, now.replace(year=now.year - 1), now)
    assert (shift.expected_minor, shift.counted_minor, shift.difference_minor) == (16000, 16000, 0)
    assert check(house.brand.id) == [] and tills.facts_waiting(house.brand.id) == 0


def test_a_tab_that_dies_keeps_its_basket_and_a_second_tab_sells_nothing_twice(
    counter: Any, committed_house: House
) -> None:
    house, context = committed_house, counter()
    page = register(context, house)
    context.set_offline(True)
    page.locator(".till-tile[data-sku=CUP]").click()
    page.locator(".till-tile[data-sku=CUP]").click()
    expect(page.locator("#till-total")).to_have_text("$24.00")
    page.close(run_before_unload=False)
    again = context.new_page()
    again.goto("/till/")
    again.wait_for_selector("#till[data-ready]")
    expect(again.locator("#till-total")).to_have_text("$24.00")
    other = context.new_page()
    other.goto("/till/")
    expect(other.get_by_role("heading")).to_have_text("The till is open in another tab")
    shot(other, "elsewhere")
    other.get_by_role("button", name="Use it here").click()
    other.wait_for_selector("#till[data-ready]")
    expect(other.locator("#till-total")).to_have_text("$24.00")
    expect(again.get_by_role("heading")).to_have_text("The till is open in another tab")
    pay(other)
    context.set_offline(False)
    told(other)
    assert (sold(house), on_hand(house)) == (1, 8)
    assert nets(house) == {"asset:till:till": 2400, "income:sales": -2400}


def test_two_devices_sell_the_last_cups_and_a_scanner_sells_from_any_screen(
    counter: Any, committed_house: House
) -> None:
    house = committed_house
    catalog.put_items(house.brand.id, [replace(house.items["CUP"], gtin="4006381333931")])
    one, two = counter(), counter()
    first, second = register(one, house), register(two, house, "Counter 2", Role.MANAGER)
    one.set_offline(True)
    two.set_offline(True)
    for _ in range(6):
        first.keyboard.type("4006381333931\n")
    pay(first)
    sell(second, 6)
    one.set_offline(False)
    two.set_offline(False)
    told(first)
    told(second)
    assert sold(house) == 2
    assert nets(house)["income:sales"] == -14400
    assert check(house.brand.id) == []


def test_the_till_is_clean_for_screen_readers_in_light_and_dark(counter: Any, committed_house: House) -> None:
    page = register(counter(), committed_house)
    page.locator(".till-tile[data-sku=CUP]").click()
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        page.evaluate(AXE)
        assert serious(page) == []
        shot(page, f"till-{scheme}")
    page.get_by_role("button", name="Pay", exact=True).click()
    assert serious(page) == []
    shot(page, "pay")


FAKE = """(denied) => {
  window.BarcodeDetector = class { async detect() { return [{ rawValue: 'CUP' }]; } };
  const canvas = document.createElement('canvas');
  let dark = 0;
  setInterval(() => {
    const pen = canvas.getContext('2d');
    pen.fillStyle = (dark = 1 - dark) ? 'black' : 'white';
    pen.fillRect(0, 0, 90, 90);
  }, 30);
  navigator.mediaDevices.getUserMedia = async () => {
    if (denied) throw new DOMException('no', 'NotAllowedError');
    return canvas.captureStream();
  };
}"""


def test_a_camera_reads_a_code_and_one_that_is_denied_or_cannot_is_said_plainly(
    counter: Any, committed_house: House
) -> None:
    page = register(counter(), committed_house)

    def open_camera() -> None:
        page.get_by_role("button", name="Menu").click()
        page.get_by_role("button", name="Scan with the camera").click()

    page.evaluate("() => { delete window.BarcodeDetector; }")
    open_camera()
    expect(page.get_by_role("alert")).to_have_text(
        "This browser cannot read codes by camera. Use a scanner, or type the code."
    )
    page.keyboard.press("Escape")
    page.evaluate(FAKE, True)
    open_camera()
    expect(page.get_by_role("alert")).to_contain_text("The camera is not allowed.")
    page.keyboard.press("Escape")
    page.evaluate(FAKE, False)
    open_camera()
    expect(page.locator("#till-total")).to_have_text("$12.00")


def serious(page: Page) -> list[str]:
    found = page.evaluate("() => axe.run(document, {runOnly: ['wcag2a', 'wcag2aa']})")
    return [f"{v['id']}: {v['nodes'][0]['html'][:120]}" for v in found["violations"]]
