"""Numbers, money and time as the reader writes them (CLDR by way of Babel)."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import cache

from babel import Locale
from babel.dates import format_date, format_datetime, format_time, format_timedelta
from babel.numbers import format_compact_decimal, format_decimal, format_percent
from django.utils import timezone
from django.utils.translation import get_language, gettext

from datong.kernel import clock
from datong.kernel.money import Money

DAY = timedelta(days=1)


@cache
def _locale(language: str) -> Locale:
    return Locale.parse({"zh-hans": "zh_Hans_CN", "en": "en_US"}.get(language.lower(), language.replace("-", "_")))


def locale() -> Locale:
    """The reader's locale: the language of this request."""
    return _locale(get_language() or "en")


def money(minor: int, currency: str) -> str:
    return Money(minor, currency).format(str(locale()))


def number(value: int | float) -> str:
    return format_decimal(value, locale=locale())


def compact(value: int | float) -> str:
    return format_compact_decimal(value, locale=locale(), fraction_digits=1 if value >= 1000 else 0)


def percent(share: float) -> str:
    return format_percent(share, locale=locale())


def distance(metres: float) -> str:
    """Metres below one kilometre, one decimal to a hundred, whole kilometres beyond."""
    if metres < 1000:
        return gettext("%(n)s m") % {"n": number(round(metres))}
    return gettext("%(n)s km") % {"n": number(round(metres / 1000, 1 if metres < 100_000 else None))}


def absolute(at: datetime) -> str:
    """The whole truth: date, time to the second, and the zone it is told in."""
    local = timezone.localtime(at)
    return f"{format_datetime(local, 'medium', locale=locale())} {local.tzname()}"


def relative(at: datetime) -> str:
    """'3 min ago' within a day, else the day and, within this year, the time."""
    now = clock.now()
    ago = now - at
    if abs(ago) < timedelta(seconds=45):
        return gettext("just now")
    if abs(ago) < DAY:
        return format_timedelta(-ago, add_direction=True, format="short", threshold=0.95, locale=locale())
    local = timezone.localtime(at)
    if local.year == timezone.localtime(now).year:
        return format_datetime(local, _short(), locale=locale())
    return format_date(local, "medium", locale=locale())


def time_of_day(at: datetime) -> str:
    return format_time(timezone.localtime(at), "short", locale=locale())


def day(at: datetime) -> str:
    return format_date(timezone.localtime(at), "medium", locale=locale())


def minutes_of_day(minutes: int) -> str:
    """Opening hours: minutes after midnight as a time of day; past 24 hours it begins anew."""
    moment = datetime(2000, 1, 1, minutes // 60 % 24, minutes % 60)  # noqa: DTZ001 - a time of day has no zone
    return format_time(moment, "short", locale=locale())


def _short() -> str:
    return "M月d日 HH:mm" if locale().language == "zh" else "d MMM, HH:mm"
