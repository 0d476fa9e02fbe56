"""Writes of the wallet."""

from datong.wallet.actions.points import (
    MoneyBack,
    adjust_points,
    burn_points,
    complete_sales,
    earn_event,
    earn_sales,
    give_back_points,
    lapse_points,
    new_programme,
    put_earning_rules,
    put_programme,
    take_back_sales,
)
from datong.wallet.actions.tiers import lapse_tiers, put_tier_plan, refresh_standings

__all__ = [
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
    "lapse_tiers",
    "put_tier_plan",
    "refresh_standings",
]
