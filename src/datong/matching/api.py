"""The public face of matching."""

from datong.matching.actions import ask_run, consider, end_run, say_setting, work
from datong.matching.queries import list_runs, open_run, setting_of, shown_precision, weights_of
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
    "ask_run",
    "consider",
    "end_run",
    "say_setting",
    "work",
    "list_runs",
    "open_run",
    "setting_of",
    "shown_precision",
    "weights_of",
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
