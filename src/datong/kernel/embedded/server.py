"""Start, join and stop the embedded server of one folder."""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from datong.kernel.embedded import home as homes
from datong.kernel.embedded import ours, postmaster, tuning
from datong.kernel.embedded.cluster import DATABASE, create
from datong.kernel.embedded.home import OWNER, SUPERUSER
from datong.kernel.embedded.postmaster import DatabaseDownError
from datong.kernel.embedded.programs import data_name, run

MAJOR = "18"
START_S = 300
LEAVE = "stop-when-left"
"""A file that is there while the server was started by a `hold`: the last holder to leave stops it."""


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
    """The running server of `home`, which stays up from now on, whoever started it and whoever leaves.

    Joined if it runs, started if not, made first if there is none. Safe when several processes call it at once: one
    starts, the others wait and join. `throwaway` is for tests: a server of its own in `home/throwaway` that does not
    wait for the disk. Raises DatabaseDownError; NotOursError when the folder is somebody else's.
    """
    return _ensure(_place(home, throwaway), throwaway=throwaway, stay=True)


def join(home: Path | None = None, *, throwaway: bool = False) -> Server:
    """As `ensure`, for whoever just needs it: a server that a `hold` had started still stops with the last holder."""
    return _ensure(_place(home, throwaway), throwaway=throwaway)


def owner_url(home: Path | None = None, *, throwaway: bool = False) -> str:
    """URL of the database's owner on the running server; joins it."""
    return join(home, throwaway=throwaway).owner_url


def stop(home: Path | None = None, *, throwaway: bool = False) -> bool:
    """Stop the server cleanly: sessions are ended, everything is written. Whether one was running."""
    place = _place(home, throwaway)
    if not _data(place).exists() or not ours.is_ours(place, _data(place)):
        return False
    with homes.locked(place):
        return _stop(place)


def status(home: Path | None = None, *, throwaway: bool = False) -> Status:
    """Whether the server of `home` runs; starts and changes nothing."""
    place = _place(home, throwaway)
    data = _data(place)
    pid = postmaster.pid(data)
    port = postmaster.kept_port(place) if pid is not None else None
    return Status(place, data, (data / "PG_VERSION").exists(), pid, port)


def revive(home: Path | None = None) -> bool:
    """Start a server that was killed; one that was stopped on purpose stays down. Whether it was started."""
    data = _data(_place(home, throwaway=False))
    if not (data / "postmaster.pid").exists() or postmaster.pid(data) is not None:
        return False
    join(home)
    return True


@contextmanager
def hold(home: Path | None = None, *, throwaway: bool = False) -> Iterator[Server]:
    """The running server for the length of the block; the last one to leave stops what a `hold` started.

    Every holder keeps a shared lock that the kernel frees however the process ends, so nobody is counted twice or
    forgotten. A server that `ensure` had started is left running.
    """
    place = _place(home, throwaway)
    _enter(place)
    try:
        with homes.locked(place, "holders", shared=True):
            yield _ensure(place, throwaway=throwaway, stay=False)
    finally:
        _stop_if_left(place)


def _stop_if_left(place: Path) -> None:
    """Whoever gets the holders' lock for itself is the last; newcomers wait until the server is down."""
    fd = homes.open_lock(place, "holders")
    try:
        fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        with homes.locked(place):
            if (place / LEAVE).exists():
                _stop(place)
                (place / LEAVE).unlink()
    except BlockingIOError:
        pass
    finally:
        os.close(fd)


def _place(home: Path | None, throwaway: bool) -> Path:
    home = (home or homes.default_home()).absolute()
    return home / "throwaway" if throwaway else home


def _data(place: Path) -> Path:
    return place / "postgres"


def _enter(place: Path) -> None:
    """The folder is there, and what has our names in it is ours."""
    homes.make_home(place)
    ours.refuse_foreign_home(place)


def _ensure(place: Path, *, throwaway: bool, stay: bool | None = None) -> Server:
    """`stay`: True keeps it up from now on, False lets it stop when left if it is started here, None changes nothing.

    All of it is decided under the folder's lock: who starts, who stops, and whether it stays.
    """
    _enter(place)
    data = _data(place)
    with homes.locked(place):
        ours.mark(place)
        ours.refuse_foreign_data(place, data)
        if not (data / "PG_VERSION").exists():
            create(place, data, throwaway=throwaway)
        kept = homes.read_secrets(place)
        if not {SUPERUSER, OWNER} <= kept.keys():
            raise DatabaseDownError(f"{place / 'secrets.json'} lacks the database's passwords: bring the file back")
        if stay is False and postmaster.pid(data) is None:
            (place / LEAVE).touch()
        end = time.monotonic() + START_S
        while not postmaster.ready(data):
            if postmaster.pid(data) is None:
                _start(place, data, throwaway=throwaway)
            if time.monotonic() > end:
                raise DatabaseDownError(f"PostgreSQL in {data} is not ready after {START_S} s")
            time.sleep(0.02)
        if stay:
            (place / LEAVE).unlink(missing_ok=True)
        return Server(place, postmaster.HOST, postmaster.kept_port(place) or 0, data, kept[SUPERUSER], kept[OWNER])


def _start(place: Path, data: Path, *, throwaway: bool) -> None:
    """Start the server; children of a killed one are given time to leave, a port taken meanwhile is replaced."""
    _refuse_other_version(data)
    end = time.monotonic() + postmaster.ORPHANS_S
    while True:
        postmaster.bury_dead_postmaster(data)
        port = postmaster.free_port(place)
        chosen = tuning.settings(memory=tuning.memory_bytes(), port=port, throwaway=throwaway)
        homes.put(data / "datong.conf", tuning.as_file(chosen))
        (data / "start.log").unlink(missing_ok=True)
        before = postmaster.log_sizes(data)
        args = ["start", "-D", data_name(data), "-w", "-t", str(START_S), "-s", "-l", "start.log"]
        done = run("pg_ctl", args, data=data)
        if done.returncode == 0:
            return
        said = postmaster.log_since(data, before)
        passing = "shared memory block" in said or "Address already in use" in said
        if not passing or time.monotonic() > end:
            raise DatabaseDownError(f"PostgreSQL did not start in {data}: {done.stderr.strip()}{said}")
        time.sleep(0.2)


def _stop(place: Path) -> bool:
    data = _data(place)
    if postmaster.pid(data) is None or not ours.is_ours(place, data):
        return False
    before = postmaster.log_sizes(data)
    done = run("pg_ctl", ["stop", "-D", data_name(data), "-m", "fast", "-w", "-t", str(START_S), "-s"], data=data)
    if done.returncode != 0 and postmaster.pid(data) is not None:
        said = postmaster.log_since(data, before)
        raise DatabaseDownError(f"PostgreSQL in {data} did not stop: {done.stderr.strip()}{said}")
    return True


def _refuse_other_version(data: Path) -> None:
    made_by = (data / "PG_VERSION").read_text().strip()
    if made_by != MAJOR:
        raise DatabaseDownError(
            f"{data} was made by PostgreSQL {made_by}, this is {MAJOR}: with the datong that made it run "
            "`datong db backup FILE`, move the folder away, then `datong db restore FILE`"
        )
