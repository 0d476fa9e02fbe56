"""Template and clones: the owner builds a template of this schema, a worker works in a clone of it."""

from __future__ import annotations

import fcntl
import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import psycopg
from django.db import connections
from psycopg import sql

from datong.kernel import schema

PACKAGE = Path(__file__).parents[2]
CACHE = PACKAGE.parents[1] / ".cache"


def template() -> str:
    """The name of the template of this schema version on this server, built if it is missing."""
    name = f"datong_tpl_{_version()}"
    with _locked(), _server() as server:
        if server.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone():
            return name
        building = f"{name}_building"
        server.execute(sql.SQL("DROP DATABASE IF EXISTS {}").format(sql.Identifier(building)))
        server.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(building)))
        point_at(building)
        schema.upgrade()
        connections.close_all()
        rename = sql.SQL("ALTER DATABASE {} RENAME TO {}")
        server.execute(rename.format(sql.Identifier(building), sql.Identifier(name)))
    return name


def clone(name: str) -> None:
    """A fresh database `name` for this process; those of dead processes are dropped on the way."""
    source = template()
    with _locked(), _server() as server:
        for (other,) in server.execute(
            "SELECT datname FROM pg_database WHERE datname LIKE 'datong\\_t\\_%'"
        ).fetchall():
            pid = int(other.split("_")[2])
            if not Path(f"/proc/{pid}").exists():
                with suppress(psycopg.errors.ObjectInUse):  # by a process it left behind: next time
                    server.execute(sql.SQL("DROP DATABASE IF EXISTS {}").format(sql.Identifier(other)))
        server.execute(
            sql.SQL("CREATE DATABASE {} TEMPLATE {} STRATEGY FILE_COPY").format(
                sql.Identifier(name), sql.Identifier(source)
            )
        )
        # A clone does not take over what its source allows whom (kernel.roles).
        server.execute(sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(sql.Identifier(name)))
        for role, rights in (("app", "CONNECT, TEMPORARY"), ("relay", "CONNECT")):
            grant = sql.SQL("GRANT {} ON DATABASE {} TO {}")
            full = sql.Identifier(f"{os.environ['DATONG_ROLE_PREFIX']}_{role}")
            server.execute(grant.format(sql.SQL(rights), sql.Identifier(name), full))
    point_at(name)


def drop(name: str) -> None:
    """Drop a clone. PostgreSQL waits 5 s for sessions that are just ending; FORCE may not end those of other roles."""
    connections.close_all()
    with _server() as server:
        server.execute(sql.SQL("DROP DATABASE IF EXISTS {}").format(sql.Identifier(name)))


def point_at(name: str) -> str:
    """Let all of this process's connections, present and to come, be to database `name`; the name before."""
    before: str = connections["default"].settings_dict["NAME"]
    connections.close_all()
    for alias in ("default", "owner", "relay"):
        connections[alias].settings_dict["NAME"] = name
    return before


def url_of(name: str) -> str:
    """The owner's URL of a database on the test server, for a subprocess's DATABASE_URL."""
    head, _, _ = os.environ["DATABASE_URL"].rpartition("/")
    return f"{head}/{name}"


def _server() -> psycopg.Connection:
    return psycopg.connect(os.environ["DATABASE_URL"], autocommit=True)


def _version() -> str:
    digest = hashlib.sha256(os.environ["DATONG_ROLE_PREFIX"].encode())
    sources = [*PACKAGE.glob("*/migrations/*.py"), *PACKAGE.glob("kernel/*.py"), *PACKAGE.glob("kernel/backend/*.py")]
    for path in sorted(sources):
        digest.update(path.name.encode() + path.read_bytes())
    return digest.hexdigest()[:12]


@contextmanager
def _locked() -> Iterator[None]:
    CACHE.mkdir(exist_ok=True)
    with (CACHE / "test-databases.lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
