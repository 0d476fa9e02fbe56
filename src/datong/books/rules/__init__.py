"""Cash by denomination, what a line earned, statements read and matched."""

from datong.books.rules.bills import known_headings, map_columns, read_lines
from datong.books.rules.cash import counted_minor, faces
from datong.books.rules.lines import line_revenues
from datong.books.rules.matching import Ours, match
from datong.books.rules.royalty import MOST_BP, NET_SALES, month_of, royalty_minor, spans

__all__ = [
    "MOST_BP",
    "NET_SALES",
    "Ours",
    "counted_minor",
    "faces",
    "known_headings",
    "line_revenues",
    "map_columns",
    "match",
    "month_of",
    "read_lines",
    "royalty_minor",
    "spans",
]
