"""The business day (营业日): the hour at which it ends, for the brand and for stores, each from a day on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

LATEST = 11
"""The last hour of the morning at which a business day may end."""


@dataclass(frozen=True, slots=True)
class DayEnd:
    """From `valid_from` on a day ends at `hour` of the next morning (0: midnight), by the clock of `zone`.

    `store_id` None is the brand, and every store that says nothing else. `hour` None: the store is as the brand again.
    """

    store_id: UUID | None
    hour: int | None
    valid_from: date
    zone: str = ""
    by: str = ""


@dataclass(frozen=True, slots=True)
class BusinessDays:
    """When a brand's business days begin and end; the one place that tells the day of a moment.

    `ends` are the settings of the brand (None) and of stores, the newest first. Day D ends at the hour that is in force
    on D and the next day begins there: whatever changes, a moment is in one day, and a change on a day that has not
    begun moves no day that has.
    """

    zone: ZoneInfo
    ends: Mapping[UUID | None, tuple[DayEnd, ...]] = field(default_factory=dict)
    _told: dict[tuple[UUID | None, date], datetime] = field(default_factory=dict, compare=False, repr=False)

    def business_date(self, at: datetime, store_id: UUID | None = None) -> date:
        """The business day a moment belongs to at a store, or at a store that is as the brand."""
        who = store_id if store_id in self.ends else None
        if who is None and None not in self.ends:
            return at.astimezone(self.zone).date()
        day = at.astimezone(UTC).date() - timedelta(days=2)
        while at >= self.day_begins(day + timedelta(days=1), who):
            day += timedelta(days=1)
        return day

    def day_begins(self, day: date, store_id: UUID | None = None) -> datetime:
        """The first moment of a business day: the end of the one before it."""
        who = store_id if store_id in self.ends else None
        key = who, day
        found = self._told.get(key)
        if found is None:
            if len(self._told) > 10_000:
                self._told.clear()
            hour, zone = self.ending(day - timedelta(days=1), who)
            found = self._told[key] = datetime.combine(day, time(hour), zone).astimezone(UTC)
        return found

    def ending(self, day: date, store_id: UUID | None = None) -> tuple[int, ZoneInfo]:
        """The hour at which a day ends, and by whose clock."""
        for who in (store_id, None):
            said = next((end for end in self.ends.get(who, ()) if end.valid_from <= day), None)
            if said is not None and said.hour is not None:
                return said.hour, ZoneInfo(said.zone) if said.zone else self.zone
        return 0, self.zone

    def today_of_all(self, at: datetime) -> tuple[date, date]:
        """The earliest and the latest business day that a moment belongs to at any store."""
        days = [self.business_date(at, who) for who in {None, *self.ends}]
        return min(days), max(days)
