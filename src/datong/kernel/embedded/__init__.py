"""The database that comes along: PostgreSQL 18 started by `datong` itself when DATABASE_URL is not set."""

from datong.kernel.embedded.home import default_home, secret
from datong.kernel.embedded.programs import program, program_env
from datong.kernel.embedded.server import (
    OWNER,
    SUPERUSER,
    DatabaseDownError,
    Server,
    Status,
    ensure,
    hold,
    owner_url,
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
    "secret",
    "status",
    "stop",
]
