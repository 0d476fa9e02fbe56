"""All doors are doors of one house: each kind opens, closes and is configured, and one item has one price at all."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from datong.access.types import Role
from datong.brand.api import gaps, list_channels
from datong.brand.types import ChannelKind
from datong.catalog.api import put_price_lists, put_prices, put_promotions
from datong.catalog.types import Price, PriceList, Promotion, PromotionKind
from datong.integration.wire.send import native, pos, shopify, woocommerce
from datong.inventory.api import stock_of
from datong.kernel.ids import uuid7
from datong.orders.api import BoardFilter, board
from datong.orders.types import Amounts, IntentLine, OrderIntent
from datong.payments.types import PaymentMethod
from datong.site.tests.house import SINCE, House, open_house

OWN: dict[str, Any] = {"amounts": None, "paid": False, "payment": PaymentMethod.CASH_ON_DELIVERY}
FIVE = {
    "web": ChannelKind.SITE,
    "wechat": ChannelKind.SOCIAL,
    "app": ChannelKind.APP,
    "till": ChannelKind.STORE,
    "calls": ChannelKind.SERVICE_CENTRE,
}


@pytest.fixture
def house(committed_db: str, make_brand: Callable[..., Any]) -> House:
    return open_house(make_brand)


def opened(house: House, browser: Client, code: str, kind: ChannelKind) -> None:
    """Registered in the console, by a person of headquarters."""
    form = {"code": code, "name": code.capitalize(), "kind": kind.value, "role": f"sells by {code}", "owner": "Ms Lin"}
    assert browser.post("/channels/new/", form).status_code == 302
    house.channels[code] = next(c.id for c in list_channels(house.brand.id) if c.code == code)


def settle(browser: Client, code: str, **fields: Any) -> None:
    form = {"name": code.capitalize(), "role": f"sells by {code}", "owner": "Ms Lin", "open": "on"} | fields
    sent = {name: value for name, value in form.items() if value is not None}
    assert browser.post(f"/channels/{code}/", sent).status_code == 302


def sell(house: House, keys: dict[str, str], code: str, number: str, units: int = 1) -> Any:
    """One order through a channel's own door, which answers: the till's upload, or the API with the channel's key."""
    lines = (IntentLine(1, "LONGJING", units, 3000),)
    if code != "till":
        body = native.payload(house.order(number, code, lines=lines, **OWN))
        return house.call("POST", "/api/v1/orders", keys[code], body)
    sold = house.order(number, code, lines=lines, amounts=Amounts(3000 * units, 3000 * units))
    sale = pos.sale(sold, "till-1") | {"phone": "+8613800138000"}
    return house.call(
        "POST", "/api/v1/till/orders", keys[code], {"device_id": "till-1", "store_code": "LAKE", "orders": [sale]}
    )


@pytest.mark.requirement("S-09", "S-13")
def test_each_of_the_five_kinds_of_channel_opens_closes_is_configured_and_works_on_the_same(house: House) -> None:
    browser = house.staff(Role.HQ)
    for code, kind in FIVE.items():
        opened(house, browser, code, kind)
    keys = {code: house.key(code=code) for code in FIVE}
    assert {c.kind for c in list_channels(house.brand.id)} == set(FIVE.values())
    told = house.call("GET", "/api/v1/channels", keys["web"]).json()
    assert {(row["code"], row["kind"], row["open"]) for row in told} == {(c, k.value, True) for c, k in FIVE.items()}

    # the same goods, customers and orders at all of them
    for code in FIVE:
        assert sell(house, keys, code, f"{code}-1").status_code in (200, 201), code
    house.work()
    rows = board(house.brand.id, BoardFilter()).rows
    assert {row.channel_id for row in rows} == set(house.channels.values()) and len(rows) == 5
    known = {row.customer_id for row in rows if row.channel_id != house.channels["till"]}
    assert len(known) == 1 and None not in known
    left = sum(stock.free for stock in stock_of(house.brand.id, items=[house.item("LONGJING")]))
    assert left == 300 - 5

    # closed: no order more, but what has happened at the counter is booked; open again: as before
    for code in FIVE:
        settle(browser, code, open=None)
    taken = house.until(
        lambda n: [sell(house, keys, code, f"{code}-closed-{n}") for code in FIVE],
        lambda answers: all(a.status_code == 422 for a, code in zip(answers, FIVE, strict=True) if code != "till"),
    )
    for answer, code in zip(taken, FIVE, strict=True):
        if code == "till":
            assert [result["status"] for result in answer.json()["results"]] == [201]
        else:
            assert [problem["code"] for problem in answer.json()["problems"]] == ["channel_closed"]
    for code in FIVE:
        settle(browser, code)
    house.until(
        lambda n: [sell(house, keys, code, f"{code}-again-{n}") for code in FIVE],
        lambda answers: all(answer.status_code in (200, 201) for answer in answers),
    )

    # configured: what a channel keeps back from itself; the others still get it
    house.work()
    most = max(stock.free for stock in stock_of(house.brand.id, items=[house.item("LONGJING")]))
    settle(browser, "web", buffer_units=str(most))
    house.until(
        lambda n: sell(house, keys, "web", f"web-kept-{n}").json(), lambda told: told.get("state") == "backorder"
    )
    assert sell(house, keys, "app", "app-kept").json()["state"] == "assigned"
    owners = {house.channels[code]: "Ms Lin" for code in FIVE}
    assert gaps(list_channels(house.brand.id), owners) == []


@pytest.mark.requirement("S-115", "S-09")
def test_one_item_has_one_price_at_every_door(house: House) -> None:
    """Asked of the API, booked by the call centre, by our own app, by two shops and a till: one price.

    With a promotion of the day, so that the price is more than a number in a table.
    """
    tenth = Promotion(uuid7(), "DAY", "Today", PromotionKind.PERCENTAGE, 1000, skus=frozenset({"LONGJING"}))
    put_promotions(house.brand.id, [tenth])
    keys = {code: house.key(code=code, kind=FIVE[code]) for code in ("app", "calls", "till")}
    basket = {"lines": [{"sku": "LONGJING", "units": 2}, {"sku": "CUP", "units": 1}]}
    quotes = {house.call("POST", "/api/v1/quotes", key, basket).json()["total_minor"] for key in keys.values()}
    assert quotes == {2 * 2700 + 1200}
    lines = (IntentLine(1, "LONGJING", 2), IntentLine(2, "CUP", 1))
    for code in ("app", "calls"):
        body = native.payload(house.order(f"{code}-1", code, lines=lines, **OWN))
        assert house.call("POST", "/api/v1/orders", keys[code], body).json()["total_minor"] == 6600

    doors = _others(house, keys["till"])
    ours = (IntentLine(1, "LONGJING", 2, 3000, 600, "Longjing"), IntentLine(2, "CUP", 1, 1200, 0, "Cup"))
    theirs = (IntentLine(1, "LONGJING", 2, 2900, 0, "Longjing"), IntentLine(2, "CUP", 1, 1200, 0, "Cup"))
    for number, sold, total in (("ours", ours, 6600), ("theirs", theirs, 7000)):
        for code, door in doors.items():
            door(house.order(f"{code}-{number}", code, lines=sold, amounts=Amounts(total, total), store_code="LAKE"))
    house.work()
    prices = house.rows(
        "SELECT c.code, o.total_minor, o.quoted_minor, o.exceptions FROM orders_order o"
        " JOIN brand_channel c ON c.id = o.channel_id ORDER BY c.code, o.total_minor"
    )
    own = [(code, 6600, 6600, 0) for code in ("app", "calls")]
    shops = [row for code in sorted(doors) for row in ((code, 6600, 6600, 0), (code, 7000, 6600, 1))]
    assert sorted(prices) == sorted(own + shops)
    kinds = house.rows("SELECT DISTINCT kind FROM orders_finding")
    assert kinds == [("price_differs",)], "a shop with a price of its own is told, its order stands"


def _others(house: House, till_key: str) -> dict[str, Callable[[OrderIntent], None]]:
    """Doors of systems that have prices of their own: they are booked as they sold, with our quote beside it."""
    found: dict[str, Callable[[OrderIntent], None]] = {}
    for code, connector, build in (("shopify", "shopify", shopify.build), ("woo", "woocommerce", woocommerce.build)):
        token, ctx = house.door(connector, code, ChannelKind.SITE)

        def deliver(order: OrderIntent, token: str = token, ctx: Any = ctx, build: Any = build) -> None:
            assert house.deliver(token, build(order, ctx)).status_code == 200

        found[code] = deliver

    def upload(order: OrderIntent) -> None:
        body = {"device_id": "till-1", "store_code": "LAKE", "orders": [pos.sale(order, "till-1")]}
        answer = house.call("POST", "/api/v1/till/orders", till_key, body)
        assert [result["status"] for result in answer.json()["results"]] == [201]

    return found | {"till": upload}


@pytest.mark.requirement("S-115", "S-120")
def test_another_price_needs_a_recorded_reason_and_a_change_reaches_every_door_at_once(house: House) -> None:
    browser = house.staff(Role.HQ)
    for code in ("web", "app"):
        opened(house, browser, code, FIVE[code])
    keys = {code: house.key(code=code) for code in ("web", "app")}

    def asked(code: str) -> int:
        basket = {"lines": [{"sku": "CUP", "units": 1}]}
        return int(house.call("POST", "/api/v1/quotes", keys[code], basket).json()["total_minor"])

    assert {asked(code) for code in keys} == {1200}
    price = {"amount_minor": 1100, "reason": "spring"}
    assert house.call("PUT", "/api/v1/prices/CUP", keys["app"], price).status_code == 200
    assert {asked(code) for code in keys} == {1100}
    put_price_lists(house.brand.id, [PriceList("outlet", "CNY")])
    put_prices(house.brand.id, [Price("CUP", 900, SINCE, price_list="outlet")])
    refused = browser.post("/channels/web/", {"name": "Web", "price_list": "outlet", "open": "on"})
    assert refused.status_code == 422 and asked("web") == 1100
    settle(browser, "web", price_list="outlet", price_policy_note="end of the season, decided on Monday")
    assert (asked("web"), asked("app")) == (900, 1100)
    told = {row["code"]: row for row in house.call("GET", "/api/v1/channels", keys["app"]).json()}
    assert told["web"]["price_policy_note"] == "end of the season, decided on Monday"
