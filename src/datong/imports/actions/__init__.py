"""Writes of opening files: keep a file, map it, check it, let it in, take it back; and the work behind them."""

from datong.imports.actions.asking import (
    ask_check,
    ask_start,
    ask_undo,
    forget,
    give_up,
    is_mapped,
    lacking_columns,
    map_run,
)
from datong.imports.actions.intake import receive
from datong.imports.actions.reconcile import ask_reconciliation, reconcile, sign_reconciliation
from datong.imports.actions.work import work

__all__ = [
    "ask_check",
    "ask_reconciliation",
    "ask_start",
    "ask_undo",
    "forget",
    "give_up",
    "is_mapped",
    "lacking_columns",
    "map_run",
    "receive",
    "reconcile",
    "sign_reconciliation",
    "work",
]
