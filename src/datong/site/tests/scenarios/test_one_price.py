"""S-115: the same product, store and moment has one price, whichever door is asked; a change is everywhere at once."""

from __future__ import annotations

import json
import re
from datetime import datetime, timedelta

import pytest
from django.test import Client

from datong.channels.tests.test_sync_browser import connect
from datong.kernel import clock
from datong.site.testing.platforms import LocalWooCommerce, woo
from datong.site.tests.scenarios.conftest import Doors
from datong.sync import api as sync
from datong.sync.subscribers import CONSUMERS as SYNC

__all__ = ["woo"]
pytestmark = pytest.mark.django_db


def at_every_door(doors: Doors, market: LocalWooCommerce) -> dict[str, int]:
    """What a cup costs at the near store now: door -> minor units."""
    shop = Client()
    shop.post(f"{doors.home}place/", {"store": "NEAR"})
    page = shop.get(f"{doors.home}p/CUP/").content.decode()
    shown = re.search(r'class="shop-price">.*?<b>\$([\d.,]+)</b>', page, re.S)
    ld = json.loads(re.search(r'application/ld\+json">(.*?)</script>', page, re.S)[1])  # type: ignore[index]
    basket = doors.api("POST", "/api/v1/till/quote", doors.till_key, {"lines": [{"sku": "CUP", "units": 1}]}).json()
    goods = doors.api("GET", "/api/v1/till/snapshot", doors.till_key).json()
    quote = doors.api("POST", "/api/v1/quotes", doors.app_key, {"lines": [{"sku": "CUP", "units": 1}]}).json()
    web = doors.house.channels["web"]
    sync.send_due(doors.brand, web)
    assert shown, page[:3000]
    return {
        "shop page": minor(shown[1]),
        "JSON-LD": minor(ld["offers"]["price"]),
        "till's basket": basket["total_minor"],
        "till's goods": next(item["unit_minor"] for item in goods["items"] if item["sku"] == "CUP"),
        "API quote": quote["total_minor"],
        "marketplace feed": minor(market.products[20].regular_price),
    }


def minor(text: str) -> int:
    return round(float(text.replace(",", "")) * 100)


@pytest.mark.requirement("S-115", "S-16", "SC-10")
def test_every_door_says_one_price_and_a_scheduled_change_is_everywhere_within_two_seconds(
    doors: Doors, woo: LocalWooCommerce
) -> None:
    connect(doors.house, woo)
    doors.hear(SYNC)
    assert set(at_every_door(doors, woo).values()) == {1200}
    begins = clock.now() + timedelta(hours=1)
    change(doors, 1350, begins)
    doors.hear(SYNC)
    assert set(at_every_door(doors, woo).values()) == {1200}, at_every_door(doors, woo)
    with clock.held_at(begins - timedelta(seconds=1)):
        assert set(at_every_door(doors, woo).values()) == {1200}, at_every_door(doors, woo)
    with clock.held_at(begins + timedelta(seconds=2)):
        assert set(at_every_door(doors, woo).values()) == {1350}, at_every_door(doors, woo)


def change(doors: Doors, minor_units: int, begins: datetime) -> None:
    """A price that begins later, through the API."""
    body = {"amount_minor": minor_units, "valid_from": begins.isoformat(), "reason": "autumn"}
    answer = doors.api("PUT", "/api/v1/prices/CUP", doors.app_key, body)
    assert answer.status_code in (200, 202), answer.content
