"""The database that comes along: PostgreSQL 18 started by `datong` itself when DATABASE_URL is not set."""

from datong.kernel.embedded.cluster import OWNER, SUPERUSER
from datong.kernel.embedded.home import default_home, secret
from datong.kernel.embedded.postmaster import DatabaseDownError
from datong.kernel.embedded.programs import program, program_env
from datong.kernel.embedded.server import (
    Server,
    Status,
    ensure,
    hold,
    owner_url,
    revive,
    status,
    stop,
)

__all__ = [
    "OWNER",
    "SUPERUSER",
    "DatabaseDownError",
    "Server",
    "Status",
    "default_home",
    "ensure",
    "hold",
    "owner_url",
    "program",
    "program_env",
    "revive",
    "secret",
    "status",
    "stop",
]
