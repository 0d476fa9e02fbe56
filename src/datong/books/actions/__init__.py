"""Writes of the books."""

from datong.books.actions.companies import enter_company_money, post_royalties, put_royalty
from datong.books.actions.days import apply_reopen, ask_reopen, close_day, count_cash, lock_day, match_provider
from datong.books.actions.margins import keep_margins
from datong.books.actions.shifts import close_shift, move_cash, open_shift
from datong.books.actions.statements import post_fee, settle_entry, take_statement

__all__ = [
    "enter_company_money",
    "post_royalties",
    "put_royalty",
    "apply_reopen",
    "ask_reopen",
    "close_day",
    "close_shift",
    "move_cash",
    "open_shift",
    "count_cash",
    "keep_margins",
    "lock_day",
    "match_provider",
    "post_fee",
    "settle_entry",
    "take_statement",
]
