"""Rows for the pages of the shop: its channel, and addresses with something on them."""

from __future__ import annotations

from datong.brand.api import register_channel
from datong.brand.types import SHOP_CODE, Channel, ChannelKind
from datong.channels.shop.door import Shopper, shop_of
from datong.channels.shop.pay import pay_url
from datong.channels.shop.status import status_url
from datong.channels.tests.conftest import House
from datong.kernel.ids import uuid7
from datong.payments import api as payments
from datong.payments.types import PaymentMethod
from datong.payments.types.online import Provider

NO_SHOP_PAGE = {
    "shop-passkey": "only takes what a browser answers",
    "shop-passkeys": "only takes what a browser answers",
    "shop-pay-state": "a piece of the page of payment",
    "shop-picture": "a picture",
    "shop-login": "404 without a mail server: test_shop_log_in.py",
    "shop-me": "leads to the log-in: test_shop_log_in.py",
    "shop-checkout": "leads to the cart without one: test_shop_browser.py examines it",
}


def open_shop(house: House) -> str:
    """The brand's own shop; its address."""
    register_channel(house.brand.id, Channel(uuid7(), SHOP_CODE, "Our shop", ChannelKind.SITE, role="sells"))
    return f"/shop/{house.brand.slug}/"


def _placed(house: House) -> str:
    """The page of an order that somebody made in the shop."""
    brand, channel = shop_of(house.brand.slug)
    made = house.place(house.intent(channel_id=channel.id))
    return status_url(Shopper(brand, channel), made.order_id)


def _to_pay(house: House) -> str:
    """The page of payment of an order that waits for it, with somebody who takes payments."""
    brand, channel = shop_of(house.brand.slug)
    secrets = {"secret_key": "sk_test_1", "webhook_secret": "whsec_1"}
    payments.put_provider(Provider.STRIPE, brand=brand.id, by="test", secrets=secrets)
    made = house.place(house.intent(channel_id=channel.id, payment=PaymentMethod.PREPAID))
    return pay_url(Shopper(brand, channel), made.order_id)


def shop(house: House) -> dict[str, list[str]]:
    home = open_shop(house)
    return {
        "shop-home": [home, f"{home}?q=cup", f"{home}?q=nothing+of+it"],
        "shop-product": [f"{home}p/CUP/"],
        "shop-stores": [f"{home}stores/"],
        "shop-store": [f"{home}stores/{house.near.code}/"],
        "shop-basket": [f"{home}basket/"],
        "shop-order": [_placed(house)],
        "shop-pay": [_to_pay(house)],
        "shop-link": [f"{home}login/from-a-mail/"],
    }
