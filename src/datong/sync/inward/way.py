"""The way to a channel: the address its API is asked at, and the door its orders come in by."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from datong.brand.api import get_brand
from datong.integration import api as integration
from datong.integration.types import Endpoint
from datong.kernel.db import in_brand, rows
from datong.kernel.errors import Problem
from datong.kernel.secrets import unseal
from datong.sync.inward.sources.marketplace import MappedOrders
from datong.sync.inward.sources.shopify import ShopifyOrders
from datong.sync.inward.sources.wechat_shop import WeChatOrders
from datong.sync.inward.sources.woocommerce import WooCommerceOrders
from datong.sync.inward.types import OrderSource, Pace
from datong.sync.types import Address, NotConnected, Platform

PACE = Pace()
NAMES = ("every_s", "full_every_s", "overlap_s", "horizon_days", "pages")


@dataclass(frozen=True, slots=True)
class Way:
    """`door` is the endpoint whose connector reads the orders; None: nothing of this channel can be taken."""

    channel_id: UUID
    address: Address
    door: Endpoint | None
    pace: Pace


LINKS = """
    SELECT channel_id, platform, base_url, settings, sealed FROM sync_link WHERE brand_id = %(brand)s ORDER BY 1
"""


def ways(brand_id: UUID) -> list[Way]:
    """Every channel of the brand that has a way out, by channel."""
    currency = get_brand(brand_id).currency
    doors = [door for door in integration.list_endpoints(brand_id) if door.active]
    with in_brand(brand_id):
        links = rows(LINKS, {"brand": brand_id})
    return [_way(link, doors, currency) for link in links]


def way_to(brand_id: UUID, channel_id: UUID) -> Way:
    """Raises NotConnected."""
    for way in ways(brand_id):
        if way.channel_id == channel_id:
            return way
    problem = Problem("/channel", "not_connected", "connect the channel first: its address and a key that may read")
    raise NotConnected("this channel has no way out, so its list cannot be read", problem)


def source_of(way: Way, *, to_take: bool = True) -> OrderSource:
    """The client of the channel's list. Raises NotConnected without a door for its orders; where nothing is to be
    taken, only a marketplace needs one, for the mapping it holds."""
    if way.door is None and (to_take or way.address.platform is Platform.MARKETPLACE):
        fix = f"open a door: datong endpoint create {way.address.platform} --channel CODE"
        raise NotConnected("the channel has no door its orders could come in by", Problem("/door", "no_door", fix))
    match way.address.platform:
        case Platform.SHOPIFY:
            return ShopifyOrders(way.address)
        case Platform.WOOCOMMERCE:
            return WooCommerceOrders(way.address)
        case Platform.WECHAT_SHOP:
            return WeChatOrders(way.address)
        case Platform.MARKETPLACE:
            assert way.door is not None
            return MappedOrders(way.address, way.door.token)


def _way(link: Sequence[Any], doors: list[Endpoint], currency: str) -> Way:
    channel_id, named, base_url, own, sealed = link
    platform = Platform(named)
    door = next((d for d in doors if d.channel_id == channel_id and d.connector == platform.value), None)
    secrets = json.loads(unseal(bytes(sealed)))
    settings = {**(door.settings if door else {}), **(json.loads(own) if isinstance(own, str) else own)}
    address = Address(platform, base_url, str(settings.get("currency") or currency), settings, secrets)
    chosen = {name: int(settings[f"pull_{name}"]) for name in NAMES if f"pull_{name}" in settings}
    return Way(channel_id, address, door, Pace(**{**_as_dict(PACE), **chosen}))


def _as_dict(pace: Pace) -> dict[str, int]:
    return {name: getattr(pace, name) for name in NAMES}
