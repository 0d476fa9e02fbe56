"""Parts of what clients send: strict where pydantic is lenient, so that what the schema says is what is taken."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from typing import Annotated, Any, get_args

from pydantic import AfterValidator, AwareDatetime, BaseModel, BeforeValidator, ConfigDict, StringConstraints


class Body(BaseModel):
    """A request's body, or an object in it: an unknown field is a problem, so that a slip of the pen is not lost.

    Not ninja's Schema, which reads attributes and so takes a list for an object whose fields all have defaults.
    """

    model_config = ConfigDict(extra="forbid")

    @classmethod
    def __pydantic_init_subclass__(cls, **given: Any) -> None:
        for name, field in cls.model_fields.items():
            if not field.metadata and {date, datetime} & {field.annotation, *get_args(field.annotation)}:
                raise TypeError(f"{cls.__name__}.{name} would take a count of seconds: use Day or Moment")


def _no_text(value: Any) -> Any:
    if isinstance(value, (str, bool)):
        raise ValueError("a number is wanted here")  # a TypeError would be a crash
    return value


def _written_out(value: Any) -> Any:
    """Pydantic would take a number of seconds as well, and that as text too."""
    if isinstance(value, datetime):
        return value  # an answer is made of what was read before
    if value is not None and not (isinstance(value, str) and re.match(r"\d{4}-\d\d-\d\d[Tt ]\d\d:", value)):
        raise ValueError("a time such as 2026-11-22T09:30:00+08:00 is wanted here")
    return value


def _in_utc(value: datetime) -> datetime:
    """PostgreSQL refuses an offset of sixteen hours and more, which RFC 3339 allows."""
    try:
        return value.astimezone(UTC)
    except OverflowError:
        raise ValueError("a time between the years 1 and 9999 is wanted here") from None


def _a_day(value: Any) -> Any:
    """Pydantic would take a count of seconds for a day as well."""
    if isinstance(value, str) and not re.fullmatch(r"\d{4}-\d\d-\d\d", value, re.ASCII):
        raise ValueError("a day such as 2026-11-22 is wanted here")
    if isinstance(value, (int, float)):
        raise ValueError("a day such as 2026-11-22 is wanted here")
    return value


NUMBER = BeforeValidator(_no_text)
"""Last in Annotated[int, Field(ge=1), NUMBER], or the limits miss in the schema: 3 or 3.0, not "3" and not true."""

Moment = Annotated[AwareDatetime, BeforeValidator(_written_out), AfterValidator(_in_utc)]
"""RFC 3339 with an offset, read to UTC; not a count of seconds."""

Day = Annotated[date, BeforeValidator(_a_day)]
"""RFC 3339's full-date; not a count of seconds, not a moment."""

STORABLE = StringConstraints(pattern="^[^\\x00]*$")
"""Text without NUL, which no database can hold."""

READABLE = StringConstraints(
    pattern=r"^[^\x00]*[^\x00-\x20\x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000][^\x00]*$"
)
"""Text with more in it than spaces, written out: what \\s means differs between Python, JavaScript and Rust."""
