"""Rows for the pages of the shop: its channel, and addresses with something on them."""

from __future__ import annotations

from datong.brand.api import register_channel
from datong.brand.types import Channel, ChannelKind
from datong.channels.shop.door import SHOP_CODE
from datong.channels.tests.conftest import House
from datong.kernel.ids import uuid7

NO_SHOP_PAGE = {"shop-picture": "a picture"}


def open_shop(house: House) -> str:
    """The brand's own shop; its address."""
    register_channel(house.brand.id, Channel(uuid7(), SHOP_CODE, "Our shop", ChannelKind.SITE, role="sells"))
    return f"/shop/{house.brand.slug}/"


def shop(house: House) -> dict[str, list[str]]:
    home = open_shop(house)
    return {
        "shop-home": [home, f"{home}?q=cup", f"{home}?q=nothing+of+it"],
        "shop-product": [f"{home}p/CUP/"],
        "shop-stores": [f"{home}stores/"],
        "shop-store": [f"{home}stores/{house.near.code}/"],
    }
