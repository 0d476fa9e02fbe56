"""Writes of vouchers."""

from datong.wallet.actions.vouchers.issue import (
    issue_batch,
    issue_voucher,
    lapse_vouchers,
    make_batches,
    new_offer,
    put_offer,
)
from datong.wallet.actions.vouchers.redeem import check_voucher, redeem_voucher, reverse_redemption, void_voucher

__all__ = [
    "check_voucher",
    "issue_batch",
    "issue_voucher",
    "lapse_vouchers",
    "make_batches",
    "new_offer",
    "put_offer",
    "redeem_voucher",
    "reverse_redemption",
    "void_voucher",
]
