"""What shadow mode would need from outside to fetch by itself. Nothing binds it: files and webhooks are what comes in.

Whoever implements it stands above, holds the credential, and only reads; what it hands over is taken like a file.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Protocol

from datong.shadow.types import FeedKind, System


class Reads(Protocol):
    """One system's own lists, as files: (what it holds, a name, the content)."""

    def files(self, system: System, since: datetime, until: datetime) -> Iterator[tuple[FeedKind, str, bytes]]: ...
