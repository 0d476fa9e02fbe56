"""The person's red packets: what they gave and what they took."""

from __future__ import annotations

from typing import Any

from datong.access.types import Action
from datong.channels.console.person.blocks import Block, Seen
from datong.wallet import api as wallet

SHOWN = 8


def read(seen: Seen) -> dict[str, Any] | None:
    given, taken = wallet.packets_of(seen.who.brand.id, seen.person.id, limit=SHOWN)
    if not given and not taken:
        return None
    return {"given": [{"it": each} for each in given],
            "taken": [{"it": claim, "currency": currency} for claim, currency in taken]}  # fmt: skip


BLOCK = Block("packets", "console/person/packets.html", read, needs=Action.WALLET_VIEW)
