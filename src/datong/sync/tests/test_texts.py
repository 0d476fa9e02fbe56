"""Titles and descriptions: told where they are declared ours, taken where the channel leads, never in a loop."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from datong.catalog.api import items_by_sku, products_by_code, put_products
from datong.catalog.types import Product, ProductState, Variant, Words
from datong.kernel import clock
from datong.kernel.errors import BadValue
from datong.kernel.ids import uuid7
from datong.sync import api as sync
from datong.sync.local.wechat import LocalWeChatShop
from datong.sync.masters.compare import leaders, set_master
from datong.sync.masters.queries import differing
from datong.sync.masters.types import FieldName, FieldState, Master
from datong.sync.rules import dressed, plain
from datong.sync.tests.shops import Shop, TwoWay
from datong.sync.tests.test_platforms import at_wechat

TITLE, DESCRIPTION = FieldName.TITLE, FieldName.DESCRIPTION


@pytest.fixture
def both(two_way: TwoWay) -> TwoWay:
    """The tea is a product with a text of its own, at both channels."""
    language = two_way.shop.brand.locale
    texts = {language: Words(description="Picked in spring.\nFor 3 & more cups.")}
    tea = Product(uuid7(), "tea", "retail", "Sencha", ProductState.ON_SALE, variants=(Variant("TEA"),), texts=texts)
    put_products(two_way.brand, [tea], by="test")
    two_way.settle()
    return two_way


def lead(two_way: TwoWay, channel: UUID, master: Master, *names: FieldName) -> None:
    for name in names or (TITLE, DESCRIPTION):
        set_master(two_way.brand, channel, name, master, by="test")


def rounds(two_way: TwoWay, count: int = 1) -> list[tuple[int, int, int]]:
    """(pushed, taken, stopped) of each reading of both channels, what was to be told being told."""
    made = []
    for _ in range(count):
        done = [sync.read_products(two_way.brand, channel, by="test") for channel in two_way.links]
        two_way.settle()
        made.append((sum(d.pushed for d in done), sum(d.taken for d in done), sum(d.stopped for d in done)))
    return made


def ours(two_way: TwoWay) -> tuple[str, str]:
    product = products_by_code(two_way.brand, ["tea"])["tea"]
    return product.title, product.texts[two_way.shop.brand.locale].description


def states(two_way: TwoWay, channel: UUID) -> dict[tuple[str, str], str]:
    return {(r.field.sku, r.field.field): r.field.state for r in differing(two_way.brand, channel_id=channel)}


@pytest.mark.requirement("S-60")
def test_a_title_and_a_description_that_are_ours_are_written_there_and_then_agree(both: TwoWay) -> None:
    for channel in both.links:
        lead(both, channel, Master.DATONG)
    assert rounds(both, 2) == [(4, 0, 0), (0, 0, 0)]
    there, also = both.shopify.by_sku("TEA"), both.woo.by_sku("TEA")
    assert there.title == also.name == "Sencha"
    assert there.description == also.description == "<p>Picked in spring.</p><p>For 3 &amp; more cups.</p>"
    assert both.shopify.by_sku("CUP").title == "Cup", "an item without a product has a title and no description"


def test_a_change_of_ours_is_told_at_once_and_only_where_it_is_ours_to_say(both: TwoWay) -> None:
    lead(both, both.at_woo, Master.DATONG, TITLE)
    tea = products_by_code(both.brand, ["tea"])["tea"]
    put_products(both.brand, [replace(tea, title="Sencha, first harvest")], by="test")
    sync.mark_texts(both.brand, [both.shop.items["TEA"].id], at=clock.now())
    both.settle()
    assert both.woo.by_sku("TEA").name == "Sencha, first harvest"
    assert both.woo.by_sku("TEA").description == "", "the description is nobody's"
    assert both.shopify.by_sku("TEA").title == "Green tea"


@pytest.mark.requirement("S-60")
def test_what_a_channel_leads_becomes_the_products_and_goes_on_to_where_we_lead(both: TwoWay) -> None:
    lead(both, both.at_shopify, Master.CHANNEL)
    lead(both, both.at_woo, Master.DATONG)
    there = both.shopify.by_sku("TEA")
    there.title, there.description = "Gyokuro", "<h2>Shaded</h2><ul><li>20 days</li><li>by hand</li></ul>"
    assert rounds(both, 3)[2] == (0, 0, 0)
    assert ours(both) == ("Gyokuro", "Shaded\n20 days\nby hand")
    assert items_by_sku(both.brand, ["TEA"])["TEA"].title == "Gyokuro"
    assert both.woo.by_sku("TEA").name == "Gyokuro"
    assert there.description.startswith("<h2>"), "what they lead is not written back to them"


@pytest.mark.requirement("S-69")
def test_two_channels_that_lead_one_title_and_disagree_are_a_conflict_and_never_a_ping_pong(both: TwoWay) -> None:
    for channel in both.links:
        lead(both, channel, Master.CHANNEL, TITLE)
    both.shopify.by_sku("TEA").title, both.woo.by_sku("TEA").name = "Matcha", "Hojicha"
    assert [made[1] for made in rounds(both, 5)] == [0, 0, 0, 0, 0]
    assert ours(both)[0] == "Sencha", "neither wins"
    for channel in both.links:
        assert states(both, channel)["TEA", TITLE] == FieldState.CONFLICT
    both.woo.by_sku("TEA").name = "Matcha"  # somebody settles it there
    rounds(both, 2)
    assert ours(both)[0] == "Matcha" and states(both, both.at_shopify).get(("TEA", TITLE)) is None
    both.woo.by_sku("TEA").name = "Hojicha"
    rounds(both)
    lead(both, both.at_woo, Master.DATONG, TITLE)  # or says here who leads
    rounds(both, 2)
    assert both.woo.by_sku("TEA").name == "Matcha" and states(both, both.at_woo) == {}


@pytest.mark.requirement("S-69")
def test_a_title_another_app_writes_over_again_and_again_is_left_alone_after_three_times(both: TwoWay) -> None:
    lead(both, both.at_shopify, Master.DATONG, TITLE)
    pushed = 0
    for _ in range(6):
        both.shopify.by_sku("TEA").title = "SALE!!!"
        pushed += rounds(both)[0][0]
    assert pushed == 3
    assert states(both, both.at_shopify)["TEA", TITLE] == FieldState.STOPPED


def test_several_variants_of_one_product_are_told_their_products_words_once(both: TwoWay) -> None:
    variants = (Variant("TEA", values={"size": "small"}), Variant("CUP", values={"size": "big"}))
    tea = products_by_code(both.brand, ["tea"])["tea"]
    put_products(both.brand, [replace(tea, variants=variants, axes=("size",))], by="test")
    both.shopify.by_sku("CUP").product = both.shopify.by_sku("TEA").product
    sync.learn(both.brand, both.at_shopify, by="test")
    lead(both, both.at_shopify, Master.DATONG, TITLE)
    both.settle()
    before = both.shopify.calls.total()
    sync.mark_texts(both.brand, [both.shop.items[sku].id for sku in ("TEA", "CUP")], at=clock.now())
    both.send()
    assert both.shopify.calls.total() - before == 1
    assert both.shopify.by_sku("CUP").title == "Sencha", "the product's, not the variant's"


@pytest.mark.parametrize("trouble", ["429", "500", "drop", "500_applied", "twice", "late"])
def test_whatever_breaks_on_the_way_the_words_arrive(both: TwoWay, trouble: str) -> None:
    lead(both, both.at_woo, Master.DATONG)
    both.woo.trouble("", trouble)  # the reading goes well
    sync.read_products(both.brand, both.at_woo, by="test")
    both.settle()
    assert both.woo.by_sku("TEA").name == "Sencha" and both.waiting() == 0


@pytest.fixture
def wechat() -> Iterator[LocalWeChatShop]:
    with LocalWeChatShop() as server:
        yield server


def test_a_platform_that_takes_no_titles_back_cannot_be_led_by_us(shop: Shop, wechat: LocalWeChatShop) -> None:
    wechat.put("TEA", "Tea", 500, 10)
    made = at_wechat(shop, wechat)
    assert leaders(shop.brand.id, made)[TITLE] == (Master.NOBODY, Master.CHANNEL)
    with pytest.raises(BadValue):
        set_master(shop.brand.id, made, TITLE, Master.DATONG, by="test")


@given(st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), max_size=200))
def test_what_is_dressed_and_undressed_again_is_the_same(text: str) -> None:
    assert plain(dressed(plain(dressed(text)))) == plain(dressed(text))
