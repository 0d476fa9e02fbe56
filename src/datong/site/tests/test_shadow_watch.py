"""A connected channel that shadow mode reads by itself: nothing is written there, nothing becomes ours."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from typer.testing import CliRunner, Result

from datong.brand.api import register_channel
from datong.brand.types import Brand, Channel, ChannelKind
from datong.inventory.api import put_stock
from datong.inventory.types import StockRow
from datong.kernel import clock
from datong.kernel.db import in_brand, rows
from datong.kernel.errors import BadInput
from datong.kernel.ids import uuid7
from datong.shadow import api as shadow
from datong.shadow.types import FeedKind, Kind, Project, SystemKind
from datong.site.cli.app import app
from datong.sync import api as sync
from datong.sync.inward.pull import pull_due
from datong.sync.local.shopify import LocalShopify
from datong.sync.local.wechat import LocalWeChatShop
from datong.sync.local.woocommerce import LocalWooCommerce
from datong.sync.tests import test_mapped_list as mapped
from datong.sync.tests import world

TEN = datetime(2026, 11, 20, 16, 0, tzinfo=UTC)  # ten in Chicago
NOON = TEN + timedelta(hours=2)


class Shops:
    """A brand with two channels that are connected to be watched, and their platforms."""

    def __init__(self, brand: Brand, shopify: LocalShopify, woo: LocalWooCommerce) -> None:
        self.world, self.shopify, self.woo = world.open_world(brand), shopify, woo
        self.brand = brand.id
        shopify.put("TEA", "Green tea", "5.00", 10, L1=7)
        woo.put("TEA", "Green tea", "4.00", 10, units=3)
        keys = {"consumer_key": "ck_local", "consumer_secret": "cs_local"}
        self.at_shopify = self.connect("shopify", shopify.url, {"access_token": shopify.token}, places={"": "1"})
        self.at_woo = self.connect("woocommerce", woo.url, keys)
        self.project = shadow.open_project(self.brand, "Pulled", by="test")

    def connect(self, platform: str, url: str, secrets: dict[str, str], **settings: Any) -> UUID:
        channel = uuid7()
        register_channel(self.brand, Channel(channel, platform, platform.title(), ChannelKind.SITE, role="sells"))
        settings["pull"] = False
        sync.connect(self.brand, channel, platform, url, secrets=secrets, settings=settings, by="test")
        sync.pause(self.brand, channel, by="test")
        return channel

    def look_at(self, code: str, channel: UUID) -> None:
        shadow.connect(self.brand, self.project.id, code, SystemKind.SHOP, by="test", channel_id=channel)

    def read(self, at: datetime) -> list[Any]:
        with clock.held_at(at):
            return shadow.read_channels(self.brand)

    def counts(self, *tables: str) -> list[int]:
        with in_brand(self.brand):
            return [int(rows(f"SELECT count(*) FROM {table}")[0][0]) for table in tables]  # noqa: S608


@pytest.fixture
def shops(brand: Brand) -> Iterator[Shops]:
    with LocalShopify() as shopify, LocalWooCommerce() as woo:
        made = Shops(brand, shopify, woo)
        made.look_at("shop", made.at_shopify)
        made.look_at("second", made.at_woo)
        yield made


def sell(shops: Shops) -> None:
    """Two orders at the first shop, one at the second, an hour after ten."""
    for number in (1, 2):
        at = TEN + timedelta(minutes=60 + number)
        shops.shopify.listed.put(world.shopify(number, at=at), updated_at=at)
    at = TEN + timedelta(minutes=70)
    shops.woo.listed.put(world.woocommerce(7, total="4.00", at=at), updated_at=at)


def found(brand: UUID, project: Project) -> list[tuple[Any, ...]]:
    """(kind, day, amount, item, systems, facts) of what a look finds, whatever the project."""
    erp = b"order,ref,placed,sku,units,price\nE1,1,2026-11-20 11:05,TEA,1,5.00\nE7,7,2026-11-20 11:12,TEA,1,4.00"
    shadow.connect(brand, project.id, "erp", SystemKind.ERP, by="test")
    shadow.feed_file(brand, project.id, "erp", FeedKind.ORDERS, "erp.csv", erp)
    shadow.run(brand, project.id, by="test")
    page = shadow.findings_page(brand, project.id, limit=100)
    return sorted((f.kind, f.day, f.amount_minor, f.item, f.systems, str(f.facts)) for f in page.rows)


def test_what_is_found_in_channels_that_were_read_is_what_is_found_in_files(shops: Shops) -> None:
    shops.read(TEN)
    sell(shops)
    done = shops.read(NOON)
    assert [(d.system, d.orders, d.refused, d.problem) for d in done] == [("shop", 2, 0, ""), ("second", 1, 0, "")]
    files = shadow.open_project(shops.brand, "Files", by="test")
    for code, orders, price in (
        ("shop", "1,2026-11-20 11:01,TEA,1,5.00\n2,2026-11-20 11:02,TEA,1,5.00", "5.00"),
        ("second", "7,2026-11-20 11:10,TEA,1,4.00", "4.00"),
    ):
        shadow.connect(shops.brand, files.id, code, SystemKind.SHOP, by="test")
        head = "order,placed,sku,units,price\n"
        shadow.feed_file(shops.brand, files.id, code, FeedKind.ORDERS, "o.csv", (head + orders).encode())
        prices = f"sku,price,since\nTEA,{price},2026-11-20 10:00".encode()
        shadow.feed_file(shops.brand, files.id, code, FeedKind.PRICES, "p.csv", prices)
    pulled = found(shops.brand, shops.project)
    assert pulled == found(shops.brand, files)
    assert [(kind, amount) for kind, _, amount, *_ in pulled] == [(Kind.MISSING, 500), (Kind.PRICE_GAP, 100)]


def writes(shops: Shops) -> list[str]:
    """The calls that would change something at a platform; a question in GraphQL is a POST that begins with query."""
    made = []
    for call in (*shops.shopify.heard, *shops.woo.heard):
        asks = "graphql" in call.path and json.loads(call.body)["query"].lstrip().startswith(("query", "{"))
        if call.method != "GET" and not asks:
            made.append(f"{call.method} {call.path} {call.body[:80]!r}")
    return made


def test_nothing_is_written_to_the_platform_or_into_the_order_book(shops: Shops) -> None:
    ours = ("orders_order", "integration_inbox", "sync_counterpart", "sync_theirs")
    before = shops.counts(*ours)
    shops.read(TEN)
    sell(shops)
    put_stock(shops.brand, [StockRow(shops.world.store.id, shops.world.items["TEA"].id, 2)])
    sync.mark_stock(shops.brand, [shops.world.items["TEA"].id], at=clock.now())
    for channel in (shops.at_shopify, shops.at_woo):
        sync.send_due(shops.brand, channel)
    assert pull_due(shops.brand) == []
    shops.read(NOON)
    assert writes(shops) == [] and shops.shopify.heard and shops.woo.heard
    assert (shops.shopify.shown("TEA"), shops.woo.shown("TEA")) == (7, 3)
    assert shops.counts(*ours) == before
    assert shops.counts("shadow_order", "shadow_stock", "shadow_price") == [3, 2, 2]


def test_a_planted_write_is_seen(shops: Shops) -> None:
    sync.resume(shops.brand, shops.at_shopify, by="test")
    sync.learn(shops.brand, shops.at_shopify, by="test")
    sync.send_due(shops.brand, shops.at_shopify)
    assert writes(shops)


def test_the_same_again_changes_nothing_and_what_changed_is_one_more_figure(shops: Shops) -> None:
    sell(shops)
    shops.read(NOON)
    assert shops.read(NOON) == [], "not due before five minutes have gone"
    shops.read(NOON + timedelta(minutes=6))
    kept = ("shadow_order", "shadow_line", "shadow_stock", "shadow_price", "shadow_feed")
    assert shops.counts(*kept) == [3, 3, 2, 2, 6]
    shops.shopify.by_sku("TEA").levels["1"] = 6
    assert shops.read(NOON + timedelta(minutes=12))[0].stock == 1
    assert shops.counts(*kept) == [3, 3, 3, 2, 6]


def test_an_order_that_is_called_off_there_is_seen_called_off(shops: Shops) -> None:
    sell(shops)
    shops.read(NOON)
    at = NOON + timedelta(minutes=1)
    gone = world.shopify(1, at=TEN, cancelled_at=at.isoformat())
    shops.shopify.listed.put(gone, updated_at=at)
    shops.read(NOON + timedelta(minutes=6))
    with in_brand(shops.brand):
        seen = rows("SELECT native_id, cancelled FROM shadow_order WHERE cancelled ORDER BY 1")
    assert seen == [("1", True)]


def test_a_channel_that_is_away_is_told_with_the_system_and_read_the_next_time(shops: Shops) -> None:
    sell(shops)
    shops.shopify.trouble("500")
    first = shops.read(NOON)[0]
    assert "answered 500" in first.problem
    project = shadow.project_of(shops.brand, shops.project.id)
    assert "answered 500" in project.system("shop").settings["error"]  # type: ignore[union-attr]
    again = shops.read(NOON + timedelta(minutes=6))[0]
    assert (again.orders, again.problem) == (2, "")
    project = shadow.project_of(shops.brand, shops.project.id)
    assert project.system("shop").settings["error"] == ""  # type: ignore[union-attr]


def test_a_live_channel_is_refused_with_the_fix_and_one_that_goes_live_is_read_no_more(shops: Shops) -> None:
    sync.resume(shops.brand, shops.at_woo, by="test")
    with pytest.raises(BadInput, match="--watch-only"):
        shops.look_at("third", shops.at_woo)
    asked = len(shops.woo.heard)
    assert "the channel is live" in shops.read(NOON)[1].problem and len(shops.woo.heard) == asked
    with pytest.raises(BadInput, match="--watch-only"):
        shops.look_at("fourth", uuid7())


def test_a_mapped_marketplace_is_watched_by_the_list_its_mapping_declares(brand: Brand) -> None:
    ours = world.open_world(brand)
    server = mapped.Bazaar([mapped.order(n, TEN + timedelta(minutes=n)) for n in range(5)])
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    try:
        url = f"http://127.0.0.1:{server.server_port}"
        channel = ours.connect("marketplace", url, mapping_toml=mapped.MAPPING, pull=False)
        sync.pause(brand.id, channel, by="test")
        project = shadow.open_project(brand.id, "Pulled", by="test")
        shadow.connect(brand.id, project.id, "bazaar", SystemKind.MARKETPLACE, by="test", channel_id=channel)
        with clock.held_at(NOON):
            (done,) = shadow.read_channels(brand.id)
        assert (done.orders, done.refused, done.problem) == (5, 0, "") and ours.orders() == []
    finally:
        server.shutdown()
        server.server_close()


def test_a_wechat_shop_is_watched_though_its_list_only_names_the_orders(brand: Brand) -> None:
    ours = world.open_world(brand)
    with LocalWeChatShop() as server:
        server.put("TEA", "绿茶", 480, 10, units=4)
        for number, status in (("1", 20), ("2", 30), ("3", 10), ("4", 250)):
            at = TEN + timedelta(minutes=int(number))
            server.listed.put(world.wechat(number, status=status, at=at), updated_at=at)
        channel = uuid7()
        register_channel(brand.id, Channel(channel, "wx", "小店", ChannelKind.MARKETPLACE, role="sells"))
        secrets = {"appid": server.appid, "appsecret": server.appsecret}
        told = {"currency": "USD", "pull": False}
        sync.connect(brand.id, channel, "wechat_shop", server.url, secrets=secrets, settings=told, by="test")
        sync.pause(brand.id, channel, by="test")
        project = shadow.open_project(brand.id, "Pulled", by="test")
        shadow.connect(brand.id, project.id, "wx", SystemKind.SHOP, by="test", channel_id=channel)
        with clock.held_at(NOON):
            (done,) = shadow.read_channels(brand.id)
            server.listed.put(world.wechat("2", status=200, at=TEN), updated_at=NOON)
        assert (done.orders, done.refused, done.stock, done.prices, done.problem) == (2, 0, 1, 1, "")
        with clock.held_at(NOON + timedelta(minutes=6)):
            (again,) = shadow.read_channels(brand.id)
        assert again.problem == "" and ours.orders() == []
        with in_brand(brand.id):
            seen = rows("SELECT native_id, goods_minor, cancelled FROM shadow_order ORDER BY 1")
        assert seen == [("1", 500, False), ("2", 500, True)]
        asked = {call.path for call in server.heard}
    reads = {"order/list/get", "order/get", "product/list/get", "product/get"}
    assert asked == {"/cgi-bin/stable_token", *(f"/channels/ec/{path}" for path in reads)}, "nothing that writes"


def test_the_command_line_connects_to_watch_names_the_channel_and_reads_it(
    committed_db: str, make_brand: Callable[..., Brand], monkeypatch: pytest.MonkeyPatch
) -> None:
    slug = make_brand().slug
    monkeypatch.setenv("WOO_KEY", "ck_local")
    monkeypatch.setenv("WOO_SECRET", "cs_local")

    def run(*args: str) -> Result:
        done = CliRunner().invoke(app, [*args, "--brand", slug], catch_exceptions=False)
        assert done.exit_code == 0, done.output
        return done

    with LocalWooCommerce() as shop:
        shop.put("TEA", "Green tea", "4.00", 10, units=3)
        run("channel", "add", "web", "Web shop", "--kind", "site")
        keys = ("--secret", "consumer_key=env:WOO_KEY", "--secret", "consumer_secret=env:WOO_SECRET")
        said = run("channel", "sync", "connect", "web", "woocommerce", shop.url, *keys, "--watch-only")
        assert "nothing is sent to it" in said.output and not shop.heard
        run("shadow", "connect", "shop", "--kind", "shop", "--channel", "web")
        assert "shop: 0 orders listed, 1 new stock figures, 1 new prices" in run("shadow", "read").output
        assert {call.method for call in shop.heard} == {"GET"}
