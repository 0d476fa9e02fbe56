"""The public face of the ledger."""

from datong.ledger.actions import capture, expire, hold, hold_each, post, post_each, release, set_floor
from datong.ledger.actions.books import adopt_template, first_day, put_chart, put_rule
from datong.ledger.actions.periods import apply_period, ask_period, lock_day, unlock_day
from datong.ledger.queries import (
    available,
    balances,
    balances_by,
    check,
    entries,
    holds_by_id,
    holds_of,
    list_transfers,
    report,
    transfers_by_id,
    transfers_of,
    trial_balance,
)
from datong.ledger.queries.books import chart_on, charts, forget_rulebook, posting_rules, rulebook
from datong.ledger.queries.periods import gates
from datong.ledger.rules import ACCOUNTS, EVENTS, OPTIONAL, clearing_nets, line_of, make_chart, open_clearing, totals

__all__ = [
    "ACCOUNTS",
    "EVENTS",
    "OPTIONAL",
    "adopt_template",
    "apply_period",
    "ask_period",
    "available",
    "balances",
    "balances_by",
    "capture",
    "chart_on",
    "charts",
    "check",
    "clearing_nets",
    "entries",
    "expire",
    "first_day",
    "forget_rulebook",
    "gates",
    "hold",
    "hold_each",
    "holds_by_id",
    "holds_of",
    "line_of",
    "list_transfers",
    "lock_day",
    "make_chart",
    "open_clearing",
    "post",
    "post_each",
    "posting_rules",
    "put_chart",
    "put_rule",
    "release",
    "report",
    "rulebook",
    "set_floor",
    "totals",
    "transfers_by_id",
    "transfers_of",
    "trial_balance",
    "unlock_day",
]
