"""The public face of the wallet."""

from datong.wallet.actions import (
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
from datong.wallet.queries import (
    check_points,
    earning_rules,
    lots_of,
    point_history,
    points_of,
    programme,
    programmes,
)
from datong.wallet.rules import points_for, worth

__all__ = [
    "MoneyBack",
    "adjust_points",
    "burn_points",
    "check_points",
    "complete_sales",
    "earn_event",
    "earn_sales",
    "earning_rules",
    "give_back_points",
    "lapse_points",
    "lots_of",
    "new_programme",
    "point_history",
    "points_for",
    "points_of",
    "programme",
    "programmes",
    "put_earning_rules",
    "put_programme",
    "take_back_sales",
    "worth",
]
