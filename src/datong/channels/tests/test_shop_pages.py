"""The shop's pages as a customer gets them: price and stock before the basket, and what search engines read."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from datong import channels
from datong.brand import api as brands
from datong.catalog import api as catalog
from datong.catalog.types import Ask, AskLine
from datong.channels.shop.door import shop_channel
from datong.channels.tests.conftest import House
from datong.channels.tests.every_shop import open_shop
from datong.kernel import clock


@pytest.fixture
def shop(house: House) -> str:
    catalog.forget_counts()
    return open_shop(house)


def text(html: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html))


def ld_of(html: str) -> Any:
    (found,) = re.findall(r'<script type="application/ld\+json">(.*?)</script>', html, re.S)
    return json.loads(found)


@pytest.mark.requirement("S-12", "S-116")
def test_somebody_browses_and_searches_without_script_or_log_in(shop: str, house: House) -> None:
    page = Client().get(shop)
    assert page.status_code == 200 and "$12.00" in page.content.decode()
    assert "2 products" in text(page.content.decode())
    found = text(Client().get(f"{shop}?q=teapt").content.decode())
    assert "These come close" in found and "Teapot with a name" in found and "Cup" not in found.split("close.")[1]


@pytest.mark.requirement("S-115", "S-14")
def test_the_price_of_the_page_and_of_json_ld_is_the_quote_at_the_same_store(shop: str, house: House) -> None:
    client = Client()
    client.post(f"{shop}place/", {"store": house.near.code})
    page = client.get(f"{shop}p/CUP/").content.decode()
    channel = shop_channel(house.brand.id)
    assert channel is not None
    ask = Ask(channel.id, "USD", clock.now(), (AskLine(1, "CUP", 1),), region="MN", store_id=house.near.id)
    (quote,) = catalog.quote([ask], brand=house.brand.id)
    offer = ld_of(page)["offers"]
    assert offer["price"] == f"{quote.total_minor / 100:.2f}" and offer["priceCurrency"] == "USD"
    assert offer["availability"] == "https://schema.org/InStock"
    assert f"${quote.total_minor / 100:.2f}" in page


@pytest.mark.requirement("S-33", "S-34", "S-35")
def test_where_somebody_is_brings_the_nearest_stores_first_with_their_stock(shop: str, house: House) -> None:
    client = Client()
    told = client.post(f"{shop}place/", {"where": "uptown", "then": f"{shop}p/POT/"})
    assert told.headers["Location"] == f"{shop}p/POT/"
    page = text(client.get(f"{shop}p/POT/").content.decode())
    assert page.index("Uptown") < page.index("Airport")
    assert "Brought to you by" in page
    near = text(client.get(f"{shop}stores/").content.decode())
    assert "Stores near you" in near and near.index("Uptown") < near.index("Airport")


def test_a_place_nobody_knows_is_said_and_kept(shop: str) -> None:
    client = Client()
    answer = client.post(f"{shop}place/", {"where": "Atlantis <b>"}, follow=True)
    assert "We do not know “Atlantis &lt;b&gt;”" in answer.content.decode()


def test_nobody_is_led_away_from_the_shop(shop: str) -> None:
    for then in ("https://evil.example/", "//evil.example", "/orders/"):
        assert Client().post(f"{shop}place/", {"forget": "1", "then": then}).headers["Location"] == f"{shop}stores/"


def test_what_is_not_sold_here_has_no_page_and_a_closed_shop_none_at_all(shop: str, house: House) -> None:
    assert Client().get(f"{shop}p/NONE/").status_code == 404
    assert Client().get("/shop/nobody/").status_code == 404
    channel = shop_channel(house.brand.id)
    assert channel is not None
    brands.update_channel(house.brand.id, channel.id, who="test", open=False)
    assert Client().get(shop).status_code == 404


def test_the_page_speaks_the_readers_language(shop: str) -> None:
    page = Client(headers={"Accept-Language": "zh-CN"}).get(f"{shop}stores/").content.decode()
    assert "全部门店" in page and 'lang="zh-Hans"' in page


def test_no_page_makes_its_own_forms_look_foreign() -> None:
    """With no-referrer a browser sends the origin of a form as null, which is refused."""
    pages = Path(channels.__file__).parent / "templates"
    assert [page.name for page in pages.rglob("*.html") if 'content="no-referrer"' in page.read_text()] == []
