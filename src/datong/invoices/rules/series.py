"""Numbers of plain invoices: what a series may look like, and the number its nth document bears."""

from __future__ import annotations

import re
from datetime import date

_SERIES = re.compile(r"(?:[A-Z0-9/-]|\{year\})*")
YEAR = "{year}"
MAX_SERIES = 20
DIGITS = 6


def is_series(pattern: str) -> bool:
    return 0 < len(pattern) <= MAX_SERIES and _SERIES.fullmatch(pattern) is not None


def series_on(pattern: str, day: date) -> str:
    """The series that a day belongs to: 'INV-{year}-' is 'INV-2026-' all through 2026."""
    return pattern.replace(YEAR, f"{day.year:04}")


def number_of(series: str, nth: int) -> str:
    """'INV-2026-000017'; a series that outgrows six digits goes on with seven."""
    return f"{series}{nth:0{DIGITS}}"
