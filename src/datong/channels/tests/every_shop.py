"""Rows for the pages of the shop: its channel, and addresses with something on them."""

from __future__ import annotations

from datong.brand import api as brands
from datong.brand.api import register_channel
from datong.brand.types import SHOP_CODE, Channel, ChannelKind
from datong.brand.types.entries import Entry, EntryType, Opens
from datong.channels.shop.door import Shopper, shop_of
from datong.channels.shop.pay import pay_url
from datong.channels.shop.status import status_url
from datong.channels.tests.conftest import House
from datong.fulfilment.types import FulfilmentKind
from datong.kernel import clock
from datong.kernel.ids import uuid7
from datong.orders import api as orders
from datong.orders.types import Amounts, IntentLine
from datong.orders.types.credit import CreditShares
from datong.payments import api as payments
from datong.payments.types import PaymentMethod
from datong.payments.types.online import Provider

NO_SHOP_PAGE = {
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


def entries(house: House) -> dict[str, list[str]]:
    """A code of a table that was scanned."""
    made = Entry(uuid7(), "", EntryType.TABLE, "Uptown · 4", Opens.SHOP, clock.now(), store_id=house.near.id, place="4")
    (entry,) = brands.make_entries(house.brand.id, [made], by="kim")
    brands.record_visit(house.brand.id, entry.id, uuid7())
    orders.put_credit_rule(house.brand.id, CreditShares(60, 30, 10), clock.now(), by="kim")
    amounts = Amounts(goods=1200, paid=1200)
    sale = house.intent("till", fulfilment=FulfilmentKind.TILL, payment=PaymentMethod.TILL, paid=True, completed=True,
                        store_code="NEAR", amounts=amounts, associate="mia", destination=None,
                        lines=(IntentLine(1, "CUP", 1, 1200),))  # fmt: skip
    orders.credit_orders([house.place(sale).order_id], brand=house.brand.id)
    return {
        "entry": [f"/entries/{entry.id}/"],
        "entries-print": ["/entries/print/"],
        "credit": ["/credit/"],
        "flows": ["/flows/"],
    }
