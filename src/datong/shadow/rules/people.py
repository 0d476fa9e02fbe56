"""Are these member records one person? Certain by rule, or for a person to decide; a shared contact never says."""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations

SHARED_FROM = 20
"""A contact of so many records is an office or a form's default, nobody's own."""

_TITLES = frozenset({"mr", "mrs", "ms", "miss", "dr", "prof", "jr", "sr", "先生", "女士", "小姐"})
_MASK = re.compile(r"[*＊•●]")


@dataclass(frozen=True, slots=True)
class Person:
    """A member record: `id` is unique over all systems, `link` the number that all systems share ('' none)."""

    id: str
    system: str
    name: str
    phone: str = ""
    email: str = ""
    phone_verified: bool = False
    email_verified: bool = False
    link: str = ""


@dataclass(frozen=True, slots=True)
class Same:
    """Records of one person (`certain`), or of what may be one; `by` are the contacts that say so."""

    people: tuple[Person, ...]
    certain: bool
    by: tuple[str, ...]


def name_parts(name: str) -> tuple[str, ...]:
    """The words of a name for comparing: forms unified, no marks, no titles. Chinese names are one word."""
    folded = unicodedata.normalize("NFKD", name).casefold()
    plain = "".join(c for c in folded if not unicodedata.combining(c))
    words = [word for word in re.split(r"[\s.,·・'’_-]+", plain) if word]
    for title in ("先生", "女士", "小姐"):
        words = [word.removesuffix(title) or word for word in words]
    return tuple(sorted(word for word in words if word not in _TITLES))


def same_name(a: str, b: str) -> bool | None:
    """True: one name; False: two; None: nothing can be said (missing, masked, or only initials agree).

    Words may be in any order. An initial agrees with a word it begins, but proves nothing by itself.
    """
    if not a.strip() or not b.strip() or _MASK.search(a) or _MASK.search(b):
        return None
    left, right = name_parts(a), name_parts(b)
    if not left or not right:
        return None
    if left == right:
        return True
    if len(left) == len(right) and len(left) > 1:
        pairs = _initials(left, right)
        if pairs is not None:
            return None
    return False


def _initials(left: Sequence[str], right: Sequence[str]) -> bool | None:
    """Whether every word has its partner, equal or by initial, with one equal word at least; None: not."""
    rest = list(right)
    equal = 0
    for word in left:
        if word in rest:
            rest.remove(word)
            equal += 1
    if len(left) - equal != len(rest) or not equal:
        return None
    for word in (w for w in left if w not in right):
        partner = next((r for r in rest if r[0] == word[0] and 1 in (len(r), len(word))), None)
        if partner is None:
            return None
        rest.remove(partner)
    return True


def group_people(people: Iterable[Person]) -> list[Same]:
    """Groups of records that are one person and are not known to be, and pairs that may be.

    Records with one link are known to be one, whatever else they say. Of two that share a phone or an e-mail address:
    - both verified it, or the names agree: one person;
    - both contacts are the same and the names do not clash: one person;
    - otherwise a proposal, and nothing more. The order of `people` is irrelevant.
    """
    known = sorted({each.id: each for each in people}.values(), key=lambda p: p.id)
    linked, joined = _Union(), _Union()
    by_link: dict[str, str] = {}
    for each in known:
        if each.link:
            first = by_link.setdefault(each.link, each.id)
            linked.join(first, each.id)
            joined.join(first, each.id)
    maybe: list[tuple[Person, Person, str]] = []
    proof: dict[str, set[str]] = defaultdict(set)
    for value, bucket in _buckets(known):
        shared = len(bucket) >= SHARED_FROM
        for a, b in [(bucket[0], bucket[1])] if shared else combinations(bucket, 2):
            if linked.same(a.id, b.id):
                continue
            if not shared and _certain(a, b, value):
                joined.join(a.id, b.id)
                proof[a.id].add(value)
                proof[b.id].add(value)
            else:
                maybe.append((a, b, value))
    return _certain_groups(known, linked, joined, proof) + _proposals(maybe, joined)


def _buckets(known: Sequence[Person]) -> Iterable[tuple[str, list[Person]]]:
    found: dict[str, list[Person]] = defaultdict(list)
    for each in known:
        for value in (each.phone, each.email):
            if value:
                found[value].append(each)
    return ((value, bucket) for value, bucket in sorted(found.items()) if len(bucket) > 1)


def _certain(a: Person, b: Person, value: str) -> bool:
    named = same_name(a.name, b.name)
    if named is not None:
        return named or _verified(a, b, value)
    both = bool(a.phone and a.email) and a.phone == b.phone and a.email == b.email
    return both or _verified(a, b, value)


def _verified(a: Person, b: Person, value: str) -> bool:
    return all(p.phone_verified if value == p.phone else p.email_verified for p in (a, b))


def _certain_groups(known: Sequence[Person], linked: _Union, joined: _Union, proof: dict[str, set[str]]) -> list[Same]:
    groups: dict[str, list[Person]] = defaultdict(list)
    for each in known:
        groups[joined.root(each.id)].append(each)
    found = []
    for group in groups.values():
        if len({linked.root(each.id) for each in group}) > 1:
            by = sorted({value for each in group for value in proof[each.id]})
            found.append(Same(tuple(group), True, tuple(by)))
    return found


def _proposals(maybe: Sequence[tuple[Person, Person, str]], joined: _Union) -> list[Same]:
    """One proposal a pair of persons, whatever the number of contacts they share."""
    pairs: dict[tuple[str, str], tuple[Person, Person, set[str]]] = {}
    for a, b, value in maybe:
        if joined.same(a.id, b.id):
            continue
        left, right = sorted((joined.root(a.id), joined.root(b.id)))
        pairs.setdefault((left, right), (a, b, set()))[2].add(value)
    return [Same((a, b), False, tuple(sorted(by))) for a, b, by in pairs.values()]


class _Union:
    """Who belongs together (union-find); the root is the least id, so that every run says the same."""

    def __init__(self) -> None:
        self._parent: dict[str, str] = {}

    def root(self, one: str) -> str:
        parent = self._parent
        while parent.setdefault(one, one) != one:
            parent[one] = parent[parent[one]]
            one = parent[one]
        return one

    def join(self, a: str, b: str) -> None:
        low, high = sorted((self.root(a), self.root(b)))
        self._parent[high] = low

    def same(self, a: str, b: str) -> bool:
        return self.root(a) == self.root(b)
