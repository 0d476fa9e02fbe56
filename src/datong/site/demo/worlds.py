"""The brands of the demo, by key."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from datong.site.demo.retail.world import retail_world
from datong.site.demo.tea.world import tea_world
from datong.site.demo.types import World

WORLDS: Mapping[str, Callable[[date, int | None], World]] = {"retail": retail_world, "tea": tea_world}

LAST_TO_END = ZoneInfo("Pacific/Honolulu")


def day_before(now: datetime) -> date:
    """The latest day that is over at every store, so that no order of it lies in the future."""
    return now.astimezone(LAST_TO_END).date() - timedelta(days=1)
