"""Pure decisions of the brand: opening hours, what a channel's record lacks."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from datong.brand.types import Channel, Gap, Hours, Region, Span
from datong.kernel.errors import BadValue

DAY_MIN = 1440
_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_NAME = "(mon|tue|wed|thu|fri|sat|sun)[a-z]*"
_DAY = re.compile(rf"\s*{_NAME}(?:\s*-\s*{_NAME})?\s*:\s*(.+?)\s*\Z", re.IGNORECASE)
_SPAN = re.compile(r"(\d{1,2})(?::(\d{2}))?\s*(am|pm)?\s*-\s*(\d{1,2})(?::(\d{2}))?\s*(am|pm)?\Z", re.IGNORECASE)


def always_open() -> Hours:
    return Hours(week=tuple(((0, DAY_MIN),) for _ in range(7)))


def parse_hours(text: str) -> Hours:
    """Hours written as 'Mon: 10-9:30; Tue-Sat: 10-21; Sun: closed'.

    Without am or pm the opening is in the morning and a closing that is not after it is in the evening, as shops
    write it. 'closed' or a day left out is closed. Several spans of a day are separated by commas.
    """
    week: list[tuple[Span, ...]] = [()] * 7
    for part in filter(str.strip, text.split(";")):
        match = _DAY.match(part)
        if match is None:
            raise BadValue("hours", part.strip(), "days such as 'Mon-Fri: 9-18; Sat: 10-16'")
        spans = () if match[3].lower() == "closed" else tuple(_span(s.strip()) for s in match[3].split(","))
        first = _DAYS.index(match[1].lower())
        last = _DAYS.index((match[2] or match[1]).lower())
        for day in range(first, first + (last - first) % 7 + 1):
            week[day % 7] = spans
    return Hours(week=tuple(week))


def _span(text: str) -> Span:
    match = _SPAN.match(text)
    if match is None:
        raise BadValue("hours", text, "a span such as 10-9:30 or 9:00-21:00")
    start = _minutes(match[1], match[2], match[3])
    end = _minutes(match[4], match[5], match[6])
    if end <= start and not match[6]:
        end += DAY_MIN // 2
    if end <= start:
        end += DAY_MIN
    if start >= DAY_MIN or end - start > DAY_MIN:
        raise BadValue("hours", text, "times between 0:00 and 24:00")
    return start, end


def _minutes(hour: str, minute: str | None, half: str | None) -> int:
    value = int(hour) * 60 + int(minute or 0)
    if half:
        value = value % (DAY_MIN // 2) + (DAY_MIN // 2 if half.lower() == "pm" else 0)
    return value


def is_open(hours: Hours, timezone: str, at: datetime) -> bool:
    """Whether a place with these hours is open at the moment `at`, in the place's own time."""
    local = at.astimezone(ZoneInfo(timezone))
    now = local.hour * 60 + local.minute
    today, yesterday = local.date(), local.date() - timedelta(days=1)
    spans_today = hours.exceptions.get(today, hours.week[today.weekday()])
    spans_before = hours.exceptions.get(yesterday, hours.week[yesterday.weekday()])
    return any(start <= now < end for start, end in spans_today) or any(now + DAY_MIN < end for _, end in spans_before)


MORNING_MIN = 6 * 60
"""When the day begins at a place that never closes."""
LOOK_AHEAD_DAYS = 60


def next_opening(hours: Hours, timezone: str, after: datetime) -> datetime:
    """When a place opens for its next business day, in its own time: tomorrow morning, or after a holiday.

    Past midnight in a bar's night it is still yesterday's business day; after a break at noon it is still today. A
    place that is open round the clock begins its day at 6:00, and so does one that never opens, tomorrow.
    """
    zone = ZoneInfo(timezone)
    local = after.astimezone(zone)
    now, today = local.hour * 60 + local.minute, local.date()
    for ahead in range(LOOK_AHEAD_DAYS):
        day = today + timedelta(days=ahead)
        spans = hours.exceptions.get(day, hours.week[day.weekday()])
        if not spans:
            continue
        start, end = min(spans)
        begins = MORNING_MIN if start == 0 and end >= DAY_MIN else start
        if ahead or now < begins:
            return _local(day, begins, zone)
    return _local(today + timedelta(days=1), MORNING_MIN, zone)


def _local(day: date, minutes: int, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(minutes // 60, minutes % 60), zone).astimezone(UTC)


def week_minutes(hours: Hours) -> list[Span]:
    """The regular week as spans of minutes since Monday 0:00, for looking up many places at once."""
    return [(day * DAY_MIN + start, day * DAY_MIN + end) for day in range(7) for start, end in hours.week[day]]


def gaps(channels: Iterable[Channel], owners: Mapping[UUID, str]) -> list[Gap]:
    """What each open channel's record lacks: a role, an owner, the reason of a price list of its own (S-11, S-115)."""
    found = []
    for channel in channels:
        if not channel.open:
            continue
        if not channel.role.strip():
            found.append(Gap(channel.id, "role"))
        if not owners.get(channel.id, "").strip():
            found.append(Gap(channel.id, "owner"))
        if channel.price_list and not channel.price_policy_note.strip():
            found.append(Gap(channel.id, "price_policy_note"))
    return found


def address_keys(city: str, region: str, postcode: str) -> list[str]:
    """Keys of the gazetteer to try, the most exact first."""
    keys = [postcode.strip().lower()] if postcode.strip() else []
    if city.strip():
        keys.append(f"{city.strip()}, {region.strip()}".lower() if region.strip() else city.strip().lower())
    return keys


MAX_DEPTH = 5


def check_regions(regions: Iterable[Region]) -> None:
    """Regions form a forest at most five deep; raises BadValue for an unknown parent, a ring, one level too many."""
    known = {region.id: region for region in regions}
    for region in known.values():
        seen, at = [region.id], region
        while at.parent_id is not None:
            if at.parent_id not in known:
                raise BadValue("parent", str(at.parent_id), "a region that exists")
            if at.parent_id in seen:
                raise BadValue("parent", known[at.parent_id].name, "a region that is not within this one")
            at = known[at.parent_id]
            seen.append(at.id)
        if len(seen) > MAX_DEPTH:
            raise BadValue("parent", region.name, f"a region less deep: at most {MAX_DEPTH} levels")
