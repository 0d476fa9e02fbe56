"""What is earned, spent, given back and taken back; what is posted."""

from datong.wallet.rules.earning import earned_by_event, earned_by_sale, in_force
from datong.wallet.rules.lots import NEVER, Book, change_of, value_of
from datong.wallet.rules.postings import issued, purse, transfers_of
from datong.wallet.rules.programmes import (
    MAX_RULES,
    check_programme,
    check_rule,
    expiry,
    fair_value,
    points_for,
    worth,
)
from datong.wallet.rules.tiers import check_plan, standing

__all__ = [
    "MAX_RULES",
    "NEVER",
    "Book",
    "change_of",
    "check_programme",
    "check_rule",
    "earned_by_event",
    "earned_by_sale",
    "expiry",
    "fair_value",
    "in_force",
    "issued",
    "points_for",
    "purse",
    "transfers_of",
    "value_of",
    "worth",
    "check_plan",
    "standing",
]
