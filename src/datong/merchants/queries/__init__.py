"""Reads of merchants."""

from datong.merchants.queries.contracts import contracts, partner, partners, today
from datong.merchants.queries.entries import entry_of, lines, open_sums, order_states, statement
from datong.merchants.queries.runs import run, runs

__all__ = [
    "contracts",
    "entry_of",
    "lines",
    "open_sums",
    "order_states",
    "partner",
    "partners",
    "run",
    "runs",
    "statement",
    "today",
]
