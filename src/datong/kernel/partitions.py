"""Monthly partitions, made ahead and taken out when they are history.

A partition is a month of UUIDv7 ids; the application has no grant on any.
"""

from __future__ import annotations

from datetime import UTC, datetime
from graphlib import TopologicalSorter
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


_FOREIGN_KEYS = """
    SELECT k.conrelid::regclass::text, k.confrelid::regclass::text, k.conname FROM pg_constraint k
      JOIN pg_class c ON c.oid = k.conrelid
     WHERE k.contype = 'f' AND k.conparentid = 0 AND c.relkind = %s
"""


def detach(cursor: Any, of: datetime) -> list[str]:
    """Take the month of `of` out of every partitioned table, children first; the names of what stands alone now.

    A detached partition keeps a foreign key of its own, by which it would still hold its parent's month fast: it is
    dropped, the month is history. Run by the owner, in a transaction; nothing is deleted.
    """
    cursor.execute(_PARTITIONED)
    tables = [table for (table,) in cursor.fetchall()]
    cursor.execute(_FOREIGN_KEYS, ["p"])
    children: dict[str, set[str]] = {table: set() for table in tables}
    for child, parent, _ in cursor.fetchall():
        children.get(parent, set()).add(child)
    gone = []
    for table in TopologicalSorter(children).static_order():
        name = f"{table}_{of:%Y%m}"
        cursor.execute("SELECT to_regclass(%s) IS NOT NULL", [name])
        if not cursor.fetchone()[0]:
            continue
        cursor.execute(f'ALTER TABLE "{table}" DETACH PARTITION "{name}"')
        cursor.execute(_FOREIGN_KEYS, ["r"])
        for own in [key for child, _, key in cursor.fetchall() if child == name]:
            cursor.execute(f'ALTER TABLE "{name}" DROP CONSTRAINT "{own}"')
        gone.append(name)
    return gone


def month(at: datetime, offset: int = 0) -> datetime:
    """The first moment (UTC) of the month `offset` months after that of `at`."""
    index = at.year * 12 + at.month - 1 + offset
    return datetime(index // 12, index % 12 + 1, 1, tzinfo=UTC)
