"""What sync needs from a platform's client."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Protocol

from datong.sync.types import Kind, Listing, Message, Result, Throttle


class Connector(Protocol):
    """A client of one channel. It is made for a few calls and closed; it raises nothing a platform may cause."""

    kinds: frozenset[Kind]
    """What this platform can be told."""
    cost: float
    """What one call takes of the channel's bucket."""

    def calls(self, messages: Sequence[Message]) -> list[list[Message]]:
        """The messages in shares, each of which `push` takes in one go; the order of an order's steps is kept."""
        ...

    def push(self, messages: Sequence[Message]) -> list[Result]:
        """One result a message, in any order. Raises nothing: trouble on the way is Outcome.LATER."""
        ...

    def listings(self) -> Iterator[Listing]:
        """Every product the channel shows, page by page. Raises kernel.errors.Unavailable when it does not answer,
        NotAllowed when it does not believe us."""
        ...

    def throttle(self) -> Throttle | None:
        """What the last answer said about the platform's limit."""
        ...

    def close(self) -> None: ...
