"""What purchasing does when something happened: one line each around the verbs."""

from __future__ import annotations

from collections.abc import Sequence

from datong.kernel.db import current_brand
from datong.kernel.relay import Consumer, Delivered
from datong.purchasing import api


def count_demand(events: Sequence[Delivered]) -> None:
    placed = [e.aggregate for e in events if e.name == "orders.placed"]
    api.count_demand(current_brand(), placed, [e.aggregate for e in events if e.name == "orders.cancelled"])


CONSUMERS = (Consumer("purchasing.demand", count_demand, frozenset({"orders.placed", "orders.cancelled"})),)
