"""Pure decisions of merchants."""

from datong.merchants.rules.dues import Due, commission_of, deal_dues, in_force, points_due
from datong.merchants.rules.periods import last_end
from datong.merchants.rules.postings import SETTLEMENT, entry_transfers, pair_of, settlement_transfers
from datong.merchants.rules.terms import check_terms, read_terms, write_terms

__all__ = [
    "Due",
    "SETTLEMENT",
    "check_terms",
    "commission_of",
    "deal_dues",
    "entry_transfers",
    "in_force",
    "last_end",
    "pair_of",
    "points_due",
    "read_terms",
    "settlement_transfers",
    "write_terms",
]
