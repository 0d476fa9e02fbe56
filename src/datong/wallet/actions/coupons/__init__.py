"""Writes of platforms' coupons."""

from datong.wallet.actions.coupons.connect import put_coupon_deals, put_coupon_platform
from datong.wallet.actions.coupons.undo import cancel_coupon
from datong.wallet.actions.coupons.verify import ask_coupons_again, prepare_coupon, verify_coupons

__all__ = [
    "ask_coupons_again",
    "cancel_coupon",
    "prepare_coupon",
    "put_coupon_deals",
    "put_coupon_platform",
    "verify_coupons",
]
