"""Tables of the wallet."""

from datong.wallet.models.coupons import Coupon, CouponAsk, CouponDeal, CouponPlatform
from datong.wallet.models.groups import Group, GroupDeal, GroupMember
from datong.wallet.models.opening import TakenOver
from datong.wallet.models.packets import Packet, PacketClaim
from datong.wallet.models.paying import Payment, Returned, Shortfall, Take, Taken
from datong.wallet.models.points import EarningRule, Lot, PointAct, PointMove, PointPurse, Programme
from datong.wallet.models.stored import PayBack, Policy, Purse, TopUp
from datong.wallet.models.tiers import Standing, TierPlan, TierStep
from datong.wallet.models.vouchers import Offer, Voucher, VoucherAct, VoucherBatch

__all__ = [
    "Coupon",
    "CouponAsk",
    "CouponDeal",
    "CouponPlatform",
    "EarningRule",
    "Group",
    "GroupDeal",
    "GroupMember",
    "Lot",
    "Offer",
    "Packet",
    "PacketClaim",
    "PayBack",
    "Payment",
    "Returned",
    "PointAct",
    "PointMove",
    "PointPurse",
    "Policy",
    "Programme",
    "Purse",
    "Shortfall",
    "Standing",
    "Take",
    "TakenOver",
    "Taken",
    "TierPlan",
    "TierStep",
    "Voucher",
    "VoucherAct",
    "VoucherBatch",
    "TopUp",
]
