"""Reads of merchants."""

from datong.merchants.queries.adverts import advert_days, advert_report, advert_reports
from datong.merchants.queries.cards import (
    card_report,
    card_reports,
    card_sale,
    partner_card,
    partner_cards,
)
from datong.merchants.queries.contracts import contracts, partner, partners, today
from datong.merchants.queries.entries import entry_of, lines, open_sums, order_states, statement
from datong.merchants.queries.runs import run, runs

__all__ = [
    "advert_days",
    "advert_report",
    "advert_reports",
    "card_report",
    "card_reports",
    "card_sale",
    "contracts",
    "entry_of",
    "lines",
    "open_sums",
    "order_states",
    "partner",
    "partner_card",
    "partner_cards",
    "partners",
    "run",
    "runs",
    "statement",
    "today",
]
