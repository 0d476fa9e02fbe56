"""What matching does when something happened: one line each around the verbs."""

from __future__ import annotations

from collections.abc import Sequence

from datong.kernel.db import current_brand
from datong.kernel.relay import Consumer, Delivered
from datong.matching import api


def look_at_new(events: Sequence[Delivered]) -> None:
    """A customer seen for the first time may be somebody who is known: proposed for a person, never merged."""
    api.consider([event.aggregate for event in events], brand=current_brand())


CONSUMERS = (Consumer("matching.new", look_at_new, frozenset({"customers.created"})),)
