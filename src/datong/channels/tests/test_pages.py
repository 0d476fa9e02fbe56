"""The console's pages, through real requests: what is shown, to whom, and that nothing else moves."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from datong.access.types import Role
from datong.brand import api as brands
from datong.brand.types import StoreKind
from datong.catalog import api as catalog
from datong.channels.tests.conftest import House
from datong.fulfilment import api as fulfilment
from datong.fulfilment.types import FulfilmentKind, Task
from datong.inventory import api as inventory
from datong.inventory.types import StockRow
from datong.kernel import clock
from datong.kernel.ids import uuid7
from datong.orders import api as orders
from datong.orders.api import BoardFilter
from datong.orders.types import IntentLine, OrderState


def texts(response: Any) -> str:
    """What a reader reads, without markup and runs of space."""
    html = re.sub(r"<(script|style|template)\b.*?</\1>", " ", response.content.decode(), flags=re.DOTALL)
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


@pytest.mark.requirement("S-161", "S-162", "S-163")
def test_the_board_lists_the_orders_of_every_channel_with_one_sentence(house: House) -> None:
    own, theirs, counter = house.place(), house.sold_elsewhere(1100), house.pickup(house.near)
    text = texts(house.client().get("/"))
    assert "3 orders today, 1 needs a hand" in text
    for outcome in (own, theirs, counter):
        assert outcome.number in text
    assert "The web" in text and "The market" in text


@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ("channel=market", {"market"}),
        ("state=hand", {"market"}),
        ("exception=price_differs", {"market"}),
        ("store=FAR", {"far"}),
        ("q=+16125550100", {"web", "market", "far"}),
        ("q=nobody", set()),
        ("channel=nowhere", set()),
        ("from=2020-01-01&to=2020-01-02", set()),
    ],
)
def test_filters_live_in_the_address_and_come_off_one_by_one(house: House, query: str, shown: set[str]) -> None:
    numbers = {
        "web": house.place().number, "market": house.sold_elsewhere(1100).number, "far": house.pickup(house.far).number,
    }  # fmt: skip
    response = house.client().get(f"/?{query}".replace("+", "%2B"))
    assert {name for name, number in numbers.items() if number in texts(response)} == shown
    chips = re.findall(r'class="chip-remove" href="([^"]*)"', response.content.decode())
    keys = [part.split("=")[0] for part in query.split("&") if part != "state=hand"]
    assert len(chips) == len(keys)
    assert all(sum(f"{key}=" in chip for chip in chips) == len(keys) - 1 for key in keys)


def test_pages_are_turned_by_key_and_meet_without_a_gap(house: House) -> None:
    every = [
        house.place(house.intent(lines=(IntentLine(1, "CUP", 1),), store_code="", external_id=f"p-{n}"))
        for n in range(3)
    ]
    client = house.client()
    first = orders.board(house.brand.id, BoardFilter(limit=2))
    older = texts(client.get(f"/?before={first.rows[-1].id}"))
    assert every[0].number in older and every[1].number not in older and every[2].number not in older
    assert every[0].number in texts(client.get("/"))


def test_new_orders_are_announced_and_counted_by_the_same_filters(house: House) -> None:
    house.place()
    newest = orders.board(house.brand.id, BoardFilter()).rows[0].id
    client = house.client()
    assert texts(client.get(f"/orders/new/?after={newest}")) == ""
    house.place()
    house.sold_elsewhere(1200)
    assert texts(client.get(f"/orders/new/?after={newest}")) == "2 new"
    assert texts(client.get(f"/orders/new/?after={newest}&channel=market")) == "1 new"


def test_the_board_is_exported_as_it_is_filtered(house: House) -> None:
    house.place()
    sold = house.sold_elsewhere(1100)
    response = house.client().get("/orders/export.csv?channel=market")
    lines = b"".join(response.streaming_content).decode().splitlines()  # type: ignore[attr-defined]
    assert len(lines) == 2 and lines[0].startswith("\ufeffOrder,")
    assert lines[1].startswith(sold.number) and ",11.00,USD" in lines[1]
    assert lines[1].split(",")[5] == "Ann Lee"


@pytest.mark.requirement("S-59", "S-164", "S-165")
def test_an_orders_page_tells_its_way_through_the_layers_and_why_this_store(house: House) -> None:
    placed = house.place()
    response = house.client().get(f"/orders/{placed.number}/")
    text = texts(response)
    layers = re.findall(r'class="layer-name">([^<]+)<', response.content.decode())
    assert layers == [
        "Channel", "Integration", "Customer", "Product", "Risk", "Transaction", "Accounting", "Report",
    ]  # fmt: skip
    assert "Why this store" in text and "The nearest store that can serve it." in text
    assert "Uptown" in text and "could serve, scored lower" in text and "Airport" in text
    assert 'class="map-chosen"' in response.content.decode() and 'class="map-refused"' in response.content.decode()


@pytest.mark.requirement("S-115", "S-176")
def test_a_platforms_amounts_stand_beside_our_quote_and_a_difference_is_marked(house: House) -> None:
    text = texts(house.client().get(f"/orders/{house.sold_elsewhere(1100).number}/"))
    assert "Price differs" in text and "SKU CUP · booked $11.00 · our quote $12.00" in text
    assert "Goods $11.00 $12.00 -$1.00" in text
    assert "Commission -$1.00" in text and "The platform owes us $10.00" in text


def test_a_finding_is_closed_with_a_word_on_what_was_done(house: House) -> None:
    sold = house.sold_elsewhere(1100)
    (finding,) = orders.order_page(house.brand.id, sold.number).findings
    client = house.client()
    client.post(f"/orders/{sold.number}/act/", {"do": "close", "finding": str(finding.id), "reason": "asked them"})
    after = orders.order_page(house.brand.id, sold.number)
    assert (after.findings[0].closed_by, after.findings[0].resolution) == (f"hq@{house.brand.slug}", "asked them")
    assert "Dealt with: price differs asked them" in texts(client.get(f"/orders/{sold.number}/"))


def test_a_waiting_order_is_looked_at_again_from_its_page_and_from_the_board(house: House) -> None:
    waiting = house.place(house.intent(lines=(IntentLine(1, "CUP", 11),)))
    assert waiting.state is OrderState.BACKORDER
    client = house.client()
    text = texts(client.get(f"/orders/{waiting.number}/"))
    assert "Why no store yet" in text and "not enough stock" in text
    assert "Still nobody can serve it." in texts(
        client.post(f"/orders/{waiting.number}/act/", {"do": "retry"}, follow=True)
    )
    assert "0 got a store, 1 still wait." in texts(
        client.post("/orders/bulk/", {"id": str(waiting.order_id)}, follow=True)
    )


@pytest.mark.requirement("S-36", "S-146")
def test_stores_are_on_a_map_and_in_a_list_with_stock_and_load(house: House) -> None:
    placed = house.place()
    task = Task(uuid7(), placed.order_id, house.near.id, FulfilmentKind.DELIVERY, None)
    fulfilment.open_tasks([task], brand=house.brand.id)
    response = house.client().get("/stores/")
    text = texts(response)
    assert "2 stores in 1 city, 2 open now, 1 order in hand" in text
    assert "Uptown Minneapolis, MN · NEAR open 1 / 50 20" in text
    assert response.content.decode().count('class="map-dot"') == 2
    page = texts(house.client().get("/stores/NEAR/"))
    assert "Orders in hand 1 / 50" in page and "Held for orders 1" in page and "Cup 10 1 0 9" in page


def test_a_stores_orders_today_are_those_placed_today_whenever_they_were_told(house: House) -> None:
    late = house.place(house.intent(placed_at=clock.now() - timedelta(days=2)))
    page = texts(house.client().get("/stores/NEAR/"))
    assert "Latest orders" in page and "Orders today" not in page and late.number in page
    fresh = house.place()
    page = texts(house.client().get("/stores/NEAR/"))
    assert "Orders today" in page and fresh.number in page and late.number not in page


@pytest.mark.requirement("S-115", "S-147")
def test_a_price_is_changed_once_and_every_door_asks_it(house: House) -> None:
    client = house.client()
    wrong = client.post("/products/CUP/", {"amount": "12.999", "reason": "spring"})
    assert wrong.status_code == 422 and "Write an amount such as $19.99." in texts(wrong)
    assert 'value="12.999"' in wrong.content.decode()
    assert client.post("/products/CUP/", {"amount": "13.50", "reason": "spring"}).status_code == 302
    page = texts(client.get("/products/CUP/"))
    assert page.count("$13.50") == 6  # the figure, three doors, the history, the notice
    newest = catalog.price_history(house.brand.id, "CUP")[0]
    assert (newest.amount_minor, newest.set_by, newest.reason) == (1350, f"hq@{house.brand.slug}", "spring")


@pytest.mark.requirement("S-09", "S-11")
def test_channels_show_role_and_owner_and_what_they_lack(house: House) -> None:
    text = texts(house.client().get("/channels/"))
    assert "3 channels are open, 2 gaps to close" in text
    assert "The market : no responsible owner" in text
    assert "Elena Rossi" in text


@pytest.mark.requirement("S-09")
def test_a_channel_is_changed_with_undo_and_a_reason_for_own_prices(house: House) -> None:
    client = house.client()
    record = {"name": "Shop", "role": "sells", "owner": "Kim Ho", "buffer_units": "2", "price_list": "", "open": "1"}
    response = client.post("/channels/web/", record, follow=True)
    undo = re.search(r'action="(/channels/undo/[^"]+)"', response.content.decode())
    assert undo
    found = {c.code: c for c in brands.list_channels(house.brand.id)}["web"]
    assert (found.name, found.buffer_units, found.open) == ("Shop", 2, True)
    client.post(undo[1])
    found = {c.code: c for c in brands.list_channels(house.brand.id)}["web"]
    assert (found.name, found.buffer_units) == ("The web", 0)
    wrong = client.post("/channels/web/", {**record, "buffer_units": "-1"})
    assert wrong.status_code == 422 and "A whole number of units, 0 or more." in texts(wrong)


def test_a_channel_is_registered_and_its_code_is_taken_once(house: House) -> None:
    client = house.client()
    record = {"code": "tv", "kind": "tv", "name": "Living room", "role": "", "owner": "", "buffer_units": ""}
    assert client.post("/channels/new/", record).status_code == 302
    assert "Another channel has this code" in texts(client.post("/channels/new/", record))
    assert "no role, no responsible owner" in texts(client.get("/channels/"))


@pytest.mark.requirement("S-58")
def test_a_delivery_that_was_not_understood_is_corrected_and_replayed(house: House) -> None:
    bad = house.deliver(quantity=-3)
    client = house.client()
    assert "1 needs a hand" in texts(client.get("/inbox/"))
    page = client.get(f"/inbox/{bad.id}/")
    assert "/line_items/0/quantity -3" in texts(page)
    assert '<mark id="at-line_items-0-quantity">' in page.content.decode()
    still = client.post(f"/inbox/{bad.id}/act/", {"do": "correct", "body": bad.body}, follow=True)
    assert still.status_code == 422 and "Nothing was changed yet." in texts(still)
    mended = client.post(f"/inbox/{bad.id}/act/", {"do": "correct", "body": bad.body.replace("-3", "1")}, follow=True)
    text = texts(mended)
    assert "was taken." in text and f"Corrected by hq@{house.brand.slug}" in text
    assert orders.summary(house.brand.id, bad.received_at).orders == 1
    assert "corrected" in texts(client.get(f"/inbox/{bad.id}/"))


@pytest.mark.requirement("S-17", "S-148")
def test_readiness_reports_the_sources_outside_of_each_unification(house: House) -> None:
    house.deliver(quantity=-1)
    text = texts(house.client().get("/readiness/"))
    assert "One order platform" in text and "One experience" in text and "One supply chain" in text
    assert "The till no door into the hub" in text
    assert "The web 1 delivery not understood" in text
    assert "The market no role or nobody responsible" in text


@pytest.mark.requirement("S-113")
def test_readiness_shows_how_far_orders_come_and_where_most_are_lost(house: House) -> None:
    assert "No orders in this time" in texts(house.client().get("/readiness/"))
    house.place()
    house.place(house.intent(lines=(IntentLine(1, "CUP", 11),)))  # nobody has eleven
    text = texts(house.client().get("/readiness/"))
    assert "delivery 2 1 1 fewer 0 0 0 0" in text, text


def test_search_finds_by_number_name_phone_product_store_and_page(house: House) -> None:
    placed, client = house.place(), house.client()
    for wanted, found in (
        (placed.number, placed.number), ("Ann", "Ann Lee"), ("+16125550100", placed.number), ("teapot", "POT"),
        ("airport", "Airport"), ("inbox", "Inbox"),
    ):  # fmt: skip
        assert found in texts(client.get("/search/", {"q": wanted})), wanted
    assert "Nothing found" in texts(client.get("/search/", {"q": "zzzz"}))


def test_the_tour_leads_to_real_records(house: House) -> None:
    sold, bad = house.sold_elsewhere(1100), house.deliver(quantity=-3)
    waiting = house.place(house.intent(lines=(IntentLine(1, "CUP", 11),)))
    client = house.client()
    where = [client.get(f"/tour/{n}/").headers["Location"] for n in range(1, 6)]
    assert where[1] == f"/orders/{waiting.number}/"
    assert where[3] == "/products/CUP/" and where[4] == f"/inbox/{bad.id}/"
    assert "Tour, step 5 of 5 Repair a bad order" in texts(client.get(where[4]))
    client.post("/tour/end/")
    assert "Tour, step" not in texts(client.get("/"))
    assert sold.number


@pytest.mark.parametrize("path", ["/orders/nothing/", "/stores/nothing/", "/products/nothing/", "/channels/nothing/"])
def test_what_is_not_there_says_so_with_a_way_on(house: House, path: str) -> None:
    response = house.client().get(path)
    assert response.status_code == 404 and "There is no such page" in texts(response)


def test_another_brands_orders_do_not_exist_here(house: House, make_brand: Any) -> None:
    from datong.channels.tests.conftest import open_house

    placed = house.place()
    other = open_house(make_brand())
    assert other.client().get(f"/orders/{placed.number}/").status_code == 404
    assert placed.number not in texts(other.client().get("/"))


def test_an_empty_brand_is_told_what_to_do_next(house: House) -> None:
    client = house.client()
    assert "No orders yet" in texts(client.get("/")) and "Connect a channel" in texts(client.get("/"))
    assert "Nothing has arrived yet" in texts(client.get("/inbox/"))


def test_pages_speak_chinese_through_and_through(house: House) -> None:
    house.place()
    client = Client()
    client.cookies["django_language"] = "zh-hans"
    client.force_login(_user(house, Role.HQ))
    text = texts(client.get("/"))
    assert "今天 1 单，无需处理" in text and "已派店" in text and "门店" in text
    assert 'lang="zh-Hans"' in client.get("/").content.decode()


def _user(house: House, role: Role) -> Any:
    from django.contrib.auth import get_user_model

    return get_user_model().objects.get(pk=house.users[role])


def test_every_address_of_the_console_has_a_name() -> None:
    assert reverse("board") == "/" and reverse("one-click", args=["t"]) == "/in/t"


def test_the_list_of_stores_counts_what_is_out_in_the_right_number(house: House) -> None:
    def sold_out(*skus: str) -> str:
        # All that is there is kept back as safety stock.
        inventory.put_stock(house.brand.id, [StockRow(house.near.id, house.items[sku].id, 0, 0, 10) for sku in skus])
        return texts(house.client().get("/stores/"))

    assert "1 product out" in sold_out("CUP")
    assert "2 products out" in sold_out("CUP", "POT")


@pytest.mark.requirement("S-41")
def test_the_stores_are_counted_by_whose_they_are(house: House) -> None:
    brands.put_stores(house.brand.id, [replace(house.far, kind=StoreKind.ACQUIRED)])
    page = house.client().get("/stores/").content.decode()
    assert ">own (1)<" in page and ">acquired (1)<" in page and ">partner (0)<" in page
    acquired = house.client().get("/stores/?kind=acquired").content.decode()
    assert house.far.name in acquired and f">{house.near.name}<" not in acquired
