"""What the wallet does when something happened: one line each around the verbs."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from datong.kernel.db import current_brand
from datong.kernel.relay import Consumer, Delivered
from datong.wallet import api


def follow_people(events: Sequence[Delivered]) -> None:
    """Records became one person, or two again: their tiers are told from what is theirs now."""
    api.refresh_standings(current_brand(), {UUID(event.payload[side]) for event in events for side in ("a", "b")})


CONSUMERS = (Consumer("wallet.follow_people", follow_people, frozenset({"customers.merged", "customers.unmerged"})),)
