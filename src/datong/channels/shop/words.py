"""Words of the shop in the customer's language."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from datong.brand import api as brands
from datong.brand.types import Store
from datong.channels.design.formats import minutes_of_day

DAY_MIN = 1440


def title_of(titles: Mapping[str, str], title: str) -> str:
    """What a thing is called in the reader's language when the brand has a word for it."""
    chinese = (get_language() or "").startswith("zh")
    wanted = ("zh-Hans", "zh-CN", "zh") if chinese else ("en", "en-US", "en-GB")
    return next((titles[code] for code in wanted if titles.get(code)), title)


def opening(store: Store, now: datetime) -> tuple[bool, str]:
    """(open now, what to say of it): 'open until 21:00', 'closed, opens at 9:00', 'opens on Tuesday at 9:00'."""
    local = now.astimezone(ZoneInfo(store.timezone))
    minute, today = local.hour * 60 + local.minute, local.date()
    for back in (0, 1):
        day = today - timedelta(days=back)
        for start, end in store.hours.exceptions.get(day, store.hours.week[day.weekday()]):
            if start <= minute + back * DAY_MIN < end:
                if end - start >= DAY_MIN:
                    return True, _("open around the clock")
                return True, _("open until %(time)s") % {"time": minutes_of_day(end)}
    spans = store.hours.exceptions.get(today, store.hours.week[today.weekday()])
    if later := [start for start, _end in spans if start > minute]:
        return False, _("closed, opens at %(time)s") % {"time": minutes_of_day(min(later))}
    opens = brands.next_opening(store.hours, store.timezone, now).astimezone(ZoneInfo(store.timezone))
    said = {"day": _weekdays()[opens.weekday()], "time": minutes_of_day(opens.hour * 60 + opens.minute)}
    return False, _("closed, opens on %(day)s at %(time)s") % said


def _weekdays() -> tuple[str, ...]:
    return (_("Monday"), _("Tuesday"), _("Wednesday"), _("Thursday"), _("Friday"), _("Saturday"), _("Sunday"))
