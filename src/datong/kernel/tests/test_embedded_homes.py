"""Whose folder it is: what somebody else made keeps every byte, and what any earlier version made goes on working."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from datong.kernel import embedded
from datong.kernel.embedded import NotOursError, postmaster

DIE_WHILE_MAKING = """\
import os, signal, sys
from pathlib import Path
from datong.kernel import embedded
from datong.kernel.embedded import cluster
fill = cluster._fill
def half(*args, **options):
    fill(*args, **options)
    os.kill(os.getpid(), signal.SIGKILL)
cluster._fill = half
embedded.ensure(Path(sys.argv[1]))
"""


@pytest.fixture
def home() -> Iterator[Path]:
    parent = Path(tempfile.mkdtemp(prefix="datong-homes-"))
    try:
        yield parent / "home"
    finally:
        embedded.stop(parent / "home")
        shutil.rmtree(parent)


def content(folder: Path) -> dict[str, bytes]:
    """Every file below, without PostgreSQL's own."""
    files = [path for path in folder.rglob("*") if path.is_file() and not {"base", "global"} & set(path.parts)]
    return {str(path.relative_to(folder)): path.read_bytes() for path in files}


def asked(home: Path, sql: str) -> object:
    with psycopg.connect(embedded.owner_url(home), connect_timeout=10) as connection:
        row = connection.execute(sql.encode()).fetchone()
    return row[0] if row else None


def as_an_earlier_version_left_it(home: Path) -> None:
    """With a row in it, stopped, and without the markers there were none of."""
    with psycopg.connect(embedded.owner_url(home)) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 7 AS n")
    embedded.stop(home)
    (home / ".datong").unlink()
    (home / "postgres" / ".datong").unlink()


def test_a_home_of_an_earlier_version_goes_on_working_and_gets_its_markers(home: Path) -> None:
    as_an_earlier_version_left_it(home)
    assert asked(home, "SELECT n FROM kept") == 7
    assert (home / ".datong").is_file()
    assert (home / "postgres" / ".datong").is_file()


def test_one_of_an_earlier_version_that_was_never_started_goes_on_too(home: Path) -> None:
    as_an_earlier_version_left_it(home)
    (home / "postgres" / "datong.conf").unlink()
    assert asked(home, "SELECT n FROM kept") == 7


def test_a_server_an_earlier_version_left_running_is_joined_and_can_be_stopped(home: Path) -> None:
    embedded.ensure(home)
    (home / ".datong").unlink()
    (home / "postgres" / ".datong").unlink()
    assert embedded.stop(home) is True
    assert embedded.status(home).running is False


def test_somebody_elses_database_is_not_touched_started_or_stopped(home: Path) -> None:
    as_an_earlier_version_left_it(home)
    for name in ("datong.conf", "start.log"):
        (home / "postgres" / name).unlink()
    (home / "postgres" / "postgresql.conf").write_text("# theirs\n")
    for left in [path for path in home.iterdir() if path.is_file()]:
        left.unlink()
    before = content(home)
    for call in (embedded.ensure, embedded.join, lambda home: embedded.hold(home).__enter__()):
        with pytest.raises(NotOursError, match=r"home/postgres was not made by datong: .*home is left alone"):
            call(home)
    assert embedded.stop(home) is False
    assert embedded.revive(home) is False
    assert content(home) == before
    assert postmaster.pid(home / "postgres") is None


def test_a_database_put_in_the_place_of_ours_is_not_touched(home: Path) -> None:
    embedded.stop(embedded.ensure(home).home)
    shutil.rmtree(home / "postgres")
    (home / "postgres").mkdir()
    (home / "postgres" / "PG_VERSION").write_text("18\n")
    with pytest.raises(NotOursError, match="home/postgres was not made by datong and is left alone"):
        embedded.ensure(home)
    assert content(home / "postgres") == {"PG_VERSION": b"18\n"}


@pytest.mark.parametrize("name", ["postgres/note.txt", "secrets.json", "port"])
def test_files_of_ours_by_name_only_are_not_written_over(home: Path, name: str) -> None:
    (home / name).parent.mkdir(parents=True)
    (home / name).write_text('{"theirs": "precious"}')
    with pytest.raises(NotOursError, match="was not made by datong"):
        embedded.ensure(home)
    assert content(home) == {name: b'{"theirs": "precious"}'}


@pytest.mark.parametrize("name", ["postgres.new", "static", "postgres.making-1"])
def test_folders_beside_ours_are_not_deleted(home: Path, name: str) -> None:
    (home / name).mkdir(parents=True)
    (home / name / "PG_VERSION").write_text("theirs")
    embedded.ensure(home)
    assert content(home / name) == {"PG_VERSION": b"theirs"}


def test_half_a_cluster_left_by_a_crash_is_removed_and_made_anew(home: Path) -> None:
    died = subprocess.run([sys.executable, "-c", DIE_WHILE_MAKING, str(home)], check=False, timeout=60)
    assert died.returncode == -signal.SIGKILL
    assert len(list(home.glob("postgres.making-*"))) == 1
    assert asked(home, "SELECT current_user::text") == "datong_owner"
    assert list(home.glob("postgres.making-*")) == []


def test_lost_passwords_are_named_before_anything_starts(home: Path) -> None:
    embedded.stop(embedded.ensure(home).home)
    (home / "secrets.json").unlink()
    with pytest.raises(embedded.DatabaseDownError, match=r"secrets\.json lacks the database's passwords"):
        embedded.ensure(home)
    assert embedded.status(home).running is False


def test_a_server_that_is_to_stay_outlives_the_holder_that_had_started_it(home: Path) -> None:
    with embedded.hold(home) as server:
        assert embedded.join(home) == server
        assert embedded.ensure(home) == server
    assert embedded.status(home).running
    embedded.stop(home)
    with embedded.hold(home):
        embedded.join(home)
        pid = embedded.status(home).pid
        assert pid
        os.kill(pid, signal.SIGKILL)
        end = time.monotonic() + 10
        while embedded.status(home).running and time.monotonic() < end:
            time.sleep(0.01)
        embedded.revive(home)
    assert not embedded.status(home).running
