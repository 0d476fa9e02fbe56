"""Writes of points."""

from datong.wallet.actions.points.approvals import KIND_OF_ADJUSTMENT, apply_adjustment, ask_to_adjust
from datong.wallet.actions.points.lapse import lapse_points
from datong.wallet.actions.points.sales import MoneyBack, complete_sales, earn_sales, take_back_sales
from datong.wallet.actions.points.setup import new_programme, put_earning_rules, put_programme
from datong.wallet.actions.points.spend import adjust_points, burn_points, earn_event, give_back_points

__all__ = [
    "KIND_OF_ADJUSTMENT",
    "apply_adjustment",
    "ask_to_adjust",
    "MoneyBack",
    "adjust_points",
    "burn_points",
    "complete_sales",
    "earn_event",
    "earn_sales",
    "give_back_points",
    "lapse_points",
    "new_programme",
    "put_earning_rules",
    "put_programme",
    "take_back_sales",
]
