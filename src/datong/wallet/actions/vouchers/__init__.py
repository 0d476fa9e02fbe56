"""Writes of vouchers."""

from datong.wallet.actions.vouchers.issue import (
    issue_batch,
    issue_voucher,
    lapse_vouchers,
    make_batches,
    new_offer,
    put_offer,
)
from datong.wallet.actions.vouchers.redeem import (
    check_voucher,
    hand_back,
    put_aside,
    redeem_voucher,
    reverse_redemption,
    shown_voucher,
    void_voucher,
)

__all__ = [
    "check_voucher",
    "hand_back",
    "issue_batch",
    "issue_voucher",
    "lapse_vouchers",
    "make_batches",
    "new_offer",
    "put_aside",
    "put_offer",
    "redeem_voucher",
    "reverse_redemption",
    "shown_voucher",
    "void_voucher",
]
