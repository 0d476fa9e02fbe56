"""The one clock. Everything that asks for the time asks here, so that a test can hold it still."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime

_held: ContextVar[datetime | None] = ContextVar("datong_clock", default=None)


def now() -> datetime:
    """The moment, in UTC with its zone."""
    return _held.get() or datetime.now(UTC)


@contextmanager
def held_at(moment: datetime) -> Iterator[None]:
    """Hold the clock at `moment` (with a zone) inside the block."""
    if moment.tzinfo is None:
        raise ValueError("held_at needs a moment with a time zone")
    token = _held.set(moment.astimezone(UTC))
    try:
        yield
    finally:
        _held.reset(token)
