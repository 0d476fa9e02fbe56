"""Tables of the wallet."""

from datong.wallet.models.points import EarningRule, Lot, PointAct, PointMove, PointPurse, Programme
from datong.wallet.models.tiers import Standing, TierPlan, TierStep
from datong.wallet.models.vouchers import Offer, Voucher, VoucherAct, VoucherBatch

__all__ = [
    "EarningRule",
    "Lot",
    "Offer",
    "PointAct",
    "PointMove",
    "PointPurse",
    "Programme",
    "Standing",
    "TierPlan",
    "TierStep",
    "Voucher",
    "VoucherAct",
    "VoucherBatch",
]
