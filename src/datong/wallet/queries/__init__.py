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

__all__ = [
    "check_points",
    "earning_rules",
    "lots_of",
    "point_history",
    "points_of",
    "programme",
    "programmes",
]
