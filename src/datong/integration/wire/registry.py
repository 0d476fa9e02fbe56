"""Which connector an endpoint speaks with. The one list: a new kind of sender with code of its own is added here."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from datong.integration.types import Connector
from datong.integration.wire import marketplace, native, pos, shopify, till, wechat_shop, woocommerce
from datong.kernel.errors import NotFound

KINDS = ("shopify", "woocommerce", "wechat_shop", "marketplace", "pos", "native")
SECRETS = {
    "shopify": ("secret",),
    "woocommerce": ("secret",),
    "wechat_shop": ("token", "aes_key", "appid", "appsecret"),
    "marketplace": ("secret",),
    "pos": ("secret",),
    "native": ("secret",),
}
"""What an endpoint of each kind must be given."""

_FIXED = {
    "shopify": shopify.CONNECTOR,
    "woocommerce": woocommerce.CONNECTOR,
    "wechat_shop": wechat_shop.CONNECTOR,
    "pos": pos.CONNECTOR,
    "native": native.CONNECTOR,
    "till": till.CONNECTOR,
}


def connector_of(kind: str, settings: Mapping[str, Any]) -> Connector:
    """The connector; a marketplace's is made from the mapping its settings name."""
    if kind == "marketplace":
        return marketplace.connector(settings)
    if kind not in _FIXED:
        raise NotFound(f"no connector {kind!r}; there are {', '.join(KINDS)}")
    return _FIXED[kind]
