"""The one door for locks that are not rows: named, taken in order, inside a transaction, gone with it.

Row locks are taken by the verbs (`SELECT ... ORDER BY key FOR UPDATE`). docs/explanation/locks.md: what takes which.
"""

from __future__ import annotations

from django.db import connections

from datong.kernel.db import rows

TAKE = "SELECT pg_advisory_xact_lock(hashtextextended(n, 0)) FROM unnest(%s::text[]) WITH ORDINALITY u(n, i) ORDER BY i"
TRY = "SELECT pg_try_advisory_xact_lock(hashtextextended(%s, 0))"


def take(*names: str) -> None:
    """Wait for the locks of these names, in the order of the names whatever order they are given in."""
    _inside()
    rows(TAKE, [sorted(set(names))])


def try_take(name: str) -> bool:
    """Take the lock if nobody has it."""
    _inside()
    return bool(rows(TRY, [name])[0][0])


def _inside() -> None:
    if not connections["default"].in_atomic_block:
        raise RuntimeError("a lock outside of a transaction would be gone at once")
