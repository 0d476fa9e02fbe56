"""What is earned, spent, given back and taken back; what is posted."""

from datong.wallet.rules.codes import code_hash, make_code, read_code, shown, spellings, why_unknown
from datong.wallet.rules.earning import earned_by_event, earned_by_sale, in_force
from datong.wallet.rules.lots import NEVER, Book, change_of, value_of
from datong.wallet.rules.postings import LIABILITY, issued, purse, transfers_of
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
from datong.wallet.rules.vouchers import (
    check_offer,
    check_standing,
    holder,
    money_of,
    moved,
    validity,
    value_of_voucher,
)

__all__ = [
    "Book",
    "LIABILITY",
    "MAX_RULES",
    "NEVER",
    "change_of",
    "check_offer",
    "check_plan",
    "check_programme",
    "check_rule",
    "check_standing",
    "code_hash",
    "earned_by_event",
    "earned_by_sale",
    "expiry",
    "fair_value",
    "holder",
    "in_force",
    "issued",
    "make_code",
    "money_of",
    "moved",
    "points_for",
    "purse",
    "read_code",
    "shown",
    "spellings",
    "standing",
    "transfers_of",
    "validity",
    "value_of",
    "value_of_voucher",
    "why_unknown",
    "worth",
]
