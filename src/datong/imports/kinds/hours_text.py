"""Opening hours as people write them in either language."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date

from datong.brand import api as brands
from datong.brand.types import Span
from datong.imports.rules import cells
from datong.imports.types import Facts, Raw, Wrong
from datong.kernel.errors import BadInput

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
ALWAYS = frozenset({"always", "24/7", "24h", "24小时", "全天", "全天营业"})
CLOSED = frozenset({"closed", "close", "休息", "打烊", "不营业", "关门", "-"})
_CHINESE = {"一": "Mon", "二": "Tue", "三": "Wed", "四": "Thu", "五": "Fri", "六": "Sat", "日": "Sun", "天": "Sun"}
_EVERY = re.compile(r"every ?day|daily|每天|每日", re.IGNORECASE)
_DAY = re.compile(r"(mon|tue|wed|thu|fri|sat|sun)[a-z]*", re.IGNORECASE)


def english(text: str) -> str:
    """The text with the signs and days of Chinese in the form that `brand.parse_hours` reads."""
    found = text.translate(str.maketrans("：；，、～~—–", ":;,,----")).replace("至", "-").replace("到", "-")
    found = re.sub(r"(?:周|星期|礼拜)([一二三四五六日天])", lambda m: _CHINESE[m[1]], found)
    found = _EVERY.sub("Mon-Sun", found)
    found = re.sub(r"-{2,}", "-", found)
    for word in sorted(CLOSED - {"-"}, key=len, reverse=True):
        found = found.replace(word, "closed")
    return re.sub(r"((?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)[a-z]*(?:\s*-\s*\w+)?)\s+(?=\d|closed)", r"\1: ", found)


def week(raw: Raw, facts: Facts) -> list[list[list[int]]]:
    """Seven days from Monday, each a list of spans in minutes."""
    text = cells.plain(raw)
    if text.lower() in ALWAYS:
        return spans_of(brands.always_open().week)
    try:
        parts = [_several_days(part) for part in english(text).split(";")]
        return spans_of(brands.parse_hours("; ".join(filter(None, parts))).week)
    except BadInput:
        raise Wrong("hours") from None


def _several_days(part: str) -> str:
    """'Sat,Sun: 10-22' as 'Sat: 10-22; Sun: 10-22'."""
    match = re.match(r"\s*((?:[A-Za-z]+(?:\s*-\s*[A-Za-z]+)?\s*,\s*)+[A-Za-z]+(?:\s*-\s*[A-Za-z]+)?)\s*:\s*(.+)", part)
    if match is None:
        return part
    return "; ".join(f"{days.strip()}: {match[2]}" for days in match[1].split(","))


def spans(raw: Raw, facts: Facts) -> list[list[int]]:
    """The spans of one day; [] when it is closed."""
    text = cells.plain(raw)
    if text.lower() in CLOSED:
        return []
    if text.lower() in ALWAYS:
        return [[0, 1440]]
    try:
        return spans_of(brands.parse_hours(f"Mon: {english(text)}").week)[0]
    except BadInput:
        raise Wrong("spans") from None


def days(raw: Raw, facts: Facts) -> list[str]:
    """Days of the week ('mon') or one date in ISO form."""
    text = english(cells.plain(raw))
    if match := re.fullmatch(rf"{_DAY.pattern}\s*-\s*{_DAY.pattern}", text, re.IGNORECASE):
        first, last = DAYS.index(match[1].lower()), DAYS.index(match[2].lower())
        return [DAYS[(first + n) % 7] for n in range((last - first) % 7 + 1)]
    if match := _DAY.fullmatch(text):
        return [match[1].lower()]
    try:
        return [cells.day(raw, facts).isoformat()]
    except Wrong as wrong:
        raise Wrong("day") if wrong.code == "date" else wrong from None


def spans_of(week: Sequence[Sequence[Span]]) -> list[list[list[int]]]:
    return [[[start, end] for start, end in day] for day in week]


def told(found: Sequence[Sequence[int]]) -> str:
    """Spans as text that `spans` reads, with am and pm, so that no morning hour is taken for the evening's."""
    if [list(span) for span in found] == [[0, 1440]]:
        return "always"
    return ", ".join(f"{_half(start)}-{_half(end)}" for start, end in found) or "closed"


def week_told(week: Sequence[Sequence[Sequence[int]]]) -> str:
    """A week as text that `week` reads: days with the same spans are named together."""
    if all(list(map(list, day)) == [[0, 1440]] for day in week):
        return "always"
    said, start = [], 0
    for at in range(1, 8):
        if at < 7 and week[at] == week[start]:
            continue
        names = DAYS[start].title() + (f"-{DAYS[at - 1].title()}" if at - 1 > start else "")
        if week[start]:
            spans_said = ", ".join(f"{_half(start_at)}-{_half(end)}" for start_at, end in week[start])
            said.append(f"{names}: {spans_said}")
        start = at
    return "; ".join(said)


def _half(minutes: int) -> str:
    of_day = minutes % 1440
    hour = of_day // 60
    return f"{(hour % 12) or 12}:{of_day % 60:02}{'am' if hour < 12 else 'pm'}"


def is_date(day: str) -> bool:
    return day not in DAYS


def date_of(day: str) -> date:
    return date.fromisoformat(day)
