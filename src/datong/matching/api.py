"""The public face of matching."""

from datong.matching.rules import (
    ENGINES,
    Found,
    fold,
    groups,
    match,
    of_groups,
    of_pairs,
    of_whole_groups,
    open_duckdb,
    read_headings,
)
from datong.matching.types import Thresholds

__all__ = [
    "ENGINES",
    "Found",
    "Thresholds",
    "fold",
    "groups",
    "match",
    "of_groups",
    "of_pairs",
    "of_whole_groups",
    "open_duckdb",
    "read_headings",
]
