"""Start, join and stop the embedded server of one folder."""

from __future__ import annotations

import fcntl
import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from datong.kernel.embedded import home as homes
from datong.kernel.embedded import tuning
from datong.kernel.embedded.programs import data_name, run, run_as

HOST = "127.0.0.1"
SUPERUSER = "datong_root"
OWNER = "datong_owner"
DATABASE = "datong"
MAJOR = "18"
START_S = 300
PROC = Path("/proc")
ORPHANS_S = 60  # how long the children of a killed server may take to notice and leave

PG_HBA = """\
# Written by datong. Everybody shows a password, on the socket as on 127.0.0.1.
local all all              scram-sha-256
host  all all 127.0.0.1/32 scram-sha-256
"""


class DatabaseDownError(Exception):
    """The embedded server did not start or stop; the message ends with what its log says."""


@dataclass(frozen=True, slots=True)
class Server:
    """A running server: how to reach it, and the two roles it was made with (the passwords are secrets)."""

    home: Path
    host: str
    port: int
    socket_dir: Path
    superuser_password: str
    owner_password: str

    @property
    def superuser_url(self) -> str:
        return self.url(SUPERUSER, self.superuser_password)

    @property
    def owner_url(self) -> str:
        return self.url(OWNER, self.owner_password)

    def url(self, user: str, password: str, database: str = DATABASE) -> str:
        """postgresql://user:password@127.0.0.1:port/database"""
        return f"postgresql://{quote(user)}:{quote(password, safe='')}@{self.host}:{self.port}/{quote(database)}"


@dataclass(frozen=True, slots=True)
class Status:
    """What is known without starting anything; `pid` and `port` are None when it does not run."""

    home: Path
    data: Path
    initialised: bool
    pid: int | None
    port: int | None

    @property
    def running(self) -> bool:
        return self.pid is not None


def ensure(home: Path | None = None, *, throwaway: bool = False) -> Server:
    """The running server of `home`: joined if it runs, started if not, made first if there is none.

    Safe when several processes call it at once: one starts, the others wait and join. `throwaway` is for tests: a
    server of its own in `home/throwaway` that does not wait for the disk. Raises DatabaseDownError.
    """
    return _ensure(_place(home, throwaway), throwaway=throwaway)


def owner_url(home: Path | None = None, *, throwaway: bool = False) -> str:
    """URL of the database's owner on the running server; starts it where needed."""
    return ensure(home, throwaway=throwaway).owner_url


def stop(home: Path | None = None, *, throwaway: bool = False) -> bool:
    """Stop the server cleanly: sessions are ended, everything is written. Whether one was running."""
    place = _place(home, throwaway)
    if not _data(place).exists():
        return False
    with homes.locked(place):
        return _stop(_data(place))


def status(home: Path | None = None, *, throwaway: bool = False) -> Status:
    """Whether the server of `home` runs; starts and changes nothing."""
    place = _place(home, throwaway)
    data = _data(place)
    pid = _pid(data)
    return Status(place, data, (data / "PG_VERSION").exists(), pid, _kept_port(place) if pid is not None else None)


@contextmanager
def hold(home: Path | None = None, *, throwaway: bool = False) -> Iterator[Server]:
    """The running server for the length of the block; the last one to leave stops what a `hold` started.

    Every holder keeps a shared lock that the kernel frees however the process ends, so nobody is counted twice or
    forgotten. A server that `ensure` had started is left running.
    """
    place = _place(home, throwaway)
    homes.make_home(place)
    try:
        with homes.locked(place, "holders", shared=True):
            if _pid(_data(place)) is None:
                (place / "stop-when-left").touch()
            yield _ensure(place, throwaway=throwaway)
    finally:
        _stop_if_left(place)


def _stop_if_left(place: Path) -> None:
    """Whoever gets the holders' lock for itself is the last; newcomers wait until the server is down."""
    fd = homes.open_lock(place, "holders")
    try:
        fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        if (place / "stop-when-left").exists():
            with homes.locked(place):
                _stop(_data(place))
            (place / "stop-when-left").unlink(missing_ok=True)
    except BlockingIOError:
        pass
    finally:
        os.close(fd)


def _place(home: Path | None, throwaway: bool) -> Path:
    home = (home or homes.default_home()).absolute()
    return home / "throwaway" if throwaway else home


def _data(place: Path) -> Path:
    return place / "postgres"


def _ensure(place: Path, *, throwaway: bool) -> Server:
    homes.make_home(place)
    data = _data(place)
    with homes.locked(place):
        if not (data / "PG_VERSION").exists():
            _create(place, data, throwaway=throwaway)
        end = time.monotonic() + START_S
        while not _ready(data):
            if _pid(data) is None:
                _start(place, data, throwaway=throwaway)
            if time.monotonic() > end:
                raise DatabaseDownError(f"PostgreSQL in {data} is not ready after {START_S} s{_log_tail(data)}")
            time.sleep(0.02)
        kept = homes.read_secrets(place)
        return Server(place, HOST, _kept_port(place) or 0, data, kept[SUPERUSER], kept[OWNER])


def _create(place: Path, data: Path, *, throwaway: bool) -> None:
    """A new cluster with its two roles and the database, made beside its place and renamed when it is whole.

    Roles and passwords are set in single-user mode: the server never listens without them.
    """
    passwords = {role: homes.secret(role, place) for role in (SUPERUSER, OWNER)}
    new = data.with_suffix(".new")
    shutil.rmtree(new, ignore_errors=True)
    who = run_as(data)
    new.mkdir(mode=0o700)
    if who.uid is not None:
        os.chown(new, who.uid, who.gid if who.gid is not None else -1)
    options = ["--encoding=UTF8", "--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"]
    quick = ["--no-sync", "--no-data-checksums"] if throwaway else []
    made = run("initdb", ["-D", data_name(new), "-U", SUPERUSER, "--auth=reject", *options, *quick], data=new)
    if made.returncode != 0:
        raise DatabaseDownError(f"initdb failed: {made.stderr.strip()[-2000:]}")
    _put(new / "pg_hba.conf", PG_HBA)
    _put(new / "postgresql.conf", "include_if_exists = 'datong.conf'\n")
    statements = [
        f"ALTER ROLE {SUPERUSER} PASSWORD '{passwords[SUPERUSER]}'",
        f"CREATE ROLE {OWNER} LOGIN CREATEROLE CREATEDB PASSWORD '{passwords[OWNER]}'",
        f"CREATE DATABASE {DATABASE} OWNER {OWNER}",
    ]
    made = run("postgres", ["--single", "-D", data_name(new), "postgres"], data=new, stdin="\n".join(statements) + "\n")
    if made.returncode != 0 or "ERROR:" in made.stderr:
        raise DatabaseDownError(f"setting up the roles failed: {made.stderr.strip()[-2000:]}")
    new.rename(data)


def _start(place: Path, data: Path, *, throwaway: bool) -> None:
    """Start the server; children of a killed one are given time to leave, a port taken meanwhile is replaced."""
    _refuse_other_version(data)
    end = time.monotonic() + ORPHANS_S
    while True:
        _bury_dead_postmaster(data)
        port = _free_port(place)
        chosen = tuning.settings(memory=tuning.memory_bytes(), port=port, throwaway=throwaway)
        _put(data / "datong.conf", tuning.as_file(chosen))
        (data / "start.log").unlink(missing_ok=True)
        args = ["start", "-D", data_name(data), "-w", "-t", str(START_S), "-s", "-l", "start.log"]
        done = run("pg_ctl", args, data=data)
        if done.returncode == 0:
            return
        said = _log_tail(data)
        passing = any(sign in said for sign in ("shared memory block", "Address already in use", "starting up"))
        if not passing or time.monotonic() > end:
            raise DatabaseDownError(f"PostgreSQL did not start in {data}: {done.stderr.strip()}{said}")
        time.sleep(0.2)


def _stop(data: Path) -> bool:
    if _pid(data) is None:
        return False
    done = run("pg_ctl", ["stop", "-D", data_name(data), "-m", "fast", "-w", "-t", str(START_S), "-s"], data=data)
    if done.returncode != 0 and _pid(data) is not None:
        raise DatabaseDownError(f"PostgreSQL in {data} did not stop: {done.stderr.strip()}{_log_tail(data)}")
    return True


def _put(path: Path, text: str) -> None:
    """Write a file of the data folder for its owner only, whole or not at all."""
    new = path.with_name(path.name + ".new")
    new.unlink(missing_ok=True)
    fd = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(fd, "w") as file:
        file.write(text)
    if os.geteuid() == 0:
        folder = path.parent.stat()
        os.chown(new, folder.st_uid, folder.st_gid)
    new.rename(path)


def _refuse_other_version(data: Path) -> None:
    made_by = (data / "PG_VERSION").read_text().strip()
    if made_by != MAJOR:
        raise DatabaseDownError(
            f"{data} was made by PostgreSQL {made_by}, this is {MAJOR}: with the datong that made it run "
            "`datong db backup FILE`, move the folder away, then `datong db restore FILE`"
        )


def _free_port(place: Path) -> int:
    """The port this folder always had; a new one if there is none yet or somebody else sits on it."""
    kept = _kept_port(place)
    if kept and _can_listen(kept):
        return kept
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port: int = probe.getsockname()[1]
    (place / "port").write_text(f"{port}\n")
    return port


def _can_listen(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # as PostgreSQL does: closed sessions do not count
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
        return True


def _kept_port(place: Path) -> int | None:
    try:
        return int((place / "port").read_text())
    except (FileNotFoundError, ValueError):
        return None


def _pid_lines(data: Path) -> list[str]:
    try:
        return (data / "postmaster.pid").read_text().splitlines()
    except FileNotFoundError:
        return []


def _ready(data: Path) -> bool:
    lines = _pid_lines(data)
    return len(lines) >= 8 and lines[7].strip() == "ready" and _pid(data) is not None


def _pid(data: Path) -> int | None:
    """Process id of the living postmaster of this folder; None if there is none, whatever the pid file says."""
    lines = _pid_lines(data)
    if not lines or not lines[0].strip().isdigit():
        return None
    pid = int(lines[0])
    return pid if _is_postmaster_of(pid, data) else None


def _is_postmaster_of(pid: int, data: Path) -> bool:
    """A number in a file may by now belong to anybody: the postmaster is the one that works in the data folder."""
    if (PROC / "self" / "cwd").exists():
        return _works_in(str(pid), data)
    found = subprocess.run(["ps", "-p", str(pid), "-o", "comm="], capture_output=True, text=True, check=False)
    return found.stdout.strip().endswith("postgres")


def _works_in(pid: str, data: Path) -> bool:
    """Whether the living process has the data folder as its working folder; a zombie has none."""
    try:
        return (PROC / pid / "cwd").samefile(data)
    except OSError:
        return False


def _bury_dead_postmaster(data: Path) -> None:
    """Once nobody of a killed server works on the data any more, remove what it left behind.

    PostgreSQL takes any process with the number in the pid file for a living postmaster: a stranger after a restart
    of the machine, or the zombie that a container without an init keeps. Where we cannot look (no /proc) it is
    PostgreSQL that decides.
    """
    if not (PROC / "self" / "cwd").exists() or not (data / "postmaster.pid").exists():
        return
    end = time.monotonic() + ORPHANS_S
    while orphans := [entry.name for entry in PROC.iterdir() if entry.name.isdigit() and _works_in(entry.name, data)]:
        if time.monotonic() > end:
            raise DatabaseDownError(f"processes of a killed PostgreSQL still work in {data}: {', '.join(orphans)}")
        time.sleep(0.05)
    for left in [*data.glob(".s.PGSQL.*"), data / "postmaster.pid"]:
        left.unlink(missing_ok=True)


def _log_tail(data: Path) -> str:
    """The last lines the server wrote, for the message of an error."""
    logs = sorted((data / "log").glob("*.log"), key=lambda path: path.stat().st_mtime)[-1:]
    texts = [path.read_text(errors="replace")[-1500:] for path in [data / "start.log", *logs] if path.exists()]
    return "".join(f"\n{text.strip()}" for text in texts if text.strip())
