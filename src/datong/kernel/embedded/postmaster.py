"""The postmaster of a data folder, seen from outside: its pid file, its port, its log, what it leaves when killed."""

from __future__ import annotations

import socket
import subprocess
import time
from collections.abc import Mapping
from pathlib import Path

HOST = "127.0.0.1"
PROC = Path("/proc")
ORPHANS_S = 60  # how long the children of a killed server may take to notice and leave


class DatabaseDownError(Exception):
    """The embedded server did not start or stop; the message ends with what its log says."""

    fix = "datong doctor"


def free_port(place: Path) -> int:
    """The port this folder always had; a new one if there is none yet or somebody else sits on it."""
    kept = kept_port(place)
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


def kept_port(place: Path) -> int | None:
    try:
        return int((place / "port").read_text())
    except (FileNotFoundError, ValueError):
        return None


def _pid_lines(data: Path) -> list[str]:
    try:
        return (data / "postmaster.pid").read_text().splitlines()
    except FileNotFoundError:
        return []


def ready(data: Path) -> bool:
    lines = _pid_lines(data)
    return len(lines) >= 8 and lines[7].strip() == "ready" and pid(data) is not None


def pid(data: Path) -> int | None:
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
    """Whether the process is a PostgreSQL with the data folder as its working folder; a zombie has none."""
    try:
        return (PROC / pid / "comm").read_text().strip() == "postgres" and (PROC / pid / "cwd").samefile(data)
    except OSError:
        return False


def bury_dead_postmaster(data: Path) -> None:
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


def log_sizes(data: Path) -> dict[Path, int]:
    """How long each log is now; a mark for `log_since`."""
    return {path: path.stat().st_size for path in (data / "log").glob("*.log")}


def log_since(data: Path, before: Mapping[Path, int]) -> str:
    """What the server has written since `before`, its last 2,000 characters, for the message of an error."""
    texts = []
    for path in [data / "start.log", *sorted((data / "log").glob("*.log"))]:
        if path.exists():
            with path.open(errors="replace") as file:
                file.seek(before.get(path, 0))
                texts.append(file.read().strip())
    said = "\n".join(filter(None, texts))[-2000:]
    return f"\n{said}" if said else ""
