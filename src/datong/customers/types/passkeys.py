"""Nouns of passkeys (通行密钥): what a browser made for our shop, and whose log-in it is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from datong.kernel.errors import BadValue


@dataclass(frozen=True, slots=True)
class Site:
    """Where a passkey is good: the host name it is bound to, the origin its page has, the shop's name."""

    host: str
    origin: str
    name: str


@dataclass(frozen=True, slots=True)
class Asked:
    """What the page gives to the browser: `options` for its script, and `token`, which goes back with the answer."""

    token: str
    options: str


@dataclass(frozen=True, slots=True)
class Made:
    """A passkey as its authenticator tells it: only the public key, never a secret."""

    credential: bytes
    public_key: bytes
    count: int


@dataclass(frozen=True, slots=True)
class Passkey:
    id: UUID
    name: str
    made_at: datetime
    used_at: datetime | None


class PasskeyRefused(BadValue):
    """The answer does not fit the question, or nobody here has this passkey; which of them is not said."""

    def __init__(self) -> None:
        super().__init__("credential", "", "a passkey of this shop; try again, or log in by a code")
