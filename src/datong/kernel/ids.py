"""Identifiers: UUIDv7 (RFC 9562), whose order is the order of time."""

from __future__ import annotations

import hashlib
import os
import threading
import time
import uuid
from datetime import UTC, datetime
from typing import NewType

BrandId = NewType("BrandId", uuid.UUID)

_lock = threading.Lock()
_last = 0


def uuid7() -> uuid.UUID:
    """A new UUIDv7; ids minted by one process strictly increase, even within a millisecond.

    Layout (RFC 9562, 5.7): 48 bits of Unix milliseconds, 4 of version, 12 + 62 random. The 12 bits after the
    version hold the fraction of the millisecond (method 3), and a tie is broken by counting up.
    """
    global _last
    now = time.time_ns()
    stamp = (now // 1_000_000 << 12) | (now % 1_000_000 * 4096 // 1_000_000)
    with _lock:
        _last = stamp = max(stamp, _last + 1)
    return _build(stamp >> 12, stamp & 0xFFF, int.from_bytes(os.urandom(8), "big"))


def uuid7_floor(at: datetime) -> uuid.UUID:
    """The smallest UUIDv7-ordered value of the millisecond `at`: a bound for ranges, never an id."""
    return uuid.UUID(int=int(at.timestamp() * 1000) << 80)


def time_of(value: uuid.UUID) -> datetime:
    """When the UUIDv7 was minted, to the millisecond, in UTC."""
    return datetime.fromtimestamp((value.int >> 80) / 1000, UTC)


def _build(millis: int, sub: int, rand: int) -> uuid.UUID:
    return uuid.UUID(int=millis << 80 | 0x7 << 76 | sub << 64 | 0b10 << 62 | (rand & (1 << 62) - 1))


def uuid7_at(at: datetime) -> uuid.UUID:
    """An id of another moment, the rest by chance: for what happened then and is written down now."""
    return _build(int(at.timestamp() * 1000), 0, int.from_bytes(os.urandom(8), "big"))


def uuid7_named(at: datetime, name: bytes) -> uuid.UUID:
    """The same id for the same name, in the order of `at`: for what must be found again by its name alone."""
    return _build(int(at.timestamp() * 1000), 0, int.from_bytes(hashlib.sha256(name).digest()[:8], "big"))
