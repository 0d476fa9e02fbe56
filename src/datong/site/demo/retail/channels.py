"""The nine doors of the retail brand, and which door a real basket comes in by."""

from __future__ import annotations

from random import Random

from datong.brand.types import ChannelKind
from datong.site.demo.types import Basket, DemoChannel, Door, Good

CHANNELS = (
    DemoChannel(
        "webshop",
        "Web shop",
        ChannelKind.SITE,
        Door.SHOPIFY,
        "The full range for everybody; delivery or pickup",
        "Elena Rossi",
        30,
    ),
    DemoChannel(
        "outlet",
        "Outlet shop",
        ChannelKind.SITE,
        Door.WOOCOMMERCE,
        "Sells off what is left; acquired with another company",
        "Omar Haddad",
        12,
    ),
    DemoChannel(
        "wechat",
        "WeChat shop",
        ChannelKind.SOCIAL,
        Door.WECHAT_SHOP,
        "Chinese-speaking customers where they chat",
        "Lin Zhang",
        16,
    ),
    DemoChannel(
        "quickbasket",
        "QuickBasket",
        ChannelKind.MARKETPLACE,
        Door.MARKETPLACE,
        "Delivered within the hour from the store the customer picked",
        "Diego Reyes",
        16,
        mapping="quickbasket",
        buffer_units=1,
    ),
    DemoChannel(
        "megamall",
        "MegaMall",
        ChannelKind.MARKETPLACE,
        Door.MARKETPLACE,
        "Reach: customers who do not know us yet",
        "Priya Desai",
        12,
        mapping="megamall",
        buffer_units=1,
    ),
    DemoChannel(
        "till", "Store tills", ChannelKind.STORE, Door.TILL, "Sales and advice face to face", "Grace Okafor", 34
    ),
    DemoChannel(
        "desk",
        "Call center",
        ChannelKind.SERVICE_CENTRE,
        Door.DESK,
        "Orders and help by telephone",
        "Ruth Sullivan",
        3,
        states_price=False,
    ),
    DemoChannel(
        "app",
        "Own app",
        ChannelKind.APP,
        Door.JSON_API,
        "Members: order ahead, pick up, collect points",
        "Kenji Tanaka",
        7,
        states_price=False,
    ),
    DemoChannel(
        "trade",
        "Trade orders",
        ChannelKind.FILE,
        Door.FILE,
        "Resellers send their orders as a file",
        "Frank Weber",
        0,
        mapping="trade_csv",
        price_list="trade",
        price_policy_note="Resellers buy cases at the trade list, agreed for the year",
    ),
)

MIXED_SHARES = {"app": 50, "desk": 24, "webshop": 12, "quickbasket": 8, "megamall": 6}
"""Baskets with some lines at the list price and some at the trade price: mostly through doors that ask our price; the
rest become findings, since those channels gave a discount for quantity that no price list knows."""

TILLS_OPEN = range(11, 18)
"""Hours of the day, local, at which every store is open; on Sundays from 13 to 17."""
SUNDAY_TILLS_OPEN = range(13, 17)
SUNDAY = 6


def channel_of(basket: Basket, goods: dict[str, Good], weekday: int, throws: Random) -> DemoChannel:
    """A basket at trade prices is a trade order, a mixed one goes to MIXED_SHARES, any other by the channels' shares.

    Nobody stands at a till when it is closed. A till sale needs no delivery, so baskets of up to 60 units only.
    """
    by_code = {channel.code: channel for channel in CHANNELS}
    if all(line.unit_minor == goods[line.sku].list_minor for line in basket.lines):
        hours = SUNDAY_TILLS_OPEN if weekday == SUNDAY else TILLS_OPEN
        till = basket.at.hour in hours and basket.units <= 60
        shares = {c.code: c.share for c in CHANNELS if c.share and (till or c.door is not Door.TILL)}
    elif all(line.unit_minor == goods[line.sku].trade_minor for line in basket.lines):
        return by_code["trade"]
    else:
        shares = MIXED_SHARES
    return by_code[throws.choices(list(shares), list(shares.values()))[0]]
