"""Records of a brand's customers: by what they are found, how two are weighed, and as rows for a run.

A new record is weighed at once with weights that stand here; a run learns its own from the brand's records.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from hashlib import blake2b
from itertools import combinations
from math import log2
from uuid import UUID

from datong.customers.types import Identity, IdentityKind, Profile
from datong.matching.rules.people import unlike
from datong.matching.types import Weighed

Name = tuple[str, str]
"""(given, family), folded."""
MOST_ALIKE = 30
"""Records with an equal key; more are a switchboard, a shop's tablet or the commonest of names."""
PRIOR = -14.0
"""Bits against any two records that were found by one key being one person."""
EQUAL = {IdentityKind.PHONE: 12.0, IdentityKind.EMAIL: 12.0, IdentityKind.DEVICE: 4.0}
NEAR = {IdentityKind.PHONE: 5.0, IdentityKind.EMAIL: 5.0}
UNLIKE = {IdentityKind.PHONE: -2.0, IdentityKind.EMAIL: -1.0, IdentityKind.DEVICE: 0.0}
NAME_EQUAL, NAME_NEAR, NAME_UNLIKE = 9.0, 4.0, -5.0
_HAN = re.compile("[\u3400-\u9fff]{2,4}")
_WORDS = re.compile(r"[\W_]+")


def fold_name(name: str) -> Name:
    """Given and family name without case and accents; the first word and the last, 张三丰 is 三丰 and 张."""
    plain = unicodedata.normalize("NFKD", name).lower()
    words = _WORDS.sub(" ", "".join(char for char in plain if not unicodedata.combining(char))).split()
    if len(words) == 1 and _HAN.fullmatch(words[0]):
        return words[0][1:], words[0][:1]
    return (words[0], words[-1] if len(words) > 1 else "") if words else ("", "")


def keys_of(profile: Profile, brand: UUID) -> dict[int, str]:
    """The keys a record is found by, each with what it stands for. The number tells nothing without the brand."""
    given, family = fold_name(profile.name)
    said = {f"name {' '.join(sorted((given, family)))}"} if given and family else set()
    for sign in profile.signs:
        if sign.kind in EQUAL:
            said.add(f"{sign.kind} {sign.value}")
        if sign.kind is IdentityKind.EMAIL and len(user := sign.value.partition("@")[0]) > 4:
            said.add(f"user {user}")
        if sign.kind is IdentityKind.PHONE:
            said.add(f"digits {sign.value[-8:]}")
    return {_number(brand, one): one for one in said}


def _number(brand: UUID, text: str) -> int:
    return int.from_bytes(blake2b(text.encode(), digest_size=8, key=brand.bytes).digest(), signed=True)


def weigh(one: Profile, other: Profile, holders: Mapping[str, int] | None = None) -> Weighed | None:
    """The evidence for two records being one person; None where they are plainly two.

    `holders` says how many records have a sign (as `keys_of` writes it): what many share says the less.
    """
    names = fold_name(one.name), fold_name(other.name)
    phones = [{s.value for s in side.signs if s.kind is IdentityKind.PHONE} for side in (one, other)]
    proven = [{s.value for s in side.signs if s.kind is IdentityKind.PHONE and s.verified} for side in (one, other)]
    strange = unlike(names[0][0], names[1][0]) and unlike(names[0][0], names[1][1] or names[1][0])
    if strange and (not phones[0] & phones[1] or (proven[0] and proven[1] and not proven[0] & proven[1])):
        return None
    parts = {"prior": PRIOR, "name": _name(*names, holders or {})}
    for kind in EQUAL:
        parts[kind.value] = _sign(kind, one.signs, other.signs, holders or {})
    made_of_it = min(parts["email"], max(parts["name"], 0.0)) if parts["email"] == NEAR[IdentityKind.EMAIL] else 0.0
    if made_of_it > 0:
        parts["twice"] = -made_of_it
    a, b = sorted((one.id, other.id))
    told = {field: round(bits, 2) for field, bits in parts.items() if bits}
    return Weighed(a, b, round(sum(told.values()), 2), told)


def weigh_few(profiles: Sequence[Profile], brand: UUID) -> list[Weighed]:
    """All pairs of a few records that share a key, but one that many have."""
    by_key: dict[str, list[int]] = {}
    for at, profile in enumerate(profiles):
        for text in keys_of(profile, brand).values():
            by_key.setdefault(text, []).append(at)
    pairs = {(x, y) for held in by_key.values() if len(held) <= MOST_ALIKE for x, y in combinations(held, 2)}
    holders = {text: len(held) for text, held in by_key.items()}
    return [found for x, y in sorted(pairs) if (found := weigh(profiles[x], profiles[y], holders))]


def _name(one: Name, other: Name, holders: Mapping[str, int]) -> float:
    if not one[0] or not other[0]:
        return 0.0
    if sorted(one) == sorted(other):
        common = holders.get(f"name {' '.join(sorted(one))}", 2)
        return (NAME_EQUAL if one[1] else NAME_NEAR) - log2(max(common, 2) / 2)
    if unlike(one[0], other[0]):
        return NAME_UNLIKE
    return 0.0 if one[1] and other[1] and unlike(one[1], other[1]) else NAME_NEAR


def _sign(kind: IdentityKind, one: Iterable[Identity], other: Iterable[Identity], holders: Mapping[str, int]) -> float:
    left, right = ({sign.value for sign in side if sign.kind is kind} for side in (one, other))
    if not left or not right:
        return 0.0
    if both := left & right:
        return EQUAL[kind] - log2(max(min(holders.get(f"{kind} {value}", 2) for value in both), 2) / 2)
    return NEAR[kind] if kind in NEAR and any(_near(kind, x, y) for x in left for y in right) else UNLIKE[kind]


def _near(kind: IdentityKind, one: str, other: str) -> bool:
    """As one and the same is mistyped: one letter else, missing, or two in each other's place; or another host."""
    if kind is IdentityKind.EMAIL and one.partition("@")[0] == other.partition("@")[0]:
        return True
    if abs(len(one) - len(other)) > 1:
        return False
    if len(one) == len(other):
        differ = [i for i in range(len(one)) if one[i] != other[i]]
        swapped = len(differ) == 2 and Counter(one) == Counter(other) and differ[1] == differ[0] + 1
        return len(differ) == 1 or swapped
    short, long = sorted((one, other), key=len)
    return any(long[:i] + long[i + 1 :] == short for i in range(len(long)))


def row_of(profile: Profile) -> tuple[str | None, str | None, str | None, int, str | None, str | None]:
    """(given, family, phone, whether it is verified, e-mail, device) for a run; a verified one goes before others."""
    given, family = fold_name(profile.name)
    first = {sign.kind: sign for sign in sorted(profile.signs, key=lambda sign: (sign.verified, sign.value))}
    phone = first.get(IdentityKind.PHONE)
    email, device = (first.get(kind) for kind in (IdentityKind.EMAIL, IdentityKind.DEVICE))
    return (
        given or None,
        family or None,
        phone.value if phone else None,
        int(bool(phone and phone.verified)),
        email.value if email else None,
        device.value if device else None,
    )


def evidence(one: Profile, other: Profile) -> Identity | None:
    """The sign both records have, if there is one: a phone before an e-mail before a device."""
    theirs = {(sign.kind, sign.value) for sign in other.signs}
    both = [sign for sign in one.signs if sign.kind in EQUAL and (sign.kind, sign.value) in theirs]
    return min(both, key=lambda sign: (list(EQUAL).index(sign.kind), sign.value), default=None)
