"""What customers need of others: somebody who sends text messages, somebody who speaks WebAuthn."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from datong.customers.types.passkeys import Made, Site


class TextSender(Protocol):
    """A gateway for text messages (短信)."""

    def send(self, to: str, text: str) -> None:
        """Send to a number in E.164; raises Unavailable when it is not taken. Never inside of an open transaction."""
        ...


_senders: list[TextSender] = []


def register_text_sender(sender: TextSender | None) -> None:
    """The installation's gateway; None takes it away."""
    _senders[:] = [sender] if sender is not None else []


def text_sender() -> TextSender | None:
    """The gateway, None when this installation has none: then nobody is offered a log-in by phone."""
    return _senders[0] if _senders else None


class PasskeyChecker(Protocol):
    """Speaks WebAuthn; `answer` is what the browser's script sends, as JSON. Raises PasskeyRefused."""

    def to_make(self, site: Site, challenge: bytes, user: bytes, name: str, known: Sequence[bytes]) -> str:
        """Creation options as JSON for a passkey that logs in by itself."""
        ...

    def made(self, answer: str, site: Site, challenge: bytes) -> Made: ...

    def to_prove(self, site: Site, challenge: bytes) -> str:
        """Request options as JSON: whoever is there."""
        ...

    def credential_of(self, answer: str) -> bytes:
        """Which passkey the answer says it is of; nothing is proven by it."""
        ...

    def proven(self, answer: str, site: Site, challenge: bytes, public_key: bytes, count: int) -> int:
        """The authenticator's new count. The person was checked by it: finger, face or PIN."""
        ...


_checkers: list[PasskeyChecker] = []


def register_passkeys(checker: PasskeyChecker | None) -> None:
    _checkers[:] = [checker] if checker is not None else []


def passkey_checker() -> PasskeyChecker | None:
    """Who speaks WebAuthn here, None when nobody does: then nobody is offered a passkey."""
    return _checkers[0] if _checkers else None
