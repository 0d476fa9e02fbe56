"""Open a door for every channel of a loaded world, and keep its secrets for the senders."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from datong.access import api as access
from datong.access.types import Scope
from datong.brand.types import Brand
from datong.integration import api as integration
from datong.integration.types import Context
from datong.site.demo.load import BY, Loaded
from datong.site.demo.marketplaces import mapping_text
from datong.site.demo.native import Gate
from datong.site.demo.types import DemoChannel, Door, World

API_PATH = "/api/v1/orders"
CONNECTORS = {
    Door.SHOPIFY: "shopify",
    Door.WOOCOMMERCE: "woocommerce",
    Door.WECHAT_SHOP: "wechat_shop",
    Door.MARKETPLACE: "marketplace",
    Door.TILL: "pos",
}
OWN_MAPPINGS = {"quickbasket", "megamall"}


def open_doors(world: World, loaded: Loaded, *, base_url: str, asked_at: Mapping[str, str]) -> dict[str, Gate]:
    """A gate by channel code. `asked_at` says where a platform answers questions, by connector or mapping.

    A webhook's address is its token; the app and the call centre get a client's key; a file needs no door.
    """
    return {
        channel.code: _gate(channel, loaded.brand, loaded.channels[channel.code], base_url, asked_at)
        for channel in world.channels
    }


def _gate(channel: DemoChannel, brand: Brand, channel_id: UUID, base_url: str, asked_at: Mapping[str, str]) -> Gate:
    held: dict[str, str] = {"secret": secrets.token_urlsafe(32)}
    settings: dict[str, Any] = {}
    path = ""
    if channel.door in (Door.DESK, Door.JSON_API):
        scopes = [Scope.ORDERS_WRITE, Scope.ORDERS_READ, Scope.STORES_READ, Scope.CHANNELS_READ]
        held["secret"] = access.create_client(brand.id, channel_id, channel.name, scopes, by=BY).key
        path = API_PATH
    elif channel.door in CONNECTORS:
        held |= _platform_secrets(channel)
        settings = _settings(channel, brand, asked_at)
        door = integration.create_endpoint(
            brand.id, channel_id, CONNECTORS[channel.door], secrets=held, settings=settings
        )
        path = f"/hooks/{door.token}"
    context = Context(
        channel_id=channel_id,
        channel_code=channel.code,
        currency=brand.currency,
        country=brand.country,
        timezone=brand.timezone,
        secrets=held,
        settings={**settings, "public_url": base_url + path},
    )
    return Gate(channel, context, path)


def _platform_secrets(channel: DemoChannel) -> dict[str, str]:
    if channel.door is Door.WECHAT_SHOP:
        appid = "wx" + secrets.token_hex(8)
        key = "".join(secrets.choice("abcdefghijklmnopqrstuvwxyz0123456789") for _ in range(43))
        return {"token": secrets.token_hex(8), "aes_key": key, "appid": appid, "appsecret": secrets.token_hex(16)}
    if channel.mapping == "jd_daojia":
        return {"token": secrets.token_hex(16), "app_key": secrets.token_hex(8)}
    return {}


def _settings(channel: DemoChannel, brand: Brand, asked_at: Mapping[str, str]) -> dict[str, Any]:
    if channel.door is Door.WECHAT_SHOP:
        return {"base_url": asked_at["wechat_shop"], "currency": brand.currency, "country": brand.country}
    if channel.mapping in OWN_MAPPINGS:
        return {"mapping_toml": mapping_text(channel.mapping)}
    if channel.door is Door.MARKETPLACE:
        base = {"base_url": asked_at[channel.mapping]} if channel.mapping in asked_at else {}
        return {"mapping": channel.mapping, **base}
    return {}
