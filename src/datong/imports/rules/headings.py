"""Which heading of a file is which column: by its name in either language, or nearly, or not at all."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

NEAR = 0.74


def normal(heading: str) -> str:
    """A heading without what people change in it: case, spaces, stars, brackets, width."""
    folded = unicodedata.normalize("NFKC", heading).casefold()
    bare = re.sub(r"\(.*?\)|\[.*?\]", "", folded)
    return re.sub(r"[\s_\-*:/.·'\"]+", "", bare) or re.sub(r"[\s_\-*:/.·'\"]+", "", folded)


@dataclass(frozen=True, slots=True)
class Matching:
    """`mapping`: column -> position. `doubts`: heading that is nearly a column's -> that column. `unused`: the rest.

    `twice`: headings that name one column again.
    """

    mapping: Mapping[str, int]
    doubts: Mapping[str, str]
    unused: tuple[str, ...]
    twice: tuple[str, ...] = ()


def match(headings: Sequence[str], names: Mapping[str, Sequence[str]], by_hand: Mapping[str, int | None]) -> Matching:
    """`names`: column -> every heading it goes by. `by_hand` goes first; None leaves a column out."""
    column_of = {normal(text): column for column, texts in names.items() for text in texts}
    mapping = {column: at for column, at in by_hand.items() if at is not None}
    taken, twice = set(mapping.values()), []
    left: list[int] = []
    for at, heading in enumerate(headings):
        if at in taken or not heading:
            continue
        column = column_of.get(normal(heading))
        if column is None:
            left.append(at)
        elif column in by_hand:
            continue
        elif column in mapping:
            twice.append(heading)
        else:
            mapping[column] = at
    free = {name: column for name, column in column_of.items() if column not in mapping and column not in by_hand}
    doubts = {}
    for at in left:
        near = max(((_like(normal(headings[at]), name), free[name]) for name in free), default=(0.0, ""))
        if near[0] >= NEAR:
            doubts[headings[at]] = near[1]
    unused = tuple(headings[at] for at in left if headings[at] not in doubts)
    return Matching(mapping, doubts, unused, tuple(twice))


def _like(one: str, other: str) -> float:
    return SequenceMatcher(None, one, other).ratio() if one and other else 0.0
