"""Trace context (W3C traceparent): one id follows a request through the layers, its events and its logs."""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

_HEADER = re.compile(r"00-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})\Z")


@dataclass(frozen=True, slots=True)
class Context:
    trace_id: str
    span_id: str
    flags: str = "01"

    @property
    def header(self) -> str:
        return f"00-{self.trace_id}-{self.span_id}-{self.flags}"


_current: ContextVar[Context | None] = ContextVar("datong_trace", default=None)


def current() -> Context:
    """The open context, or a new one for work that nobody's request started."""
    return _current.get() or _fresh()


@contextmanager
def continued(header: str) -> Iterator[Context]:
    """Continue the trace of a `traceparent` header; an absent or malformed one starts a new trace (W3C 3.2.2)."""
    match = _HEADER.match(header)
    valid = match and set(match[1]) != {"0"} and set(match[2]) != {"0"}
    context = Context(match[1], secrets.token_hex(8), match[3]) if match and valid else _fresh()
    token = _current.set(context)
    try:
        yield context
    finally:
        _current.reset(token)


def _fresh() -> Context:
    return Context(secrets.token_hex(16), secrets.token_hex(8))
