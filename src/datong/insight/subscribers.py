"""Measures are made from events, never on the way of an order."""

from __future__ import annotations

from collections.abc import Sequence

from datong.insight import api
from datong.kernel.relay import Consumer, Delivered


def count_orders(events: Sequence[Delivered]) -> None:
    api.count_orders(events)


CONSUMERS = (Consumer("insight.channel_day", count_orders, frozenset({"orders.placed"})),)
