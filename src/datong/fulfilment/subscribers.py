"""What fulfilment does when something happened: one line each around the verbs."""

from __future__ import annotations

from collections.abc import Sequence

from datong.fulfilment import api
from datong.kernel.db import current_brand
from datong.kernel.relay import Consumer, Delivered


def find_couriers(events: Sequence[Delivered]) -> None:
    """A delivery that a store accepted, or a courier who came on duty: who waits is given to who can."""
    if any(e.payload.get("state") in ("accepted", "ready") or e.payload.get("on_duty") for e in events):
        api.dispatch(current_brand())


CONSUMERS = (
    Consumer(
        "fulfilment.find_couriers", find_couriers, frozenset({"fulfilment.task_changed", "fulfilment.courier_duty"})
    ),
)
