"""What does not fit together, found by set-based SQL over one day's observations.

Each file here finds one family; none knows how the observations came about.
"""

from datong.shadow.detect.books import find_books
from datong.shadow.detect.common import Window, gather_items, gather_sales, match_skus
from datong.shadow.detect.nearer import find_nearer
from datong.shadow.detect.oversell import find_oversells
from datong.shadow.detect.people import find_people
from datong.shadow.detect.prices import find_price_gaps

__all__ = [
    "Window",
    "find_books",
    "find_nearer",
    "find_oversells",
    "find_people",
    "find_price_gaps",
    "gather_items",
    "gather_sales",
    "match_skus",
]
