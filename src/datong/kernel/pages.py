"""Keyset paging: a cursor is the key of a page's last row, in a form that says it is not to be read."""

from __future__ import annotations

import base64
import re
from uuid import UUID

from datong.kernel.errors import BadValue

CURSOR = "^([A-Za-z0-9_-]{21}[AQgw])?$"
"""What a cursor looks like, for schemas: 16 bytes in base64url without padding; empty is the first page."""


def write_cursor(key: UUID) -> str:
    return base64.urlsafe_b64encode(key.bytes).decode().rstrip("=")


def read_cursor(cursor: str) -> UUID | None:
    """The key a cursor stands for; BadValue for a text that is none of ours."""
    if not cursor:
        return None
    if not re.fullmatch(CURSOR[1:-1], cursor):
        raise BadValue("cursor", cursor, "the `next` of an earlier page")
    return UUID(bytes=base64.urlsafe_b64decode(cursor + "=="))
