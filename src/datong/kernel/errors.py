"""Errors carry facts. What HTTP makes of them (RFC 9457) is decided once, in `site`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong: where (JSON-pointer-like field), what was there, what it should be."""

    field: str
    code: str
    fix: str
    value: Any = None


class DatongError(Exception):
    """Base of every error we raise on purpose: a stable `code`, a sentence, and the problems found."""

    code = "error"

    def __init__(self, message: str, *problems: Problem) -> None:
        super().__init__(message)
        self.problems = problems


class BadInput(DatongError):
    """The input cannot be understood or breaks a rule; nothing was changed."""

    code = "bad_input"


class BadValue(BadInput):
    """One field holds a value that cannot be used."""

    def __init__(self, field: str, value: Any, fix: str, *, code: str = "bad_value") -> None:
        super().__init__(f"{field}: expected {fix}, got {value!r:.80}", Problem(field, code, fix, _brief(value)))


class NotFound(DatongError):
    code = "not_found"


class NotAllowed(DatongError):
    code = "not_allowed"


class NotAuthenticated(DatongError):
    """Who is asking is not known: no key, a wrong one, or one that was taken back."""

    code = "not_authenticated"


class Conflict(DatongError):
    code = "conflict"


class Unavailable(DatongError):
    """Something we need is away for now; the same call may be tried again after `retry_after_s`."""

    code = "unavailable"

    def __init__(self, message: str, *, retry_after_s: int = 5) -> None:
        super().__init__(message)
        self.retry_after_s = retry_after_s


class TooManyTries(Unavailable):
    """Somebody guessed too often: come again later."""

    code = "too_many_requests"


def _brief(value: Any) -> Any:
    return value if isinstance(value, (int, bool, type(None))) else str(value)[:200]
