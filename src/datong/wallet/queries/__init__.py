"""Reads of the wallet."""

from datong.wallet.queries.points import (
    check_points,
    earning_rules,
    lots_of,
    point_history,
    points_of,
    programme,
    programmes,
)
from datong.wallet.queries.tiers import count_tiers, standing_of, tier_plan, tier_steps, tiers_of

__all__ = [
    "check_points",
    "earning_rules",
    "lots_of",
    "point_history",
    "points_of",
    "programme",
    "programmes",
    "count_tiers",
    "standing_of",
    "tier_plan",
    "tier_steps",
    "tiers_of",
]
