"""Cash by denomination, and what a line earned."""

from datong.books.rules.cash import counted_minor, faces
from datong.books.rules.lines import line_revenues

__all__ = ["counted_minor", "faces", "line_revenues"]
