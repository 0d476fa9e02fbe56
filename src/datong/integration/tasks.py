"""Background work of integration: one line around the verb."""

from __future__ import annotations

from datong.integration.api import brands_with_work, drain
from datong.kernel import clock


def drain_all() -> int:
    """One round over all brands that have something waiting; how many entries were brought further."""
    return sum(drain(brand).taken for brand in brands_with_work(clock.now()))
