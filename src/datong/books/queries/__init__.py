"""Reads of the books."""

from datong.books.queries.companies import company_books, company_pairs, royalties
from datong.books.queries.days import day_of, days_of, expected_cash, provider_figures
from datong.books.queries.income import GOODS, income_by_goods
from datong.books.queries.margins import margins
from datong.books.queries.shifts import drawer_moves, shift_of, shifts_of
from datong.books.queries.statements import statement, statement_entries, statements

__all__ = [
    "GOODS",
    "income_by_goods",
    "company_books",
    "company_pairs",
    "royalties",
    "day_of",
    "drawer_moves",
    "shift_of",
    "shifts_of",
    "days_of",
    "expected_cash",
    "margins",
    "provider_figures",
    "statement",
    "statement_entries",
    "statements",
]
