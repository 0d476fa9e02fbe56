"""The demo's shops and marketplaces as servers: they show our stock and prices and hear of their orders."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from uuid import UUID

import msgspec

from datong.integration.wire.send.common import decimal
from datong.kernel.errors import BadInput
from datong.site.demo.load import BY, Loaded
from datong.site.demo.native import Gate, details_of, request_of
from datong.site.demo.types import DemoChannel, Door, Good, World
from datong.sync import api as sync
from datong.sync.local.marketplace import LocalMarketplace
from datong.sync.local.shopify import LocalShopify
from datong.sync.local.shopify import Order as ShopifyOrder
from datong.sync.local.wechat import LocalWeChatShop
from datong.sync.local.woocommerce import LocalWooCommerce
from datong.sync.local.woocommerce import Order as WooOrder

MOST_GOODS = 40
MOST_STORES = 12


@dataclass
class Doors:
    """The platforms' servers by channel code."""

    shopify: dict[str, LocalShopify] = field(default_factory=dict)
    woo: dict[str, LocalWooCommerce] = field(default_factory=dict)
    wechat: dict[str, LocalWeChatShop] = field(default_factory=dict)
    mapped: dict[str, LocalMarketplace] = field(default_factory=dict)


@contextmanager
def shops(world: World, loaded: Loaded) -> Iterator[Doors]:
    """Start a server for every channel that can be told something, connect it and link its products."""
    doors = Doors()
    with ExitStack() as stack:
        goods = sorted(world.goods, key=lambda good: -good.baskets)[:MOST_GOODS]
        for channel in world.channels:
            _open(stack, doors, channel, goods, world, loaded)
        yield doors


def _open(
    stack: ExitStack, doors: Doors, channel: DemoChannel, goods: list[Good], world: World, loaded: Loaded
) -> None:
    currency, brand, id_ = world.brand.currency, loaded.brand.id, loaded.channels[channel.code]
    if channel.door is Door.SHOPIFY:
        shopify = doors.shopify[channel.code] = stack.enter_context(LocalShopify())
        for n, good in enumerate(goods, 1):
            shopify.put(good.sku, good.title, decimal(good.list_minor, currency), n * 10, L1=0)
        _connect(brand, id_, "shopify", shopify.url, {"access_token": shopify.token}, {"places": {"": "1"}})
    elif channel.door is Door.WOOCOMMERCE:
        woo = doors.woo[channel.code] = stack.enter_context(LocalWooCommerce())
        for n, good in enumerate(goods, 1):
            woo.put(good.sku, good.title, decimal(good.list_minor, currency), n * 10)
        keys = {"consumer_key": "ck_local", "consumer_secret": "cs_local"}
        _connect(brand, id_, "woocommerce", woo.url, keys, {})
        # Another product under an id that was used before: named on the channel's page, nothing is sent for it.
        woo.by_sku(goods[-1].sku).sku = "SUMMER-BOX"
        woo.by_sku(goods[0].sku).name += " ★"  # the shop's own words: shown as a difference, nobody leads the title
        sync.learn(brand, id_, by=BY)
    elif channel.door is Door.WECHAT_SHOP:
        wechat = doors.wechat[channel.code] = stack.enter_context(LocalWeChatShop())
        for n, good in enumerate(goods, 1):
            wechat.put(good.sku, good.title, good.list_minor, n * 10)
        keys = {"appid": wechat.appid, "appsecret": wechat.appsecret}
        _connect(brand, id_, "wechat_shop", wechat.url, keys, {"currency": currency})
    elif channel.mapping == "meituan":
        mapped = doors.mapped[channel.code] = stack.enter_context(LocalMarketplace())
        places = {str(loaded.stores[shop.code]): f"MT{n}" for n, shop in enumerate(world.shops[:MOST_STORES], 1)}
        for good in goods:
            for place in places.values():
                mapped.put(place, good.sku, good.title, decimal(good.list_minor, currency))
        settings = {"mapping": "meituan", "mode": "location", "places": places}
        keys = {"secret": mapped.secret, "app_id": mapped.app_id}
        _connect(brand, id_, "marketplace", mapped.url, keys, settings)


def _connect(
    brand: UUID, channel: UUID, platform: str, url: str, keys: Mapping[str, str], settings: Mapping[str, object]
) -> None:
    sync.connect(brand, channel, platform, url, secrets=keys, settings=dict(settings), by=BY)
    sync.learn(brand, channel, by=BY)


def remember(doors: Doors, world: World, gates: Mapping[str, Gate]) -> None:
    """The platforms keep what they sold today, for whoever asks them for their list or tells them how it goes on."""
    for sending in world.day:
        gate, number = gates[sending.order.channel], sending.order.number
        code = gate.channel.code
        try:
            if shopify := doors.shopify.get(code):
                shopify.orders[number] = ShopifyOrder(number)
                shopify.listed.put(msgspec.json.decode(request_of(sending, gate).body))
            elif (woo := doors.woo.get(code)) and number.isdecimal():
                woo.orders[int(number)] = WooOrder(int(number))
                woo.listed.put(msgspec.json.decode(request_of(sending, gate).body))
            elif wechat := doors.wechat.get(code):
                wechat.orders[number] = dict(details_of(sending, gate))
                wechat.listed.put(details_of(sending, gate))
            elif mapped := doors.mapped.get(code):
                mapped.orders.setdefault(number, [])
        except (BadInput, msgspec.DecodeError, KeyError):
            continue  # a message that was spoilt on purpose is nothing its platform would list
