"""Which client speaks to which platform. The one list: a new platform is added here."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from datong.integration.api import way_back
from datong.kernel.errors import BadInput, NotFound, Problem
from datong.sync.connectors.marketplace import Marketplace
from datong.sync.connectors.shopify import Shopify
from datong.sync.connectors.wechat_shop import WeChatShop
from datong.sync.connectors.woocommerce import WooCommerce
from datong.sync.ports import Connector
from datong.sync.types import Address, Kind, Pace, Platform

CLIENTS: dict[Platform, Callable[[Address], Connector]] = {
    Platform.SHOPIFY: Shopify,
    Platform.WOOCOMMERCE: WooCommerce,
    Platform.MARKETPLACE: Marketplace,
    Platform.WECHAT_SHOP: WeChatShop,
}
SECRETS: dict[Platform, tuple[str, ...]] = {
    Platform.SHOPIFY: ("access_token",),
    Platform.WOOCOMMERCE: ("consumer_key", "consumer_secret"),
    Platform.MARKETPLACE: ("secret",),
    Platform.WECHAT_SHOP: ("appid", "appsecret"),
}
"""What a way out to each platform must be given."""

PACES: dict[Platform, Pace] = {
    Platform.SHOPIFY: Pace(per_s=100.0, most=2000.0),  # points, the smallest plan; its answers say the real figures
    Platform.WOOCOMMERCE: Pace(per_s=10.0, most=50.0),
    Platform.MARKETPLACE: Pace(per_s=10.0, most=20.0),
    Platform.WECHAT_SHOP: Pace(per_s=20.0, most=100.0),
}
"""What we allow ourselves until the platform says its own limit; a link may be given another."""


def connector_of(address: Address) -> Connector:
    return CLIENTS[address.platform](address)


def kinds_of(address: Address) -> frozenset[Kind]:
    """What this platform can be told."""
    connector = connector_of(address)
    try:
        return connector.kinds
    finally:
        connector.close()


def check_settings(platform: Platform, settings: Mapping[str, Any]) -> list[Problem]:
    """What this platform's client needs to be told and was not."""
    places = settings.get("places") or {}
    if platform is Platform.SHOPIFY and settings.get("mode", "sum") == "sum" and not places.get(""):
        fix = "the Shopify location that shows our stock, or the mode location with a location for each store"
        return [Problem("/settings/places", "missing", fix)]
    if platform is Platform.MARKETPLACE:
        try:
            way_back(settings)
        except (BadInput, NotFound) as error:
            return list(error.problems) or [Problem("/settings/mapping", "unknown_mapping", str(error))]
    return []
