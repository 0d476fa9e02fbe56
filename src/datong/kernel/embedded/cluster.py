"""A new cluster: initdb, the two roles, the database, and the files we write into it."""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path

from datong.kernel.embedded import home as homes
from datong.kernel.embedded import ours
from datong.kernel.embedded.home import OWNER, SUPERUSER
from datong.kernel.embedded.postmaster import DatabaseDownError
from datong.kernel.embedded.programs import data_name, run, run_as

DATABASE = "datong"
MAKING = "postgres.making-"

PG_HBA = """\
# Written by datong. Everybody shows a password, on the socket as on 127.0.0.1.
local all all              scram-sha-256
host  all all 127.0.0.1/32 scram-sha-256
"""


def create(place: Path, data: Path, *, throwaway: bool) -> None:
    """A new cluster with its two roles and the database, made in a folder of its own and moved when it is whole.

    What a killed try left behind is removed; it is known by our marker, not by its name.
    """
    for left in place.glob(f"{MAKING}*"):
        if ours.marked(left):
            shutil.rmtree(left)
    making = Path(tempfile.mkdtemp(prefix=MAKING, dir=place))
    try:
        if os.geteuid() == 0:
            making.chmod(0o755)
        ours.mark(making)
        _fill(place, data, making / "postgres", throwaway=throwaway)
        ours.mark(making / "postgres")
        (making / "postgres").rename(data)
    finally:
        shutil.rmtree(making)


def _fill(place: Path, data: Path, new: Path, *, throwaway: bool) -> None:
    """Roles and passwords are set in single-user mode: the server never listens without them."""
    passwords = {role: homes.secret(role, place) for role in (SUPERUSER, OWNER)}
    who = run_as(data)
    new.mkdir(mode=0o700)
    if who.uid is not None:
        os.chown(new, who.uid, who.gid if who.gid is not None else -1)
    options = ["--encoding=UTF8", "--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"]
    quick = ["--no-sync", "--no-data-checksums"] if throwaway else []
    made = run("initdb", ["-D", data_name(new), "-U", SUPERUSER, "--auth=reject", *options, *quick], data=new)
    if made.returncode != 0:
        raise DatabaseDownError(f"initdb failed: {made.stderr.strip()[-2000:]}")
    homes.put(new / "pg_hba.conf", PG_HBA)
    homes.put(new / "postgresql.conf", "include_if_exists = 'datong.conf'\n")
    statements = [
        f"ALTER ROLE {SUPERUSER} PASSWORD '{passwords[SUPERUSER]}'",
        f"CREATE ROLE {OWNER} LOGIN CREATEROLE CREATEDB PASSWORD '{passwords[OWNER]}'",
        f"CREATE DATABASE {DATABASE} OWNER {OWNER}",
    ]
    made = run("postgres", ["--single", "-D", data_name(new), "postgres"], data=new, stdin="\n".join(statements) + "\n")
    if made.returncode != 0 or "ERROR:" in made.stderr:
        raise DatabaseDownError(f"setting up the roles failed: {made.stderr.strip()[-2000:]}")
