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
from datong.wallet.queries.proof import differences
from datong.wallet.queries.tiers import count_tiers, standing_of, tier_plan, tier_steps, tiers_of
from datong.wallet.queries.vouchers import (
    batch_vouchers,
    batches,
    offer,
    offers,
    offline_vouchers,
    redemptions_of,
    voucher_counts,
    vouchers_of,
)

__all__ = [
    "batch_vouchers",
    "batches",
    "check_points",
    "count_tiers",
    "differences",
    "earning_rules",
    "lots_of",
    "offer",
    "offers",
    "offline_vouchers",
    "point_history",
    "points_of",
    "programme",
    "programmes",
    "redemptions_of",
    "standing_of",
    "tier_plan",
    "tier_steps",
    "tiers_of",
    "voucher_counts",
    "vouchers_of",
]
