"""The demo brand's own web shop, so that somebody can buy in it; the day is played through the others."""

from __future__ import annotations

from datong.access import api as access
from datong.brand import api as brands
from datong.brand.types import SHOP_CODE, Brand, Channel, ChannelKind
from datong.kernel.ids import uuid7

BY = "demo"


def open_shop(brand: Brand) -> None:
    chinese = brand.locale.startswith("zh")
    name = "自营商城" if chinese else "Own web shop"
    role = "自己的网店：看价、下单、自提或配送" if chinese else "Our own shop: order, pick up or have it brought"
    channel = Channel(uuid7(), SHOP_CODE, name, ChannelKind.SITE, role=role)
    brands.register_channel(brand.id, channel, who=BY)
    access.own_channel(brand.id, channel.id, "叶修竹" if chinese else "Elena Rossi", by=BY)
