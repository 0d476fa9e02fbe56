"""Nouns of the wallet (权益): points, tiers, vouchers, partners."""

from datong.wallet.types.points import (
    POINTS,
    Act,
    ActKind,
    Bucket,
    Earning,
    EarningRule,
    Expiring,
    Lot,
    Move,
    NotEnoughPoints,
    PointsBalance,
    PointsDifference,
    Programme,
    RuleKind,
    Sale,
    SaleLine,
)

__all__ = [
    "POINTS",
    "Act",
    "ActKind",
    "Bucket",
    "Earning",
    "EarningRule",
    "Expiring",
    "Lot",
    "Move",
    "NotEnoughPoints",
    "PointsBalance",
    "PointsDifference",
    "Programme",
    "RuleKind",
    "Sale",
    "SaleLine",
]
