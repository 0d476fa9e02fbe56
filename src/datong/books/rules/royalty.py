"""What a company's royalty of a month comes to."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta

from datong.books.types import Royalty

NET_SALES = ("income:sales", "income:refunds", "income:discounts")
"""What a royalty is a part of: sales without tax, less what was given back and taken off."""
BASIS = 10_000
MOST_BP = 5_000


def spans(terms: Iterable[Royalty], since: date, until: date) -> Iterator[tuple[date, date, int]]:
    """(first day, last day, rate in hundredths of a percent) for the days on which a rate was in force."""
    known = sorted((term for term in terms if term.valid_from <= until), key=lambda term: term.valid_from)
    for term, following in zip(known, [*known[1:], None], strict=True):
        last = until if following is None else min(until, following.valid_from - timedelta(1))
        first = max(since, term.valid_from)
        if first <= last and term.rate_bp:
            yield first, last, term.rate_bp


def royalty_minor(parts: Sequence[tuple[int, int]]) -> int:
    """Of (net sales in minor units, rate) the royalty, rounded once, half away from zero; below zero for returns."""
    whole = sum(base * rate for base, rate in parts)
    rounded = (abs(whole) + BASIS // 2) // BASIS
    return rounded if whole >= 0 else -rounded


def month_of(day: date) -> tuple[date, date]:
    first = day.replace(day=1)
    return first, (first + timedelta(days=32)).replace(day=1) - timedelta(1)
