"""The commands as a person runs them: each a process, on an embedded server of the test's own."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

import psycopg
import pytest

from datong.kernel import embedded
from datong.kernel.ids import uuid7
from datong.site.addresses import can_listen

COMMAND = [sys.executable, "-c", "from datong.site.cli import main; main()"]
STRANGE = ("DATABASE_URL", "DATONG_SECRET_KEY", "DATONG_ROLE_PREFIX", "DJANGO_SETTINGS_MODULE")
WAIT_S = 60


@pytest.fixture(scope="module")
def home() -> Iterator[Path]:
    """An installation with its schema, its server left running."""
    with tempfile.TemporaryDirectory(prefix="datong-cli-") as folder:
        place = Path(folder) / "home"
        try:
            assert datong(place, "db", "start").returncode == 0
            assert datong(place, "db", "migrate").stdout == "The schema is up to date\n"
            yield place
        finally:
            embedded.stop(place)


def environment(home: Path) -> dict[str, str]:
    return {key: value for key, value in os.environ.items() if key not in STRANGE} | {"DATONG_HOME": str(home)}


def datong(home: Path, *args: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*COMMAND, *args], env=environment(home), capture_output=True, text=True, timeout=WAIT_S, check=False
    )


def asked(home: Path, sql: str) -> object:
    with psycopg.connect(embedded.owner_url(home)) as connection:
        row = connection.execute(sql.encode()).fetchone()
    return row[0] if row else None


def test_the_shell_reaches_the_database_as_each_role(home: Path) -> None:
    for role, user in [("owner", "datong_owner"), ("app", "datong_app"), ("relay", "datong_relay")]:
        said = datong(home, "db", "psql", "--as", role, "--", "-Atc", "SELECT current_user")
        assert (said.stdout, said.stderr, said.returncode) == (f"{user}\n", "", 0)
    assert datong(home, "db", "psql", "--as", "root", "--", "-Atc", "SHOW is_superuser").stdout == "on\n"
    assert datong(home, "db", "psql", "--", "-c", "SELEC").returncode == 1


def test_the_printed_address_works(home: Path) -> None:
    said = datong(home, "db", "url").stdout
    assert said == embedded.owner_url(home) + "\n"


def test_the_doctor_finds_nothing_wrong_and_then_what_is(home: Path) -> None:
    said = datong(home, "doctor", "--json")
    found = {each["name"]: each for each in json.loads(said.stdout)}
    assert {name: each["state"] for name, each in found.items() if each["state"] == "fail"} == {}, said
    assert said.returncode == 0
    assert {"database", "durability", "clock", "disk", "roles", "migrations", "partitions"} <= found.keys()
    with psycopg.connect(embedded.ensure(home).superuser_url, autocommit=True) as root:
        root.execute("ALTER ROLE datong_app BYPASSRLS")
        try:
            said = datong(home, "doctor", "--json")
        finally:
            root.execute("ALTER ROLE datong_app NOBYPASSRLS")
    roles = next(each for each in json.loads(said.stdout) if each["name"] == "roles")
    assert said.returncode == 1
    assert (roles["state"], roles["fix"]) == ("fail", "ALTER ROLE datong_app NOSUPERUSER NOBYPASSRLS NOCREATEROLE")


def set_aside(home: Path, brand: str, event: str, consumer: str) -> None:
    """A letter of the brand for the consumer, and its event when it has a name."""
    with psycopg.connect(embedded.owner_url(home)) as owner:
        found = owner.execute("SELECT id FROM brand_brand WHERE slug = %s", [brand]).fetchone()
        assert found
        event_id = uuid7()
        owner.execute("SELECT set_config('datong.brand', %s, true)", [str(found[0])])
        if event:
            owner.execute(
                "INSERT INTO kernel_outboxevent (brand_id, id, lane, aggregate, name, version, payload, trace)"
                " VALUES (%s, %s, 0, %s, %s, 1, '{\"code\": \"A1\"}', '')",
                [found[0], event_id, UUID(int=8), event],
            )
        owner.execute(
            "INSERT INTO kernel_deadletter (brand_id, id, consumer, event_id, name, reason, at)"
            " VALUES (%s, %s, %s, %s, %s, 'KeyError(1)', now())",
            [found[0], uuid7(), consumer, event_id, event or "orders.gone"],
        )


def test_events_that_were_set_aside_are_named_by_the_doctor_listed_and_handed_over_again(home: Path) -> None:
    place = ("--currency", "USD", "--locale", "en-US", "--country", "US", "--timezone", "America/Chicago")
    assert datong(home, "brand", "create", "letters", "Letters", *place).returncode == 0
    assert datong(home, "db", "dead-letters").stderr == "No event was set aside\n"
    set_aside(home, "letters", "catalog.product_changed", "sync.texts")
    set_aside(home, "letters", "", "orders.gone")
    found = {each["name"]: each for each in json.loads(datong(home, "doctor", "--json").stdout)}
    assert (found["events"]["state"], found["events"]["detail"]) == ("warn", "2 were set aside")
    assert "datong db dead-letters --again" in found["events"]["fix"]
    listed = datong(home, "db", "dead-letters", "--brand", "letters")
    assert listed.returncode == 0
    assert [line.split()[1:4] for line in listed.stdout.splitlines()] == [
        ["brand", "consumer", "event"],
        ["letters", "sync.texts", "catalog.product_changed"],
        ["letters", "orders.gone", "orders.gone"],
    ]
    again = datong(home, "db", "dead-letters", "--again", "--json")
    assert (again.returncode, again.stderr) == (1, "1 applied, 1 failed again\n")
    assert [row["reason"] for row in json.loads(again.stdout)] == [
        "",
        "its event is not in the outbox any more: the month was taken out",
    ]
    assert len(json.loads(datong(home, "db", "dead-letters", "--json").stdout)) == 1


def test_the_plan_for_several_machines_names_every_tenant_table_after_its_parents(home: Path) -> None:
    lines = datong(home, "db", "distribute").stdout.splitlines()
    assert lines[:2] == ["CREATE EXTENSION IF NOT EXISTS citus;", "SELECT create_reference_table('brand_brand');"]
    spread = [line.split("'")[1] for line in lines if "create_distributed_table" in line]
    assert spread.index("orders_order") < spread.index("orders_line")
    assert datong(home, "db", "distribute", "--run").returncode == 1


def test_backup_and_restore_from_the_command_line(home: Path, tmp_path: Path) -> None:
    file = tmp_path / "whole.dump"
    with psycopg.connect(embedded.owner_url(home), autocommit=True) as owner:
        owner.execute("CREATE TABLE note AS SELECT 'before' AS text")
        assert datong(home, "db", "backup", str(file)).returncode == 0
        owner.execute("UPDATE note SET text = 'after'")
        refused = datong(home, "db", "restore", "--yes", str(file))
        assert refused.returncode == 1
        assert "stop datong serve and datong worker first" in refused.stderr
    assert asked(home, "SELECT text FROM note") == "after"
    assert datong(home, "db", "restore", "--yes", str(file)).returncode == 0
    assert asked(home, "SELECT text FROM note") == "before"


@pytest.mark.parametrize("command", ["url", "start"])
def test_a_server_that_was_asked_to_stay_outlives_the_command_that_had_started_it(home: Path, command: str) -> None:
    embedded.stop(home)
    with embedded.hold(home):
        assert datong(home, "db", "psql", "--", "-Atc", "SELECT 1").stdout == "1\n"
        assert datong(home, "db", command).returncode == 0
    assert embedded.status(home).running


def test_a_folder_of_somebody_else_is_refused_in_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "postgres").mkdir()
    (tmp_path / "postgres" / "PG_VERSION").write_text("18\n")
    said = datong(tmp_path, "db", "start")
    assert (said.returncode, said.stderr.splitlines()) == (
        1,
        [
            f"error {tmp_path}/postgres was not made by datong: {tmp_path} is left alone",
            "fix   choose another folder with DATONG_HOME; a database of your own is used by DATABASE_URL",
        ],
    )
    assert list(tmp_path.rglob("*")) == [tmp_path / "postgres", tmp_path / "postgres" / "PG_VERSION"]


def test_a_command_that_found_no_server_leaves_none(home: Path) -> None:
    embedded.stop(home)
    assert datong(home, "db", "psql", "--", "-Atc", "SELECT 1").stdout == "1\n"
    assert not embedded.status(home).running


def test_a_killed_server_leaves_nobody_on_its_address_and_the_next_command_tidies_up(home: Path) -> None:
    embedded.stop(home)
    server = subprocess.Popen(
        [*COMMAND, "serve", "--port", "0"], env=environment(home), stderr=subprocess.PIPE, text=True
    )
    assert server.stderr
    address = server.stderr.readline().split()[3]
    assert status_of(f"{address}nowhere") == 404
    server.kill()
    server.communicate()
    port = int(address.rstrip("/").rpartition(":")[2])
    end = time.monotonic() + WAIT_S
    while not can_listen("127.0.0.1", port) and time.monotonic() < end:
        time.sleep(0.1)
    assert can_listen("127.0.0.1", port)
    assert embedded.status(home).running
    assert datong(home, "db", "psql", "--", "-Atc", "SELECT 1").stdout == "1\n"
    assert not embedded.status(home).running


def test_the_server_answers_survives_the_death_of_its_database_and_takes_it_down_at_the_end(home: Path) -> None:
    embedded.stop(home)
    server = subprocess.Popen(
        [*COMMAND, "serve", "--port", "0"], env=environment(home), stderr=subprocess.PIPE, text=True
    )
    try:
        assert server.stderr
        line = server.stderr.readline()
        assert line.startswith("Datong is at http://127.0.0.1:"), line
        address = line.split()[3]
        assert status_of(f"{address}static/datong/css/tokens.css") == 200
        second = subprocess.Popen(
            [*COMMAND, "serve", "--port", "0"], env=environment(home), stderr=subprocess.PIPE, text=True
        )
        try:
            assert second.stderr
            beside = second.stderr.readline().split()[3]
            assert status_of(f"{beside}static/datong/css/tokens.css") == 200
        finally:
            second.send_signal(signal.SIGTERM)
            second.communicate()
        assert status_of(f"{address}static/datong/css/tokens.css") == 200
        taken = datong(home, "serve", "--port", address.rstrip("/").rpartition(":")[2])
        assert (taken.returncode, "is taken" in taken.stderr) == (1, True)
        pid = embedded.status(home).pid
        assert pid
        os.kill(pid, signal.SIGKILL)
        end = time.monotonic() + WAIT_S
        while embedded.status(home).pid in (None, pid) and time.monotonic() < end:
            time.sleep(0.1)
        assert asked(home, "SELECT 1") == 1
        server.send_signal(signal.SIGTERM)
        assert server.wait(WAIT_S) == 0
        assert not embedded.status(home).running
    finally:
        server.kill()
        server.communicate()


def status_of(url: str) -> int:
    """The HTTP status, waiting until the server is up."""
    end = time.monotonic() + WAIT_S
    while True:
        try:
            with urllib.request.urlopen(url, timeout=10) as answer:
                return int(answer.status)
        except urllib.error.HTTPError as error:
            return error.code
        except (urllib.error.URLError, ConnectionError):
            if time.monotonic() > end:
                raise
            time.sleep(0.1)
