"""Writes of the ledger. What is posted stays; a correction is another transfer."""

from datong.ledger.actions.books import adopt_template, first_day, put_chart, put_rule
from datong.ledger.actions.correct import exchange, reverse
from datong.ledger.actions.floors import set_floor
from datong.ledger.actions.hold import capture, expire, hold, hold_each, release
from datong.ledger.actions.periods import apply_period, ask_period, lock_day, unlock_day
from datong.ledger.actions.post import post, post_each
from datong.ledger.actions.seal import rebuild_totals, seal
from datong.ledger.actions.verify import ask_verification, verify_due, verify_now

__all__ = [
    "adopt_template",
    "apply_period",
    "ask_period",
    "ask_verification",
    "capture",
    "exchange",
    "expire",
    "first_day",
    "hold",
    "hold_each",
    "lock_day",
    "post",
    "post_each",
    "put_chart",
    "put_rule",
    "rebuild_totals",
    "release",
    "reverse",
    "seal",
    "set_floor",
    "unlock_day",
    "verify_due",
    "verify_now",
]
