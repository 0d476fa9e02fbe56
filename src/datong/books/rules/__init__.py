"""Cash by denomination, what a line earned, statements read and matched."""

from datong.books.rules.bills import known_headings, map_columns, read_lines
from datong.books.rules.cash import counted_minor, faces
from datong.books.rules.lines import line_revenues
from datong.books.rules.matching import Ours, match

__all__ = [
    "Ours",
    "counted_minor",
    "faces",
    "known_headings",
    "line_revenues",
    "map_columns",
    "match",
    "read_lines",
]
