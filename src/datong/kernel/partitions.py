"""Monthly partitions, made ahead. A partition is a month of UUIDv7 ids; the application has no grant on any."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from datong.kernel.ids import uuid7_floor

_PARTITIONED = """
    SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
     WHERE c.relkind = 'p' AND n.nspname = 'public' ORDER BY c.relname
"""


def ensure(cursor: Any, now: datetime, months_ahead: int = 2) -> list[str]:
    """Create what is missing from this month to `months_ahead` later; run by the owner. Returns the new names."""
    cursor.execute("SELECT pg_advisory_xact_lock(hashtext('datong partitions'))")
    cursor.execute(_PARTITIONED)
    made = []
    for (table,) in cursor.fetchall():
        for offset in range(months_ahead + 1):
            start, end = month(now, offset), month(now, offset + 1)
            name = f"{table}_{start:%Y%m}"
            cursor.execute("SELECT to_regclass(%s)", [name])
            if cursor.fetchone()[0] is None:
                low, high = uuid7_floor(start), uuid7_floor(end)
                cursor.execute(
                    f"CREATE TABLE \"{name}\" PARTITION OF \"{table}\" FOR VALUES FROM ('{low}') TO ('{high}')"
                )
                made.append(name)
    return made


def month(at: datetime, offset: int = 0) -> datetime:
    """The first moment (UTC) of the month `offset` months after that of `at`."""
    index = at.year * 12 + at.month - 1 + offset
    return datetime(index // 12, index % 12 + 1, 1, tzinfo=UTC)
