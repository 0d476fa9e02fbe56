"""From pairs to people: exact keys first, then the likeliest pairs, and never two people by a thing they share.

Linking whatever is connected chains strangers: a family's e-mail, a shop's tablet. So a pair whose given names are
unlike needs a personal sign that agrees (birth, national number, telephone), and two groups do not join when a person
of one and a person of the other are plainly two: unlike names with different verified telephones or births.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np

from datong.matching.rules.engines import Pairs

PERSONAL = ("birth", "national_id", "phone")
HOUSEHOLD = ("family", "house", "street", "place", "city", "postcode", "region")
"""What all of a household have in common. However much of it agrees, it says no more than: one of these few."""
MOST_RECORDS = 200
"""Records of one person; more are a shop's telephone."""
Array = np.ndarray[Any, Any]


class Signs(NamedTuple):
    """What tells two people apart, a value a record, '' or None where nothing is known."""

    given: Sequence[str | None]
    family: Sequence[str | None]
    birth: Sequence[str | None]
    proven: Sequence[str | None]  # the verified telephone


def groups(count: int, a: Array, b: Array) -> Array:
    """The connected component of each of `count` records under the edges a-b."""
    from scipy.sparse import coo_matrix  # half a second of imports that only a run needs
    from scipy.sparse.csgraph import connected_components

    edges = coo_matrix((np.ones(len(a), np.int8), (a, b)), shape=(count, count))
    return np.asarray(connected_components(edges, directed=False)[1])


def plausible(pairs: Pairs) -> Array:
    """Which pairs may be one person: an unlike given name needs a personal sign that agrees."""
    fine = np.ones(len(pairs.a), bool)
    given = pairs.parts.get("given")
    if given is None:
        return fine
    personal = [part for name, part in pairs.parts.items() if name in PERSONAL]
    agrees = np.any([part > 0 for part in personal], axis=0) if personal else ~fine
    return np.asarray((given >= 0) | agrees)


def of_persons(pairs: Pairs) -> Pairs:
    """The weights without what was counted twice.

    Fields are weighed as if they agreed by chance independently of one another. Those of a household do not: an equal
    address and family name would make one of two sisters. So they only take back the odds that were against any two
    records (the prior), down to even. And e-mails that are alike without being equal are made of the name: the more of
    the two counts, not both.
    """
    zero = np.zeros(len(pairs.a))
    home = sum((part for name, part in pairs.parts.items() if name in HOUSEHOLD), zero)
    own = sum((part for name, part in pairs.parts.items() if name not in HOUSEHOLD), zero)
    names = sum((np.maximum(pairs.parts[name], 0) for name in ("given", "family") if name in pairs.parts), zero)
    twice = np.minimum(np.maximum(pairs.near_mail, 0), names)
    prior = pairs.weight - home - own
    return pairs._replace(weight=pairs.weight - twice - np.maximum(prior + home, 0.0))


def people(count: int, a: Array, b: Array, weight: Array, signs: Signs) -> Array:
    """A label a record: the same for records of one person.

    The edges come with their weight, the surest are joined first. Components in which everybody is joined with
    everybody directly need no second look.
    """
    labels = groups(count, a, b)
    size = np.bincount(labels, minlength=labels.max() + 1 if count else 0)
    low, high = np.minimum(a, b), np.maximum(a, b)
    _, once = np.unique(low.astype(np.int64) * count + high, return_index=True)
    joined = np.bincount(labels[a[once]], minlength=len(size))
    loose = joined < size * (size - 1) // 2
    open_edges = np.flatnonzero(loose[labels[a]])
    order = open_edges[np.argsort(-weight[open_edges], kind="stable")]
    parent = _join(a[order].tolist(), b[order].tolist(), signs)
    if parent:
        moved = np.fromiter(parent.keys(), np.int64, len(parent))
        labels = labels.copy()
        labels[moved] = len(size) + np.fromiter((_root(parent, one) for one in parent), np.int64, len(parent))
    return np.unique(labels, return_inverse=True)[1]


def _root(parent: dict[int, int], one: int) -> int:
    while parent[one] != one:
        parent[one] = parent[parent[one]]
        one = parent[one]
    return one


def _join(a: list[int], b: list[int], signs: Signs) -> dict[int, int]:
    """Union-find over the edges in their order, refusing to put together those who are plainly two people."""
    parent: dict[int, int] = {}
    members: dict[int, list[int]] = {}
    for one, other in zip(a, b, strict=True):
        for new in (one, other):
            if new not in parent:
                parent[new], members[new] = new, [new]
        first, second = _root(parent, one), _root(parent, other)
        if first == second:
            continue
        left, right = members[first], members[second]
        if len(left) + len(right) > MOST_RECORDS or any(apart(signs, x, y) for x in left for y in right):
            continue
        if len(left) < len(right):
            first, second, left, right = second, first, right, left
        parent[second] = first
        left += right
        del members[second]
    return parent


def apart(signs: Signs, one: int, other: int) -> bool:
    """Plainly two people: unlike given names, and different verified telephones or births."""
    phones = signs.proven[one], signs.proven[other]
    births = signs.birth[one], signs.birth[other]
    phones_differ = bool(phones[0] and phones[1] and phones[0] != phones[1])
    births_differ = bool(births[0] and births[1] and _unlike_births(births[0], births[1]))
    if not phones_differ and not births_differ or phones[0] and phones[0] == phones[1]:
        return False
    names = [(signs.given[x], signs.family[x]) for x in (one, other)]
    (given, family), (other_given, other_family) = names
    # Given and family name are often in each other's place.
    crossed = (given, other_family), (family, other_given)
    return unlike(given, other_given) and all(unlike(*pair) for pair in crossed if all(pair))


@lru_cache(maxsize=100_000)
def unlike(one: str | None, other: str | None) -> bool:
    """Two names that are not two writings of one: no shared beginning, few letters in common, in whatever order."""
    if not one or not other or one.startswith(other) or other.startswith(one):
        return False
    if len(one) > 3 and one[:3] == other[:3]:
        return False
    common = sum((Counter(one) & Counter(other)).values())
    return 2 * common / (len(one) + len(other)) < 0.6


def _unlike_births(one: str, other: str) -> bool:
    """Days that differ in more than two digits: a slip of the pen is no other birth."""
    if len(one) != len(other):
        return False
    return sum(x != y for x, y in zip(one, other, strict=True)) > 2
