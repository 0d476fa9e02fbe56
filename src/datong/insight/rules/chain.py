"""Where a chain breaks."""

from __future__ import annotations

from collections.abc import Mapping

from datong.fulfilment.types import FulfilmentKind
from datong.insight.types import Chain, Link

AT_ONCE = frozenset({FulfilmentKind.TILL})
"""Ways on which no store has to accept anything or make it ready."""


def chain(flow: FulfilmentKind, counted: Mapping[Link, int]) -> Chain:
    """The links in order; who came to a link came through those before it, whatever was written down."""
    links = [link for link in Link if flow not in AT_ONCE or link not in (Link.ACCEPTED, Link.READY)]
    reached: list[tuple[Link, int]] = []
    least = 0
    for link in reversed(links):
        # Somebody came again only after an order that was complete; what is complete was accepted and ready.
        least = counted.get(link, 0) if link in (Link.AGAIN, Link.COMPLETE) else max(least, counted.get(link, 0))
        reached.insert(0, (link, least))
    duties = [pair for pair in reached if pair[0] is not Link.AGAIN]
    losses = [(before[1] - after[1], after[0]) for before, after in zip(duties, duties[1:], strict=False)]
    lost, broken = max(losses, key=lambda pair: pair[0], default=(0, Link.PLACED))
    return Chain(flow, tuple(reached), broken if lost > 0 else None, max(lost, 0))
