"""The public face of the books."""

from datong.books.actions import (
    apply_reopen,
    ask_reopen,
    close_day,
    count_cash,
    keep_margins,
    lock_day,
    match_provider,
)
from datong.books.queries import day_of, days_of, expected_cash, margins, provider_figures
from datong.books.rules import faces

__all__ = [
    "apply_reopen",
    "ask_reopen",
    "close_day",
    "count_cash",
    "day_of",
    "days_of",
    "expected_cash",
    "faces",
    "keep_margins",
    "lock_day",
    "margins",
    "match_provider",
    "provider_figures",
]
