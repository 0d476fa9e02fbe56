"""Facts of the wallet. They name ids and codes of programmes, never a person's data or a code that opens something."""

from datong.wallet.events.points import PointsChanged
from datong.wallet.events.stored import StoredValueChanged
from datong.wallet.events.tiers import TierChanged
from datong.wallet.events.vouchers import VoucherChanged, VouchersIssued

__all__ = [
    "PointsChanged",
    "StoredValueChanged",
    "TierChanged",
    "VoucherChanged",
    "VouchersIssued",
]
