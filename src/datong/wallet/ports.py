"""What the wallet needs of platforms that sell our coupons; a connector speaks the protocol, `register` names it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol

from datong.kernel.errors import NotFound
from datong.wallet.types.coupons import Certificate, Counter, Platform, Prepared, VerifyAsk


class Refused(Exception):
    """They will not, however often it is asked; nothing has happened. `why` is one of types.coupons.SAYS."""

    def __init__(self, why: str, said: str) -> None:
        super().__init__(said)
        self.why, self.said = why, said[:300]


class Away(Exception):
    """Nothing has happened: they are busy, away, or do not believe us."""

    def __init__(self, said: str, *, retry_after_s: float = 5.0) -> None:
        super().__init__(said)
        self.said, self.retry_after_s = said[:300], retry_after_s


class Unclear(Exception):
    """It was sent, and whether it took effect is not known: ask again (`look`, `stands`)."""


class Issuer(Protocol):
    """A platform's client for one store. Raises Refused, Away, and Unclear where something was to change."""

    def prepare(self, shown: str) -> Prepared:
        """What the code that was scanned or typed is good for."""
        ...

    def verify(self, ask: VerifyAsk) -> Sequence[Certificate]:
        """Verify all of them or none; the same ask again is the same verification."""
        ...

    def look(self, ask: VerifyAsk) -> Sequence[Certificate]:
        """What this ask has verified; nothing where it had no effect. Changes nothing."""
        ...

    def cancel(self, certificate: Certificate, by: str) -> None:
        """Take one verification back."""
        ...

    def stands(self, certificate: Certificate) -> bool:
        """Whether it is still verified. Changes nothing."""
        ...

    def close(self) -> None: ...


Make = Callable[[Counter], Issuer]
_ISSUERS: dict[Platform, Make] = {}


def register(platform: Platform, make: Make) -> None:
    _ISSUERS[platform] = make


def issuer_at(counter: Counter) -> Issuer:
    """A client of the platform. Raises NotFound where nobody speaks its protocol."""
    if counter.platform not in _ISSUERS:
        raise NotFound(f"nobody speaks to {counter.platform.value}")
    return _ISSUERS[counter.platform](counter)
