"""The embedded server with its real binaries: start, join, die, come back, and leave other people's folders alone."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import socket
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from datong.kernel import embedded
from datong.kernel.embedded import postmaster, programs, tuning

AS_ROOT = os.geteuid() == 0
CHILD_S = 60
CHILD_HEAD = """\
import sys, time
from pathlib import Path
from datong.kernel import embedded
home = Path(sys.argv[1])
"""


@pytest.fixture
def home() -> Iterator[Path]:
    """A folder that is not ours to change: mode 700, as `mktemp -d` makes it; as root nobody else can pass it."""
    parent = Path(tempfile.mkdtemp(prefix="datong-embedded-"))
    try:
        yield parent / "home"
    finally:
        for throwaway in (False, True):
            embedded.stop(parent / "home", throwaway=throwaway)
        shutil.rmtree(parent)


def asked(url: str, sql: str) -> object:
    with psycopg.connect(url, connect_timeout=10) as connection:
        row = connection.execute(sql).fetchone()
    return row[0] if row and len(row) == 1 else row


def child(home: Path, script: str) -> subprocess.Popen[str]:
    """Another `datong` process on the same folder; it says what it has to say on its output."""
    head = (
        "import os, sys, time\nfrom pathlib import Path\nfrom datong.kernel import embedded\nhome = Path(sys.argv[1])\n"
    )
    return subprocess.Popen([sys.executable, "-c", head + script, str(home)], stdout=subprocess.PIPE, text=True)


def killed(home: Path) -> int:
    """Kill the postmaster as the kernel would, and wait until it is gone."""
    pid = embedded.status(home).pid
    assert pid is not None
    os.kill(pid, signal.SIGKILL)
    end = time.monotonic() + 10
    while embedded.status(home).running and time.monotonic() < end:
        time.sleep(0.01)
    return pid


def test_a_first_start_makes_the_owner_and_the_database_and_a_second_call_joins(home: Path) -> None:
    server = embedded.ensure(home)
    assert embedded.ensure(home) == server
    roles = "SELECT rolsuper, rolcreaterole, rolcreatedb, rolbypassrls FROM pg_roles WHERE rolname = 'datong_owner'"
    assert asked(server.owner_url, roles) == (False, True, True, False)
    owner = "SELECT pg_get_userbyid(datdba), pg_encoding_to_char(encoding) FROM pg_database WHERE datname = 'datong'"
    assert asked(server.owner_url, owner) == ("datong_owner", "UTF8")
    assert asked(server.superuser_url, "SELECT rolsuper FROM pg_roles WHERE rolname = current_user") is True
    settings = {name: asked(server.owner_url, f"SHOW {name}") for name in ("fsync", "synchronous_commit", "timezone")}
    assert settings == {"fsync": "on", "synchronous_commit": "on", "timezone": "UTC"}
    assert asked(server.owner_url, "SELECT upper('é'), 'B' < 'a'") == ("É", True)


def test_nobody_gets_in_without_the_password(home: Path) -> None:
    server = embedded.ensure(home)
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        psycopg.connect(server.url("datong_root", "guess"), connect_timeout=10)
    with pytest.raises(psycopg.OperationalError, match="password"):
        psycopg.connect(host=str(server.socket_dir), port=server.port, user="datong_root", dbname="datong")
    assert stat.S_IMODE((home / "secrets.json").stat().st_mode) == 0o600
    assert stat.S_IMODE((home / "postgres").stat().st_mode) == 0o700
    assert asked(server.owner_url, "SHOW listen_addresses") == "127.0.0.1"


def test_what_was_written_is_there_after_a_clean_stop_on_the_same_port(home: Path) -> None:
    before = embedded.ensure(home)
    with psycopg.connect(before.owner_url) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 7 AS n")
    assert embedded.stop(home) is True
    assert embedded.stop(home) is False
    assert embedded.status(home) == embedded.Status(home, home / "postgres", initialised=True, pid=None, port=None)
    assert embedded.ensure(home) == before
    assert asked(before.owner_url, "SELECT n FROM kept") == 7


def test_a_killed_server_comes_back_with_every_committed_row(home: Path) -> None:
    server = embedded.ensure(home)
    busy = psycopg.connect(server.owner_url, autocommit=True)
    busy.execute("CREATE TABLE kept (n int)")
    busy.execute("INSERT INTO kept SELECT generate_series(1, 1000)")
    pid = killed(home)
    assert embedded.revive(home) is True
    assert embedded.status(home).pid != pid
    assert asked(server.owner_url, "SELECT count(*), sum(n) FROM kept") == (1000, 500500)
    busy.close()
    embedded.stop(home)
    assert embedded.revive(home) is False  # stopped on purpose


def test_a_pid_file_that_names_a_stranger_does_not_keep_the_server_down(home: Path) -> None:
    server = embedded.ensure(home)
    killed(home)
    pid_file = home / "postgres" / "postmaster.pid"
    lines = pid_file.read_text().splitlines()
    pid_file.write_text("\n".join([str(os.getpid()), *lines[1:]]) + "\n")
    assert embedded.status(home).running is False
    embedded.ensure(home)
    assert asked(server.owner_url, "SELECT 1") == 1


def test_four_commands_at_once_share_one_server(home: Path) -> None:
    say = "server = embedded.ensure(home)\nprint(server.owner_url, embedded.status(home).pid)\n"
    children = [child(home, say) for _ in range(4)]
    said = {each.communicate(timeout=CHILD_S)[0] for each in children}
    assert [each.returncode for each in children] == [0, 0, 0, 0]
    assert len(said) == 1
    assert asked(said.pop().split()[0], "SELECT count(*) FROM pg_database WHERE datname = 'datong'") == 1


def test_the_last_holder_stops_the_server_even_after_one_was_killed(home: Path) -> None:
    wait = "with embedded.hold(home) as server:\n    print(server.port, flush=True)\n    time.sleep(60)\n"
    first, second = child(home, wait), child(home, wait)
    assert first.stdout and second.stdout
    assert first.stdout.readline() == second.stdout.readline() != ""
    with embedded.hold(home):
        first.kill()
        first.wait()
    assert embedded.status(home).running  # the second still holds it
    second.send_signal(signal.SIGINT)
    second.wait(CHILD_S)
    assert not embedded.status(home).running
    first.stdout.close()
    second.stdout.close()


def test_a_server_started_to_stay_outlives_a_holder(home: Path) -> None:
    embedded.ensure(home)
    with embedded.hold(home):
        pass
    assert embedded.status(home).running


def test_folders_that_are_not_ours_keep_mode_owner_and_content(home: Path) -> None:
    home.mkdir(mode=0o700)
    (home / "note.txt").write_text("mine")
    folders = [home.parent, home, programs.program("postgres").parent, programs.program("postgres").parents[2]]
    before = [(path.stat().st_mode, path.stat().st_uid, path.stat().st_gid) for path in folders]
    server = embedded.ensure(home)
    embedded.stop(home)
    embedded.ensure(home)
    assert asked(server.owner_url, "SELECT 1") == 1
    assert [(path.stat().st_mode, path.stat().st_uid, path.stat().st_gid) for path in folders] == before
    assert (home / "note.txt").read_text() == "mine"
    assert stat.S_IMODE(home.parent.stat().st_mode) == 0o700


def test_a_port_that_somebody_took_meanwhile_is_replaced(home: Path) -> None:
    before = embedded.ensure(home)
    embedded.stop(home)
    with socket.socket() as thief:
        thief.bind(("127.0.0.1", before.port))
        thief.listen()
        after = embedded.ensure(home)
        assert after.port != before.port
        assert asked(after.owner_url, "SELECT 1") == 1
    assert embedded.ensure(home).port == after.port


def test_data_of_another_major_version_is_refused_with_the_way_out(home: Path) -> None:
    (home / "postgres").mkdir(parents=True)
    (home / "postgres" / "PG_VERSION").write_text("15\n")
    (home / "postgres" / "datong.conf").touch()
    (home / "secrets.json").write_text('{"datong_root": "a", "datong_owner": "b"}')
    with pytest.raises(embedded.DatabaseDownError, match=r"made by PostgreSQL 15, this is 18: .*`datong db backup"):
        embedded.ensure(home)


def test_a_broken_setting_is_reported_with_what_postgresql_says_about_it(home: Path) -> None:
    embedded.ensure(home)
    embedded.stop(home)
    with (home / "postgres" / "postgresql.auto.conf").open("a") as file:
        file.write("shared_buffers = 'plenty'\n")
    with pytest.raises(embedded.DatabaseDownError, match='invalid value for parameter "shared_buffers": "plenty"'):
        embedded.ensure(home)


def test_a_throwaway_server_is_another_one_and_does_not_wait_for_the_disk(home: Path) -> None:
    kept, thrown = embedded.ensure(home), embedded.ensure(home, throwaway=True)
    assert (kept.home, thrown.home) == (home, home / "throwaway")
    assert asked(kept.owner_url, "SHOW fsync") == "on"
    assert asked(thrown.owner_url, "SHOW fsync") == "off"


def test_a_secret_is_made_once(home: Path) -> None:
    first = embedded.secret("django", home)
    assert embedded.secret("django", home) == first
    assert embedded.secret("other", home) != first


@pytest.mark.parametrize(
    ("memory_gib", "buffers"),
    [(0.25, "128MB"), (1, "256MB"), (3, "768MB"), (4, "1024MB"), (24, "6144MB"), (64, "8192MB")],
)
def test_shared_buffers_are_a_quarter_of_memory_up_to_eight_gibibytes(memory_gib: float, buffers: str) -> None:
    chosen = tuning.settings(memory=int(memory_gib * 1024**3), port=1, throwaway=False)
    assert chosen["shared_buffers"] == buffers
    assert chosen["synchronous_commit"] == "on"


@pytest.mark.skipif(not AS_ROOT, reason="only root has to become somebody else")
def test_as_root_postgresql_runs_as_somebody_else_who_owns_nothing_but_the_data(home: Path) -> None:
    embedded.ensure(home)
    pid = embedded.status(home).pid
    runner = (home / "postgres").stat().st_uid
    assert Path(f"/proc/{pid}").stat().st_uid == runner != 0
    assert {path.stat().st_uid for path in home.iterdir() if path.name != "postgres"} == {0}
    assert stat.S_IMODE(home.stat().st_mode) == 0o755


@pytest.mark.skipif(not AS_ROOT, reason="only root can become somebody else")
def test_an_ordinary_user_runs_a_server_of_his_own(home: Path) -> None:
    nobody = pwd.getpwnam("nobody")
    who = programs.RunAs(nobody.pw_uid, nobody.pw_gid)
    pythons = [Path(sys.executable).resolve(), Path("/usr/bin/python3")]
    python = next((path for path in pythons if programs._can_enter(path, who)), None)
    folders = [Path(embedded.__file__).parents[3], programs._wheel_root()]
    if python is None or not all(programs._can_enter(folder, who) for folder in folders):
        pytest.skip("no other user can run this environment")
    os.chown(home.parent, nobody.pw_uid, nobody.pw_gid)
    script = CHILD_HEAD + "for _ in range(2): embedded.ensure(home)\nprint(embedded.stop(home))\n"
    done = subprocess.run(
        [python, "-c", script, str(home)],
        env={"PYTHONPATH": ":".join(map(str, folders)), "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        timeout=CHILD_S,
        check=False,
        **programs._identity(who),
    )
    assert (done.stdout.strip(), done.stderr) == ("True", "")
    assert stat.S_IMODE(home.stat().st_mode) == 0o700


@pytest.mark.skipif(not AS_ROOT, reason="only root has to become somebody else")
def test_programs_in_a_barred_environment_are_copied_to_where_they_can_run(monkeypatch: pytest.MonkeyPatch) -> None:
    place = Path(tempfile.mkdtemp(prefix="datong-programs-"))
    place.chmod(0o755)
    installed = programs.program("postgres").parent
    monkeypatch.setattr(programs, "ROOT_HOME", place)
    enter = programs._can_enter
    monkeypatch.setattr(programs, "_can_enter", lambda path, who: path != installed / "postgres" and enter(path, who))
    programs._reachable_bin.cache_clear()
    try:
        who = programs.run_as(place / "none")
        found = programs._reachable_bin(who)
        assert found.is_relative_to(place / "programs")
        said = subprocess.run([found / "psql", "--version"], cwd="/", user=who.uid, capture_output=True, text=True)
        assert said.stdout == "psql (PostgreSQL) 18.6\n"
        assert not list((place / "programs").rglob("*.py"))
    finally:
        programs._reachable_bin.cache_clear()
        shutil.rmtree(place)


def test_a_process_that_merely_stands_in_the_data_folder_is_no_postmaster(home: Path) -> None:
    embedded.ensure(home)
    killed(home)
    bystander = subprocess.Popen(["sleep", "60"], cwd=home / "postgres")
    try:
        postmaster.bury_dead_postmaster(home / "postgres")
        embedded.ensure(home)
    finally:
        bystander.kill()
        bystander.wait()
