"""What goes back to the channels, on the screen: what waits and why, what each product shows, and who may do what."""

from __future__ import annotations

from uuid import UUID

import pytest

from datong.access.types import Role
from datong.channels.tests.conftest import House
from datong.channels.tests.test_pages import texts
from datong.sync import api as sync
from datong.sync.types import Listing, Ref

NOBODY = "http://127.0.0.1:9"  # nobody listens there


def link(house: House) -> UUID:
    keys = {"consumer_key": "ck_secret_key", "consumer_secret": "cs_secret"}
    sync.connect(house.brand.id, house.channels["web"], "woocommerce", NOBODY, secrets=keys, settings={}, by="test")
    shown = [Listing(Ref("10"), "POT", "Teapot"), Listing(Ref("20"), "CUP", "Cup")]
    sync.apply_listings(house.brand.id, house.channels["web"], shown, by="test")
    return house.channels["web"]


@pytest.mark.requirement("S-15")
def test_the_overview_says_what_waits_and_offers_the_others(house: House) -> None:
    link(house)
    page = house.client().get("/sync/")
    assert "1 channel is told; 4 messages wait, 0 failed" in texts(page)
    assert "Connect" in texts(page)


def test_a_channel_that_does_not_answer_loses_nothing_and_can_be_paused_and_resumed(house: House) -> None:
    web = link(house)
    sync.send_due(house.brand.id, web)
    client = house.client()
    assert "away: no connection" in texts(client.get("/sync/"))
    page = client.post("/sync/web/act/", {"do": "pause"}, follow=True)
    assert "Paused" in texts(page) and sync.get_link(house.brand.id, web).paused_by
    client.post("/sync/web/act/", {"do": "resume"})
    assert sync.get_link(house.brand.id, web).paused_at is None


@pytest.mark.requirement("S-17")
def test_a_product_id_that_was_used_again_is_named_with_what_to_do(house: House) -> None:
    web = link(house)
    shown = [Listing(Ref("10"), "MUG", "Mug"), Listing(Ref("20"), "CUP", "Cup")]
    sync.apply_listings(house.brand.id, web, shown, by="test")
    page = house.client().get("/sync/web/products/?faulty")
    said = texts(page)
    for words in ("10 was POT, now it is MUG (Mug)", "their id is another product now", "That is right now"):
        assert words in said
    csv = b"".join(house.client().get("/sync/web/products.csv")).decode()
    assert "10 was POT, now it is MUG (Mug)" in csv and csv.count("\n") == 3


def test_keys_are_never_shown_and_what_was_typed_is_kept_when_something_lacks(house: House) -> None:
    link(house)
    client = house.client()
    assert "secret_key" not in client.get("/sync/web/connect/").content.decode()
    typed = {"platform": "shopify", "base_url": "http://shop.example", "secrets": "access_token = x", "mode": "sum"}
    page = client.post("/sync/web/connect/", typed)
    assert page.status_code == 422
    assert "http://shop.example" in page.content.decode()
    assert "an address such as https://my-shop.example" in texts(page)


@pytest.mark.parametrize("role", [Role.AUDITOR])
def test_who_only_looks_changes_nothing(house: House, role: Role) -> None:
    web = link(house)
    client = house.client(role)
    assert client.get("/sync/").status_code == 200
    assert client.post("/sync/web/act/", {"do": "pause"}).status_code == 403
    assert sync.get_link(house.brand.id, web).paused_at is None
