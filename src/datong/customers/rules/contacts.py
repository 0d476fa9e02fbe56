"""Contacts nobody verified: what is kept as evidence, and what is not."""

from __future__ import annotations

from collections.abc import Iterable

from datong.customers.rules.identities import MAX_VALUE, fault_of, is_masked, normalise
from datong.customers.types import Identity, IdentityKind

KEPT = frozenset({IdentityKind.PHONE, IdentityKind.EMAIL, IdentityKind.DEVICE})
MAX_CONTACTS = 20
"""Unverified contacts of one sighting; more is no customer."""
MALFORMED = {IdentityKind.PHONE: "no phone number", IdentityKind.EMAIL: "no e-mail address"}


def contacts_of(identities: Iterable[Identity]) -> dict[tuple[str, str], str]:
    """(kind, value) -> what is wrong with it, '' when nothing is: the unverified contacts worth keeping.

    A masked one, such as a platform's relay number, is of one delivery and never kept. One that is not well-formed is
    kept as it was given, so that a person can mend it.
    """
    found: dict[tuple[str, str], str] = {}
    for identity in map(normalise, identities):
        if identity.verified or identity.kind not in KEPT:
            continue
        value = "".join(char for char in identity.value if char.isprintable())[:MAX_VALUE]
        if not value or is_masked(value):
            continue
        fault = MALFORMED.get(identity.kind, "not readable") if fault_of(identity) else ""
        found[identity.kind.value, value] = fault
        if len(found) == MAX_CONTACTS:
            break
    return found
