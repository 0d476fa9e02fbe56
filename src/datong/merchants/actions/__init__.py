"""Writes of merchants."""

from datong.merchants.actions.adopt import adopt
from datong.merchants.actions.contracts import apply_contract, ask_contract, put_contract
from datong.merchants.actions.disputes import answer, contest
from datong.merchants.actions.drafts import draft_due, drop_run, submit_run
from datong.merchants.actions.enter import enter_deals, enter_points, enter_top_ups
from datong.merchants.actions.places import refuse_place
from datong.merchants.actions.runs import apply_run, mark_paid, propose_run, refuse_run, undo_run

__all__ = [
    "adopt",
    "answer",
    "apply_contract",
    "apply_run",
    "ask_contract",
    "contest",
    "draft_due",
    "drop_run",
    "enter_deals",
    "enter_points",
    "enter_top_ups",
    "mark_paid",
    "propose_run",
    "put_contract",
    "refuse_place",
    "refuse_run",
    "submit_run",
    "undo_run",
]
