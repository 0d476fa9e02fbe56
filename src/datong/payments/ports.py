"""What payments need of a provider; a connector speaks the protocol, `register` names it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Protocol

from datong.kernel.errors import NotFound
from datong.payments.types.online import (
    Facts,
    Handed,
    Merchant,
    Notice,
    PayCall,
    Provider,
    RefundCall,
    RefundFacts,
    Reply,
)


class Refused(Exception):
    """They will not, however often it is asked; nothing has happened."""

    def __init__(self, said: str) -> None:
        super().__init__(said)
        self.said = said[:300]


class Away(Exception):
    """They are busy, away, or do not believe us; nothing has happened."""

    def __init__(self, said: str) -> None:
        super().__init__(said)
        self.said = said[:300]


class Unclear(Exception):
    """It was sent, and whether it took effect is not known: ask again, with the same number."""

    def __init__(self, said: str) -> None:
        super().__init__(said)
        self.said = said[:300]


class Forged(Exception):
    """The message does not carry the provider's signature; nothing of it was read."""


class Client(Protocol):
    """A provider for one account. Every call may be made again with the same number: it is the same thing then.

    Raises Refused, Away, and Unclear where something was to change.
    """

    def create(self, call: PayCall) -> Handed:
        """Let the customer pay."""
        ...

    def charge(self, call: PayCall) -> Facts:
        """Take the money by the code the customer shows (付款码). WAITING: the customer is asked on the phone."""
        ...

    def query(self, ref: str, provider_id: str) -> Facts:
        """How it stands. Changes nothing."""
        ...

    def close(self, ref: str, provider_id: str) -> Facts:
        """Let nobody pay it any more: CLOSED, or PAID when somebody has."""
        ...

    def reverse(self, ref: str) -> Facts:
        """Undo a charge by code, whatever became of it: CLOSED, its money is back or was never taken."""
        ...

    def refund(self, call: RefundCall) -> RefundFacts:
        """Send money back; the same call again tells what became of it."""
        ...

    def verify(self, headers: Mapping[str, str], body: bytes) -> Notice:
        """What a message says; header names are lower case. Raises Forged before anything of it is read."""
        ...

    def check(self) -> str:
        """Whether we and they believe each other, in a few words of theirs. Changes nothing."""
        ...

    def reply(self, *, taken: bool) -> Reply:
        """What they want to hear: that it was taken, or that they are to send it again."""
        ...


Make = Callable[[Merchant], Client]
_MAKERS: dict[Provider, Make] = {}


def register(provider: Provider, make: Make) -> None:
    _MAKERS[provider] = make


def client_of(merchant: Merchant) -> Client:
    """Raises NotFound where nobody speaks the provider's protocol."""
    if merchant.provider not in _MAKERS:
        raise NotFound(f"nobody speaks to {merchant.provider.value}")
    return _MAKERS[merchant.provider](merchant)
