"""A brand's chart and posting rules. The rules are kept in the process: no statement of the intake reads them."""

from __future__ import annotations

import threading
import time
from datetime import date
from typing import Any
from uuid import UUID

import msgspec

from datong.brand.api import get_brand
from datong.kernel import clock
from datong.kernel.db import in_brand, rows
from datong.ledger import rules
from datong.ledger.types import Chart, ChartLine, DayEnd, Line, PostingRule, Rulebook, Standard, Template

FRESH_S = 60.0
"""How old the rules in a process may be. A new rule begins on a later day than it is written, so that no process holds
an old one when it begins."""
MAX_BRANDS = 1_000

_books: dict[UUID, tuple[float, Rulebook]] = {}
_lock = threading.Lock()

ENDS = "SELECT store_id, hour, valid_from, zone, by FROM ledger_dayend WHERE brand_id = %(brand)s"
RULES = "SELECT event, debit, credit, valid_from, by FROM ledger_rule WHERE brand_id = %(brand)s"


def rulebook(brand_id: UUID) -> Rulebook:
    """What this brand posts for each event; from the process's memory, at most FRESH_S old."""
    now = time.monotonic()
    with _lock:
        kept = _books.get(brand_id)
    if kept is not None and now - kept[0] < FRESH_S:
        return kept[1]
    zone = get_brand(brand_id).timezone
    with in_brand(brand_id):
        own = [PostingRule(*row) for row in rows(RULES, {"brand": brand_id})]
        ends = day_ends(brand_id)
    made = rules.make_rulebook(zone, own, ends)
    with _lock:
        if len(_books) >= MAX_BRANDS:
            _books.clear()
        _books[brand_id] = now, made
    return made


def forget_rulebook(brand_id: UUID) -> None:
    """Read the rules anew the next time."""
    with _lock:
        _books.pop(brand_id, None)


def day_ends(brand_id: UUID) -> list[DayEnd]:
    """Every hour at which a business day ends or ended, the newest first; one statement."""
    with in_brand(brand_id):
        found = [DayEnd(*row) for row in rows(ENDS, {"brand": brand_id})]
    return sorted(found, key=lambda end: (end.valid_from, str(end.store_id or "")), reverse=True)


def posting_rules(brand_id: UUID) -> list[PostingRule]:
    """Every rule, the defaults among them, by event and the newest first; one statement."""
    with in_brand(brand_id):
        own = [PostingRule(*row) for row in rows(RULES, {"brand": brand_id})]
    book = rules.make_rulebook("UTC", own)
    return [rule for listed in book.rules.values() for rule in listed]


CHART = """
    SELECT template, standard, lines, valid_from, by FROM ledger_chart
     WHERE brand_id = %(brand)s AND (%(day)s::date IS NULL OR valid_from <= %(day)s) ORDER BY valid_from DESC LIMIT 100
"""


def charts(brand_id: UUID, *, day: date | None = None) -> list[Chart]:
    """The brand's charts that began by `day`, the newest first; the last is the default of the house."""
    with in_brand(brand_id):
        found = [_chart(*row) for row in rows(CHART, {"brand": brand_id, "day": day})]
    return [*found, rules.DEFAULT]


def chart_on(brand_id: UUID, day: date | None = None) -> Chart:
    """The chart in force on a day (today)."""
    return charts(brand_id, day=day or clock.now().date())[0]


def _chart(template: str, standard: str, lines: Any, valid_from: date, by: str) -> Chart:
    listed = msgspec.json.decode(lines) if isinstance(lines, str) else lines
    made = tuple(ChartLine(n, name, zh, Line(line), tuple(codes)) for n, name, zh, line, codes in listed)
    return Chart(Template(template), Standard(standard), made, valid_from, by)
