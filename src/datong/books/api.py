"""The public face of the books."""

from datong.books.actions import (
    apply_reopen,
    ask_reopen,
    close_day,
    count_cash,
    keep_margins,
    lock_day,
    match_provider,
    post_fee,
    settle_entry,
    take_statement,
)
from datong.books.queries import (
    day_of,
    days_of,
    expected_cash,
    margins,
    provider_figures,
    statement,
    statement_entries,
    statements,
)
from datong.books.rules import faces, known_headings

__all__ = [
    "apply_reopen",
    "ask_reopen",
    "close_day",
    "count_cash",
    "day_of",
    "days_of",
    "expected_cash",
    "faces",
    "known_headings",
    "keep_margins",
    "lock_day",
    "margins",
    "match_provider",
    "post_fee",
    "provider_figures",
    "settle_entry",
    "statement",
    "statement_entries",
    "statements",
    "take_statement",
]
