"""The whole database into one file and back, by PostgreSQL's own tools, through row-level security as the owner."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from datong.kernel import outbox, roles
from datong.kernel.embedded import program, program_env
from datong.kernel.errors import Conflict, DatongError, Unavailable

RENAME = sql.SQL("ALTER DATABASE {} RENAME TO {}")
VACUUM_S = 60  # an autovacuum worker is done with a small database, or has been sent away
LEAVING_S = 2  # a server process ends a moment after its client has closed
HEAD_LINES = 40  # of a dump's statements: settings only


class ToolFailedError(DatongError):
    """pg_dump or pg_restore ended with an error; the message is its own."""

    code = "tool_failed"


def backup(url: str, target: Path, *, embedded: bool) -> int:
    """Write everything the owner at `url` sees, which is everything, to `target` (mode 600); its size in bytes.

    The file appears when it is whole. Raises Conflict if it is there already.
    """
    if target.exists():
        raise Conflict(f"{target} exists already; a backup is not written over another")
    part = target.with_name(target.name + ".part")
    part.unlink(missing_ok=True)
    os.close(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    try:
        _run("pg_dump", url, ["--format=custom", "--enable-row-security", f"--file={part}"], embedded=embedded)
        part.rename(target)
    finally:
        part.unlink(missing_ok=True)
    return target.stat().st_size


def restore(url: str, source: Path, *, embedded: bool) -> None:
    """Replace the database at `url` by the one in `source`; until the new one is whole the old one stays.

    It is filled beside the old one and takes its name at the end. Transaction ids of another cluster mean nothing
    here, so the outbox is stamped anew before anybody reads it. Raises Unavailable while somebody is connected.
    """
    if not source.is_file():
        raise Conflict(f"there is no file {source}")
    name = str(conninfo_to_dict(url)["dbname"])
    new, old = f"{name}_restoring", f"{name}_replaced"
    with _server(url) as server:
        _finish_renaming(server, name, old)
        _refuse_if_used(server, name)
        for left in (new, old):
            server.execute(sql.SQL("DROP DATABASE IF EXISTS {}").format(sql.Identifier(left)))
        server.execute(sql.SQL("CREATE DATABASE {} TEMPLATE template0").format(sql.Identifier(new)))
        there = _renamed(url, new)
        # Two at once would change the same roles' rows in the catalogue of the whole server.
        server.execute("SELECT pg_advisory_lock(hashtext('datong restore'))")
        try:
            _fill(there, new, source, embedded=embedded)
            _refuse_if_used(server, name)
            with server.transaction():  # both or neither, however the process ends
                server.execute(RENAME.format(sql.Identifier(name), sql.Identifier(old)))
                server.execute(RENAME.format(sql.Identifier(new), sql.Identifier(name)))
        except BaseException:
            _drop(server, new)
            raise
        server.execute(sql.SQL("DROP DATABASE {}").format(sql.Identifier(old)))


def _drop(server: psycopg.Connection, name: str) -> None:
    """Drop a half-filled database, whoever of ours is still in it.

    FORCE is refused to all but a superuser while an autovacuum worker is there: that goes by itself.
    """
    until = time.monotonic() + VACUUM_S
    while True:
        try:
            server.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))
            return
        except psycopg.errors.InsufficientPrivilege:
            if time.monotonic() >= until:
                raise
            time.sleep(0.2)


def _finish_renaming(server: psycopg.Connection, name: str, old: str) -> None:
    """Give the database its name back where a version that renamed in two steps was killed between them."""
    there = server.execute("SELECT datname FROM pg_database WHERE datname = ANY(%s)", [[name, old]]).fetchall()
    if there == [(old,)]:
        server.execute(RENAME.format(sql.Identifier(old), sql.Identifier(name)))


STAMP_BOOKS = (
    """
    UPDATE ledger_transfer t
       SET xid = CASE WHEN t.xid < coalesce((SELECT m.xid FROM ledger_mark m
                                              WHERE m.brand_id = t.brand_id AND m.name = 'sealed'), '0'::xid8)
                      THEN '1'::xid8 ELSE pg_current_xact_id() END
    """,
    "UPDATE ledger_mark SET xid = '2'::xid8 WHERE name = 'sealed'",
)
"""The ledger's transfers are stamped with transactions of the cluster they come from: what is sealed gets a number
below every mark, the rest that of this transaction."""


def _fill(url: str, database: str, source: Path, *, embedded: bool) -> None:
    """Roles, then what the file holds, then new stamps for the outbox."""
    # Only a role that may create in the schema can be given a function there; ours may for this moment.
    given = sql.SQL(", ").join(sql.Identifier(roles.role(name)) for name in ("search", "eraser"))
    with psycopg.connect(url) as connection, connection.cursor() as cursor:
        roles.ensure(cursor, str(conninfo_to_dict(url)["user"]), database)
        cursor.execute(sql.SQL("GRANT CREATE ON SCHEMA public TO {}").format(given))
    _replay(url, source, embedded=embedded)
    with psycopg.connect(url) as connection, connection.cursor() as cursor:
        cursor.execute(sql.SQL("REVOKE CREATE ON SCHEMA public FROM {}").format(given))
        outbox.restamp(cursor)
        for statement in STAMP_BOOKS:
            cursor.execute(statement)
        cursor.execute("ANALYZE")


def tool(name: str, *, embedded: bool) -> Path:
    """Path of a PostgreSQL program: of the wheel for the embedded server, else the machine's own where it has one.

    The wheel's speak no TLS, which a server elsewhere usually wants.
    """
    own = None if embedded else shutil.which(name)
    return Path(own) if own else program(name)


def without_password(url: str) -> tuple[str, dict[str, str]]:
    """A connection string that may be seen in a list of processes, and the environment that has the password."""
    parts: dict[str, Any] = dict(conninfo_to_dict(url))
    password = parts.pop("password", None)
    return make_conninfo("", **parts), program_env() | ({"PGPASSWORD": str(password)} if password else {})


def _replay(url: str, source: Path, *, embedded: bool) -> None:
    """pg_restore writes the statements, psql runs them in one transaction.

    Between the two goes the one setting that a newer pg_restore makes and an older server does not know.
    """
    conninfo, environment = without_password(url)
    write = [str(tool("pg_restore", embedded=embedded)), "--no-comments", "--file=-", str(source)]
    run = [str(tool("psql", embedded=embedded)), "-Xqo", os.devnull, "-v", "ON_ERROR_STOP=1", "-1", "-d", conninfo]
    with (
        tempfile.TemporaryFile() as said,
        subprocess.Popen(write, stdout=subprocess.PIPE, stderr=said) as writer,
        subprocess.Popen(run, stdin=subprocess.PIPE, stderr=said, env=environment) as runner,
    ):
        if writer.stdout is None or runner.stdin is None:
            raise AssertionError("both are pipes")
        with suppress(BrokenPipeError), runner.stdin as pipe:
            for _ in range(HEAD_LINES):
                line = writer.stdout.readline()
                if not line.startswith(b"SET transaction_timeout"):
                    pipe.write(line)
            shutil.copyfileobj(writer.stdout, pipe, 1024 * 1024)
        writer.stdout.close()
        if writer.wait() or runner.wait():
            said.seek(0)
            raise ToolFailedError(said.read().decode(errors="replace").strip()[-2000:])


def _run(name: str, url: str, args: Sequence[str], *, embedded: bool) -> None:
    conninfo, environment = without_password(url)
    done = subprocess.run(
        [str(tool(name, embedded=embedded)), f"--dbname={conninfo}", *args],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        raise ToolFailedError(done.stderr.strip()[-2000:])


def _server(url: str) -> psycopg.Connection:
    return psycopg.connect(_renamed(url, "postgres"), autocommit=True)


def _renamed(url: str, database: str) -> str:
    return make_conninfo(url, dbname=database)


def _refuse_if_used(server: psycopg.Connection, name: str) -> None:
    until = time.monotonic() + LEAVING_S
    while used := server.execute(
        "SELECT coalesce(nullif(application_name, ''), usename, 'somebody') FROM pg_stat_activity WHERE datname = %s",
        [name],
    ).fetchall():
        if time.monotonic() < until:
            time.sleep(0.1)
            continue
        who = ", ".join(sorted({user for (user,) in used}))
        raise Unavailable(f"{who} is connected to the database: stop datong serve and datong worker first")
