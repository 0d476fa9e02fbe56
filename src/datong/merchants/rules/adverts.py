"""What an advert may be, and what it is charged."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from urllib.parse import urlsplit

from datong.kernel.errors import BadInput, Problem
from datong.kernel.money import MAX_MINOR
from datong.merchants.types.adverts import Advert, AdvertBasis, AdvertState

PER = 1_000
MAX_DAYS = 1_100
LATE = timedelta(hours=24)
"""How long after it was seen a view still counts."""
TAIL = timedelta(days=2)
"""Views of the last day may come in until the day after it is over, whatever hours the days end at."""
DAY = timedelta(days=1)
_WORD = re.compile(r"[a-z0-9][a-z0-9_-]{0,59}")
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}")


def check_advert(advert: Advert) -> None:
    """Raises BadInput naming every field that cannot be."""
    problems = []
    for field in ("code", "channel", "place"):
        if not _WORD.fullmatch(text := getattr(advert, field)):
            problems.append(Problem(field, "bad_value", "1 to 60 of a-z 0-9 - _", text[:80]))
    for field, most in (("title", 60), ("text", 300)):
        text = getattr(advert, field)
        if not 0 < len(text.strip()) <= most or not text.isprintable():
            problems.append(Problem(field, "length", f"1 to {most} characters", text[:80]))
    if not _is_web(advert.link):
        problems.append(Problem("link", "bad_value", "an address that begins with https://", advert.link[:80]))
    if not _LANGUAGE.fullmatch(advert.language):
        problems.append(Problem("language", "bad_value", "a language such as en or zh-Hans", advert.language[:20]))
    if not DAY <= advert.until - advert.since + DAY <= DAY * MAX_DAYS:
        fix = f"the first day or later, at most {MAX_DAYS} days"
        problems.append(Problem("until", "range", fix, advert.until.isoformat()))
    for field, value in (("price_minor", advert.price_minor), ("cap_minor", advert.cap_minor)):
        if value is not None and (type(value) is not int or not 0 < value <= MAX_MINOR):
            problems.append(Problem(field, "range", "an amount above 0", value))
    if problems:
        raise BadInput(f"{len(problems)} values cannot be used", *problems)


def _is_web(link: str) -> bool:
    try:
        parts = urlsplit(link)
        return (
            parts.scheme == "https" and bool(parts.hostname) and len(link) <= 500 and link.isascii() and " " not in link
        )
    except ValueError:
        return False


def earned(advert: Advert, views: int, through: date) -> int:
    """What so many views, or the days up to `through`, come to: whole minor units, never above the cap."""
    if advert.basis is AdvertBasis.DAY:
        due = advert.price_minor * max(0, (min(advert.last, through) - advert.since).days + 1)
    else:
        due = advert.price_minor * views // PER
    return due if advert.cap_minor is None else min(due, advert.cap_minor)


def charges(
    advert: Advert, views: Mapping[date, int], charged_minor: int, charged_through: date, yesterday: date
) -> Iterator[tuple[date, int]]:
    """The days that are to be charged, in order, with what each comes to: the running total up to it less what was
    charged before, so that nothing is lost to rounding and what was counted late is in the next day's charge."""
    day, end = charged_through + DAY, min(yesterday, advert.last + TAIL)
    total = sum(count for when, count in views.items() if when < day)
    while day <= end:
        total += views.get(day, 0)
        due = max(0, earned(advert, total, day) - charged_minor)
        charged_minor += due
        yield day, due
        day += DAY


def state_of(advert: Advert, earned_minor: int, today: date) -> AdvertState:
    if today > advert.last or (advert.ended_on is not None and today >= advert.ended_on):
        return AdvertState.OVER
    if today < advert.since:
        return AdvertState.COMING
    if advert.cap_minor is not None and earned_minor >= advert.cap_minor:
        return AdvertState.CAPPED
    return AdvertState.SHOWN
