"""Who is it? Only a verified identity answers; two people are never made one by a rule."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from datong.customers.types import Identified, Identity, IdentityKind, Known, Proposal, Sighting
from datong.kernel.errors import Problem

Key = tuple[str, str]
"""(kind, value) of an identity, normalised."""

MAX_VALUE = 200
_PHONE = re.compile(r"\+[1-9][0-9]{6,14}")
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
_MASK = re.compile(r"[*＊•●]")


@dataclass(frozen=True, slots=True)
class Decided:
    """Who each sighting is (None: nothing verified), which customers are new, what to attach, what to propose.

    `attach` maps each identity that was unknown to its customer and the position of the sighting that showed it.
    """

    customers: tuple[Identified | None, ...]
    new: Mapping[UUID, int]
    attach: Mapping[Key, tuple[UUID, int]]
    proposals: tuple[Proposal, ...]


def normalise(identity: Identity) -> Identity:
    """E-mail addresses in lower case without spaces around; everything else only trimmed."""
    value = identity.value.strip()
    return Identity(identity.kind, value.lower() if identity.kind is IdentityKind.EMAIL else value, identity.verified)


def fault_of(identity: Identity) -> str | None:
    """What is wrong with a normalised identity, in words that say the fix; None when it can be used."""
    value = identity.value
    if not value or len(value) > MAX_VALUE or not value.isprintable():
        return f"1 to {MAX_VALUE} printable characters"
    if identity.kind is IdentityKind.PHONE and not _PHONE.fullmatch(value):
        return "a phone number in E.164, such as +8613800138000"
    if identity.kind is IdentityKind.EMAIL and not _EMAIL.fullmatch(value):
        return "an e-mail address"
    return None


def problems_of(identities: Iterable[Identity], field: str = "identities") -> tuple[Problem, ...]:
    """What a door should mend before it shows these identities; masked values are no problem, they are just no use."""
    return tuple(
        Problem(f"{field}/{i}", "bad_value", fix, identity.value[:MAX_VALUE])
        for i, identity in enumerate(map(normalise, identities))
        if not is_masked(identity.value) and (fix := fault_of(identity))
    )


def is_masked(text: str) -> bool:
    """A relay number or a masked name (138****8000, 张**): good for one delivery, nobody's sign."""
    return bool(_MASK.search(text))


def identifying(identities: Iterable[Identity]) -> tuple[Key, ...]:
    """The keys by which these identities tell who it is: verified, well-formed, unmasked; sorted, each once."""
    usable = (
        identity
        for identity in map(normalise, identities)
        if identity.verified and fault_of(identity) is None and not is_masked(identity.value)
    )
    return tuple(sorted({(identity.kind.value, identity.value) for identity in usable}))


def decide(
    sightings: Sequence[Sighting],
    known: Mapping[Key, Known],
    new_id: Callable[[], UUID],
    shown: Sequence[tuple[Key, ...]] | None = None,
) -> Decided:
    """Name the customer of every sighting of a batch; the order of the batch does not matter.

    A sighting with known identities is the customer of the oldest one; if they belong to several people, a merge is
    proposed and nothing is merged. Sightings that share an identity nobody knew are one person: the customer that
    any of them is known as (the oldest), else one new customer. `shown` is what `identifying` says of each.
    """
    if shown is None:
        shown = [identifying(sighting.identities) for sighting in sightings]
    groups = _groups(shown, known)
    customers: list[Identified | None] = [None] * len(sightings)
    new: dict[UUID, int] = {}
    attach: dict[Key, tuple[UUID, int]] = {}
    proposals: dict[tuple[UUID, UUID], Proposal] = {}
    for group in groups:
        old = _oldest_first(group, shown, known)
        if old:
            owner = Identified(known[old[0]].customer_id, known[old[0]].head_id)
        else:
            fresh = new_id()
            owner = Identified(fresh, fresh)
            new[fresh] = group[0]
        for pos in group:
            own = _oldest_first([pos], shown, known)
            customers[pos] = Identified(known[own[0]].customer_id, known[own[0]].head_id) if own else owner
            for key in shown[pos]:
                if key not in known:
                    attach.setdefault(key, (owner.customer_id, pos))
        for key in old:
            keep, other = owner.head_id, known[key].head_id
            if other != keep:
                evidence = Identity(IdentityKind(key[0]), key[1], True)
                proposals.setdefault((min(keep, other), max(keep, other)), Proposal(keep, other, evidence))
    return Decided(tuple(customers), new, attach, tuple(proposals[pair] for pair in sorted(proposals)))


def _oldest_first(group: Iterable[int], shown: Sequence[Sequence[Key]], known: Mapping[Key, Known]) -> list[Key]:
    """The known keys of a group, oldest first; a tie goes to the smaller key, so that every process says the same."""
    keys = {key for pos in group for key in shown[pos] if key in known}
    return sorted(keys, key=lambda key: (known[key].first_seen, key))


def _groups(shown: Sequence[Sequence[Key]], known: Mapping[Key, Known]) -> list[list[int]]:
    """Positions joined by identities that nobody knew yet (union-find); positions that show nothing are left out."""
    parent = list(range(len(shown)))

    def root(i: int) -> int:
        while parent[i] != i:
            parent[i] = parent[parent[i]]
            i = parent[i]
        return i

    first: dict[Key, int] = {}
    for pos, keys in enumerate(shown):
        for key in keys:
            if key not in known:
                parent[root(pos)] = root(first.setdefault(key, pos))
    groups: dict[int, list[int]] = {}
    for pos, keys in enumerate(shown):
        if keys:
            groups.setdefault(root(pos), []).append(pos)
    return list(groups.values())


def better_name(old: str, shown: str) -> str:
    """The name to keep: one that was written in full goes before none and before a masked one.

    Controls and lone surrogates, which PostgreSQL cannot store, are left out.
    """
    if not shown.isprintable():
        shown = "".join(char for char in shown if char.isprintable() or char.isspace())
    shown = shown.strip()[:MAX_VALUE]
    if not shown or is_masked(shown):
        return old or shown
    return old if old and not is_masked(old) else shown


def heads(records: Mapping[UUID, datetime], merges: Iterable[tuple[UUID, UUID]]) -> dict[UUID, UUID]:
    """The head of each record (id -> since when it is known): the oldest of those that merges join, directly or not.

    A tie goes to the smaller id, so the order in which merges came does not matter.
    """
    parent = {record: record for record in records}

    def root(record: UUID) -> UUID:
        while parent[record] != record:
            parent[record] = parent[parent[record]]
            record = parent[record]
        return record

    for a, b in merges:
        first, second = sorted((root(a), root(b)), key=lambda record: (records[record], record))
        parent[second] = first
    return {record: root(record) for record in records}
