"""The one folder an embedded server lives in, its lock and its secrets."""

from __future__ import annotations

import fcntl
import json
import os
import secrets
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

SUPERUSER = "datong_root"
OWNER = "datong_owner"
LOCK_WAIT_S = 330  # longer than the longest start or stop somebody else may be busy with


def default_home() -> Path:
    """DATONG_HOME; else, as root, /var/lib/datong; else `datong` in the user's data folder."""
    if chosen := os.environ.get("DATONG_HOME"):
        return Path(chosen).expanduser().absolute()
    if os.geteuid() == 0:
        return Path("/var/lib/datong")
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Application Support" / "datong"
    return Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share").absolute() / "datong"


def make_home(home: Path) -> None:
    """Make the folder if it is missing; one that is there keeps its mode and owner, as do all its parents.

    As root it is made passable (755), because PostgreSQL runs as somebody else; what is secret inside has its own mode.
    """
    if home.is_dir():
        return
    home.mkdir(parents=True, exist_ok=True)
    home.chmod(0o755 if os.geteuid() == 0 else 0o700)


@contextmanager
def locked(home: Path, name: str = "lock", *, shared: bool = False) -> Iterator[None]:
    """Hold the folder's lock; the kernel lets it go when the process dies, however it dies."""
    fd = open_lock(home, name)
    try:
        _wait_for(fd, fcntl.LOCK_SH if shared else fcntl.LOCK_EX, home)
        yield
    finally:
        os.close(fd)


def open_lock(home: Path, name: str) -> int:
    return os.open(home / name, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)


def _wait_for(fd: int, how: int, home: Path) -> None:
    end = time.monotonic() + LOCK_WAIT_S
    while True:
        try:
            fcntl.flock(fd, how | fcntl.LOCK_NB)
            return
        except BlockingIOError:
            if time.monotonic() > end:
                raise TimeoutError(f"another datong command has kept {home} locked for {LOCK_WAIT_S} s") from None
            time.sleep(0.02)


def put(path: Path, text: str) -> None:
    """Write a file that belongs to whom the folder belongs to, for them only, whole or not at all."""
    new = path.with_name(path.name + ".new")
    new.unlink(missing_ok=True)
    fd = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(fd, "w") as file:
        file.write(text)
    if os.geteuid() == 0:
        folder = path.parent.stat()
        os.chown(new, folder.st_uid, folder.st_gid)
    new.rename(path)


def secret(name: str, home: Path | None = None) -> str:
    """The generated secret `name` of this installation: made once, kept in a file of mode 600."""
    home = home or default_home()
    make_home(home)
    with locked(home, "secrets.lock"):
        kept = read_secrets(home)
        if name not in kept:
            kept[name] = secrets.token_urlsafe(32)
            _write_secrets(home, kept)
        return kept[name]


def read_secrets(home: Path) -> dict[str, str]:
    try:
        text = (home / "secrets.json").read_text()
    except FileNotFoundError:
        return {}
    kept: dict[str, str] = json.loads(text)
    return kept


def _write_secrets(home: Path, kept: dict[str, str]) -> None:
    """Written beside and renamed, so that a crash leaves the old file or the new one, never half of one."""
    new = home / "secrets.json.new"
    new.unlink(missing_ok=True)
    fd = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(fd, "w") as file:
        json.dump(kept, file, indent=1)
        file.flush()
        os.fsync(file.fileno())
    new.rename(home / "secrets.json")
