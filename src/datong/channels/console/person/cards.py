"""The person's member cards."""

from __future__ import annotations

from typing import Any

from datong.access.types import Action
from datong.channels.console.person.blocks import Block, Seen
from datong.channels.console.wallet.member import grouped
from datong.customers import api as customers
from datong.customers.types.cards import CardState
from datong.kernel.ids import uuid7


def read(seen: Seen) -> dict[str, Any]:
    brand = seen.who.brand.id
    may = seen.full and seen.who.may(Action.CARDS_ISSUE)
    return {
        "cards": [
            {
                "it": card,
                "number": grouped(card.number) if seen.full else f"•••• {card.number[-4:]}",
                "frozen": card.state is CardState.FROZEN,
                "ended": card.state is CardState.REPLACED,
                "page": customers.card_page(brand, card.id) if may and card.state is not CardState.REPLACED else "",
            }
            for card in customers.cards_of(brand, seen.person.id)
        ],
        "may": may,
        "key": str(uuid7()),
    }


BLOCK = Block("cards", "console/person/cards.html", read, aside=True)
