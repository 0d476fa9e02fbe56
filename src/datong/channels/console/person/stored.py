"""The person's stored value: purses, what was put on them, what was paid with them."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from datong.access.types import Action
from datong.channels.console.invoices.asking import address
from datong.channels.console.person.blocks import Block, Seen
from datong.channels.console.wallet.said import state_badge
from datong.invoices import api as invoices
from datong.invoices.types import About, StoredMode
from datong.kernel.ids import uuid7
from datong.wallet import api as wallet
from datong.wallet.types.stored import PurseState

SHOWN = 8


def read(seen: Seen) -> dict[str, Any]:
    brand, person = seen.who.brand, seen.person.id
    purses = wallet.purses_of(brand.id, person)
    money = {purse.id: purse.currency for purse in purses}
    put = wallet.top_ups_of(brand.id, list(money), limit=SHOWN) if purses else []
    invoiced = any(seller.stored is StoredMode.TOP_UP for seller in invoices.sellers(brand.id)) if put else False
    return {
        "purses": [
            {
                "it": purse,
                "badge": state_badge(purse.state),
                "active": purse.state is PurseState.ACTIVE,
                "key": purse.id.hex[-8:],
            }
            for purse in purses
        ],
        "top_ups": [
            {
                "it": each,
                "currency": money[each.purse_id],
                "invoice": invoiced and address(brand.id, each.id, About.TOP_UP),
            }
            for each in put
        ],
        "methods": [("cash", _("cash")), ("wechat", "WeChat Pay"), ("alipay", "Alipay"), ("card", _("bank card"))],
        "currency": brand.currency,
        "may_put": seen.full and seen.who.sees(Action.WALLET_TOP_UP),
        "may_edit": seen.full and seen.who.sees(Action.WALLET_MANAGE),
        "key": str(uuid7()),
    }


BLOCK = Block("stored", "console/person/stored.html", read, needs=Action.WALLET_VIEW)
