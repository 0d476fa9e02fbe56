"""Which kind of customer somebody is, from ranks; where they stand in their life; for all at once."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from datong.insight.types import LifeStage, Segment

Ranks = NDArray[np.int64]
DEVELOPED_DAYS, MAINTAINED_DAYS = 2, 5
"""Days of buying from which a customer is developed, and maintained."""


def segments(recency: Ranks, frequency: Ranks, money: Ranks, days: Ranks) -> list[Segment]:
    """The first that fits, from the top."""
    names = [Segment.CHAMPION, Segment.LOYAL, Segment.COOLING, Segment.NEW, Segment.BIG, Segment.LOST]
    tests = [
        (recency >= 4) & (frequency >= 4) & (money >= 4) & (days > 1),
        (recency >= 3) & (frequency >= 4) & (days > 1),
        (recency <= 2) & (frequency >= 3) & (days > 1),
        (recency >= 4) & (days == 1),
        money == 5,
        recency <= 2,
    ]
    chosen = np.select(tests, range(len(names)), len(names))
    return [[*names, Segment.REGULAR][one] for one in chosen]


def stages(days: Ranks) -> list[LifeStage]:
    names = [LifeStage.MAINTAINED, LifeStage.DEVELOPED]
    chosen = np.select([days >= MAINTAINED_DAYS, days >= DEVELOPED_DAYS], [0, 1], 2)
    return [[*names, LifeStage.IDENTIFIED][one] for one in chosen]
