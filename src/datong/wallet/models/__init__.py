"""Tables of the wallet."""

from datong.wallet.models.points import EarningRule, Lot, PointAct, PointMove, PointPurse, Programme

__all__ = ["EarningRule", "Lot", "PointAct", "PointMove", "PointPurse", "Programme"]
