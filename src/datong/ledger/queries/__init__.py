"""Reads of the ledger. Every figure is added up from the transfers: the log is the truth."""

from datong.ledger.queries.balances import (
    START,
    accounts,
    balances,
    balances_by,
    list_transfers,
    transfers_by_id,
    transfers_of,
    trial_balance,
)
from datong.ledger.queries.books import chart_on, charts, day_ends, forget_rulebook, posting_rules, rulebook
from datong.ledger.queries.checks import check, register_check, verify
from datong.ledger.queries.companies import held_for_companies, moved_in_companies
from datong.ledger.queries.holds import available, holds_by_id, holds_due, holds_of, steps_by_id
from datong.ledger.queries.journal import Uncleared, beancount, journal, uncleared
from datong.ledger.queries.periods import gates
from datong.ledger.queries.records import last_verification
from datong.ledger.queries.reports import entries, report, report_page
from datong.ledger.queries.statements import open_holds, statement

__all__ = [
    "START",
    "Uncleared",
    "accounts",
    "available",
    "balances",
    "balances_by",
    "beancount",
    "chart_on",
    "charts",
    "check",
    "entries",
    "day_ends",
    "forget_rulebook",
    "gates",
    "held_for_companies",
    "holds_by_id",
    "holds_due",
    "holds_of",
    "journal",
    "last_verification",
    "list_transfers",
    "moved_in_companies",
    "open_holds",
    "posting_rules",
    "register_check",
    "report",
    "report_page",
    "rulebook",
    "statement",
    "steps_by_id",
    "transfers_by_id",
    "transfers_of",
    "trial_balance",
    "uncleared",
    "verify",
]
