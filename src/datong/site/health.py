"""What can be wrong with an installation: each check looks at one thing and says what to do about it."""

from __future__ import annotations

import os
import shutil
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from datetime import datetime
from enum import StrEnum
from importlib.metadata import version
from pathlib import Path
from typing import Any

import psycopg
from django.apps import apps
from django.db import connections
from django.db.migrations.executor import MigrationExecutor

from datong.kernel import clock, embedded, partitions, roles

GIB = 1024**3
OLDEST_SERVER = 150000
MIN_FREE_BYTES, FEW_FREE_BYTES = GIB, 5 * GIB
MAX_SKEW_S, FEW_SKEW_S = 30.0, 1.0
LONG_TRANSACTION_S = 60


class State(StrEnum):
    """How bad it is: works, works but will not for long or not well, does not work."""

    ok = "ok"
    warn = "warn"
    fail = "fail"


@dataclass(frozen=True, slots=True)
class Finding:
    """What a check saw: `fix` is a command or a sentence, empty when all is well."""

    name: str
    state: State
    detail: str
    fix: str = ""

    def as_json(self) -> dict[str, str]:
        return asdict(self)


Check = Callable[[psycopg.Connection], Finding]


def examine(url: str) -> Iterator[Finding]:
    """Look at everything, as the owner at `url`; without a database only what can be seen without one."""
    yield programs()
    yield disk()
    yield translations()
    try:
        connection = psycopg.connect(url, autocommit=True, connect_timeout=5)
    except psycopg.OperationalError as error:
        fix = "check DATABASE_URL and that the server runs" if os.environ.get("DATABASE_URL") else "datong db start"
        yield Finding("database", State.fail, str(error).strip().splitlines()[0], fix)
        return
    with connection:
        for check in (server, promises, time_skew, role_rights, migrations, months, transactions, undelivered, books):
            yield check(connection)


def programs() -> Finding:
    """Python and ourselves."""
    detail = f"datong {version('datong')}, Python {sys.version.split()[0]}, Django {version('django')}"
    return Finding("programs", State.ok, detail)


def disk() -> Finding:
    """Room where the embedded server keeps its data; a database elsewhere looks after itself."""
    place = embedded.default_home()
    while not place.exists():
        place = place.parent
    free = shutil.disk_usage(place).free
    detail = f"{free / GIB:.1f} GiB free at {place}"
    if free < MIN_FREE_BYTES:
        return Finding("disk", State.fail, detail, "make room: PostgreSQL stops when the disk is full")
    if free < FEW_FREE_BYTES:
        return Finding("disk", State.warn, detail, "make room, or move the data with DATONG_HOME")
    return Finding("disk", State.ok, detail)


def translations() -> Finding:
    """Every module's .po has a .mo that is not older."""
    sources = [*Path(apps.get_app_config("site").path).parent.rglob("locale/*/LC_MESSAGES/*.po")]
    stale = [path for path in sources if not _fresh(path.with_suffix(".mo"), path)]
    if stale:
        return Finding("translations", State.warn, f"{len(stale)} of {len(sources)} not compiled", "make locales")
    return Finding("translations", State.ok, f"{len(sources)} compiled")


def server(connection: psycopg.Connection) -> Finding:
    """Reachable, and a version we are tested on (15 and newer)."""
    start = time.perf_counter()
    connection.execute("SELECT 1")
    took_ms = (time.perf_counter() - start) * 1000
    number = connection.info.server_version
    detail = f"PostgreSQL {number // 10000}.{number % 10000} on {connection.info.host}, answers in {took_ms:.1f} ms"
    if number < OLDEST_SERVER:
        return Finding("database", State.fail, detail, "upgrade the server to PostgreSQL 15 or newer")
    return Finding("database", State.ok, detail)


def promises(connection: psycopg.Connection) -> Finding:
    """What is acknowledged must be on disk, whatever the server's administrator likes."""
    names = ("fsync", "full_page_writes", "synchronous_commit")
    off = [name for name in names if _one(connection, "SELECT current_setting(%s)", name) == "off"]
    if off:
        return Finding("durability", State.fail, f"{', '.join(off)} off", f"ALTER SYSTEM RESET {off[0]}; then reload")
    return Finding("durability", State.ok, "a commit waits for the disk")


def time_skew(connection: psycopg.Connection) -> Finding:
    """Our clock against the database's, half the way there taken off."""
    before = clock.now()
    theirs: datetime = _one(connection, "SELECT clock_timestamp()")
    after = clock.now()
    skew_s = (theirs - (before + (after - before) / 2)).total_seconds()
    detail = f"{abs(skew_s):.3f} s from the database's"
    fix = "run a time service (chrony, systemd-timesyncd) on both machines"
    if abs(skew_s) > MAX_SKEW_S:
        return Finding("clock", State.fail, detail, fix)
    return Finding("clock", State.warn if abs(skew_s) > FEW_SKEW_S else State.ok, detail, _if(abs(skew_s), fix))


def role_rights(connection: psycopg.Connection) -> Finding:
    """Row-level security protects nobody from a role that may pass it by."""
    wanted = [roles.role(name) for name in roles.NAMES]
    rights = "SELECT rolname, rolsuper OR rolbypassrls OR rolcreaterole FROM pg_roles WHERE rolname = ANY(%s)"
    found: dict[str, bool] = dict(connection.execute(rights, [wanted]).fetchall())
    if missing := [name for name in wanted if name not in found]:
        return Finding("roles", State.fail, f"missing: {', '.join(missing)}", "datong db migrate")
    if loose := [name for name, is_loose in found.items() if is_loose]:
        fix = f"ALTER ROLE {loose[0]} NOSUPERUSER NOBYPASSRLS NOCREATEROLE"
        return Finding("roles", State.fail, f"{', '.join(loose)} may pass row-level security by", fix)
    owns = _one(
        connection,
        "SELECT count(*) FROM pg_class c JOIN pg_roles r ON r.oid = c.relowner"
        " WHERE r.rolname = ANY(%s) AND c.relkind IN ('r', 'p')",
        [name for name in wanted if not name.endswith("_search")],
    )
    if owns:
        fix = "ALTER TABLE ... OWNER TO the owner's role"
        return Finding("roles", State.fail, f"the application's roles own {owns} tables", fix)
    return Finding("roles", State.ok, f"{', '.join(wanted)}: own nothing, pass nothing by")


def migrations(connection: psycopg.Connection) -> Finding:
    """The tables are this version's."""
    executor = MigrationExecutor(connections["owner"])
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if plan:
        return Finding("migrations", State.fail, f"{len(plan)} not applied, first {plan[0][0]}", "datong db migrate")
    return Finding("migrations", State.ok, f"{len(executor.loader.applied_migrations)} applied")


def months(connection: psycopg.Connection) -> Finding:
    """A month without its partition refuses every row."""
    tables = [name for (name,) in connection.execute("SELECT relname FROM pg_class WHERE relkind = 'p'")]
    names = [f"{table}_{partitions.month(clock.now(), ahead):%Y%m}" for table in tables for ahead in (0, 1)]
    there = {name for (name,) in connection.execute("SELECT relname FROM pg_class WHERE relispartition")}
    if missing := sorted(set(names) - there):
        return Finding("partitions", State.fail, f"missing: {', '.join(missing)}", "datong db migrate")
    return Finding("partitions", State.ok, f"{len(tables)} tables have this month and the next")


def transactions(connection: psycopg.Connection) -> Finding:
    """An open write transaction in any database of the cluster holds every reader of the outbox back."""
    found = connection.execute(
        "SELECT pid, coalesce(datname, ''), extract(epoch FROM now() - xact_start)::int FROM pg_stat_activity"
        " WHERE backend_xid IS NOT NULL AND pid <> pg_backend_pid() AND now() - xact_start > make_interval(secs => %s)"
        " ORDER BY 3 DESC",
        [LONG_TRANSACTION_S],
    ).fetchall()
    if found:
        pid, where, age_s = found[0]
        detail = f"process {pid} in {where} has had one open for {age_s} s"
        return Finding("transactions", State.warn, detail, f"end it: SELECT pg_terminate_backend({pid})")
    return Finding("transactions", State.ok, "none is old")


def undelivered(connection: psycopg.Connection) -> Finding:
    """Events a consumer could not take are set aside, each with its reason."""
    if _one(connection, "SELECT to_regclass('kernel_deadletter')") is None:
        return Finding("events", State.ok, "no outbox yet")
    count = _one(connection, "SELECT count(*) FROM kernel_deadletter WHERE settled_at IS NULL")
    if count:
        fix = "datong db dead-letters says why; when that is mended: datong db dead-letters --again"
        return Finding("events", State.warn, f"{count} were set aside", fix)
    return Finding("events", State.ok, "none was set aside")


def books(connection: psycopg.Connection) -> Finding:
    """What no constraint checks, added up again for every brand: references, stock, order book, ledger."""
    if _one(connection, "SELECT to_regclass('orders_order')") is None:
        return Finding("books", State.ok, "no orders yet")
    # Models are there only when Django is set up, which the checks above do not need.
    from datong.site.references import faults

    found = faults()
    if found:
        return Finding(
            "books", State.fail, "; ".join(found[:5]), "restore from a backup, or ask for help with these rows"
        )
    return Finding("books", State.ok, "references, stock, orders and ledger add up")


def _one(connection: psycopg.Connection, query: str, *params: Any) -> Any:
    row = connection.execute(query.encode(), params).fetchone()
    return row[0] if row else None


def _fresh(compiled: Path, source: Path) -> bool:
    return compiled.exists() and compiled.stat().st_mtime >= source.stat().st_mtime


def _if(skew_s: float, fix: str) -> str:
    return fix if skew_s > FEW_SKEW_S else ""


__all__ = ["Finding", "State", "examine"]
