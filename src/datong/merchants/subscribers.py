"""What merchants do when something happened: one line each around the verbs."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from datong.kernel.db import current_brand
from datong.kernel.relay import Consumer, Delivered
from datong.merchants import api


def enter_points(events: Sequence[Delivered]) -> None:
    """Points that were given or taken at a store; those of orders come with their orders."""
    acts = [UUID(e.payload["act_id"]) for e in events if e.payload.get("act_id")]
    api.enter_points(acts, brand=current_brand())


def enter_top_ups(events: Sequence[Delivered]) -> None:
    """Money that a store took for a card, or paid back."""
    found = [e.payload for e in events if e.payload["how"] in ("top_up", "pay_out") and e.payload.get("subject_id")]
    api.enter_top_ups([UUID(payload["subject_id"]) for payload in found], brand=current_brand())


CONSUMERS = (
    Consumer("merchants.points", enter_points, frozenset({"wallet.points_changed"})),
    Consumer("merchants.top_ups", enter_top_ups, frozenset({"wallet.stored_value_changed"})),
)
