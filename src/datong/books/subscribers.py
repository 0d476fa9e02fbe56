"""What the books do when something happened: one line each around the verbs."""

from __future__ import annotations

from collections.abc import Sequence

from datong.books import api
from datong.kernel.db import current_brand
from datong.kernel.relay import Consumer, Delivered


def keep_margins(events: Sequence[Delivered]) -> None:
    done = [e.aggregate for e in events if e.name == "orders.completed" or e.payload.get("state") == "completed"]
    api.keep_margins(current_brand(), done)


CONSUMERS = (Consumer("books.margins", keep_margins, frozenset({"orders.placed", "orders.completed"})),)
