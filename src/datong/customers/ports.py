"""What customers need of others: somebody who sends text messages."""

from __future__ import annotations

from typing import Protocol


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
