"""The member's page in a real browser: the code turns, a scanner reads it, it pays, and it turns without network."""

from __future__ import annotations

import io
from typing import Any

import pytest
import zxingcpp
from PIL import Image
from playwright.sync_api import Browser, Page, expect

from datong.access import api as access
from datong.access.types import Role, Scope
from datong.channels.tests.conftest import House
from datong.channels.tests.test_browser import PHONE, address, chromium, enter, page
from datong.channels.tests.test_same_person import PHONE as SIGN
from datong.channels.tests.test_same_person import bought, of
from datong.customers import api as customers
from datong.customers.types.cards import CardUse
from datong.orders import api as orders
from datong.payments.types import PaymentMethod
from datong.wallet import api as wallet

__all__ = ["address", "chromium", "page"]

pytestmark = pytest.mark.browser


@pytest.fixture
def phone(chromium: Browser, address: str) -> Any:
    """A member's phone; it may lose its network, which the browser tells in its log."""
    context = chromium.new_context(base_url=address, viewport=PHONE, locale="en-US", reduced_motion="reduce")
    context.set_default_timeout(10_000)
    yield context.new_page()
    context.close()


def scanned(page: Page) -> str:
    """What a till's scanner reads from the screen."""
    shot = page.locator(".member-code").screenshot()
    [found] = zxingcpp.read_barcodes(Image.open(io.BytesIO(shot)))
    return found.text


@pytest.mark.requirement("S-94")
def test_the_page_shows_a_code_that_a_scanner_reads_online_and_without_network(
    phone: Page, committed_house: House
) -> None:
    page, house = phone, committed_house
    who, brand = of(bought(house, SIGN)), house.brand.id
    card = customers.issue_card(who, brand=brand, by="kim")
    page.goto(customers.card_page(brand, card.id))
    page.wait_for_selector("[data-code][data-shown]")
    first = scanned(page)
    assert customers.scan(first, brand=brand, asker="till", use=CardUse.PAY).customer_id == who
    assert "secret" not in page.content() and page.evaluate(STORED) == [False, "1"], "a key that cannot be read out"
    page.wait_for_selector("[data-offline=ready]")
    page.reload()
    page.wait_for_selector("[data-code][data-shown]")
    assert scanned(page).startswith(f"DT1:{card.number}:1:"), "the same key after a visit more"
    page.context.set_offline(True)
    page.reload()
    page.wait_for_selector("[data-code][data-shown]")
    expect(page.get_by_text("No network.")).to_be_visible()
    member = customers.scan(scanned(page), brand=brand, asker="till", use=CardUse.PAY)
    assert member.card_id == card.id and member.fresh
    page.context.set_offline(False)
    customers.freeze_card(card.id, brand=brand, by="kim", reason="lost")
    page.reload()
    expect(page.get_by_text("This card is frozen.")).to_be_visible()
    assert page.locator("[data-code]").count() == 0


STORED = """() => new Promise((done) => {
  indexedDB.open("datong-card", 1).onsuccess = (opened) => {
    opened.target.result.transaction("keys").objectStore("keys").getAll().onsuccess = (found) =>
      done([found.target.result[0].key.extractable, String(found.target.result[0].no)]);
  };
})"""


@pytest.mark.requirement("S-93")
def test_staff_issue_a_card_freeze_and_replace_it_on_the_customers_page(page: Page, committed_house: House) -> None:
    house = committed_house
    who = of(bought(house, SIGN))
    enter(page, house, Role.AGENT)
    page.goto(f"/customers/{who}/")
    page.get_by_role("button", name="Issue a card").click()
    [card] = customers.cards_of(house.brand.id, who)
    part = page.locator("section", has=page.get_by_role("heading", name="Member cards"))
    expect(part).to_contain_text(card.number[-4:])
    part.get_by_text("Lost, found, replaced").click()
    part.get_by_role("button", name="Replace").click()
    expect(page.get_by_text("Please give a few words on why")).to_be_visible()
    part.get_by_text("Lost, found, replaced").click()
    part.get_by_label("Why").fill("phone stolen")
    part.get_by_role("button", name="Replace").click()
    expect(part.get_by_text("replaced", exact=True)).to_be_visible()
    new, old = customers.cards_of(house.brand.id, who)
    assert (old.id, old.replaced_by) == (card.id, new.id)
    part.get_by_role("link", name="Open their card page").click()
    page.wait_for_selector("[data-code][data-shown]")
    expect(page.get_by_text(new.number[-4:]).first).to_be_visible()


@pytest.mark.requirement("S-94", "S-166", "S-198")
def test_a_member_is_topped_up_pays_by_the_code_on_the_phone_and_sees_money_and_points_come_back(
    page: Page, phone: Page, committed_house: House
) -> None:
    house = committed_house
    who, brand = of(bought(house, SIGN)), house.brand.id
    card = customers.issue_card(who, brand=brand, by="kim")
    for each in (page, phone):
        each.set_default_timeout(30_000)
    enter(page, house, Role.AGENT)
    page.goto(f"/customers/{who}/")
    page.get_by_role("button", name="Open a purse").click()
    page.get_by_label("Amount", exact=True).fill("50")
    page.get_by_role("button", name="Put money on").click()
    expect(page.get_by_text("$50.00 was put on.")).to_be_visible()
    phone.goto(customers.card_page(brand, card.id))
    phone.wait_for_selector("[data-code][data-shown]")
    expect(phone.locator(".member-balance")).to_contain_text("$50.00")
    wallet.put_programme(brand, wallet.new_programme("club", "Club"), by="kim")
    wallet.adjust_points(who, 300, key="hello", brand=brand, by="kim", reason="welcome")
    phone.reload()
    expect(phone.locator(".member-balance").last).to_contain_text("300")
    order = house.place(house.intent(payment=PaymentMethod.STORED_VALUE))
    till = access.create_client(brand, house.channels["till"], "till", [Scope.WALLET_PAY], by="kim")
    head = {"Authorization": f"Bearer {till.key}", "Idempotency-Key": "sale-1"}
    ask = {"amount_minor": order.total_minor, "currency": "USD", "code": scanned(phone), "points": {"points": 200}}
    held = phone.request.post("/api/v1/wallet/payments", data=ask, headers=head).json()
    paid = phone.request.post(f"/api/v1/orders/{order.order_id}/wallet", data={"payment_id": held["id"]}, headers=head)
    assert paid.json() == {"outcome": "paid"}
    phone.reload()
    expect(phone.locator(".member-balance").first).to_contain_text("$40.00")
    expect(phone.locator(".member-balance").last).to_contain_text("100")
    orders.cancel(order.order_id, brand=brand, who="kim", reason="out of cups")
    phone.reload()
    expect(phone.locator(".member-balance").first).to_contain_text("$50.00")
    expect(phone.locator(".member-balance").last).to_contain_text("300")
