"""The rail: sections that fold, stay as they were left, open by keyboard, on a phone and without script."""

from __future__ import annotations

import re

import pytest
from django.test import Client
from playwright.sync_api import Browser, Page, expect

from datong.access.types import Role
from datong.channels.tests.conftest import House
from datong.channels.tests.test_browser import address, chromium, enter, examine, page

__all__ = ["address", "chromium", "page"]


def sections(client: Client, path: str = "/") -> dict[str, tuple[bool, list[str]]]:
    """Heading -> (open, the addresses in it), of the rail."""
    html = client.get(path).content.decode()
    rail = html[html.index('class="rail"') : html.index('class="shell-main"')]
    found = {}
    for attributes, inside in re.findall(r"<details class=\"rail-section\"([^>]*)>(.*?)</details>", rail, re.S):
        heading = re.search(r"<summary.*?<span>([^<]+)</span>", inside, re.S)
        assert heading
        found[heading[1]] = (" open" in attributes, re.findall(r'<a class="rail-link" href="([^"]+)"', inside))
    return found


def test_the_section_of_the_page_is_open_and_those_somebody_opened(house: House) -> None:
    owner = house.client(Role.OWNER)
    assert {name for name, (is_open, _) in sections(owner).items() if is_open} == set()
    assert {name for name, (is_open, _) in sections(owner, "/promotions/").items() if is_open} == {"Prices"}
    owner.cookies["rail"] = "sold-out.nonsense.<b>"
    assert {name for name, (is_open, _) in sections(owner, "/promotions/").items() if is_open} == {"Prices", "Stock"}


@pytest.mark.parametrize("role", list(Role))
def test_a_section_has_what_the_role_may_see_and_none_is_empty_or_of_one(house: House, role: Role) -> None:
    client = house.client(role)
    for name, (_open, links) in sections(client).items():
        assert len(links) >= 2, name
        assert [link for link in links if client.get(link).status_code != 200] == [], name


@pytest.mark.browser
def test_a_section_folds_by_keyboard_and_stays_as_it_was_left(page: Page, committed_house: House) -> None:
    enter(page, committed_house, Role.OWNER)
    rail = page.locator(".rail")
    expect(rail.get_by_role("link", name="Promotions")).to_be_hidden()
    prices = rail.locator("summary", has_text="Prices")
    prices.focus()
    page.keyboard.press("Enter")
    expect(rail.get_by_role("link", name="Promotions")).to_be_visible()
    page.keyboard.press("Tab")
    expect(rail.get_by_role("link", name="Price table")).to_be_focused()
    page.goto("/staff/")
    expect(rail.get_by_role("link", name="Promotions")).to_be_visible()
    expect(rail.locator("[aria-current=page]")).to_have_text("Staff")
    assert examine(page) == []
    prices.click()
    page.goto("/stock/")
    expect(rail.get_by_role("link", name="Promotions")).to_be_hidden()


@pytest.mark.browser
def test_on_a_phone_the_sections_are_behind_more(page: Page, committed_house: House) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    enter(page, committed_house, Role.OWNER)
    more = page.locator(".bottombar .menu-button")
    more.click()
    page.locator(".bottombar summary", has_text="People").click()
    expect(page.locator(".bottombar").get_by_role("link", name="Staff")).to_be_visible()
    page.keyboard.press("ArrowDown")
    expect(page.locator(".bottombar").get_by_role("link", name="Staff")).to_be_focused()
    assert examine(page) == []
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text("Staff")


@pytest.mark.browser
def test_it_folds_without_script(chromium: Browser, address: str, committed_house: House) -> None:
    context = chromium.new_context(base_url=address, java_script_enabled=False, locale="en-US")
    bare = context.new_page()
    enter(bare, committed_house, Role.OWNER)
    bare.locator(".rail summary", has_text="Stock").click()
    expect(bare.locator(".rail").get_by_role("link", name="Suppliers")).to_be_visible()
    context.close()
