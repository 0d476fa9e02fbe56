"""When a contract's period ends: weeks from Monday to Sunday, months of the calendar."""

from __future__ import annotations

from datetime import date, timedelta

from datong.merchants.types import Period


def last_end(period: Period, today: date) -> date:
    """The last day of the newest period that is over on a business day."""
    if period is Period.WEEK:
        return today - timedelta(days=today.isoweekday())
    return today.replace(day=1) - timedelta(days=1)
