"""Tables of the wallet."""

from datong.wallet.models.points import EarningRule, Lot, PointAct, PointMove, PointPurse, Programme
from datong.wallet.models.tiers import Standing, TierPlan, TierStep

__all__ = [
    "EarningRule",
    "Lot",
    "PointAct",
    "PointMove",
    "PointPurse",
    "Programme",
    "Standing",
    "TierPlan",
    "TierStep",
]
