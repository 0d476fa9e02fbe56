"""A delivery that is news about an order we have: it is told to the order instead of being placed again."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol
from uuid import UUID

from datong.integration.types import InboxState
from datong.orders.api import claimed, differs_in_status_only, hear
from datong.orders.types import News, OrderIntent


class Heard(Protocol):
    """A row under way, as far as it is news."""

    connector: str
    body: bytes
    intents: tuple[OrderIntent, ...]
    news: News | None
    state: InboxState | None
    outcome: Any
    problems: Any


def hear_news(items: Sequence[Heard], brand_id: UUID) -> None:
    """Settle the rows whose order is known; the rest is left to be placed.

    The very order again is left too, to be answered as a repeat, and another order under its number, as a conflict.
    Another message about an order of this batch waits for the next one.
    """
    about: dict[tuple[UUID, str], Heard] = {}
    for item in items:
        if item.news is None or (item.state and item.state is not InboxState.IGNORED):
            continue
        key = item.news.channel_id, item.news.external_id
        if key not in about:
            about[key] = item
        elif item.body != about[key].body:
            item.intents, item.state = (), None
    if not about:
        return
    known = claimed(sorted(about), brand=brand_id)
    for key, item in about.items():
        order = known.get(key)
        if order is None or item.news is None:
            continue
        did = hear(order, item.news, brand=brand_id, who=item.connector)
        if not did and any(order.is_same(intent) for intent in item.intents):
            continue
        if item.intents and not differs_in_status_only(order, item.intents[0], brand=brand_id):
            continue
        item.intents, item.state, item.problems = (), InboxState.UPDATED, ()
        item.outcome = {"order_id": str(order.order_id), "number": order.number, "did": list(did)}
