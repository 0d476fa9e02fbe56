"""Writes of merchants."""

from datong.merchants.actions.adopt import adopt
from datong.merchants.actions.adverts import charge_adverts, count_views, end_advert, forget_views, put_advert
from datong.merchants.actions.cardback import open_cards, refund_card, renew_card, spent_cards, write_off_cards
from datong.merchants.actions.cards import sell_cards, take_in_cards
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
    "charge_adverts",
    "contest",
    "count_views",
    "draft_due",
    "drop_run",
    "end_advert",
    "enter_deals",
    "enter_points",
    "enter_top_ups",
    "forget_views",
    "mark_paid",
    "open_cards",
    "propose_run",
    "put_advert",
    "put_contract",
    "refund_card",
    "refuse_place",
    "refuse_run",
    "submit_run",
    "renew_card",
    "sell_cards",
    "spent_cards",
    "take_in_cards",
    "undo_run",
    "write_off_cards",
]
