"""The one reader of what a date-and-time field sends, in the viewer's zone, within the years a brand works in."""

from __future__ import annotations

from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext as _

from datong.kernel.errors import BadValue

YEARS = range(2000, 2101)


def read_moment(field: str, text: str, *, needed: bool = False) -> datetime | None:
    """'2026-11-22T09:30' as an aware moment; None for an empty field unless it is `needed`.

    Raises BadValue naming the field: no date and time, one with a zone of its own, or a year that is a slip of a hand.
    """
    text = text.strip()
    if not text and not needed:
        return None
    try:
        moment = timezone.make_aware(datetime.fromisoformat(text))
    except (ValueError, OverflowError):
        fix = _("Choose a date and a time.") if needed else _("Choose a date and a time, or leave it empty.")
        raise BadValue(field, text[:40], fix) from None
    if moment.year not in YEARS:
        raise BadValue(field, text[:40], _("Choose a year from 2000 to 2100."))
    return moment


def moment_text(at: datetime | None) -> str:
    """A moment as the field shows it."""
    return timezone.localtime(at).strftime("%Y-%m-%dT%H:%M") if at else ""
