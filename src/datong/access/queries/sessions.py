"""Reads of sessions and of the history of log-ins."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from datong.access.types import Login, Session
from datong.kernel import clock
from datong.kernel.db import rows

OPEN = """
    SELECT s.id, s.session_key, s.at, s.seen_at, s.address, s.agent, s.how
      FROM access_session s JOIN django_session d ON d.session_key = s.session_key
     WHERE s.user_id = %(user)s AND s.ended_at IS NULL AND d.expire_date > %(now)s
     ORDER BY s.seen_at DESC LIMIT 50
"""


def sessions_of(user_id: UUID, *, mine: str = "") -> list[Session]:
    """Somebody's open sessions, the latest in use first; `mine` is the key of the one that asks."""
    return [
        Session(id_, at, seen, address, agent, how, key == mine and bool(mine))
        for id_, key, at, seen, address, agent, how in rows(OPEN, {"user": user_id, "now": clock.now()})
    ]


HISTORY = """
    SELECT at, outcome, address, agent FROM access_login WHERE user_id = %(user)s ORDER BY id DESC LIMIT %(limit)s
"""


def logins_of(user_id: UUID, limit: int = 20) -> list[Login]:
    """The latest tries to log in under this name, right and wrong."""
    return [Login(*row) for row in rows(HISTORY, {"user": user_id, "limit": min(limit, 200)})]


LAST = "SELECT user_id, max(seen_at) FROM access_session WHERE user_id = ANY(%(users)s::uuid[]) GROUP BY user_id"


def last_seen(users: Collection[UUID]) -> dict[UUID, object]:
    """When each was last at work; one statement."""
    return dict(rows(LAST, {"users": sorted(users)}))
