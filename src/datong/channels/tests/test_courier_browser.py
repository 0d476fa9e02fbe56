"""A courier's round in a real Chromium with the network cut: nothing is lost, nothing is told twice."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from datong.access import api as access
from datong.access.types import Role
from datong.channels.tests.conftest import House
from datong.channels.tests.test_browser import address, chromium
from datong.channels.tests.test_courier_pages import hire, order
from datong.fulfilment import api as fulfilment
from datong.fulfilment.types import TaskState
from datong.kernel.db import in_brand, rows

__all__ = ["address", "chromium"]
pytestmark = pytest.mark.browser


@pytest.fixture
def phone(chromium: Browser, address: str) -> Iterator[Page]:
    context = chromium.new_context(
        base_url=address, viewport={"width": 390, "height": 844}, locale="en-US", reduced_motion="reduce"
    )
    context.set_default_timeout(30_000)
    yield context.new_page()
    context.close()


def shot(page: Page, name: str) -> None:
    if folder := os.environ.get("DATONG_SHOTS"):
        page.screenshot(path=f"{folder}/{name}.png")


@pytest.mark.requirement("S-185")
def test_a_round_goes_on_without_network_and_is_told_once(phone: Page, committed_house: House) -> None:
    house: Any = committed_house
    task = order(house)
    kim = hire(house)
    fulfilment.assign_delivery(task.id, kim.id, brand=house.brand.id, by="ann")
    note = fulfilment.deliveries_by_task(house.brand.id, [task.id])[0].note
    phone.goto(f"/in/{access.login_token(house.users[Role.COURIER], house.brand.id)}")
    phone.goto("/courier/")
    phone.wait_for_selector("#courier[data-ready]")
    phone.wait_for_selector("[data-offline=ready]")
    expect(phone.get_by_role("heading", name="Pick up at")).to_be_visible()
    shot(phone, "courier-pickup")
    phone.context.set_offline(True)
    phone.reload()
    phone.get_by_role("button", name="Scan and pick up").click()
    phone.get_by_label("Number on the bag").fill("ZZZZ")
    phone.get_by_role("button", name="Picked up").click()
    expect(phone.get_by_text("another order's bag")).to_be_visible()
    phone.get_by_label("Number on the bag").fill(note.number[-4:])
    phone.get_by_role("button", name="Picked up").click()
    expect(phone.get_by_role("heading", name="Bring to")).to_be_visible()
    shot(phone, "courier-drop")
    phone.reload()
    phone.get_by_role("button", name="Deliver", exact=True).click()
    if note.due_minor:
        phone.get_by_label("I have taken").check()
    phone.get_by_role("dialog").get_by_role("button", name="The customer's code").click()
    phone.get_by_role("textbox", name="The customer's code").fill(note.code)
    phone.get_by_role("dialog").get_by_role("button", name="Delivered").click()
    expect(phone.locator("#courier-status")).to_have_text("Offline · 2 to be told")
    assert fulfilment.tasks_of(house.brand.id, [task.order_id])[0].state is TaskState.READY
    phone.context.set_offline(False)
    expect(phone.locator("#courier-status")).to_have_text("Online")
    assert [step.state.value for step in fulfilment.steps_of(house.brand.id, [task.order_id])] == [
        "accepted", "ready", "handed_over", "done",
    ]  # fmt: skip
    with in_brand(house.brand.id):
        assert rows("SELECT count(*), bool_and(taken) FROM fulfilment_act WHERE brand_id = %s", [house.brand.id]) == [
            (2, True)
        ]
