"""The database that comes along: PostgreSQL 18 started by `datong` itself when DATABASE_URL is not set."""

from datong.kernel.embedded.home import OWNER, SUPERUSER, default_home, locked, make_home, secret
from datong.kernel.embedded.ours import NotOursError, claim
from datong.kernel.embedded.postmaster import DatabaseDownError
from datong.kernel.embedded.programs import program, program_env
from datong.kernel.embedded.server import (
    Server,
    Status,
    ensure,
    hold,
    join,
    owner_url,
    revive,
    status,
    stop,
)

__all__ = [
    "OWNER",
    "SUPERUSER",
    "DatabaseDownError",
    "NotOursError",
    "Server",
    "Status",
    "claim",
    "default_home",
    "ensure",
    "hold",
    "join",
    "locked",
    "make_home",
    "owner_url",
    "program",
    "program_env",
    "revive",
    "secret",
    "status",
    "stop",
]
