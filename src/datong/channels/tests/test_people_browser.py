"""Rights in a real browser: invited, limited to a store, asking, approved, let go; a passkey at log-in."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from datong.access import api as access
from datong.access.types import Action, ApprovalKind, Role
from datong.channels.tests.conftest import PASSWORD, House
from datong.channels.tests.test_browser import WIDE, address, chromium, enter, examine, page

__all__ = ["address", "chromium", "page"]

pytestmark = pytest.mark.browser


@pytest.fixture
def other(chromium: Browser, address: str) -> Any:
    """Somebody else's browser."""
    context = chromium.new_context(base_url=address, viewport=WIDE, locale="en-US", reduced_motion="reduce")
    context.set_default_timeout(10_000)
    yield context.new_page()
    context.close()


def join(other: Page, link: str) -> None:
    """Take an invitation up with a new log-in."""
    other.goto(link)
    expect(other.locator(".login-lead")).to_contain_text("Store manager")
    other.get_by_label("Name to log in with").fill("mia")
    other.get_by_label("Password").fill(PASSWORD)
    other.get_by_role("button", name="Begin").click()


@pytest.mark.requirement("S-31")
def test_a_manager_is_invited_keeps_to_the_store_asks_is_approved_and_let_go(
    page: Page, other: Page, committed_house: House
) -> None:
    done: list[str] = []
    kind = ApprovalKind("test.adjust", "Stock test", Action.STOCK_COUNT, lambda asked: done.append(asked.subject))
    access.register_approval(kind)
    near, far = committed_house.pickup(committed_house.near), committed_house.pickup(committed_house.far)

    enter(page, committed_house, Role.OWNER)
    page.goto("/staff/")
    page.get_by_role("link", name="Invite somebody").click()
    page.locator("main").get_by_label("Name").fill("Mia Park")
    page.locator("main").get_by_label("Role").select_option("store_manager")
    page.get_by_label("Stores, if it reaches single stores").fill(committed_house.near.code)
    page.get_by_role("button", name="Make the invitation").click()
    link = page.locator("#link code").inner_text()

    join(other, link)
    expect(other.locator("h1")).to_have_text("Orders")
    expect(other.get_by_role("link", name=near.number)).to_be_visible()
    expect(other.get_by_role("link", name=far.number)).to_have_count(0)
    other.goto(f"/orders/{far.number}/")
    expect(other.locator("main")).to_contain_text("There is no such page")
    other.goto("/channels/")
    expect(other.locator("main")).to_contain_text("Not for your role")
    expect(other.locator(".rail").get_by_role("link", name="Channels")).to_have_count(0)

    brand = committed_house.brand.id
    mia = access.staff_of(access.user_id_of("mia"), brand)
    wish = {"subject": "CUP", "facts": {"Units": 500}, "amount_minor": 600_000, "store_id": committed_house.near.id}
    access.ask("test.adjust", brand=brand, by=mia, reason="broken", **wish)
    other.goto("/approvals/?show=mine")
    expect(other.get_by_text("waiting")).to_be_visible()

    page.goto("/approvals/")
    page.get_by_role("link", name="Stock test").click()
    expect(page.locator("main")).to_contain_text("$6,000.00")
    page.get_by_label("Note").fill("seen the photos")
    page.get_by_role("button", name="Approve").click()
    expect(page.get_by_role("status").filter(has_text="Approved and done")).to_be_visible()
    assert done == ["CUP"]
    other.reload()
    expect(other.get_by_text("seen the photos")).to_be_visible()

    page.goto("/staff/")
    page.get_by_role("link", name="Mia Park").click()
    page.get_by_role("button", name="Let go").click()
    expect(page.get_by_role("status").filter(has_text="is out")).to_be_visible()
    other.goto("/")
    expect(other.locator("h1")).to_have_text("Log in")
    other.get_by_label("Name").fill("mia")
    other.get_by_label("Password").fill(PASSWORD)
    other.get_by_role("button", name="Log in").click()
    expect(other.get_by_role("alert")).to_be_visible()


def virtual_key(page: Page, address: str, **differs: Any) -> tuple[str, Any]:
    """A passkey of the browser's virtual authenticator; (the house by the name localhost, the developer tools)."""
    devtools = page.context.new_cdp_session(page)
    devtools.send("WebAuthn.enable")
    key = {"protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True,
           "isUserVerified": True, "automaticPresenceSimulation": True}  # fmt: skip
    devtools.send("WebAuthn.addVirtualAuthenticator", {"options": {**key, **differs}})
    return f"http://localhost:{address.rsplit(':', 1)[1]}", devtools


def test_a_passkey_logs_in_alone_and_one_of_somebody_let_go_does_not(
    page: Page, address: str, committed_house: House
) -> None:
    here, _ = virtual_key(page, address)
    user = committed_house.users[Role.AGENT]
    page.goto(f"{here}/in/{access.login_token(user, committed_house.brand.id)}")
    page.goto(f"{here}/me/passkey/")
    expect(page.locator("main")).to_contain_text("logs in alone")
    page.locator("main").get_by_label("Name").fill("my laptop")
    page.get_by_role("button", name="Make the passkey").click()
    expect(page.locator("h1")).to_have_text("Recovery codes")
    page.goto(f"{here}/me/")
    expect(page.get_by_role("row", name="my laptop")).to_contain_text("logs in without a password")

    page.context.clear_cookies()
    page.goto(f"{here}/channels/")
    page.get_by_role("link", name="Log in with a passkey").click()
    expect(page.locator("h1")).to_have_text("Channels")
    assert [h.outcome for h in access.logins_of(user, 1)] == ["passkey"]
    assert examine(page) == []

    page.context.clear_cookies()
    access.switch_user(user, active=False, by="test")
    page.goto(f"{here}/login/passkey/")
    expect(page.locator(".callout")).to_contain_text("opens nothing here")
    page.goto(f"{here}/")
    expect(page.locator("h1")).to_have_text("Log in")


def test_a_security_key_that_checks_nobody_does_not_log_in_alone(
    page: Page, address: str, committed_house: House
) -> None:
    here, _ = virtual_key(page, address, isUserVerified=False)
    user = committed_house.users[Role.AGENT]
    page.goto(f"{here}/in/{access.login_token(user, committed_house.brand.id)}")
    page.goto(f"{here}/me/passkey/")
    page.get_by_role("button", name="Make the passkey").click()
    expect(page.locator("[data-passkey-note]")).to_be_visible()
    assert access.factors_of(user) == []
    page.context.clear_cookies()
    page.goto(f"{here}/login/passkey/")
    expect(page.locator("[data-passkey-note]")).to_be_visible()
    assert examine(page) == []


def test_a_passkey_is_made_and_asked_for_at_the_next_log_in(page: Page, address: str, committed_house: House) -> None:
    here, _ = virtual_key(page, address)
    user = committed_house.users[Role.AGENT]
    access.set_password(user, PASSWORD, by="test")

    def log_in() -> None:
        page.goto(f"{here}/login/")
        page.get_by_label("Name").fill(f"agent@{committed_house.brand.slug}")
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("button", name="Log in").click()

    log_in()
    page.goto(f"{here}/me/passkey/?only=second")
    page.locator("main").get_by_label("Name").fill("test key")
    page.get_by_role("button", name="Make the passkey").click()
    expect(page.locator("h1")).to_have_text("Recovery codes")
    page.get_by_role("link", name="I have kept them").click()
    expect(page.locator("main")).to_contain_text("test key")

    page.context.clear_cookies()
    log_in()
    expect(page.locator("h1")).to_have_text("Second step")
    page.get_by_role("button", name="Use a passkey").click()
    expect(page.locator("h1")).to_have_text("Orders")
    assert [h.outcome for h in access.logins_of(user, 2)] == ["passkey", "password"]
