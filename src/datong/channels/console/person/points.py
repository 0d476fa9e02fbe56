"""Points, tier and vouchers on the customer's page."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from datong.access.types import Action
from datong.channels.console.person.blocks import Block, Seen
from datong.wallet import api as wallet


def read(seen: Seen) -> Mapping[str, Any] | None:
    """What can be spent in each programme, the tier, and how many vouchers; None for a brand with neither."""
    brand, person = seen.who.brand.id, seen.person.id
    balances = wallet.points_of(brand, person)
    found = [
        {"b": b, "name": p.name, "standing": wallet.standing_of(brand, person, p.id)}
        for b in balances
        for p in [wallet.programme(brand, b.programme)]
    ]
    vouchers = wallet.vouchers_of(brand, person)
    if not found and not vouchers:
        return None
    return {"balances": found, "vouchers": len(vouchers), "currency": seen.who.brand.currency}


BLOCK = Block("points", "console/person/points.html", read, aside=True, needs=Action.REWARDS_VIEW)
