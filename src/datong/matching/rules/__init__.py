"""Plain decisions about who may be one person."""

from datong.matching.rules.all_pairs import Found, fold, match, open_duckdb
from datong.matching.rules.engines import ENGINES
from datong.matching.rules.fields import read_headings
from datong.matching.rules.people import apart, groups
from datong.matching.rules.profiles import MOST_ALIKE, evidence, fold_name, keys_of, row_of, weigh, weigh_few
from datong.matching.rules.score import of_groups, of_pairs, of_whole_groups

__all__ = [
    "MOST_ALIKE",
    "evidence",
    "fold_name",
    "keys_of",
    "row_of",
    "weigh",
    "weigh_few",
    "ENGINES",
    "Found",
    "apart",
    "fold",
    "groups",
    "match",
    "of_groups",
    "of_pairs",
    "of_whole_groups",
    "open_duckdb",
    "read_headings",
]
