"""Pure decisions of invoices: is a tax number one, what may be invoiced line by line, what a red letter takes back."""

from datong.invoices.rules.buyers import check_buyer, check_seller, is_tax_no
from datong.invoices.rules.lines import Sold, SoldLine, lines_for, red_lines, take_back
from datong.invoices.rules.shares import red_shares, shares_of

__all__ = [
    "Sold",
    "SoldLine",
    "check_buyer",
    "check_seller",
    "is_tax_no",
    "lines_for",
    "red_lines",
    "red_shares",
    "shares_of",
    "take_back",
]
