"""A real Chromium at the console: log in, watch the board, read an order, mend a delivery; axe in menus and dialogs."""

from __future__ import annotations

import re
import shutil
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import axe_core_python
import pytest
from django.contrib.staticfiles.handlers import StaticFilesHandler
from django.core.servers.basehttp import ThreadedWSGIServer, WSGIRequestHandler, get_internal_wsgi_application
from playwright.sync_api import Browser, Page, expect, sync_playwright

from datong.access import api as access
from datong.access.types import Role
from datong.brand import api as brands
from datong.channels.tests.conftest import PASSWORD, House
from datong.orders import api as orders
from datong.orders.api import BoardFilter
from datong.orders.types import IntentLine

pytestmark = pytest.mark.browser

AXE = (Path(axe_core_python.__file__).parent / "axe.min.js").read_text(encoding="utf-8")
HARMLESS = re.compile(r"status of 4|^htmx:(afterRequest|sendError)\b")
"""Answers that refuse, and requests cut off because the page was left; an answer of 5xx is htmx:responseError."""
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
WIDE, PHONE = {"width": 1440, "height": 900}, {"width": 390, "height": 844}


class Quiet(WSGIRequestHandler):
    def log_message(self, format: str, *args: Any) -> None:
        """Nothing: pytest shows what fails."""


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    path = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if path is None:
        pytest.fail("no Chromium here: apt-get install chromium")
    # Playwright runs an event loop in this thread, which Django takes for an async context.
    with pytest.MonkeyPatch.context() as patch, sync_playwright() as playwright:
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def address(chromium: Browser, committed_house: House) -> Iterator[str]:
    """The console served from threads, as its own process would."""
    server = ThreadedWSGIServer(("127.0.0.1", 0), Quiet, connections_override={})
    server.set_app(StaticFilesHandler(get_internal_wsgi_application()))
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    server.server_close()
    thread.join(timeout=10)


@pytest.fixture
def page(chromium: Browser, address: str) -> Iterator[Page]:
    """A page without cookies; what the browser complains about fails the test."""
    context = chromium.new_context(base_url=address, viewport=WIDE, locale="en-US", reduced_motion="reduce")
    context.set_default_timeout(10_000)
    context.set_default_navigation_timeout(30_000)  # two cores, three workers: how long a page takes is not asked here
    page = context.new_page()
    wrong: list[str] = []
    page.on("console", lambda m: wrong.append(m.text) if m.type == "error" and not HARMLESS.search(m.text) else None)
    page.on("pageerror", lambda error: wrong.append(str(error)))
    yield page
    context.close()
    assert wrong == []


def enter(page: Page, house: House, role: Role = Role.HQ) -> None:
    """Log in by the printed link."""
    page.goto(f"/in/{access.login_token(house.users[role], house.brand.id)}")
    expect(page.locator("h1")).to_have_text("Orders")


def test_somebody_logs_in_after_a_slip_of_the_finger(page: Page, committed_house: House) -> None:
    access.set_password(committed_house.users[Role.HQ], PASSWORD, by="test")
    page.goto("/stores/")
    page.get_by_label("Name").fill(f"hq@{committed_house.brand.slug}")
    page.get_by_label("Password").fill("wrong horse")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("The name or the password is not right.")
    expect(page.get_by_label("Name")).to_have_value(f"hq@{committed_house.brand.slug}")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Log in").click()
    expect(page.locator("h1")).to_have_text("Stores")


@pytest.mark.requirement("S-161")
def test_the_board_announces_new_orders_and_leads_to_their_pages(page: Page, committed_house: House) -> None:
    first = committed_house.place()
    enter(page, committed_house)
    expect(page.get_by_role("link", name=first.number)).to_be_visible()
    top = page.locator("table[data-keys]").bounding_box()
    second = committed_house.sold_elsewhere(1100)
    pill = page.get_by_role("link", name="1 new")
    expect(pill).to_be_visible(timeout=15_000)
    assert page.locator("table[data-keys]").bounding_box() == top, "live rows must not move the page"
    pill.click()
    page.get_by_role("link", name=second.number).click()
    expect(page.locator("h1")).to_have_text(second.number)
    expect(page.get_by_role("region", name="Stores considered")).to_contain_text("Uptown")
    expect(page.locator(".map-chosen").first).to_be_visible()


@pytest.mark.requirement("S-58")
def test_a_bad_delivery_is_corrected_and_replayed(page: Page, committed_house: House) -> None:
    committed_house.deliver(quantity=-3)
    enter(page, committed_house)
    page.locator(".rail").get_by_role("link", name="Inbox").click()
    page.get_by_role("link", name="Need a hand").click()
    page.locator("table .table-name").click()
    expect(page.get_by_role("region", name="What is wrong")).to_contain_text("/line_items/0/quantity")
    expect(page.locator("mark")).to_have_text("-3")
    page.get_by_role("link", name="Correct and replay").click()
    payload = page.get_by_label("Payload")
    payload.fill(payload.input_value().replace("-3", "1"))
    page.get_by_role("button", name="Replay corrected").click()
    expect(page.get_by_role("status").filter(has_text="was taken")).to_be_visible()
    (row,) = orders.board(committed_house.brand.id, BoardFilter()).rows
    page.locator(".callout").get_by_role("link", name=row.number).click()
    expect(page.locator("h1")).to_have_text(row.number)


def test_a_price_changed_in_its_dialog_is_the_price_of_every_door(page: Page, committed_house: House) -> None:
    enter(page, committed_house)
    page.goto("/products/CUP/")
    page.get_by_role("button", name="Change price").click()
    page.get_by_label("New price").fill("twelve")
    page.get_by_label("Reason").fill("spring")
    page.get_by_role("dialog").get_by_role("button", name="Change price").click()
    expect(page.get_by_text("Write an amount such as $19.99.")).to_be_visible()
    page.get_by_label("New price").fill("13.50")
    page.get_by_role("dialog").get_by_role("button", name="Change price").click()
    expect(page.locator("section", has_text="Price at every door").get_by_text("$13.50")).to_have_count(3)


def test_a_changed_channel_is_put_back_with_one_click(page: Page, committed_house: House) -> None:
    enter(page, committed_house)
    page.goto("/channels/web/")
    page.get_by_label("Buffer").fill("7")
    page.get_by_role("button", name="Save").click()
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_text("Undone.")).to_be_visible()
    assert {c.code: c.buffer_units for c in brands.list_channels(committed_house.brand.id)}["web"] == 0


def test_everything_is_found_from_the_keyboard(page: Page, committed_house: House) -> None:
    placed = committed_house.place()
    enter(page, committed_house)
    page.keyboard.press("/")
    expect(page.get_by_role("combobox")).to_be_focused()
    page.keyboard.type(placed.number)
    expect(page.get_by_role("option", name=placed.number)).to_have_attribute("aria-selected", "true")
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text(placed.number)
    page.keyboard.press("Control+k")
    page.keyboard.press("Escape")
    expect(page.get_by_role("combobox")).to_be_hidden()
    page.goto("/")
    page.keyboard.press("j")
    expect(page.get_by_role("link", name=placed.number)).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text(placed.number)


def test_chosen_rows_are_counted_and_acted_on(page: Page, committed_house: House) -> None:
    committed_house.place(committed_house.intent(lines=(IntentLine(1, "CUP", 11),)))
    enter(page, committed_house)
    expect(page.locator("[data-bulk]")).to_be_hidden()
    page.get_by_label("Choose all on this page").check()
    expect(page.locator("[data-bulk]")).to_contain_text("1 chosen")
    page.get_by_role("button", name="Look for a store again").click()
    expect(page.get_by_text("0 got a store, 1 still wait.")).to_be_visible()


def test_a_map_comes_nearer_and_goes_back(page: Page, committed_house: House) -> None:
    enter(page, committed_house)
    page.goto("/stores/")
    canvas = page.locator("svg.map-canvas")
    before = canvas.get_attribute("viewBox")
    page.get_by_role("button", name="Zoom in").click()
    assert canvas.get_attribute("viewBox") != before
    page.get_by_role("button", name="Show everything").click()
    assert canvas.get_attribute("viewBox") == before
    page.locator(".map a").first.hover()
    expect(page.locator(".map-tip")).to_contain_text("open")


def test_with_a_tile_server_its_tiles_lie_under_the_marks(page: Page, committed_house: House, settings: Any) -> None:
    settings.TILE_URL, settings.TILE_CREDIT = "/static/datong/icon.svg?{z}/{x}/{y}", "A tile server"
    enter(page, committed_house)
    page.goto("/stores/")
    asked = {tile.get_attribute("href") for tile in page.locator("[data-tile-layer] image").all()}
    # Minneapolis at zoom 12 is tile 987 by 1473, and the stores lie some ten kilometres around it.
    assert "/static/datong/icon.svg?12/987/1473" in asked and all("?12/98" in tile for tile in asked if tile)
    expect(page.get_by_text("A tile server")).to_be_visible()
    expect(page.locator("[data-base]")).to_be_hidden()


def test_axe_finds_nothing_serious_in_menus_dialogs_and_the_tour(page: Page, committed_house: House) -> None:
    committed_house.place()
    enter(page, committed_house)
    page.goto("/tour/")
    page.keyboard.press("/")
    page.keyboard.type("cup")
    expect(page.locator(".palette-item").first).to_be_visible()
    assert examine(page) == []
    page.keyboard.press("Escape")
    page.locator(".filters summary").first.click()
    assert examine(page) == []
    page.goto("/products/CUP/")
    page.get_by_role("button", name="Change price").click()
    assert examine(page) == []


FRAME = (".rail", ".topbar", ".bottombar")
"""What every page of the console has around it."""


def examine(page: Page, *, without: Sequence[str] = ()) -> list[str]:
    """Serious and critical violations, each with the first element it is about."""
    page.evaluate(AXE)
    found = page.evaluate(
        """async (exclude) => {
          const impact = (check) => axe._audit.checks[check.id || check]?.impact;
          const grave = (check) => ['serious', 'critical', undefined].includes(impact(check));
          const rules = axe._audit.rules.filter((rule) => rule.enabled && !rule.tags.includes('experimental')
            && [...rule.any, ...rule.all, ...rule.none].some(grave)).map((rule) => rule.id);
          const only = {type: 'rule', values: rules};  // what cannot be grave is not told, so it is not looked for
          const result = await axe.run({exclude}, {runOnly: only, resultTypes: ['violations'], preload: false});
          return result.violations.filter((v) => ['serious', 'critical'].includes(v.impact))
            .map((v) => [v.id, v.nodes[0].html.slice(0, 160), v.nodes[0].any.slice(0, 1)]);
        }""",
        [[one] for one in without],
    )
    return [f"{rule}: {html} {why}" for rule, html, why in found]
