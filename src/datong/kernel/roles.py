"""Database roles: the owner migrates, the application works in one brand, the relay finds work, search searches,
the eraser takes a person's words out of rows that nobody else may change.

Names start with DATONG_ROLE_PREFIX, so that two installations can share a PostgreSQL cluster.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from typing import Any

from django.conf import settings

LOGIN = ("app", "relay")
NAMES = ("app", "relay", "search", "eraser")

_SAFE = re.compile(r"[a-z_][a-z0-9_]{0,50}\Z")


def role(name: str) -> str:
    """The database name of our role `name`; a plain identifier, safe to stand in DDL."""
    full = f"{settings.DATONG_ROLE_PREFIX}_{name}"
    if name not in NAMES or not _SAFE.match(full):
        raise ValueError(f"no role {full!r}: prefix and name are lower-case letters, digits and _")
    return full


def password(name: str, secret: str) -> str:
    """The role's password, derived from the installation's secret: nothing to store, the same on every node."""
    return hmac.new(secret.encode(), f"datong database role {name}".encode(), hashlib.sha256).hexdigest()


def ensure(cursor: Any, owner: str, database: str) -> None:
    """Create our roles if they are missing and set their passwords; run by the owner (needs CREATEROLE)."""
    # Roles are the cluster's: two databases set up at once would trip over each other.
    cursor.execute("SELECT pg_advisory_xact_lock(hashtext('datong roles'))")
    for name in NAMES:
        full = role(name)
        cursor.execute("SELECT rolcanlogin FROM pg_roles WHERE rolname = %s", [full])
        if cursor.fetchone() is None:
            cursor.execute(f"CREATE ROLE {full} NOSUPERUSER NOCREATEDB NOCREATEROLE")
        if name in LOGIN:
            cursor.execute(f"ALTER ROLE {full} LOGIN PASSWORD '{password(name, settings.SECRET_KEY)}'")
    cursor.execute(f"GRANT {role('search')}, {role('eraser')} TO CURRENT_USER")
    cursor.execute(f'REVOKE ALL ON DATABASE "{database}" FROM PUBLIC')
    cursor.execute("REVOKE CREATE ON SCHEMA public FROM PUBLIC")
    for name in NAMES:
        cursor.execute(f'GRANT CONNECT ON DATABASE "{database}" TO {role(name)}')
        cursor.execute(f"GRANT USAGE ON SCHEMA public TO {role(name)}")
    # Work over many rows joins temporary tables that are analysed; nothing else of the database may be created.
    cursor.execute(f'GRANT TEMPORARY ON DATABASE "{database}" TO {role("app")}')
